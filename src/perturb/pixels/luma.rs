//! Luma of BT.601: the brightness of a pixel, as JPEG, PAL and OpenCV count it.

use super::planes::whole;

/// The weights of red, green and blue.
pub const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The same in 16-bit fixed point; they sum to one.
const FIXED: [u32; 3] = [19_595, 38_470, 7_471];

/// One in fixed point, and its half.
const ONE: u32 = 1 << 16;
const HALF: u32 = ONE / 2;

/// The luma of a pixel, rounded to the nearest byte.
#[inline(always)]
#[must_use]
pub fn luma(pixel: [u8; 3]) -> u8 {
    let [r, g, b] = pixel.map(u32::from);
    ((r * FIXED[0] + g * FIXED[1] + b * FIXED[2] + HALF) / ONE) as u8
}

/// [`luma`] of a pixel in floats: of whole numbers, every step is exact.
#[inline(always)]
#[must_use]
pub fn luma_in_floats(red: f32, green: f32, blue: f32) -> f32 {
    let [of_red, of_green, of_blue] = FIXED.map(|weight| weight as f32);
    let sum = red * of_red + green * of_green + blue * of_blue + HALF as f32;
    whole(sum / ONE as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_keeps_its_value() {
        assert!((0..=255).all(|value| luma([value; 3]) == value));
    }

    #[test]
    fn floats_give_the_same_bytes() {
        for pixel in (0..=255_u8).flat_map(|r| (0..=255).map(move |g| [r, g, r.wrapping_mul(7).wrapping_add(g)])) {
            let [r, g, b] = pixel.map(f32::from);
            assert_eq!(luma_in_floats(r, g, b), f32::from(luma(pixel)), "{pixel:?}");
        }
    }
}
