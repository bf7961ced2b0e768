//! Finding near hashes without comparing all with all: multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in
//! Hamming Space with Multi-Index Hashing", 2012).
//!
//! Two hashes of at most 7 different bits have, of their four parts of 16 bits, one with at most one different bit. So an
//! index by each part is asked for that part and its 16 neighbours: 68 look-ups, which meet about n/960 of n unlike hashes.
//!
//! The frames of a fixed camera are all near each other. They are met the latest first, and whoever asks ends the search:
//! of frames in the order of time the one before is mostly enough.

use std::collections::HashMap;
use std::ops::ControlFlow;

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
    /// Picture and hash, in the order in which they were added.
    hashes: Vec<(usize, u64)>,
    /// Positions in `hashes`.
    by_part: [HashMap<u16, Vec<usize>>; PARTS as usize],
    /// Per hash, the search that met it last: most are met by several look-ups.
    met: Vec<u64>,
    searches: u64,
}

impl Near {
    /// Adds the hash of picture `at`.
    pub fn add(&mut self, at: usize, hash: u64) {
        for (part, index) in (0..).zip(&mut self.by_part) {
            index.entry(part_of(hash, part)).or_default().push(self.hashes.len());
        }
        self.hashes.push((at, hash));
        self.met.push(0);
    }

    /// Shows the pictures whose hashes differ in at most [`NEAR`] bits, with how many, each once, until `show` has enough.
    /// The last one added of those with a part in common comes first.
    pub fn find(&mut self, hash: u64, mut show: impl FnMut(usize, u32) -> ControlFlow<()>) {
        self.searches += 1;
        for (part, index) in (0..).zip(&self.by_part) {
            let own = part_of(hash, part);
            let values = std::iter::once(own).chain((0..BITS).map(|bit| own ^ 1 << bit));
            for &place in values.filter_map(|value| index.get(&value)).flat_map(|places| places.iter().rev()) {
                if std::mem::replace(&mut self.met[place], self.searches) == self.searches {
                    continue;
                }
                let (at, other) = self.hashes[place];
                let distance = (other ^ hash).count_ones();
                if distance <= NEAR && show(at, distance).is_break() {
                    return;
                }
            }
        }
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
        let mut found = Vec::new();
        near.find(hash, |at, distance| {
            found.push((at, distance));
            ControlFlow::Continue(())
        });
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn of_equal_hashes_the_last_one_added_is_met_first_and_none_after_enough() {
        let mut near = Near::default();
        (0..5).for_each(|at| near.add(at, 7));
        let mut met = Vec::new();
        near.find(7, |at, _| {
            met.push(at);
            if met.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(met, [4, 3]);
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
