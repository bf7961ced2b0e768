//! Point operations by 256-entry tables, and the conversion to bytes that the corruption literature uses.

use image::RgbImage;

/// Replaces each value of channel c by `tables[c][value]`.
#[must_use]
pub fn apply_lut(image: &RgbImage, tables: &[[u8; 256]; 3]) -> RgbImage {
    // Four pixels are three words of four bytes; byte i of them is of channel i % 3 and stands in place i % 4 of a word.
    let places: [[u32; 256]; 12] = std::array::from_fn(|i| tables[i % 3].map(|value| u32::from(value) << (i % 4 * 8)));
    let mut out = RgbImage::new(image.width(), image.height());
    let ((fours, rest), (out_fours, out_rest)) = (image.as_chunks::<12>(), out.as_chunks_mut::<12>());
    for (bytes, out_bytes) in fours.iter().zip(out_fours) {
        let found = |i: usize| places[i][usize::from(bytes[i])];
        let (words, _) = out_bytes.as_chunks_mut();
        words[0] = (found(0) | found(1) | found(2) | found(3)).to_le_bytes();
        words[1] = (found(4) | found(5) | found(6) | found(7)).to_le_bytes();
        words[2] = (found(8) | found(9) | found(10) | found(11)).to_le_bytes();
    }
    for ((value, out_value), table) in rest.iter().zip(out_rest).zip(tables.iter().cycle()) {
        *out_value = table[usize::from(*value)];
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
    fn every_channel_goes_through_its_table_at_every_size() {
        let tables = [1_u8, 3, 5].map(|factor| std::array::from_fn(|value| (value as u8).wrapping_mul(factor)));
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17)] {
            let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8 * 7, y as u8, (x * y) as u8]));
            let mut wanted = image.clone();
            for pixel in wanted.pixels_mut() {
                pixel.0 = [0, 1, 2].map(|c| tables[c][usize::from(pixel.0[c])]);
            }
            assert_eq!(apply_lut(&image, &tables), wanted);
        }
    }

    #[test]
    fn bytes_are_truncated_and_clipped() {
        assert_eq!([truncate(-3.0), truncate(0.9), truncate(41.9999), truncate(300.0)], [0, 0, 42, 255]);
    }
}
