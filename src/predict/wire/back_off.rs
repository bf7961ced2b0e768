//! The wait before another try: twice as long each time, and not the same for everybody who was turned away together.

use std::time::Duration;

/// The wait before the second try, without jitter.
const FIRST: Duration = Duration::from_millis(500);

/// No wait of our own choice is longer.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait after `tried` tries, at least 1: [`FIRST`] doubled each time, times a factor of 0.5 to 1. The factor
/// comes from the process and a `count` of waits: it spreads requests, and no figure depends on it.
pub fn back_off(tried: u32, count: u64) -> Duration {
    let whole = FIRST.saturating_mul(1 << (tried - 1).min(16)).min(LONGEST);
    let mixed = mix((u64::from(std::process::id()) << 32) ^ count);
    whole.mul_f64(0.5 + 0.5 * (mixed >> 11) as f64 / (1_u64 << 53) as f64)
}

/// SplitMix64's finalizer.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_differ() {
        for (tried, whole) in [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (60, 30.0)] {
            let waits: Vec<f64> = (0..50).map(|count| back_off(tried, count).as_secs_f64()).collect();
            assert!(waits.iter().all(|wait| (whole / 2.0..=whole).contains(wait)), "{waits:?}");
            assert!(waits.windows(2).any(|pair| pair[0] != pair[1]));
        }
    }
}
