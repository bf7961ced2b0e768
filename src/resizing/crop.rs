//! torchvision's `Resize` of the short side and `CenterCrop`: what every library of classifiers does before a network.

use image::RgbImage;

use super::filter::{Filter, windowed};
use super::window::Window;
use crate::detection::Size;

/// The size of a picture whose short side becomes `to` pixels, at least 1: torchvision's `Resize` with one number. The
/// long side is cut to whole pixels.
pub fn short_side(picture: Size, to: u32) -> Size {
    let (short, long) = (picture.width.min(picture.height), picture.width.max(picture.height));
    let scaled = u64::from(to) * u64::from(long) / u64::from(short.max(1));
    let long = u32::try_from(scaled).unwrap_or(u32::MAX);
    if picture.width <= picture.height { Size { width: to, height: long } } else { Size { width: long, height: to } }
}

/// Where the middle of a resized picture lies that is cut out of it: torchvision's `CenterCrop`. A picture that is
/// smaller stands on black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// What it is cut out of.
    resized: Size,
    /// What is made.
    size: Size,
    /// The part that is of the picture.
    window: Window,
    /// Black columns to its left, and rows above it.
    margin: [u32; 2],
}

impl Crop {
    /// The middle of `size` pixels of a picture of `resized` pixels.
    pub fn centred(resized: Size, size: Size) -> Self {
        let (left, width, columns) = along(resized.width, size.width);
        let (top, height, rows) = along(resized.height, size.height);
        let window = Window { left, top, size: Size { width, height } };
        Self { resized, size, window, margin: [columns, rows] }
    }

    /// The picture, resized and cut. Pixels that are cut off are not made: a picture one pixel high may have a long
    /// side beyond all memory.
    pub fn of(&self, picture: &RgbImage, filter: Filter) -> RgbImage {
        let part = windowed(picture, self.resized, self.window, filter);
        if self.window.size == self.size {
            return part;
        }
        let mut made = RgbImage::new(self.size.width, self.size.height);
        image::imageops::replace(&mut made, &part, self.margin[0].into(), self.margin[1].into());
        made
    }
}

/// Along one axis: where the part begins in the resized picture, how long it is, and how much black comes before it.
/// torchvision rounds half a pixel to the even number (Python's `round`) when it cuts, and down when it adds.
fn along(resized: u32, wanted: u32) -> (u32, u32, u32) {
    match resized.checked_sub(wanted) {
        Some(rest) => ((f64::from(rest) / 2.0).round_ties_even() as u32, wanted, 0),
        None => (0, resized, (wanted - resized) / 2),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use image::Rgb;
    use serde_json::Value;

    use super::super::filter::resize;
    use super::*;

    /// The picture of `.ci/make_resizing.py`.
    fn drawn(size: Size) -> RgbImage {
        let byte = |x: u32, y: u32, c: u32| ((x * x * 7 + y * 13 * x + c * 101 + (x ^ y) * 29) % 256) as u8;
        RgbImage::from_fn(size.width, size.height, |x, y| Rgb([0, 1, 2].map(|c| byte(x, y, c))))
    }

    /// Small pictures in full, large ones by FNV-1a.
    fn bytes_of(picture: &RgbImage) -> String {
        use std::fmt::Write;
        let bytes = picture.as_raw();
        if bytes.len() > 400 {
            let next = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
            return format!("{:016x}", bytes.iter().fold(0xCBF2_9CE4_8422_2325, next));
        }
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    fn golden(part: &str) -> Vec<Value> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/golden/resizing.json");
        let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        all[part].as_array().unwrap().clone()
    }

    fn size(value: &Value) -> Size {
        let side = |at: usize| u32::try_from(value[at].as_u64().unwrap()).unwrap();
        Size { width: side(0), height: side(1) }
    }

    fn filter(case: &Value) -> Filter {
        let word = case["filter"].as_str().unwrap();
        Filter::ALL.iter().find(|(known, _)| *known == word).unwrap().1
    }

    #[test]
    fn pictures_are_resized_to_the_bytes_of_pillow() {
        let cases = golden("resized");
        assert!(cases.len() >= 30);
        for case in cases {
            let made = resize(&drawn(size(&case["from"])), size(&case["to"]), filter(&case));
            assert_eq!(bytes_of(&made), case["bytes"], "{} {} {}", case["from"], case["to"], case["filter"]);
        }
    }

    #[test]
    fn short_sides_and_crops_are_those_of_torchvision() {
        let cases = golden("cropped");
        assert!(cases.len() >= 24);
        for case in cases {
            let from = size(&case["from"]);
            let resized = short_side(from, u32::try_from(case["short"].as_u64().unwrap()).unwrap());
            assert_eq!(resized, size(&case["resized"]), "{case}");
            let made = Crop::centred(resized, size(&case["crop"])).of(&drawn(from), filter(&case));
            assert_eq!(bytes_of(&made), case["bytes"], "{case}");
        }
    }

    #[test]
    fn a_crop_is_a_part_of_the_whole_whatever_the_filter() {
        let picture = drawn(Size { width: 61, height: 40 });
        let (to, part) = (Size { width: 46, height: 30 }, Size { width: 21, height: 20 });
        for (word, filter) in Filter::ALL {
            let whole = resize(&picture, to, *filter);
            // 25 / 2 and 10 / 2: half a pixel goes to the even number.
            let cut = image::imageops::crop_imm(&whole, 12, 5, 21, 20).to_image();
            assert_eq!(Crop::centred(to, part).of(&picture, *filter), cut, "{word}");
        }
    }

    #[test]
    fn what_is_cut_off_is_not_made() {
        // Resized, it is 64 million pixels wide.
        let line = RgbImage::from_pixel(16_000, 1, Rgb([1, 2, 3]));
        let resized = short_side(Size { width: 16_000, height: 1 }, 4_000);
        assert_eq!(resized, Size { width: 64_000_000, height: 4_000 });
        let made = Crop::centred(resized, Size { width: 8, height: 8 }).of(&line, Filter::Bicubic);
        assert_eq!(made, RgbImage::from_pixel(8, 8, Rgb([1, 2, 3])));
    }
}
