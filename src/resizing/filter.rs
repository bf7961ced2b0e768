//! The filters by the words that specs have for them.

use image::RgbImage;

use super::window::Window;
use super::{opencv, pillow};
use crate::detection::Size;
pub use crate::filter::Filter;
use crate::spec::Choice;

impl Choice for Filter {
    const ALL: &'static [(&'static str, Self)] = Self::ALL;

    fn summary(self) -> &'static str {
        match self {
            Self::Linear => "between the four nearest pixels, as OpenCV's INTER_LINEAR",
            Self::Bilinear => "bilinear over the whole footprint of a pixel, Pillow's BILINEAR (torchvision)",
            Self::Bicubic => "bicubic over the whole footprint of a pixel, Pillow's BICUBIC (timm)",
        }
    }
}

/// A picture in another size.
pub fn resize(picture: &RgbImage, size: Size, filter: Filter) -> RgbImage {
    windowed(picture, size, Window::whole(size), filter)
}

/// The `window` of a picture in another size.
pub fn windowed(picture: &RgbImage, size: Size, window: Window, filter: Filter) -> RgbImage {
    let pixels = match filter {
        Filter::Linear => opencv::linear(picture, size, window),
        Filter::Bilinear => pillow::resampled(picture, size, window, &pillow::BILINEAR),
        Filter::Bicubic => pillow::resampled(picture, size, window, &pillow::BICUBIC),
    };
    RgbImage::from_raw(window.size.width, window.size.height, pixels).expect("three bytes for each pixel")
}
