//! Finding near hashes without comparing all with all: multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in
//! Hamming Space with Multi-Index Hashing", 2012).
//!
//! Two hashes of at most 7 different bits have, of their four parts of 16 bits, one with at most one different bit. So an
//! index by each part is asked for that part and its 16 neighbours: 68 look-ups, which meet about n/960 of n unlike hashes.

use std::collections::HashMap;

use super::hash::NEAR;

/// Parts of a hash.
const PARTS: u32 = 4;

/// Bits of a part.
const BITS: u32 = 64 / PARTS;

// With more different bits than this, each part could have two of them.
const _: () = assert!(NEAR < 2 * PARTS);

/// Hashes by their parts.
#[derive(Debug, Default)]
pub struct Near {
    hashes: HashMap<usize, u64>,
    by_part: [HashMap<u16, Vec<usize>>; PARTS as usize],
}

impl Near {
    /// Adds the hash of picture `at`.
    pub fn add(&mut self, at: usize, hash: u64) {
        self.hashes.insert(at, hash);
        for (part, index) in (0..).zip(&mut self.by_part) {
            index.entry(part_of(hash, part)).or_default().push(at);
        }
    }

    /// The pictures whose hashes differ in at most [`NEAR`] bits, with how many, in the order of their positions.
    pub fn find(&self, hash: u64) -> Vec<(usize, u32)> {
        let mut found = Vec::new();
        for (part, index) in (0..).zip(&self.by_part) {
            let own = part_of(hash, part);
            let neighbours = (0..BITS).map(|bit| own ^ 1 << bit);
            for at in std::iter::once(own).chain(neighbours).filter_map(|value| index.get(&value)).flatten() {
                let distance = (self.hashes[at] ^ hash).count_ones();
                if distance <= NEAR {
                    found.push((*at, distance));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn part_of(hash: u64, part: u32) -> u16 {
    (hash >> (BITS * part)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SplitMix64`.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[test]
    fn exactly_the_hashes_of_few_different_bits_are_found() {
        let mut state = 1;
        let hash = random(&mut state);
        let changed = |bits: u64, state: &mut u64| {
            let mut other = hash;
            while u64::from((other ^ hash).count_ones()) < bits {
                other ^= 1 << (random(state) % 64);
            }
            other
        };
        let others: Vec<u64> = (0..2000).map(|at| changed(at % 12, &mut state)).collect();
        let mut near = Near::default();
        others.iter().enumerate().for_each(|(at, other)| near.add(at, *other));
        let distances = others.iter().map(|other| (other ^ hash).count_ones()).enumerate();
        let expected: Vec<(usize, u32)> = distances.filter(|(_, distance)| *distance <= NEAR).collect();
        assert_eq!(near.find(hash), expected);
    }

    #[test]
    fn few_unlike_hashes_are_met() {
        let mut state = 2;
        let mut near = Near::default();
        (0..20_000).for_each(|at| near.add(at, random(&mut state)));
        let met = |hash: u64| -> usize {
            let part = |part: u32| {
                let own = part_of(hash, part);
                let all = std::iter::once(own).chain((0..BITS).map(move |bit| own ^ 1 << bit));
                all.filter_map(|value| near.by_part[part as usize].get(&value)).map(Vec::len).sum::<usize>()
            };
            (0..PARTS).map(part).sum()
        };
        let all: usize = (0..500).map(|_| met(random(&mut state))).sum();
        assert!(all < 500 * 20_000 / 900, "{all}");
    }
}
