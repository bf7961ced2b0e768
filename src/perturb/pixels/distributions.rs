//! Weights of bytes under the laws of noise, for `ByteNoise`. Plain arithmetic, no library functions: the same tables
//! on every machine.

/// Weights below this share of the largest are left out; far below the 2^-21 that a table resolves.
const NEGLIGIBLE: f64 = 1e-12;

/// Adds to `weights` those of `bytes[count]` for Poisson counts of mean `mean`; counts beyond the end of `bytes` give
/// its last byte. Walks from the mode to both sides, so that no exponential can underflow.
pub fn weigh_poisson(mean: f64, bytes: &[u8], weights: &mut [f64; 256]) {
    let last = bytes.len() - 1;
    let mode = mean as usize;
    let mut add = |count: usize, weight: f64| weights[usize::from(bytes[count.min(last)])] += weight;
    let mut weight = 1.0;
    for count in mode.. {
        add(count, weight);
        weight *= mean / (count + 1) as f64;
        if weight < NEGLIGIBLE {
            break;
        }
    }
    weight = 1.0;
    for count in (1..=mode).rev() {
        weight *= count as f64 / mean;
        if weight < NEGLIGIBLE {
            break;
        }
        add(count - 1, weight);
    }
}

/// The distribution function of the standard normal law, as a table.
pub struct NormalLaw {
    /// The probability of 0..x, for x in steps of 1/256 up to 6.
    above_zero: Vec<f64>,
}

/// Steps of the table per standard deviation: linear interpolation is then within 5e-7.
const STEPS: f64 = 256.0;

/// Where the table ends, in standard deviations: 1e-9 lies beyond.
const END: usize = 6;

impl NormalLaw {
    /// Integrates the density by Simpson's rule.
    pub fn new() -> Self {
        // exp(-x^2/2) at half steps: each is the last one times a ratio that itself shrinks by exp(-half^2).
        let half = 0.5 / STEPS;
        let exp_of_minus = |y: f64| 1.0 - y * (1.0 - y * (0.5 - y / 6.0));
        let shrink = exp_of_minus(half * half);
        let (mut density, mut ratio) = (1.0, exp_of_minus(half * half / 2.0));
        let mut next = || {
            density *= ratio;
            ratio *= shrink;
            density
        };
        let (mut sum, mut left) = (0.0, 1.0);
        let mut above_zero = vec![0.0];
        for _ in 0..END * STEPS as usize {
            let (middle, right) = (next(), next());
            sum += left + 4.0 * middle + right;
            left = right;
            above_zero.push(sum);
        }
        for value in &mut above_zero {
            *value *= 0.5 / sum;
        }
        Self { above_zero }
    }

    /// The probability of a number below `x`.
    pub fn below(&self, x: f64) -> f64 {
        let at = x.abs() * STEPS;
        let i = at as usize;
        let side = match self.above_zero.get(i..i + 2) {
            Some(pair) => pair[0] + (pair[1] - pair[0]) * (at - i as f64),
            None => 0.5,
        };
        if x < 0.0 { 0.5 - side } else { 0.5 + side }
    }

    /// Adds to `weights` those of a normal number of the given mean and deviation (in bytes), truncated to a byte.
    pub fn weigh(&self, mean: f64, deviation: f64, weights: &mut [f64; 256]) {
        if deviation <= 0.0 {
            weights[usize::from(mean as u8)] += 1.0;
            return;
        }
        let scale = 1.0 / deviation;
        let mut before = 0.0;
        for (byte, weight) in weights.iter_mut().enumerate() {
            let until = if byte == 255 { 1.0 } else { self.below((byte as f64 + 1.0 - mean) * scale) };
            *weight += until - before;
            before = until;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_weights_have_the_mean_and_variance_of_the_law() {
        let bytes: Vec<u8> = (0..=255).collect();
        for wanted in [0.3, 5.0, 40.0, 120.0] {
            let mut weights = [0.0; 256];
            weigh_poisson(wanted, &bytes, &mut weights);
            let moment = |power| weights.iter().zip(0..).map(|(w, k)| w * f64::from(k).powi(power)).sum::<f64>();
            let mean = moment(1) / moment(0);
            let variance = moment(2) / moment(0) - mean * mean;
            assert!((mean - wanted).abs() < 1e-6 && (variance - wanted).abs() < 1e-6, "{wanted}: {mean} {variance}");
        }
    }

    #[test]
    fn no_light_gives_no_photons() {
        let mut weights = [0.0; 256];
        weigh_poisson(0.0, &[7, 8], &mut weights);
        assert_eq!(weights.iter().sum::<f64>(), weights[7]);
    }

    /// Values of Abramowitz and Stegun, table 26.1.
    #[test]
    fn the_normal_law_is_that_of_the_tables() {
        let law = NormalLaw::new();
        for (x, wanted) in [(0.0, 0.5), (1.0, 0.841_344_746), (-1.96, 0.024_997_895), (3.0, 0.998_650_102)] {
            assert!((law.below(x) - wanted).abs() < 1e-6, "{x}: {}", law.below(x));
        }
    }
}
