//! Luma of BT.601: the brightness of a pixel, as JPEG, PAL and OpenCV count it.

use super::packed::{Lane, Packed, ZERO};
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
pub fn luma(pixel: [u8; 3]) -> u8 {
    let [r, g, b] = pixel.map(u32::from);
    ((r * FIXED[0] + g * FIXED[1] + b * FIXED[2] + HALF) / ONE) as u8
}

/// [`luma`] of a pixel in floats: of whole numbers, every step is exact.
#[inline(always)]
pub fn luma_in_floats(red: f32, green: f32, blue: f32) -> f32 {
    let [of_red, of_green, of_blue] = FIXED.map(|weight| weight as f32);
    let sum = red * of_red + green * of_green + blue * of_blue + HALF as f32;
    whole(sum / ONE as f32)
}

/// Red and green, blue and green of four pixels as numbers of 16 bits: green twice, as its weight is too great for one.
const RED_GREEN: Lane = [0, ZERO, 1, ZERO, 3, ZERO, 4, ZERO, 6, ZERO, 7, ZERO, 9, ZERO, 10, ZERO];
const BLUE_GREEN: Lane = [2, ZERO, 1, ZERO, 5, ZERO, 4, ZERO, 8, ZERO, 7, ZERO, 11, ZERO, 10, ZERO];
const HALF_OF_GREEN: i16 = (FIXED[1] / 2) as i16;

/// The third byte of four words, three times each: what is left of them when divided by one in fixed point.
const WHOLE_THRICE: Lane = [2, 2, 2, 6, 6, 6, 10, 10, 10, 14, 14, 14, ZERO, ZERO, ZERO, ZERO];

/// [`luma`] of packed pixels in all three channels.
#[inline(always)]
pub fn luma_packed<P: Packed>(registers: P, pixels: P::Register) -> P::Register {
    let with_red = registers.weigh(registers.pick(pixels, RED_GREEN), [FIXED[0] as i16, HALF_OF_GREEN]);
    let with_blue = registers.weigh(registers.pick(pixels, BLUE_GREEN), [FIXED[2] as i16, HALF_OF_GREEN]);
    let sum = registers.add(registers.add(with_red, registers.word(HALF.cast_signed())), with_blue);
    registers.pick(sum, WHOLE_THRICE)
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
