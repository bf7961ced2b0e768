//! Between sRGB bytes and linear light (IEC 61966-2-1), for building tables: not for use per pixel.

/// The linear light (0..=1) of an encoded value (0..=1).
pub fn to_linear(encoded: f64) -> f64 {
    if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// The table that multiplies linear light by `gain`.
pub fn gain_table(gain: f64) -> [u8; 256] {
    std::array::from_fn(|byte| to_byte(to_linear(byte as f64 / 255.0) * gain))
}

/// The byte (nearest) of linear light, clipped to 0..=1.
fn to_byte(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_of_one_changes_nothing() {
        assert_eq!(gain_table(1.0), std::array::from_fn(|byte| byte as u8));
    }

    #[test]
    fn middle_grey_is_a_fifth_of_white() {
        assert!((to_linear(118.0 / 255.0) - 0.18).abs() < 0.003);
    }
}
