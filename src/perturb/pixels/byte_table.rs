//! One table of 256 bytes for many values, by instructions that look up a whole register at once. These have to be asked
//! for by name: no compiler makes them of a loop. With AVX-512 VBMI `cargo bench --bench perturb` takes 24 us for `gamma`
//! where value by value takes 164, 28 for 168 for `exposure`, 29 for 169 for `quantization`.

/// A table of 256 bytes.
pub type Table = [u8; 256];

#[cfg(target_arch = "x86_64")]
pub use x86::look_up;

/// As on x86-64, where nothing is known to be faster than value by value.
#[cfg(not(target_arch = "x86_64"))]
pub fn look_up(_: &Table, _: &[u8], _: &mut [u8]) -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use archmage::{SimdToken, X64V3Token, X64V4Token, X64V4xToken, arcane};
    use pulp::cast;

    use super::Table;

    /// Bits of a byte.
    const BYTE: u32 = 8;

    /// Writes `table[value]` for each of `values` to `out` if the processor has instructions for it, else nothing; says
    /// whether it did.
    pub fn look_up(table: &Table, values: &[u8], out: &mut [u8]) -> bool {
        if let Some(vbmi) = X64V4xToken::summon() {
            by_registers(table, values, out, |values, out| avx512_vbmi(vbmi, table, values, out));
        } else if let Some(v4) = X64V4Token::summon() {
            by_registers(table, values, out, |values, out| avx512(v4, table, values, out));
        } else if let Some(v3) = X64V3Token::summon() {
            by_registers(table, values, out, |values, out| avx2(v3, table, values, out));
        } else {
            return false;
        }
        true
    }

    /// What fills no register is looked up one by one.
    fn by_registers<const N: usize>(
        table: &Table,
        values: &[u8],
        out: &mut [u8],
        look_up: impl FnOnce(&[[u8; N]], &mut [[u8; N]]),
    ) {
        let ((values, rest), (out, out_rest)) = (values.as_chunks(), out.as_chunks_mut());
        look_up(values, out);
        for (out, value) in out_rest.iter_mut().zip(rest) {
            *out = table[usize::from(*value)];
        }
    }

    /// The instruction looks up bytes in half of the table, by the seven lowest bits of each; the eighth says in which.
    #[arcane(import_intrinsics)]
    fn avx512_vbmi(_: X64V4xToken, table: &Table, values: &[[u8; 64]], out: &mut [[u8; 64]]) {
        let (quarters, _) = table.as_chunks::<64>();
        let [a, b, c, d]: [__m512i; 4] = [0, 1, 2, 3].map(|i| cast(quarters[i]));
        for (out, values) in out.iter_mut().zip(values) {
            let values = cast(*values);
            let (lower, upper) = (_mm512_permutex2var_epi8(a, values, b), _mm512_permutex2var_epi8(c, values, d));
            *out = cast(_mm512_mask_blend_epi8(_mm512_movepi8_mask(values), lower, upper));
        }
    }

    /// The instruction looks up pairs of bytes in half of the table, by the six lowest bits of each word: bits 1 to 6 of
    /// a value find the pair, bit 7 says in which half and bit 0 which byte of it.
    #[arcane(import_intrinsics)]
    fn avx512(_: X64V4Token, table: &Table, values: &[[u8; 64]], out: &mut [[u8; 64]]) {
        let (quarters, _) = table.as_chunks::<64>();
        let [a, b, c, d]: [__m512i; 4] = [0, 1, 2, 3].map(|i| cast(quarters[i]));
        let pairs = |places: __m512i, is_upper: __mmask32| {
            let lower = _mm512_permutex2var_epi16(a, places, b);
            _mm512_mask_blend_epi16(is_upper, lower, _mm512_permutex2var_epi16(c, places, d))
        };
        let low_bytes = _mm512_set1_epi16(0xff);
        for (out, values) in out.iter_mut().zip(values) {
            let values = cast(*values);
            let is_upper = _mm512_test_epi16_mask(values, _mm512_set1_epi16(0x80));
            let first = pairs(_mm512_srli_epi16::<1>(values), is_upper);
            let second = pairs(_mm512_srli_epi16::<{ BYTE + 1 }>(values), _mm512_movepi16_mask(values));
            // Bits of the first word where the mask has ones, else of the second.
            let even = _mm512_ternarylogic_epi32::<0xca>(low_bytes, first, _mm512_slli_epi16::<BYTE>(second));
            let odd = _mm512_ternarylogic_epi32::<0xca>(low_bytes, _mm512_srli_epi16::<BYTE>(first), second);
            let is_odd = _mm512_test_epi8_mask(values, _mm512_set1_epi8(1));
            *out = cast(_mm512_mask_blend_epi8(is_odd, even, odd));
        }
    }

    /// In each 16 bytes of the table in turn: a place with its highest bit set finds a zero.
    #[arcane(import_intrinsics)]
    fn avx2(_: X64V3Token, table: &Table, values: &[[u8; 32]], out: &mut [[u8; 32]]) {
        let (parts, _) = table.as_chunks::<16>();
        let parts: [__m256i; 16] = std::array::from_fn(|i| _mm256_broadcastsi128_si256(cast(parts[i])));
        // Leaves 0..16 without that bit and sets it in all that is greater.
        let bound = _mm256_set1_epi8(0x70);
        let step = _mm256_set1_epi8(16);
        for (out, values) in out.iter_mut().zip(values) {
            let (mut places, mut found) = (cast(*values), _mm256_setzero_si256());
            for part in parts {
                let inside = _mm256_adds_epu8(places, bound);
                found = _mm256_or_si256(found, _mm256_shuffle_epi8(part, inside));
                places = _mm256_sub_epi8(places, step);
            }
            *out = cast(found);
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
            if let Some(v3) = X64V3Token::summon() {
                avx2(v3, &table, values.as_chunks().0, found.as_chunks_mut().0);
                assert_eq!(found, wanted);
            }
            found.fill(0);
            if let Some(v4) = X64V4Token::summon() {
                avx512(v4, &table, values.as_chunks().0, found.as_chunks_mut().0);
                assert_eq!(found, wanted);
            }
            found.fill(0);
            if let Some(vbmi) = X64V4xToken::summon() {
                avx512_vbmi(vbmi, &table, values.as_chunks().0, found.as_chunks_mut().0);
                assert_eq!(found, wanted);
            }
        }
    }
}
