//! OpenCV's `INTER_LINEAR` on bytes.

use image::RgbImage;

use super::window::Window;
use crate::detection::Size;

/// Interleaved channels.
const CHANNELS: usize = 3;

/// Fractional bits of OpenCV's fixed-point weights (`INTER_RESIZE_COEF_BITS`).
const WEIGHT_BITS: u32 = 11;

/// Bilinear between the four nearest pixels: the fixed-point arithmetic of OpenCV's `INTER_LINEAR` (`VResizeLinear`,
/// vectorised form), equal to it byte for byte but for single levels in the last columns when enlarging. The pixels in
/// the `window` of a picture resized to `size`.
pub fn linear(picture: &RgbImage, size: Size, window: Window) -> Vec<u8> {
    let columns = taps(size.width, picture.width(), window.columns());
    let stride = picture.width() as usize * CHANNELS;
    let pixels = picture.as_raw();
    let row = |y: usize| &pixels[y * stride..(y + 1) * stride];
    let mut upper = Scaled::new(window.size.width);
    let mut lower = Scaled::new(window.size.width);
    let mut out = Vec::with_capacity(window.size.width as usize * window.size.height as usize * CHANNELS);
    for tap in taps(size.height, picture.height(), window.rows()) {
        if lower.source == Some(tap.near) {
            std::mem::swap(&mut upper, &mut lower);
        }
        upper.fill(tap.near, row(tap.near), &columns);
        lower.fill(tap.far, row(tap.far), &columns);
        let [near, far] = tap.weights;
        let values = upper.values.iter().zip(&lower.values);
        out.extend(values.map(|(a, b)| blend(near, *a, far, *b)));
    }
    out
}

/// OpenCV's vertical pass: both products keep their upper half, then two bits are rounded away. The result is a
/// weighted mean of bytes.
fn blend(near: i32, a: i32, far: i32, b: i32) -> u8 {
    ((((near * (a >> 4)) >> 16) + ((far * (b >> 4)) >> 16) + 2) >> 2) as u8
}

/// Two neighbouring positions of the source and their weights, which sum to 2^11.
struct ResizeTap {
    near: usize,
    far: usize,
    weights: [i32; 2],
}

/// The taps of each position in a window along one axis; positions beyond the border take the border.
fn taps(target: u32, source: u32, window: std::ops::Range<u32>) -> Vec<ResizeTap> {
    let scale = f64::from(source) / f64::from(target);
    let last = source as usize - 1;
    let tap = |position: u32| {
        let centre = ((f64::from(position) + 0.5) * scale - 0.5) as f32;
        let near = centre.floor();
        let fraction = centre - near;
        let one = (1_u32 << WEIGHT_BITS) as f32;
        let weights = [(1.0 - fraction) * one, fraction * one].map(|weight| weight.round_ties_even() as i32);
        if near < 0.0 {
            ResizeTap { near: 0, far: 0, weights: [1 << WEIGHT_BITS, 0] }
        } else if near as usize >= last {
            ResizeTap { near: last, far: last, weights: [1 << WEIGHT_BITS, 0] }
        } else {
            ResizeTap { near: near as usize, far: near as usize + 1, weights }
        }
    };
    window.map(tap).collect()
}

/// A row of the source scaled along x, kept as long as output rows need it.
struct Scaled {
    source: Option<usize>,
    values: Vec<i32>,
}

impl Scaled {
    fn new(width: u32) -> Self {
        Self { source: None, values: vec![0; width as usize * CHANNELS] }
    }

    fn fill(&mut self, source: usize, row: &[u8], columns: &[ResizeTap]) {
        if self.source == Some(source) {
            return;
        }
        self.source = Some(source);
        for (pixel, tap) in self.values.chunks_exact_mut(CHANNELS).zip(columns) {
            let near = &row[tap.near * CHANNELS..][..CHANNELS];
            let far = &row[tap.far * CHANNELS..][..CHANNELS];
            for ((value, a), b) in pixel.iter_mut().zip(near).zip(far) {
                *value = i32::from(*a) * tap.weights[0] + i32::from(*b) * tap.weights[1];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// Made by `cv2.resize(np.arange(27, dtype=np.uint8).reshape(3, 3, 3) * 9, (2, 2))` of OpenCV 5.0.0.
    #[test]
    fn a_small_picture_is_resized_as_opencv_does() {
        let picture = RgbImage::from_fn(3, 3, |x, y| Rgb([0, 1, 2].map(|c| ((y * 9 + x * 3 + c) * 9) as u8)));
        let size = Size { width: 2, height: 2 };
        let out = linear(&picture, size, Window::whole(size));
        assert_eq!(out, [27, 36, 45, 67, 76, 85, 148, 157, 166, 189, 198, 207]);
    }

    #[test]
    fn a_picture_of_the_same_size_stays_as_it_is() {
        let picture = RgbImage::from_fn(5, 4, |x, y| Rgb([(x * 50) as u8, (y * 60) as u8, 255]));
        let size = Size { width: 5, height: 4 };
        assert_eq!(&linear(&picture, size, Window::whole(size)), picture.as_raw());
    }

    #[test]
    fn one_pixel_fills_any_size() {
        let picture = RgbImage::from_pixel(1, 1, Rgb([9, 8, 7]));
        let size = Size { width: 2, height: 1 };
        assert_eq!(linear(&picture, size, Window::whole(size)), [9, 8, 7, 9, 8, 7]);
    }
}
