//! Pixels to the network's input, and boxes back. The most common cause of a low mAP is a mistake here, so every
//! choice is an option and stands in the record.

use std::borrow::Cow;

use image::RgbImage;
use serde::Serialize;

use super::resize::antialias;
use crate::detection::{BBox, Size};
use crate::resizing::{Crop, Filter, resize, short_side};
use crate::spec::Choice;

/// The grey of the border of letterboxed training images (Ultralytics, YOLOX).
const PADDING: [u8; 3] = [114; 3];

/// How pixels become the network's input: `(pixel / scale - mean) / std` per channel, planes of `channels` order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Preprocessing {
    /// How the picture is fitted into the input.
    pub placement: Placement,
    /// How it is resized.
    pub resize: Resize,
    /// The short side before the middle is cut out, pixels. Told where that is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_side: Option<u32>,
    /// The order of the planes.
    pub channels: Channels,
    /// What pixel values (0..=255) are divided by.
    pub scale: f32,
    /// Subtracted per channel, in the order of the planes, after the division by `scale`.
    pub mean: [f32; 3],
    /// Divides per channel, in the order of the planes.
    pub std: [f32; 3],
    /// The colour around the picture: red, green, blue. Told where it is not the usual grey.
    #[serde(skip_serializing_if = "is_usual")]
    pub pad: [u8; 3],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_usual(pad: &[u8; 3]) -> bool {
    *pad == PADDING
}

/// ImageNet's mean per channel, RGB, of pixel values 0..=1 (torchvision's).
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];

/// ImageNet's standard deviation per channel, RGB, of pixel values 0..=1.
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

impl Preprocessing {
    /// Ultralytics': letterbox, OpenCV's bilinear, RGB / 255.
    pub const LETTERBOX: Self = Self {
        placement: Placement::Letterbox,
        resize: Resize::Linear,
        short_side: None,
        channels: Channels::Rgb,
        scale: 255.0,
        mean: [0.0; 3],
        std: [1.0; 3],
        pad: PADDING,
    };

    /// torchvision's on Pillow pictures: stretched, RGB / 255.
    pub const STRETCH: Self = Self { placement: Placement::Stretch, resize: Resize::Antialias, ..Self::LETTERBOX };

    /// Stretched, to the bytes of Pillow, RGB / 255.
    pub const PLAIN: Self = Self { resize: Resize::Bilinear, ..Self::STRETCH };

    /// As [`Self::STRETCH`], with ImageNet's mean and deviation.
    pub const IMAGENET: Self = Self { mean: IMAGENET_MEAN, std: IMAGENET_STD, ..Self::STRETCH };
}

/// How a picture is fitted into the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Aspect kept, sides rounded, centred, rest grey 114 (Ultralytics).
    Letterbox,
    /// Aspect kept, sides rounded down, at the top left, rest grey 114 (YOLOX).
    TopLeft,
    /// The same with sides rounded (MMCV's `imrescale`).
    TopLeftRounded,
    /// Aspect not kept.
    Stretch,
    /// Aspect kept, the short side made as long as is said, and the middle cut out (torchvision).
    Crop,
}

impl Choice for Placement {
    const ALL: &'static [(&'static str, Self)] = &[
        ("letterbox", Self::Letterbox),
        ("top_left", Self::TopLeft),
        ("top_left_rounded", Self::TopLeftRounded),
        ("stretch", Self::Stretch),
        ("crop", Self::Crop),
    ];

    fn summary(self) -> &'static str {
        match self {
            Self::Letterbox => "aspect kept, centred, the rest grey 114 (Ultralytics)",
            Self::TopLeft => "aspect kept, sides rounded down, at the top left, the rest grey 114 (YOLOX)",
            Self::TopLeftRounded => "as top_left, with sides rounded to the nearest pixel (OpenMMLab)",
            Self::Stretch => "aspect not kept",
            Self::Crop => {
                "of classifiers: aspect kept, the short side `resize` pixels, the middle cut out (torchvision)"
            }
        }
    }
}

impl Placement {
    /// A scaled side in whole pixels, in the arithmetic of the library: Python's `round`, `int`, and `int(side + 0.5)`.
    fn rounded(self, side: f64) -> f64 {
        match self {
            Self::Letterbox => side.round_ties_even(),
            Self::TopLeft => side.floor(),
            Self::TopLeftRounded | Self::Stretch | Self::Crop => (side + 0.5).floor(),
        }
    }
}

/// The filter of the resize. The first differs from the others by up to 64 grey levels when shrinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resize {
    /// Bilinear between the four nearest pixels, as OpenCV's `INTER_LINEAR` (Ultralytics, YOLOX).
    Linear,
    /// Bilinear over the whole footprint, as Pillow's `BILINEAR` (torchvision, Hugging Face), within a level.
    Antialias,
    /// The same to the byte.
    Bilinear,
    /// Bicubic over the whole footprint, Pillow's `BICUBIC` to the byte (timm).
    Bicubic,
}

impl From<Filter> for Resize {
    fn from(filter: Filter) -> Self {
        match filter {
            Filter::Linear => Self::Linear,
            Filter::Bilinear => Self::Bilinear,
            Filter::Bicubic => Self::Bicubic,
        }
    }
}

impl Resize {
    /// The filter of a crop. There are no short cuts where the rest of the picture is cut off.
    pub fn filter(self) -> Filter {
        match self {
            Self::Linear => Filter::Linear,
            Self::Antialias | Self::Bilinear => Filter::Bilinear,
            Self::Bicubic => Filter::Bicubic,
        }
    }
}

/// The words of `resize`; the other filters are those of `filter`.
impl Choice for Resize {
    const ALL: &'static [(&'static str, Self)] = &[("linear", Self::Linear), ("antialias", Self::Antialias)];

    fn summary(self) -> &'static str {
        match self {
            Self::Linear => "bilinear between the four nearest pixels, as OpenCV's INTER_LINEAR (Ultralytics, YOLOX)",
            Self::Antialias => "bilinear over the whole footprint, as Pillow's BILINEAR (torchvision, Hugging Face)",
            Self::Bilinear => "the same to the byte",
            Self::Bicubic => "bicubic over the whole footprint, as Pillow's BICUBIC",
        }
    }
}

/// The order of the planes of the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Red first.
    Rgb,
    /// Blue first (networks trained on OpenCV's pixels).
    Bgr,
}

impl Choice for Channels {
    const ALL: &'static [(&'static str, Self)] = &[("rgb", Self::Rgb), ("bgr", Self::Bgr)];

    fn summary(self) -> &'static str {
        match self {
            Self::Rgb => "red first",
            Self::Bgr => "blue first (networks trained on OpenCV's pixels)",
        }
    }
}

/// Where in the network's input the picture lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    scale: [f64; 2],
    offset: [u32; 2],
    resized: Size,
    /// Where the middle is cut out of the resized picture, which then is the part that is cut out.
    crop: Option<Crop>,
}

impl Fit {
    /// Places a picture of `image` pixels in an input of `input` pixels.
    pub fn new(preprocessing: &Preprocessing, image: Size, input: Size) -> Self {
        let placement = preprocessing.placement;
        let ratio = |to: u32, from: u32| f64::from(to) / f64::from(from);
        let scale = [ratio(input.width, image.width), ratio(input.height, image.height)];
        let crop = |short: u32| Crop::centred(short_side(image, short), input);
        match placement {
            Placement::Stretch => return Self { scale, offset: [0, 0], resized: input, crop: None },
            Placement::Crop => {
                let short = preprocessing.short_side.unwrap_or(input.width.min(input.height));
                return Self { scale, offset: [0, 0], resized: input, crop: Some(crop(short)) };
            }
            Placement::Letterbox | Placement::TopLeft | Placement::TopLeftRounded => {}
        }
        let scale = scale[0].min(scale[1]);
        let scaled = |side: u32| placement.rounded(f64::from(side) * scale).max(1.0) as u32;
        let resized = Size { width: scaled(image.width), height: scaled(image.height) };
        let centred = placement == Placement::Letterbox;
        // Of an odd rest the smaller half comes first: Ultralytics' `round(rest / 2 - 0.1)`.
        let offset = |to: u32, from: u32| if centred { to.saturating_sub(from) / 2 } else { 0 };
        let offset = [offset(input.width, resized.width), offset(input.height, resized.height)];
        Self { scale: [scale; 2], offset, resized, crop: None }
    }

    /// A box of the input as a box of the picture; parts outside the picture are cut off. What is cut out of a picture
    /// has no boxes: its networks answer classes.
    pub fn undo(&self, corners: [f32; 4], image: Size) -> BBox {
        let back = |value: f32, axis: usize| (f64::from(value) - f64::from(self.offset[axis])) / self.scale[axis];
        let [x0, y0, x1, y1] = corners;
        BBox::from_corners(back(x0, 0), back(y0, 1), back(x1, 0), back(y1, 1))
            .clipped(f64::from(image.width), f64::from(image.height))
    }
}

impl Preprocessing {
    /// The planes of the network's input of `size` for a picture: `planes` x height x width values. One plane is of the
    /// picture's grey levels, with the first of `mean` and `std`.
    pub fn planes(&self, picture: &RgbImage, size: Size, fit: &Fit, planes: usize) -> Vec<f32> {
        let grey = (planes == 1).then(|| grey(picture));
        let resized = self.resized(grey.as_ref().unwrap_or(picture), fit);
        let (width, height) = (size.width as usize, size.height as usize);
        let [left, top] = fit.offset.map(|pixels| pixels as usize);
        // Every value is written once: there are a million of them.
        let mut data = Vec::with_capacity(planes * width * height);
        for index in 0..planes {
            let channel = match self.channels {
                Channels::Rgb => index,
                Channels::Bgr => 2 - index,
            };
            let table = self.table(index);
            let around = table[usize::from(self.pad[channel])];
            let start = index * width * height;
            for (row, line) in resized.chunks_exact(3 * fit.resized.width as usize).zip(top..) {
                data.resize(start + line * width + left, around);
                data.extend(row.chunks_exact(3).map(|pixel| table[usize::from(pixel[channel])]));
            }
            data.resize(start + width * height, around);
        }
        data
    }

    /// The input value of every pixel value, for one plane.
    fn table(&self, plane: usize) -> [f32; 256] {
        let value = |pixel: usize| (pixel as f32 / self.scale - self.mean[plane]) / self.std[plane];
        std::array::from_fn(value)
    }

    fn resized<'a>(&self, picture: &'a RgbImage, fit: &Fit) -> Cow<'a, [u8]> {
        if let Some(crop) = fit.crop {
            return crop.of(picture, self.resize.filter()).into_raw().into();
        }
        let size = fit.resized;
        if (picture.width(), picture.height()) == (size.width, size.height) {
            return picture.as_raw().into();
        }
        match self.resize {
            Resize::Antialias => antialias(picture, size).into(),
            Resize::Linear | Resize::Bilinear | Resize::Bicubic => {
                resize(picture, size, self.resize.filter()).into_raw().into()
            }
        }
    }
}

/// A picture of grey levels, as OpenCV makes them when it reads a picture without colours: BT.601 in 14 bits.
fn grey(picture: &RgbImage) -> RgbImage {
    let level =
        |[r, g, b]: [u8; 3]| (4899 * u32::from(r) + 9617 * u32::from(g) + 1868 * u32::from(b) + (1 << 13)) >> 14;
    let pixels = picture.pixels().flat_map(|pixel| [level(pixel.0) as u8; 3]).collect();
    RgbImage::from_raw(picture.width(), picture.height(), pixels).expect("three levels for each pixel")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Preprocessing = Preprocessing { channels: Channels::Bgr, scale: 1.0, ..Preprocessing::LETTERBOX };

    /// What `explain` and the schema say of `scale`, `mean` and `std`.
    #[test]
    fn values_are_divided_by_scale_less_the_mean_and_divided_by_std() {
        let key = |name: &str| {
            super::super::options::NetworkOptions::KEYS.iter().find(|key| key.name == name).unwrap().summary
        };
        assert!(key("scale").starts_with("what the pixel values 0..=255 are divided by: 255 makes shares of them"));
        assert!(key("std").contains("(pixel / scale - mean) / std"));
        let (mean, std) = ([0.5, 0.25, 0.125], [0.25, 0.5, 2.0]);
        let table = Preprocessing { scale: 255.0, mean, std, ..Preprocessing::LETTERBOX }.table(1);
        assert_eq!((table[0], table[255]), (-0.5, 1.5));
        let picture = RgbImage::from_pixel(2, 2, image::Rgb([255, 0, 51]));
        let (image, input) = (Size { width: 2, height: 2 }, Size { width: 2, height: 2 });
        let ready = Preprocessing { scale: 255.0, mean, std, ..Preprocessing::LETTERBOX };
        let planes = ready.planes(&picture, input, &Fit::new(&PLAIN, image, input), 3);
        assert_eq!([planes[0], planes[4]], [2.0, -0.5]);
        assert!((planes[8] - (0.2 - 0.125) / 2.0).abs() < 1e-7);
    }

    #[test]
    fn a_box_goes_there_and_back() {
        let (image, input) = (Size { width: 427, height: 640 }, Size { width: 416, height: 416 });
        for (_, placement) in Placement::ALL.iter().copied() {
            let fit = Fit::new(&Preprocessing { placement, ..PLAIN }, image, input);
            let whole = fit.undo([0.0, 0.0, 416.0, 416.0], image);
            assert_eq!(whole, BBox::from([0.0, 0.0, 427.0, 640.0]), "{placement:?}");
        }
    }

    #[test]
    fn sides_are_rounded_as_the_library_does() {
        // 427 * 0.65 = 277.55, and 5 * 0.5 = 2.5.
        let sides = |image: [u32; 2], side: u32| {
            let (image, input) = (Size { width: image[0], height: image[1] }, Size { width: side, height: side });
            let of = |placement| Fit::new(&Preprocessing { placement, ..PLAIN }, image, input).resized.height;
            [Placement::Letterbox, Placement::TopLeft, Placement::TopLeftRounded].map(of)
        };
        assert_eq!(sides([640, 427], 416), [278, 277, 278]);
        assert_eq!(sides([10, 5], 5), [2, 2, 3]);
    }

    #[test]
    fn a_wide_picture_lies_in_the_middle_on_grey_with_blue_first() {
        let picture = RgbImage::from_pixel(4, 2, image::Rgb([1, 2, 3]));
        let (image, input) = (Size { width: 4, height: 2 }, Size { width: 4, height: 5 });
        let fit = Fit::new(&PLAIN, image, input);
        let planes = PLAIN.planes(&picture, input, &fit, 3);
        assert_eq!(planes.len(), 3 * 5 * 4);
        let column: Vec<f32> = planes[..20].iter().step_by(4).copied().collect();
        assert_eq!(column, [114.0, 3.0, 3.0, 114.0, 114.0]);
        let red = Preprocessing { pad: [9, 8, 7], channels: Channels::Rgb, ..PLAIN }.planes(&picture, input, &fit, 3);
        assert_eq!([red[0], red[20], red[40]], [9.0, 8.0, 7.0]);
    }

    /// `cv2.cvtColor(numpy.uint8([[[c]]]), cv2.COLOR_RGB2GRAY)`.
    #[test]
    fn one_plane_is_of_grey_levels() {
        let (image, input) = (Size { width: 4, height: 1 }, Size { width: 4, height: 1 });
        let pixels = vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 12, 200, 99];
        let picture = RgbImage::from_raw(4, 1, pixels).unwrap();
        let fit = Fit::new(&Preprocessing::STRETCH, image, input);
        assert_eq!(PLAIN.planes(&picture, input, &fit, 1), [76.0, 150.0, 29.0, 132.0]);
    }
}
