//! Fewer pixels: the mean over boxes, and back to size by repetition or by straight lines.

use image::RgbImage;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Binary places of the shares by which sums become means.
const SHARE_BITS: u32 = 32;

/// A half in these places.
const HALF: u64 = 1 << (SHARE_BITS - 1);

/// Shrinks to `width` x `height` (at least 1 x 1, at most the picture's size); each pixel is the mean of the pixels
/// whose centres lie in its box, as Pillow's `BOX` filter takes them. Rounded to the nearest byte.
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
        // Boxes are `narrowest` or one pixel more wide.
        let narrowest = (image.width() / width) as usize;
        let shares = [narrowest, narrowest + 1].map(|columns| share((bottom - top) * columns));
        let (sums, _) = sums.as_chunks::<CHANNELS>();
        let (pixels, _) = out_row.as_chunks_mut::<CHANNELS>();
        for (pixel, (left, right)) in pixels.iter_mut().zip(&columns) {
            let share = shares[right - left - narrowest];
            let total = sums[*left..*right].iter().fold([0; CHANNELS], |total, [r, g, b]| {
                let [red, green, blue]: [u32; CHANNELS] = total;
                [red + r, green + g, blue + b]
            });
            *pixel = total.map(|total| ((u64::from(total) * share + HALF) >> SHARE_BITS) as u8);
        }
    }
    out
}

/// One over `pixels`, in 2^-32.
fn share(pixels: usize) -> u64 {
    (1_u64 << SHARE_BITS).div_ceil(pixels as u64)
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
pub fn enlarged_nearest(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (small, stride) = (image.width() as usize, width as usize);
    let (columns, rows) = (nearest(image.width(), width), nearest(image.height(), height));
    let mut out = RgbImage::new(width, height);
    let (source, _) = image.as_chunks::<CHANNELS>();
    let (pixels, _) = out.as_chunks_mut::<CHANNELS>();
    for y in 0..rows.len() {
        let (done, rest) = pixels.split_at_mut(y * stride);
        if y > 0 && rows[y] == rows[y - 1] {
            rest[..stride].copy_from_slice(&done[(y - 1) * stride..]);
            continue;
        }
        let source = &source[rows[y] * small..][..small];
        for (pixel, x) in rest.iter_mut().zip(&columns) {
            *pixel = source[*x];
        }
    }
    out
}

/// The positions are added up step by step, as Pillow does, which decides the ties.
fn nearest(from: u32, to: u32) -> Vec<usize> {
    let step = f64::from(from) / f64::from(to);
    let positions = std::iter::successors(Some(step / 2.0), |at| Some(at + step));
    positions.take(to as usize).map(|at| (at as usize).min(from as usize - 1)).collect()
}

/// Enlarges to `width` x `height` along straight lines between the centres of pixels, rounded to the nearest byte.
pub fn enlarged_bilinear(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (small, stride) = (image.width() as usize * CHANNELS, width as usize * CHANNELS);
    let (columns, rows) = (linear(image.width(), width), linear(image.height(), height));
    let mut out = RgbImage::new(width, height);
    let mut between = vec![0.0_f32; small];
    for (out_row, (top, bottom, share)) in out.chunks_exact_mut(stride).zip(rows) {
        let row = |y: usize| &image.as_raw()[y * small..][..small];
        for ((slot, a), b) in between.iter_mut().zip(row(top)).zip(row(bottom)) {
            *slot = f32::from(*a) + (f32::from(*b) - f32::from(*a)) * share;
        }
        let (between, _) = between.as_chunks::<CHANNELS>();
        let (pixels, _) = out_row.as_chunks_mut::<CHANNELS>();
        for (pixel, (left, right, share)) in pixels.iter_mut().zip(&columns) {
            let (l, r) = (between[*left], between[*right]);
            *pixel = std::array::from_fn(|c| (l[c] + (r[c] - l[c]) * share + 0.5) as u8);
        }
    }
    out
}

/// For each pixel, the two it lies between and the share of the second.
fn linear(from: u32, to: u32) -> Vec<(usize, usize, f32)> {
    let scale = f64::from(from) / f64::from(to);
    let at = |i: u32| ((f64::from(i) + 0.5) * scale - 0.5).clamp(0.0, f64::from(from - 1));
    let last = from as usize - 1;
    (0..to).map(|i| (at(i) as usize, (at(i) as usize + 1).min(last), at(i).fract() as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_take_every_pixel_once_and_are_of_two_widths() {
        for (from, to) in (1..80_u32).flat_map(|from| (1..=from).map(move |to| (from, to))) {
            let boxes = boxes(from, to);
            assert_eq!((boxes[0].0, boxes[boxes.len() - 1].1), (0, from as usize));
            assert!(boxes.windows(2).all(|pair| pair[0].1 == pair[1].0), "{from} to {to}");
            let narrowest = (from / to) as usize;
            assert!(
                boxes.iter().all(|(left, right)| [narrowest, narrowest + 1].contains(&(right - left))),
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        let image = RgbImage::from_pixel(30, 7, image::Rgb([147, 1, 255]));
        let small = box_reduced(&image, 11, 3);
        assert_eq!(enlarged_nearest(&small, 30, 7), image);
        assert_eq!(enlarged_bilinear(&small, 30, 7), image);
    }
}
