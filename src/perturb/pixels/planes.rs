//! Colour arithmetic row by row on planes of floats, where loops run over several pixels at once.

use image::RgbImage;

/// 2^23: a float of this size has no bits below one, so that adding it rounds to the nearest whole number.
const ROUNDING: f32 = 8_388_608.0;

/// Gives each row to `change` as three planes of floats (red, green, blue; 0..=255), which are then clipped and rounded
/// to the nearest byte.
#[must_use]
pub fn map_rows(image: &RgbImage, mut change: impl FnMut(&mut [f32], &mut [f32], &mut [f32])) -> RgbImage {
    let width = image.width() as usize;
    let mut out = image.clone();
    let mut mixed = vec![0.0_f32; width * 3];
    let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0.0_f32; width]);
    for row in out.chunks_exact_mut(width * 3) {
        for (value, byte) in mixed.iter_mut().zip(row.iter()) {
            *value = f32::from(*byte);
        }
        for (((pixel, r), g), b) in mixed.chunks_exact(3).zip(&mut red).zip(&mut green).zip(&mut blue) {
            (*r, *g, *b) = (pixel[0], pixel[1], pixel[2]);
        }
        change(&mut red, &mut green, &mut blue);
        for (((pixel, r), g), b) in mixed.chunks_exact_mut(3).zip(&red).zip(&green).zip(&blue) {
            (pixel[0], pixel[1], pixel[2]) = (*r, *g, *b);
        }
        for (byte, value) in row.iter_mut().zip(&mixed) {
            *byte = (clip(*value, 255.0) + ROUNDING).to_bits() as u8;
        }
    }
    out
}

/// `value` within 0..=`max`. Comparisons, unlike `f32::clamp`, are single instructions on vectors.
pub fn clip(value: f32, max: f32) -> f32 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < max { value } else { max }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_clipped_and_rounded() {
        let image = RgbImage::from_pixel(5, 2, image::Rgb([10, 20, 30]));
        let out = map_rows(&image, |red, green, blue| {
            red.fill(-4.0);
            green.fill(300.0);
            blue.fill(30.6);
        });
        assert_eq!(out, RgbImage::from_pixel(5, 2, image::Rgb([0, 255, 31])));
    }
}
