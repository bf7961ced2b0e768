//! Fewer pixels: the mean over boxes, and back to size by repetition or by straight lines.

use image::RgbImage;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Shrinks to `width` x `height` (at least 1 x 1, at most the picture's size); each pixel is the mean of the pixels
/// whose centres lie in its box, as Pillow's `BOX` filter takes them. Rounded to the nearest byte.
#[must_use]
pub fn box_reduced(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    let stride = image.width() as usize * CHANNELS;
    let (rows, columns) = (boxes(image.height(), height), boxes(image.width(), width));
    let mut out = RgbImage::new(width, height);
    let mut sums = vec![0_u32; stride];
    for (out_row, (top, bottom)) in out.chunks_exact_mut(width as usize * CHANNELS).zip(&rows) {
        sums.fill(0);
        for row in image.as_raw()[top * stride..bottom * stride].chunks_exact(stride) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += u32::from(*value);
            }
        }
        for (pixel, (left, right)) in out_row.chunks_exact_mut(CHANNELS).zip(&columns) {
            let share = 1.0 / ((bottom - top) * (right - left)) as f32;
            let mut total = [0_u32; CHANNELS];
            for values in sums[left * CHANNELS..right * CHANNELS].chunks_exact(CHANNELS) {
                for (total, value) in total.iter_mut().zip(values) {
                    *total += value;
                }
            }
            for (byte, total) in pixel.iter_mut().zip(total) {
                *byte = (total as f32 * share + 0.5) as u8;
            }
        }
    }
    out
}

/// First and one past the last index of each box, as Pillow's resampling coefficients have them.
fn boxes(from: u32, to: u32) -> Vec<(usize, usize)> {
    let scale = f64::from(from) / f64::from(to);
    let bounds = |i: u32| {
        // Pixel j lies in the box if -0.5 < (j + 0.5 - centre) / scale <= 0.5.
        let (start, end) = (f64::from(i) * scale - 0.5, f64::from(i + 1) * scale - 0.5);
        ((start.floor() + 1.0) as usize, (end.floor() + 1.0).min(f64::from(from)) as usize)
    };
    (0..to).map(bounds).collect()
}

/// Enlarges to `width` x `height` by repeating the nearest pixel.
#[must_use]
pub fn enlarged_nearest(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (small, stride) = (image.width() as usize * CHANNELS, width as usize * CHANNELS);
    let columns = nearest(image.width(), width);
    let rows = nearest(image.height(), height);
    let mut out = RgbImage::new(width, height);
    for y in 0..rows.len() {
        let (done, rest) = out.split_at_mut(y * stride);
        let row = &mut rest[..stride];
        if y > 0 && rows[y] == rows[y - 1] {
            row.copy_from_slice(&done[(y - 1) * stride..]);
            continue;
        }
        let source = &image.as_raw()[rows[y] * small..][..small];
        for (pixel, x) in row.chunks_exact_mut(CHANNELS).zip(&columns) {
            pixel.copy_from_slice(&source[x * CHANNELS..][..CHANNELS]);
        }
    }
    out
}

fn nearest(from: u32, to: u32) -> Vec<usize> {
    let scale = f64::from(from) / f64::from(to);
    (0..to).map(|i| (((f64::from(i) + 0.5) * scale) as usize).min(from as usize - 1)).collect()
}
