//! Hue, saturation and value of rows of pixels, changed without branches.

use super::planes::{PixelChange, clip, extremes};

/// A change of colours in HSV (hue in turns, saturation and value as shares of full scale).
#[derive(Debug, Clone, Copy)]
pub struct HsvShift {
    /// Added to the hue, in sixths of a turn, 0 <= x < 6.
    sixths: f32,
    /// Added to the saturation.
    saturation: f32,
    /// Added to the value, 0..=255.
    value: f32,
}

impl HsvShift {
    /// Turns the hue by `degrees`, adds `saturation` and `value` (shares of full scale), both clipped to 0..=1.
    pub fn new(degrees: f64, saturation: f64, value: f64) -> Self {
        Self {
            sixths: ((degrees / 60.0).rem_euclid(6.0) as f32).min(5.999_99),
            saturation: saturation as f32,
            value: (value * 255.0) as f32,
        }
    }
}

impl PixelChange for HsvShift {
    /// Grey pixels stay grey: they have no hue to saturate.
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let (least, most) = extremes(r, g, b);
        let chroma = most - least;
        let scale = 1.0 / if chroma > 1.0 { chroma } else { 1.0 };
        let from_green = if most == g { 2.0 + (b - r) * scale } else { 4.0 + (r - g) * scale };
        let hue = if most == r { (g - b) * scale } else { from_green } + self.sixths;
        let hue = if hue < 0.0 { hue + 6.0 } else { hue };
        let hue = if hue >= 6.0 { hue - 6.0 } else { hue };
        let saturation = chroma / if most > 1.0 { most } else { 1.0 };
        let saturation = clip(saturation + if chroma > 0.0 { self.saturation } else { 0.0 }, 1.0);
        let value = clip(most + self.value, 255.0);
        let depth = value * saturation;
        let of = |share: f32| value - depth * (1.0 - clip(share, 1.0));
        (of((hue - 3.0).abs() - 1.0), of(2.0 - (hue - 2.0).abs()), of(2.0 - (hue - 4.0).abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(shift: HsvShift, pixel: [f32; 3]) -> [f32; 3] {
        let (r, g, b) = shift.change(pixel[0], pixel[1], pixel[2]);
        [r, g, b].map(f32::round)
    }

    #[test]
    fn no_shift_keeps_every_colour() {
        for pixel in [[0.0, 0.0, 0.0], [12.0, 200.0, 99.0], [255.0, 0.0, 254.0], [3.0, 2.0, 2.0], [9.0, 9.0, 9.0]] {
            assert_eq!(shifted(HsvShift::new(0.0, 0.0, 0.0), pixel), pixel);
        }
    }

    #[test]
    fn a_third_of_a_turn_makes_red_green_and_blue_red() {
        let third = HsvShift::new(120.0, 0.0, 0.0);
        assert_eq!(shifted(third, [200.0, 10.0, 10.0]), [10.0, 200.0, 10.0]);
        assert_eq!(shifted(third, [10.0, 10.0, 200.0]), [200.0, 10.0, 10.0]);
    }

    #[test]
    fn value_and_saturation_are_clipped() {
        assert_eq!(shifted(HsvShift::new(0.0, -1.0, 1.0), [200.0, 10.0, 10.0]), [255.0; 3]);
        assert_eq!(shifted(HsvShift::new(0.0, 1.0, 0.0), [100.0, 80.0, 80.0]), [100.0, 0.0, 0.0]);
    }
}
