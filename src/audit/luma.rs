//! A picture in grey, and how light it is.

use image::RgbImage;
use serde::{Deserialize, Serialize};

/// How light a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Light {
    /// Mean luma, 0..=255.
    pub mean: f64,
    /// Standard deviation of luma: contrast.
    pub deviation: f64,
}

/// A picture in grey: luma of ITU-R BT.601, 0..=255.
pub struct Luma {
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    /// Row by row.
    pub values: Vec<u8>,
}

impl Luma {
    /// The luma of `picture`, rounded.
    pub fn of(picture: &RgbImage) -> Self {
        let value = |[r, g, b]: [u8; 3]| (299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000;
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values: picture.pixels().map(|pixel| value(pixel.0) as u8).collect(),
        }
    }

    /// How light it is, by sums of whole numbers: the same in any order.
    pub fn light(&self) -> Light {
        let sum: u64 = self.values.iter().map(|&value| u64::from(value)).sum();
        let squares: u64 = self.values.iter().map(|&value| u64::from(value) * u64::from(value)).sum();
        let count = self.values.len().max(1) as f64;
        let mean = sum as f64 / count;
        Light { mean, deviation: (squares as f64 / count - mean * mean).max(0.0).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_the_mean_and_the_deviation_of_luma() {
        let half = RgbImage::from_fn(2, 1, |x, _| image::Rgb([if x == 0 { 0 } else { 200 }; 3]));
        assert_eq!(Luma::of(&half).light(), Light { mean: 100.0, deviation: 100.0 });
    }

    #[test]
    fn green_is_lighter_than_blue() {
        let values = |rgb: [u8; 3]| Luma::of(&RgbImage::from_pixel(1, 1, image::Rgb(rgb))).values;
        assert_eq!((values([0, 255, 0]), values([0, 0, 255])), (vec![150], vec![29]));
    }
}
