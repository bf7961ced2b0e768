//! The pixels of an image as attributes measure them.

use image::RgbImage;

/// The pixels of an image, in colour and in grey.
pub struct Pixels<'p> {
    /// Red, green and blue.
    pub rgb: &'p RgbImage,
    /// Their luma, row by row.
    pub grey: Vec<u8>,
}

impl<'p> Pixels<'p> {
    /// The pixels with their luma: BT.601's, in the fixed point of OpenCV's `cvtColor`.
    pub fn new(rgb: &'p RgbImage) -> Self {
        let luma = |pixel: &image::Rgb<u8>| {
            let [r, g, b] = pixel.0.map(u32::from);
            ((r * 9_798 + g * 19_235 + b * 3_735 + (1 << 14)) >> 15) as u8
        };
        Self { rgb, grey: rgb.pixels().map(luma).collect() }
    }

    /// Width and height.
    pub fn size(&self) -> (usize, usize) {
        (self.rgb.width() as usize, self.rgb.height() as usize)
    }
}

/// The mean and the variance of whole numbers; summed exactly, so that the order of a sum decides nothing.
pub fn moments(values: impl Iterator<Item = i32>) -> (f64, f64) {
    let (mut count, mut sum, mut squares) = (0_i64, 0_i64, 0_i64);
    for value in values.map(i64::from) {
        count += 1;
        sum += value;
        squares += value * value;
    }
    let (count, sum, squares) = (i128::from(count.max(1)), i128::from(sum), i128::from(squares));
    let variance = (count * squares - sum * sum) as f64 / (count * count) as f64;
    (sum as f64 / count as f64, variance)
}
