//! Noise whose law depends on the byte alone: one distribution over bytes for each of the 256 bytes, drawn from in
//! constant time by the alias method (Walker 1977, Vose 1991). One random number serves the three channels of a pixel.

use image::RgbImage;

use crate::perturb::Rng;

/// Random bits per channel value: three fit into 64. Probabilities are multiples of 2^-21.
const BITS: u32 = 21;

/// Log2 of the least number of slots per byte, so that a slot's share of the bits is at most 16 and packs into a `u32`.
const MIN_SLOT_BITS: u32 = 5;

/// Alias tables of all bytes.
pub struct ByteNoise {
    /// Per byte 2^`slot_bits` slots: 16 bits of threshold, the byte drawn from it on, the byte drawn below it.
    slots: Vec<u32>,
    slot_bits: u32,
}

impl ByteNoise {
    /// `weigh` adds to the 256 weights (zeroed) of what its byte may become; their sum is > 0 and of any scale.
    pub fn new(mut weigh: impl FnMut(u8, &mut [f64; 256])) -> Self {
        let laws: Vec<Vec<NoiseOutcome>> = (0..=255)
            .map(|byte| {
                let mut weights = [0.0; 256];
                weigh(byte, &mut weights);
                outcomes(&weights)
            })
            .collect();
        let most = laws.iter().map(Vec::len).max().unwrap_or(1);
        let slot_bits = most.next_power_of_two().ilog2().max(MIN_SLOT_BITS);
        let mut slots = vec![0; 256 << slot_bits];
        for (mut law, table) in laws.into_iter().zip(slots.chunks_exact_mut(1 << slot_bits)) {
            law.resize(table.len(), NoiseOutcome { byte: 0, mass: 0 });
            fill_slots(&mut law, table, 1 << (BITS - slot_bits));
        }
        Self { slots, slot_bits }
    }

    /// The picture with each channel value drawn anew from its byte's distribution.
    pub fn apply(&self, image: &RgbImage, mut rng: Rng) -> RgbImage {
        let mut out = image.clone();
        for pixel in out.chunks_exact_mut(3) {
            let bits = rng.next_u64();
            for (byte, shift) in pixel.iter_mut().zip([0, BITS, 2 * BITS]) {
                *byte = self.draw(*byte, (bits >> shift) as u32 & ((1 << BITS) - 1));
            }
        }
        out
    }

    fn draw(&self, byte: u8, bits: u32) -> u8 {
        let fraction_bits = BITS - self.slot_bits;
        let slot = self.slots[usize::from(byte) << self.slot_bits | (bits >> fraction_bits) as usize];
        let is_alias = (bits & ((1 << fraction_bits) - 1)) >= slot >> 16;
        (slot >> (8 * u32::from(is_alias))) as u8
    }
}

/// A byte with its probability in units of 2^-21.
#[derive(Clone)]
struct NoiseOutcome {
    byte: u8,
    mass: u32,
}

/// Bytes of positive probability; the cumulative probabilities are rounded, so that the masses sum to 2^21.
fn outcomes(weights: &[f64; 256]) -> Vec<NoiseOutcome> {
    let scale = f64::from(1 << BITS) / weights.iter().sum::<f64>();
    let (mut sum, mut before) = (0.0, 0);
    let mut found = Vec::with_capacity(256);
    for (byte, weight) in (0..=255).zip(weights) {
        sum += weight;
        let until = ((sum * scale + 0.5) as u32).min(1 << BITS);
        if until > before {
            found.push(NoiseOutcome { byte, mass: until - before });
        }
        before = until;
    }
    found
}

/// Vose's algorithm in whole numbers: each slot is filled to `capacity` by its own outcome and at most one other.
fn fill_slots(law: &mut [NoiseOutcome], slots: &mut [u32], capacity: u32) {
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..law.len()).partition(|&i| law[i].mass < capacity);
    while let (Some(&giver), Some(poor)) = (large.last(), small.pop()) {
        let NoiseOutcome { byte, mass } = law[poor];
        slots[poor] = mass << 16 | u32::from(law[giver].byte) << 8 | u32::from(byte);
        law[giver].mass -= capacity - mass;
        if law[giver].mass < capacity {
            large.pop();
            small.push(giver);
        }
    }
    for full in large {
        slots[full] = u32::from(law[full].byte) << 8 | u32::from(law[full].byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::FrameSeed;

    #[test]
    fn draws_follow_the_weights() {
        let noise = ByteNoise::new(|byte, weights| {
            weights[usize::from(byte)] = 5.0;
            weights[0] += 3.0;
            weights[255] += 2.0;
        });
        let image = RgbImage::from_pixel(300, 300, image::Rgb([100; 3]));
        let rng = FrameSeed { seed: 1, image: "a.png", kind: "noise", values: &[], step: 0 }.rng();
        let out = noise.apply(&image, rng);
        for (byte, wanted) in [(100, 0.5), (0, 0.3), (255, 0.2)] {
            let share = out.iter().map(|b| f64::from(u8::from(*b == byte))).sum::<f64>() / 270_000.0;
            // Four standard errors at n = 270,000.
            assert!((share - wanted).abs() < 0.004, "{byte}: {share}");
        }
    }

    #[test]
    fn masses_of_a_slot_table_are_those_of_the_law() {
        let noise = ByteNoise::new(|byte, weights| {
            for (i, weight) in weights.iter_mut().enumerate() {
                *weight = 1.0 + (i * usize::from(byte) % 7) as f64;
            }
        });
        let mut counts = [0_u32; 256];
        for bits in 0..1 << BITS {
            counts[usize::from(noise.draw(3, bits))] += 1;
        }
        let sum: f64 = (0..256).map(|i| 1.0 + f64::from(i * 3 % 7)).sum();
        for (i, count) in counts.iter().enumerate() {
            let wanted = (1.0 + (i * 3 % 7) as f64) / sum * f64::from(1 << BITS);
            assert!((f64::from(*count) - wanted).abs() <= 1.0, "{i}: {count} {wanted}");
        }
    }
}
