//! Point operations by 256-entry tables, and the conversion to bytes that the corruption literature uses.

use image::RgbImage;

/// Replaces each value of channel c by `tables[c][value]`.
#[must_use]
pub fn apply_lut(image: &RgbImage, tables: &[[u8; 256]; 3]) -> RgbImage {
    let mut out = image.clone();
    for pixel in out.chunks_exact_mut(3) {
        for (value, table) in pixel.iter_mut().zip(tables) {
            *value = table[usize::from(*value)];
        }
    }
    out
}

/// `value` (0..=255 where in range) clipped and truncated, as imagecorruptions' cast to bytes does. The thousandth
/// keeps a sum that should be a whole number from falling below it by a rounding error.
#[must_use]
pub fn truncate(value: f32) -> u8 {
    (value + 1e-3) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_truncated_and_clipped() {
        assert_eq!([truncate(-3.0), truncate(0.9), truncate(41.9999), truncate(300.0)], [0, 0, 42, 255]);
    }
}
