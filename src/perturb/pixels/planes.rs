//! Colour arithmetic on planes of floats, row by row, where loops run over several pixels at once.

use image::RgbImage;

use super::lut::TO_WHOLE;
use crate::instructions::{Kernel, vectorized};

/// 2^23: a float of this size has no bits below one, so that adding it rounds to the nearest whole number.
const ROUNDING: f32 = 8_388_608.0;

/// A change of colours that looks at one pixel at a time.
pub trait PixelChange {
    /// The new red, green and blue of a pixel, all of 0..=255; what leaves the range is clipped. `#[inline(always)]` and
    /// without branches, so that it runs on several pixels at once.
    fn change(&self, red: f32, green: f32, blue: f32) -> (f32, f32, f32);
}

/// Changes each pixel and rounds to the nearest byte.
pub fn map_pixels(image: &RgbImage, change: impl PixelChange) -> RgbImage {
    vectorized(MapPixels { image, change })
}

struct MapPixels<'a, C> {
    image: &'a RgbImage,
    change: C,
}

impl<C: PixelChange> Kernel for MapPixels<'_, C> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let (width, height) = self.image.dimensions();
        let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0_u8; width as usize]);
        let mut out_row = vec![0; width as usize * 3];
        let mut raw = Vec::with_capacity(self.image.as_raw().len());
        for row in self.image.as_raw().chunks_exact(out_row.len()) {
            let (pixels, _) = row.as_chunks::<3>();
            for (((pixel, r), g), b) in pixels.iter().zip(&mut red).zip(&mut green).zip(&mut blue) {
                [*r, *g, *b] = *pixel;
            }
            for ((r, g), b) in red.iter_mut().zip(&mut green).zip(&mut blue) {
                let (red, green, blue) = self.change.change(f32::from(*r), f32::from(*g), f32::from(*b));
                (*r, *g, *b) = (to_byte(red), to_byte(green), to_byte(blue));
            }
            let (pixels, _) = out_row.as_chunks_mut::<3>();
            for (((pixel, r), g), b) in pixels.iter_mut().zip(&red).zip(&green).zip(&blue) {
                *pixel = [*r, *g, *b];
            }
            raw.extend_from_slice(&out_row);
        }
        RgbImage::from_raw(width, height, raw).expect("all rows are there")
    }
}

/// The nearest byte.
#[inline(always)]
pub fn to_byte(value: f32) -> u8 {
    (clip(value, 255.0) + ROUNDING).to_bits() as u8
}

/// The smallest and the largest of three channels, by comparisons that become single instructions.
#[inline(always)]
pub fn extremes(r: f32, g: f32, b: f32) -> (f32, f32) {
    let most = if r > g { r } else { g };
    let least = if r < g { r } else { g };
    (if least < b { least } else { b }, if most > b { most } else { b })
}

/// `value` within 0..=`max`. Comparisons, unlike `f32::clamp`, are single instructions on vectors.
#[inline(always)]
pub fn clip(value: f32, max: f32) -> f32 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < max { value } else { max }
}

/// [`super::truncate`] as a float, for a value of at least 0. A cast would have to look for numbers out of range.
#[inline(always)]
pub fn truncated(value: f32) -> f32 {
    whole(clip(value + TO_WHOLE, 255.0))
}

/// The greatest whole number that is not greater; for 0..=255.
#[inline(always)]
pub fn whole(value: f32) -> f32 {
    let nearest = (value + ROUNDING) - ROUNDING;
    if nearest > value { nearest - 1.0 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::super::truncate;
    use super::*;

    /// Out of range below, above, and between two bytes.
    struct Beyond;

    impl PixelChange for Beyond {
        fn change(&self, red: f32, green: f32, blue: f32) -> (f32, f32, f32) {
            (red - 14.0, green + 280.0, blue + 0.6)
        }
    }

    #[test]
    fn values_are_clipped_and_rounded() {
        let image = RgbImage::from_pixel(5, 2, image::Rgb([10, 20, 30]));
        assert_eq!(map_pixels(&image, Beyond), RgbImage::from_pixel(5, 2, image::Rgb([0, 255, 31])));
    }

    #[test]
    fn a_float_is_truncated_as_a_byte_is() {
        for value in (0..2_600_000).map(|i| i as f32 * 1e-4) {
            assert_eq!(truncated(value) as u8, truncate(value), "{value}");
        }
    }
}
