//! Randomness that depends on what is perturbed and on nothing else: a counter-based generator per frame.
//!
//! All arithmetic is integer, or plain IEEE multiplication, addition, division and square root, so the same seed
//! gives the same bits on every machine.

/// What a frame's randomness is derived from.
#[derive(Debug, Clone, Copy)]
pub struct FrameSeed<'a> {
    /// The suite's seed.
    pub seed: u64,
    /// The image's file name without folders, so that the same picture in another format's export is perturbed alike.
    pub image: &'a str,
    /// The perturbation's kind.
    pub kind: &'a str,
    /// The values of its parameters.
    pub values: &'a [f64],
    /// The place in a chain; 0 outside of chains.
    pub step: u64,
}

impl FrameSeed<'_> {
    /// The generator of this frame.
    pub fn rng(&self) -> Rng {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes());
        for name in [self.image, self.kind] {
            hasher.update(&(name.len() as u64).to_le_bytes());
            hasher.update(name.as_bytes());
        }
        hasher.update(&self.step.to_le_bytes());
        for value in self.values {
            hasher.update(&value.to_bits().to_le_bytes());
        }
        let mut key = [0; 8];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Rng { key: u64::from_le_bytes(key), counter: 0 }
    }
}

/// A counter-based generator: the n-th number is a hash of the key and n (the output function of SplitMix64; Steele,
/// Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Rng {
    key: u64,
    counter: u64,
}

/// SplitMix64's increment: 2^64 over the golden ratio, odd.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// 2^-24: the step of the uniform numbers, so that each is exact in an `f32`.
const UNIFORM_STEP: f32 = 1.0 / 16_777_216.0;

impl Rng {
    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        let mut z = self.key.wrapping_add(self.counter.wrapping_mul(GOLDEN_GAMMA));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of 0 <= x < 1, a multiple of 2^-24.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 * UNIFORM_STEP
    }

    /// A number of `low` <= x < `high`.
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.uniform())
    }

    /// A whole number of 0 <= n < `end`; `end` at least 1.
    pub fn below(&mut self, end: u32) -> u32 {
        ((u64::from(end) * (self.next_u64() >> 32)) >> 32) as u32
    }

    /// A direction, all equally likely: x and y of a vector of length 1.
    pub fn direction(&mut self) -> (f32, f32) {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let squared = x * x + y * y;
            if (0.01..=1.0).contains(&squared) {
                return (x / squared.sqrt(), y / squared.sqrt());
            }
        }
    }

    /// A normal number of mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f32 {
        normal_pair(self.next_u64()).0
    }

    /// Fills `out` with numbers of 0 <= x < 1.
    pub fn fill_uniform(&mut self, out: &mut [f32]) {
        for slot in out {
            *slot = self.uniform();
        }
    }

    /// Fills `out` with normal numbers of mean 0 and standard deviation 1 (Box-Muller; nothing beyond 5.77).
    pub fn fill_normal(&mut self, out: &mut [f32]) {
        for pair in out.chunks_mut(2) {
            let (first, second) = normal_pair(self.next_u64());
            pair[0] = first;
            if let Some(slot) = pair.get_mut(1) {
                *slot = second;
            }
        }
    }
}

/// Two independent normal numbers of 48 of the 64 random bits.
fn normal_pair(bits: u64) -> (f32, f32) {
    let radius_uniform = ((bits >> 40) as f32 + 1.0) * UNIFORM_STEP;
    let angle_uniform = ((bits >> 8) & 0xff_ffff) as f32 * UNIFORM_STEP;
    let radius = (-2.0 * ln(radius_uniform)).sqrt();
    let (sin, cos) = sin_cos_turns(angle_uniform);
    (radius * cos, radius * sin)
}

/// Natural logarithm of a positive normal number, within 2 units in the last place: 2 atanh((m-1)/(m+1)) for a
/// mantissa m of 0.71..1.41. Written out because the platform's `ln` differs from machine to machine.
fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // Moves the mantissa's range from 1..2 to 0.71..1.41, where the series converges fastest.
    let shifted = bits.wrapping_sub(0x3f35_04f3);
    let exponent = (shifted.cast_signed() >> 23) as f32;
    let mantissa = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let s2 = s * s;
    let series = 2.0 * s * (1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0 + s2 * (1.0 / 9.0)))));
    exponent * std::f32::consts::LN_2 + series
}

/// Sine and cosine of 2 pi `turns`, for 0 <= `turns` < 1: Taylor polynomials on an eighth of a turn around each quarter.
fn sin_cos_turns(turns: f32) -> (f32, f32) {
    let quarter = (turns * 4.0 + 0.5) as u32;
    let angle = (turns - quarter as f32 * 0.25) * std::f32::consts::TAU;
    let a2 = angle * angle;
    let sin = angle * (1.0 + a2 * (-1.0 / 6.0 + a2 * (1.0 / 120.0 + a2 * (-1.0 / 5040.0 + a2 * (1.0 / 362_880.0)))));
    let cos = 1.0 + a2 * (-0.5 + a2 * (1.0 / 24.0 + a2 * (-1.0 / 720.0 + a2 * (1.0 / 40_320.0))));
    match quarter & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng(image: &str) -> Rng {
        FrameSeed { seed: 0, image, kind: "gaussian_noise", values: &[0.08], step: 0 }.rng()
    }

    #[test]
    fn equal_seeds_give_equal_numbers_and_others_do_not() {
        assert_eq!(rng("a.jpg").next_u64(), rng("a.jpg").next_u64());
        assert_ne!(rng("a.jpg").next_u64(), rng("b.jpg").next_u64());
    }

    #[test]
    fn logarithm_and_circle_agree_with_the_standard_library() {
        for i in 1_u16..2000 {
            let x = f32::from(i) / 2000.0;
            assert!((ln(x) - x.ln()).abs() <= 3e-7 * x.ln().abs().max(1.0), "ln({x})");
            let (sin, cos) = sin_cos_turns(x);
            let angle = f64::from(x) * std::f64::consts::TAU;
            assert!((f64::from(sin) - angle.sin()).abs() < 1e-6, "sin of {x} turns");
            assert!((f64::from(cos) - angle.cos()).abs() < 1e-6, "cos of {x} turns");
        }
    }

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal_distribution() {
        let mut numbers = vec![0.0; 400_001];
        rng("a.jpg").fill_normal(&mut numbers);
        let n = numbers.len() as f64;
        let moment = |power: i32| numbers.iter().map(|x| f64::from(*x).powi(power)).sum::<f64>() / n;
        // Four standard errors of each moment at n = 400,001: sqrt((m2k - mk^2) / n).
        assert!(moment(1).abs() < 4.0 * (1.0 / n).sqrt());
        assert!((moment(2) - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
        assert!(moment(3).abs() < 4.0 * (15.0 / n).sqrt());
        assert!((moment(4) - 3.0).abs() < 4.0 * (96.0 / n).sqrt());
    }
}
