//! Separable convolution of RGB images with replicated borders.

use image::RgbImage;

use super::truncate;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// One side of a normalised Gaussian kernel, centre first: radius `round(4 sigma)` as scipy's `gaussian_filter` with
/// its default `truncate = 4`. `sigma` in pixels, > 0.
pub fn gaussian_kernel(sigma: f64) -> Vec<f32> {
    gaussian_within(sigma, (4.0 * sigma + 0.5) as usize)
}

/// One side of a normalised Gaussian kernel, centre first, up to `radius` pixels. `sigma` in pixels, > 0.
pub fn gaussian_within(sigma: f64, radius: usize) -> Vec<f32> {
    let weights: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

/// Convolves rows, then columns, with the symmetric kernel whose one side is `half` (centre first), truncated to bytes.
pub fn separable(image: &RgbImage, half: &[f32]) -> RgbImage {
    separable_to(image, half, truncate)
}

/// [`separable`], rounded to the nearest byte.
pub fn separable_rounded(image: &RgbImage, half: &[f32]) -> RgbImage {
    separable_to(image, half, |sum| (sum + 0.5) as u8)
}

fn separable_to(image: &RgbImage, half: &[f32], to_byte: impl Fn(f32) -> u8) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let stride = width * CHANNELS;
    let rows = convolve_rows(image, half);
    let mut out = RgbImage::new(image.width(), image.height());
    let mut sums = vec![0.0_f32; stride];
    for (y, out_row) in out.chunks_exact_mut(stride).enumerate() {
        let row = |at: usize| &rows[at * stride..(at + 1) * stride];
        set_scaled(&mut sums, half[0], row(y));
        for (distance, weight) in half.iter().enumerate().skip(1) {
            let above = row(y.saturating_sub(distance));
            let below = row((y + distance).min(height - 1));
            add_scaled_pair(&mut sums, *weight, above, below);
        }
        for (byte, sum) in out_row.iter_mut().zip(&sums) {
            *byte = to_byte(*sum);
        }
    }
    out
}

fn convolve_rows(image: &RgbImage, half: &[f32]) -> Vec<f32> {
    let stride = image.width() as usize * CHANNELS;
    let margin = (half.len() - 1) * CHANNELS;
    let mut padded = vec![0.0_f32; stride + 2 * margin];
    let mut out = vec![0.0_f32; image.as_raw().len()];
    for (row, sums) in image.as_raw().chunks_exact(stride).zip(out.chunks_exact_mut(stride)) {
        pad(row, margin, &mut padded);
        set_scaled(sums, half[0], &padded[margin..margin + stride]);
        for (distance, weight) in half.iter().enumerate().skip(1) {
            let offset = distance * CHANNELS;
            let left = &padded[margin - offset..][..stride];
            let right = &padded[margin + offset..][..stride];
            add_scaled_pair(sums, *weight, left, right);
        }
    }
    out
}

/// `row` as floats with its first and last pixel repeated over `margin` values on each side.
fn pad(row: &[u8], margin: usize, padded: &mut [f32]) {
    let (first, last) = (&row[..CHANNELS], &row[row.len() - CHANNELS..]);
    let (left, rest) = padded.split_at_mut(margin);
    let (middle, right) = rest.split_at_mut(row.len());
    for (slot, value) in middle.iter_mut().zip(row) {
        *slot = f32::from(*value);
    }
    for (side, pixel) in [(left, first), (right, last)] {
        for (slot, value) in side.iter_mut().zip(pixel.iter().cycle()) {
            *slot = f32::from(*value);
        }
    }
}

fn set_scaled(sums: &mut [f32], weight: f32, values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = weight * value;
    }
}

fn add_scaled_pair(sums: &mut [f32], weight: f32, one: &[f32], other: &[f32]) {
    for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
        *sum += weight * (a + b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        let image = RgbImage::from_pixel(7, 5, image::Rgb([147, 1, 255]));
        assert_eq!(separable(&image, &gaussian_kernel(3.0)), image);
    }

    #[test]
    fn the_kernel_sums_to_one_and_has_scipys_radius() {
        let half = gaussian_kernel(1.5);
        assert_eq!(half.len(), 7);
        let sum = half[0] + 2.0 * half[1..].iter().sum::<f32>();
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
