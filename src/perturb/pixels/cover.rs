//! Covering rectangles of a picture. A rectangle covers the pixels that it meets at least by half, and at least one.

use std::ops::Range;

use image::RgbImage;

use crate::detection::BBox;
use crate::perturb::Rng;

/// Covers what of `part` lies in the picture with one colour.
pub fn cover_flat(image: &mut RgbImage, part: &BBox, color: [u8; 3]) {
    for_each_line(image, part, |line| {
        for pixel in line.chunks_exact_mut(3) {
            pixel.copy_from_slice(&color);
        }
    });
}

/// Covers what of `part` lies in the picture with independent uniform channel values.
pub fn cover_noise(image: &mut RgbImage, part: &BBox, rng: &mut Rng) {
    for_each_line(image, part, |line| {
        for bytes in line.chunks_mut(8) {
            bytes.copy_from_slice(&rng.next_u64().to_le_bytes()[..bytes.len()]);
        }
    });
}

/// Calls `draw` with each row's bytes within `part`.
fn for_each_line(image: &mut RgbImage, part: &BBox, mut draw: impl FnMut(&mut [u8])) {
    let columns = pixels(part.x, part.width, image.width());
    let rows = pixels(part.y, part.height, image.height());
    let stride = image.width() as usize * 3;
    for row in image.chunks_exact_mut(stride).take(rows.end).skip(rows.start) {
        draw(&mut row[columns.start * 3..columns.end * 3]);
    }
}

/// The pixels of an axis between `start` and `start + length`; empty only outside the picture.
fn pixels(start: f64, length: f64, side: u32) -> Range<usize> {
    let limit = |position: f64| position.clamp(0.0, f64::from(side)) as usize;
    let first = limit(start.round());
    let end = limit((start + length).round().max(start.round() + 1.0));
    first..end.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_covers_its_pixels_within_the_picture() {
        let mut image = RgbImage::new(5, 4);
        cover_flat(&mut image, &BBox { x: -3.0, y: 1.0, width: 5.0, height: 9.0 }, [1; 3]);
        let covered: Vec<(u32, u32)> =
            image.enumerate_pixels().filter(|(.., pixel)| pixel.0 == [1; 3]).map(|(x, y, _)| (x, y)).collect();
        assert_eq!(covered, [(0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3)]);
    }

    #[test]
    fn a_rectangle_outside_covers_nothing_and_a_thin_one_a_pixel() {
        let mut image = RgbImage::new(5, 4);
        cover_flat(&mut image, &BBox { x: 7.0, y: 1.0, width: 2.0, height: 2.0 }, [1; 3]);
        cover_flat(&mut image, &BBox { x: 2.1, y: 2.0, width: 0.1, height: 0.2 }, [1; 3]);
        assert_eq!(image.pixels().filter(|pixel| pixel.0 == [1; 3]).count(), 1);
    }
}
