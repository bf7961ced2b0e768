//! Pictures that are to be turned before they are looked at, as their EXIF data say. Models are given them the right way
//! up; the labels may be of the one or of the other, and shares of the picture do not tell.

use image::metadata::Orientation;

use crate::detection::BBox;
use crate::spec::{Choice, Key, Literal, TableReader, ValueShape};

/// Which picture the labels are of, where EXIF data turn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelsOf {
    /// The picture the right way up.
    Upright,
    /// The picture as it is stored.
    Stored,
}

impl Choice for LabelsOf {
    const ALL: &'static [(&'static str, Self)] = &[("upright", Self::Upright), ("stored", Self::Stored)];

    fn summary(self) -> &'static str {
        match self {
            Self::Upright => "the picture the right way up, as browsers and Ultralytics show it",
            Self::Stored => "the picture as it is stored: the labels are turned with it",
        }
    }
}

impl LabelsOf {
    /// The key of [`Self::read`].
    pub const KEY: Key = Key::new(
        "exif",
        ValueShape::choice::<Self>(),
        "what the labels are of, where EXIF data turn a picture: a note counts those where nothing tells",
    )
    .or(Literal::Text("upright"));

    /// Reads `exif`; `None` where the spec does not say.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        options.choice("exif")
    }
}

/// The box of what lies in `bbox` of a picture of `width` by `height`, as it is stored, once the picture is turned.
pub fn turned(bbox: &BBox, (width, height): (f64, f64), orientation: Orientation) -> BBox {
    let BBox { x, y, width: w, height: h } = *bbox;
    let (right, below) = (width - x - w, height - y - h);
    match orientation {
        Orientation::NoTransforms => *bbox,
        Orientation::FlipHorizontal => BBox { x: right, y, width: w, height: h },
        Orientation::Rotate180 => BBox { x: right, y: below, width: w, height: h },
        Orientation::FlipVertical => BBox { x, y: below, width: w, height: h },
        Orientation::Rotate90FlipH => BBox { x: y, y: x, width: h, height: w },
        Orientation::Rotate90 => BBox { x: below, y: x, width: h, height: w },
        Orientation::Rotate270FlipH => BBox { x: below, y: right, width: h, height: w },
        Orientation::Rotate270 => BBox { x: y, y: right, width: h, height: w },
    }
}

/// Whether a turn makes width of height.
pub fn turns_sideways(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, Luma};

    use super::*;

    #[test]
    fn boxes_turn_as_pixels_do() {
        let marked = BBox::from([1.0, 2.0, 3.0, 1.0]);
        let mut stored = GrayImage::new(7, 5);
        for x in 1..4 {
            stored.put_pixel(x, 2, Luma([255]));
        }
        for orientation in (1..=8).filter_map(Orientation::from_exif) {
            let mut upright = DynamicImage::ImageLuma8(stored.clone());
            upright.apply_orientation(orientation);
            let upright = upright.into_luma8();
            let lit = upright.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[0] > 0).map(|(x, y, _)| (x, y));
            let (xs, ys): (Vec<u32>, Vec<u32>) = lit.unzip();
            let edges = |values: &[u32]| {
                let (first, last) = (values.iter().min().unwrap(), values.iter().max().unwrap());
                (f64::from(*first), f64::from(last + 1))
            };
            let ((x0, x1), (y0, y1)) = (edges(&xs), edges(&ys));
            assert_eq!(turned(&marked, (7.0, 5.0), orientation), BBox::from_corners(x0, y0, x1, y1), "{orientation:?}");
            assert_eq!(turns_sideways(orientation), upright.width() == 5);
        }
    }
}
