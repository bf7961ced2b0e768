//! What is measured on the pixels of an image.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::{ALL, Source};

/// Counts up whenever an attribute of pixels changes its meaning, or their list.
pub const REVISION: u32 = 1;

/// The pixels of an image, in colour and in grey.
pub struct Pixels<'p> {
    /// Red, green and blue.
    pub rgb: &'p RgbImage,
    /// Their luma, row by row.
    pub grey: Vec<u8>,
}

/// The values of all attributes that are measured on pixels, in the order of [`ALL`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Look(Vec<f64>);

impl<'p> Pixels<'p> {
    /// The pixels with their luma: BT.601's, in the fixed point of OpenCV's `cvtColor`.
    #[must_use]
    pub fn new(rgb: &'p RgbImage) -> Self {
        let luma = |pixel: &image::Rgb<u8>| {
            let [r, g, b] = pixel.0.map(u32::from);
            ((r * 9_798 + g * 19_235 + b * 3_735 + (1 << 14)) >> 15) as u8
        };
        Self { rgb, grey: rgb.pixels().map(luma).collect() }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.rgb.width() as usize, self.rgb.height() as usize)
    }
}

impl Look {
    /// Looks at a picture.
    #[must_use]
    pub fn at(picture: &RgbImage) -> Self {
        let pixels = Pixels::new(picture);
        Self(measures().map(|measure| measure(&pixels)).collect())
    }

    /// The value of the attribute called `name`, if it is one of pixels.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        let names = ALL.iter().filter(|attribute| attribute.needs_pixels()).map(|attribute| attribute.name);
        self.0.get(names.into_iter().position(|other| other == name)?).copied()
    }

    /// Whether it has a finite value of every attribute; what comes from elsewhere may not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.len() == measures().count() && self.0.iter().all(|value| value.is_finite())
    }

    /// The values, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// What [`Self::to_bytes`] gave; `None` for something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (values, rest) = bytes.as_chunks();
        let look = Self(values.iter().map(|value| f64::from_le_bytes(*value)).collect());
        Some(look).filter(|look| rest.is_empty() && look.is_whole())
    }
}

fn measures() -> impl Iterator<Item = fn(&Pixels<'_>) -> f64> {
    ALL.iter().filter_map(|attribute| match attribute.source {
        Source::Pixels(measure) => Some(measure),
        Source::Image(_) | Source::Words(..) | Source::Objects(_) | Source::Category | Source::Metadata => None,
    })
}

/// The mean and the variance of whole numbers; summed exactly, so that the order of a sum decides nothing.
pub fn moments(values: impl Iterator<Item = i32>) -> (f64, f64) {
    let (mut count, mut sum, mut squares) = (0_i64, 0_i64, 0_i64);
    for value in values.map(i64::from) {
        count += 1;
        sum += value;
        squares += value * value;
    }
    let (count, sum, squares) = (i128::from(count.max(1)), i128::from(sum), i128::from(squares));
    let variance = (count * squares - sum * sum) as f64 / (count * count) as f64;
    (sum as f64 / count as f64, variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_survives_its_bytes() {
        let look = Look::at(&RgbImage::from_fn(7, 5, |x, y| image::Rgb([x as u8 * 30, y as u8 * 40, 9])));
        assert_eq!(Look::from_bytes(&look.to_bytes()).as_ref(), Some(&look));
        assert_eq!(Look::from_bytes(&[0; 9]), None);
        assert_eq!(look.value("crowding"), None);
    }

    #[test]
    fn a_picture_of_one_pixel_has_a_look() {
        let look = Look::at(&RgbImage::from_pixel(1, 1, image::Rgb([255; 3])));
        assert_eq!(
            ["brightness", "contrast", "sharpness"].map(|name| look.value(name)),
            [Some(1.0), Some(0.0), Some(0.0)]
        );
    }
}
