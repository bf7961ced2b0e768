//! Luma of BT.601: the brightness of a pixel, as JPEG, PAL and OpenCV count it.

/// The weights of red, green and blue.
pub const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The same in 16-bit fixed point; they sum to one.
const FIXED: [u32; 3] = [19_595, 38_470, 7_471];

/// The luma of a pixel, rounded to the nearest byte.
#[must_use]
pub fn luma(pixel: [u8; 3]) -> u8 {
    let [r, g, b] = pixel.map(u32::from);
    ((r * FIXED[0] + g * FIXED[1] + b * FIXED[2] + (1 << 15)) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_keeps_its_value() {
        assert!((0..=255).all(|value| luma([value; 3]) == value));
    }
}
