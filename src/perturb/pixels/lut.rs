//! Point operations by 256-entry tables, and the conversion to bytes that the corruption literature uses.

use image::RgbImage;

use super::byte_table::{Table, look_up};

/// Replaces each value of channel c by `tables[c][value]`.
pub fn apply_lut(image: &RgbImage, tables: &[Table; 3]) -> RgbImage {
    let mut out = RgbImage::new(image.width(), image.height());
    let is_one = tables[0] == tables[1] && tables[0] == tables[2];
    if !(is_one && look_up(&tables[0], image.as_raw(), &mut out)) {
        look_up_by_channel(tables, image.as_raw(), &mut out);
    }
    out
}

fn look_up_by_channel(tables: &[Table; 3], values: &[u8], out: &mut [u8]) {
    // Four pixels are three words of four bytes; byte i of them is of channel i % 3 and stands in place i % 4 of a word.
    let places: [[u32; 256]; 12] = std::array::from_fn(|i| tables[i % 3].map(|value| u32::from(value) << (i % 4 * 8)));
    let ((fours, rest), (out_fours, out_rest)) = (values.as_chunks::<12>(), out.as_chunks_mut::<12>());
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
}

/// Keeps a sum that should be a whole number from falling below it by a rounding error.
pub const TO_WHOLE: f32 = 1e-3;

/// `value` (0..=255 where in range) clipped and truncated, as imagecorruptions' cast to bytes does.
#[inline(always)]
pub fn truncate(value: f32) -> u8 {
    (value + TO_WHOLE) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_for_all_channels_is_found_by_every_value_at_every_size() {
        let table = std::array::from_fn(|value| (value as u8).wrapping_mul(3).wrapping_add(9));
        for (width, height) in [(1, 1), (9, 1), (43, 5), (33, 17)] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 7) as u8, (y * 15) as u8, (x * y) as u8]));
            let mut wanted = image.clone();
            wanted.iter_mut().for_each(|value| *value = table[usize::from(*value)]);
            assert_eq!(apply_lut(&image, &[table; 3]), wanted);
        }
    }

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
