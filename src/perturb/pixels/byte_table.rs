//! One table of 256 bytes for many values, by instructions that look up a whole register at once. These have to be asked
//! for by name: no compiler makes them of a loop.

/// A table of 256 bytes.
pub type Table = [u8; 256];

#[cfg(target_arch = "x86_64")]
pub use x86::look_up;

/// As on x86-64, where nothing is known to be faster than value by value.
#[cfg(not(target_arch = "x86_64"))]
#[must_use]
pub fn look_up(_: &Table, _: &[u8], _: &mut [u8]) -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__m256i, __m512i};

    use pulp::x86::{V3, V4};
    use pulp::{NullaryFnOnce, cast};

    use super::Table;

    /// Bits of a byte.
    const BYTE: u32 = 8;

    struct Avx512<'a>(V4, &'a Table, &'a mut [[u8; 64]], &'a [[u8; 64]]);

    struct Avx2<'a>(V3, &'a Table, &'a mut [[u8; 32]], &'a [[u8; 32]]);

    /// Writes `table[value]` for each of `values` to `out` if the processor has instructions for it, else nothing; says
    /// whether it did.
    #[must_use]
    pub fn look_up(table: &Table, values: &[u8], out: &mut [u8]) -> bool {
        if let Some(instructions) = V4::try_new() {
            let ((values, rest), (out, out_rest)) = (values.as_chunks(), out.as_chunks_mut());
            instructions.vectorize(Avx512(instructions, table, out, values));
            one_by_one(table, rest, out_rest);
        } else if let Some(instructions) = V3::try_new() {
            let ((values, rest), (out, out_rest)) = (values.as_chunks(), out.as_chunks_mut());
            instructions.vectorize(Avx2(instructions, table, out, values));
            one_by_one(table, rest, out_rest);
        } else {
            return false;
        }
        true
    }

    fn one_by_one(table: &Table, values: &[u8], out: &mut [u8]) {
        for (out, value) in out.iter_mut().zip(values) {
            *out = table[usize::from(*value)];
        }
    }

    impl NullaryFnOnce for Avx512<'_> {
        type Output = ();

        /// Even and odd bytes on their own, as the instruction looks up pairs of bytes.
        #[inline(always)]
        fn call(self) {
            let Self(v4, table, out, values) = self;
            let (quarters, _) = table.as_chunks::<64>();
            let quarters = [0, 1, 2, 3].map(|i| cast(quarters[i]));
            let even = v4.avx512f._mm512_set1_epi16(0xff);
            for (out, values) in out.iter_mut().zip(values) {
                let values = cast(*values);
                let first = avx512_words(v4, quarters, v4.avx512f._mm512_and_si512(values, even));
                let second = avx512_words(v4, quarters, v4.avx512bw._mm512_srli_epi16::<BYTE>(values));
                let second = v4.avx512bw._mm512_slli_epi16::<BYTE>(second);
                // Bits of the first where the mask has ones, else of the second.
                *out = cast(v4.avx512f._mm512_ternarylogic_epi32::<0xca>(even, first, second));
            }
        }
    }

    /// The table's bytes, in the lower halves of words, for values in words. The table's words are looked up in both halves
    /// of the table by bits 1 to 6 of the values; bit 7 says which half and bit 0 which byte.
    #[inline(always)]
    fn avx512_words(v4: V4, [a, b, c, d]: [__m512i; 4], values: __m512i) -> __m512i {
        let bw = v4.avx512bw;
        let places = bw._mm512_srli_epi16::<1>(values);
        let (lower, upper) = (bw._mm512_permutex2var_epi16(a, places, b), bw._mm512_permutex2var_epi16(c, places, d));
        let is_upper = bw._mm512_test_epi16_mask(values, v4.avx512f._mm512_set1_epi16(0x80));
        let is_odd = bw._mm512_test_epi16_mask(values, v4.avx512f._mm512_set1_epi16(1));
        let found = bw._mm512_mask_blend_epi16(is_upper, lower, upper);
        bw._mm512_mask_srli_epi16::<BYTE>(found, is_odd, found)
    }

    impl NullaryFnOnce for Avx2<'_> {
        type Output = ();

        /// In each 16 bytes of the table in turn: a place with its highest bit set finds a zero.
        #[inline(always)]
        fn call(self) {
            let Self(v3, table, out, values) = self;
            let (parts, _) = table.as_chunks::<16>();
            let parts: [__m256i; 16] = std::array::from_fn(|i| v3.avx2._mm256_broadcastsi128_si256(cast(parts[i])));
            // Leaves 0..16 without that bit and sets it in all that is greater.
            let bound = v3.avx._mm256_set1_epi8(0x70);
            let step = v3.avx._mm256_set1_epi8(16);
            for (out, values) in out.iter_mut().zip(values) {
                let (mut places, mut found) = (cast(*values), v3.avx._mm256_setzero_si256());
                for part in parts {
                    let inside = v3.avx2._mm256_adds_epu8(places, bound);
                    found = v3.avx2._mm256_or_si256(found, v3.avx2._mm256_shuffle_epi8(part, inside));
                    places = v3.avx2._mm256_sub_epi8(places, step);
                }
                *out = cast(found);
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn each_way_finds_every_value() {
            let table: Table = std::array::from_fn(|i| (i * 7919 % 251) as u8);
            let values: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
            let wanted: Vec<u8> = values.iter().map(|value| table[usize::from(*value)]).collect();
            let mut found = vec![0; values.len()];
            if let Some(v3) = V3::try_new() {
                v3.vectorize(Avx2(v3, &table, found.as_chunks_mut().0, values.as_chunks().0));
                assert_eq!(found, wanted);
            }
            found.fill(0);
            if let Some(v4) = V4::try_new() {
                v4.vectorize(Avx512(v4, &table, found.as_chunks_mut().0, values.as_chunks().0));
                assert_eq!(found, wanted);
            }
        }
    }
}
