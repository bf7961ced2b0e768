//! Resizing with as few instructions as there are, where a level more or less does not matter.

use std::cell::RefCell;

use fast_image_resize::images::{Image, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use crate::detection::Size;

thread_local! {
    /// Keeps its buffers between frames.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Bilinear over the whole footprint of each pixel: Pillow's `BILINEAR`, within one level.
///
/// # Panics
/// Never: pictures of one pixel type resize.
pub fn antialias(picture: &RgbImage, size: Size) -> Vec<u8> {
    let source = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw())
        .expect("an RGB picture has three bytes per pixel");
    let mut target = Image::new(size.width, size.height, PixelType::U8x3);
    let mut pixels = target.typed_image_mut::<U8x3>().expect("it was made with this type");
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    // `Resizer::resize` finds the type of pixel at run time: it would have this crate compile its kernels for all of
    // them.
    RESIZER
        .with_borrow_mut(|resizer| resizer.resize_typed(&source, &mut pixels, &options))
        .expect("pictures of one pixel type resize");
    target.into_vec()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn one_pixel_fills_any_size() {
        let picture = RgbImage::from_pixel(1, 1, Rgb([9, 8, 7]));
        assert_eq!(antialias(&picture, Size { width: 2, height: 1 }), [9, 8, 7, 9, 8, 7]);
    }
}
