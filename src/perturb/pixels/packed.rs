//! Registers of whole pixels, for kernels that are mostly moves of bytes. Their instructions have to be asked for by name:
//! of a loop over interleaved channels compilers make several times as many. With AVX-512 `cargo bench --bench perturb`
//! takes 22 us for `horizontal_flip` where the loop, compiled for AVX2, takes 81, 22 for 69 for `grayscale`, 59 for 92 for
//! `sepia`.
//!
//! While pixels are worked on, each lane of 16 bytes has four of them in its first twelve bytes; what is in the other
//! four is of no account.

/// Bytes of the 64 pixels that are taken at a time: whole registers full.
pub const RUN: usize = 64 * 3;

/// Sixteen bytes, of which a register holds some.
pub type Lane = [u8; 16];

/// Asked for as a place in a lane: no byte but a zero.
pub const ZERO: u8 = 0x80;

/// What a family of processors does with a register.
pub trait Packed: Copy {
    /// Bytes, or words of 32 bits with a sign.
    type Register: Copy;

    /// As many floats as there are words.
    type Floats: Copy;

    /// The registers of 64 pixels.
    type Run: AsMut<[Self::Register]>;

    /// The pixels, four to a lane.
    fn spread(self, run: &[u8; RUN]) -> Self::Run;

    /// The pixels in a row.
    fn join(self, run: Self::Run) -> [u8; RUN];

    /// The pixels in reverse order, their channels in the old one.
    fn reverse(self, run: &[u8; RUN]) -> [u8; RUN];

    /// In each lane the bytes from these places of it.
    fn pick(self, from: Self::Register, places: Lane) -> Self::Register;

    /// Sums of two neighbours of 16 bits, each by its weight, in words.
    fn weigh(self, pairs: Self::Register, weights: [i16; 2]) -> Self::Register;

    /// Sums of words.
    fn add(self, one: Self::Register, other: Self::Register) -> Self::Register;

    /// The word everywhere.
    fn word(self, value: i32) -> Self::Register;

    /// Words as floats.
    fn floats(self, words: Self::Register) -> Self::Floats;

    /// The floats by a number.
    fn scale(self, floats: Self::Floats, by: f32) -> Self::Floats;

    /// Sums of floats.
    fn sum(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;

    /// The nearest whole numbers, the even one of two.
    fn rounded(self, floats: Self::Floats) -> Self::Register;

    /// From words clipped to bytes, in each lane: four of the first, of the second, and of the third.
    fn bytes(self, words: [Self::Register; 3]) -> Self::Register;
}

/// Work with such registers. It and all that it calls in its loops are `#[inline(always)]`.
pub trait PackedKernel {
    /// What it makes.
    type Output;

    /// To be called by [`with_packed`].
    fn run<P: Packed>(self, registers: P) -> Self::Output;
}

/// What `kernel` makes by the widest registers there are; `None` where the processor has none of these instructions.
#[cfg(target_arch = "x86_64")]
pub fn with_packed<K: PackedKernel>(kernel: K) -> Option<K::Output> {
    use pulp::x86::{V3, V4};
    if let Some(v4) = V4::try_new() {
        return Some(v4.vectorize(x86::Job(v4, kernel)));
    }
    V3::try_new().map(|v3| v3.vectorize(x86::Job(v3, kernel)))
}

/// As on x86-64, where the loops of compilers are not known to be slower.
#[cfg(not(target_arch = "x86_64"))]
pub fn with_packed<K: PackedKernel>(_: K) -> Option<K::Output> {
    None
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__m256, __m256i, __m512, __m512i};

    use pulp::x86::{V3, V4};
    use pulp::{NullaryFnOnce, cast};

    use super::{Lane, Packed, PackedKernel, RUN, ZERO};

    /// Four pixels of a lane in reverse order.
    const REVERSED: Lane = [9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, ZERO, ZERO, ZERO, ZERO];

    pub struct Job<P, K>(pub P, pub K);

    impl<P: Packed, K: PackedKernel> NullaryFnOnce for Job<P, K> {
        type Output = K::Output;

        #[inline(always)]
        fn call(self) -> K::Output {
            self.1.run(self.0)
        }
    }

    /// The beginning of `bytes`.
    #[inline(always)]
    fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
        *bytes.first_chunk().expect("a register's bytes")
    }

    impl Packed for V3 {
        type Register = __m256i;
        type Floats = __m256;
        type Run = [__m256i; 8];

        #[inline(always)]
        fn spread(self, run: &[u8; RUN]) -> [__m256i; 8] {
            let words = |start: usize, words: [u32; 8]| {
                self.avx2._mm256_permutevar8x32_epi32(cast(first::<32>(&run[start..])), cast(words))
            };
            let next = |index: usize| words(index * 24, [0, 1, 2, 2, 3, 4, 5, 5]);
            [next(0), next(1), next(2), next(3), next(4), next(5), next(6), words(160, [2, 3, 4, 4, 5, 6, 7, 7])]
        }

        #[inline(always)]
        fn join(self, run: [__m256i; 8]) -> [u8; RUN] {
            let mut out = [0; RUN];
            for (pixels, out) in run.into_iter().zip(out.as_chunks_mut().0) {
                *out = eight(self, pixels, [0, 1, 2, 4, 5, 6, 6, 6]);
            }
            out
        }

        #[inline(always)]
        fn reverse(self, run: &[u8; RUN]) -> [u8; RUN] {
            let mut out = [0; RUN];
            for (pixels, out) in self.spread(run).into_iter().zip(out.as_chunks_mut().0.iter_mut().rev()) {
                *out = eight(self, self.pick(pixels, REVERSED), [4, 5, 6, 0, 1, 2, 2, 2]);
            }
            out
        }

        #[inline(always)]
        fn pick(self, from: __m256i, places: Lane) -> __m256i {
            self.avx2._mm256_shuffle_epi8(from, cast([places; 2]))
        }

        #[inline(always)]
        fn weigh(self, pairs: __m256i, weights: [i16; 2]) -> __m256i {
            self.avx2._mm256_madd_epi16(pairs, cast([weights; 8]))
        }

        #[inline(always)]
        fn add(self, one: __m256i, other: __m256i) -> __m256i {
            self.avx2._mm256_add_epi32(one, other)
        }

        #[inline(always)]
        fn word(self, value: i32) -> __m256i {
            cast([value; 8])
        }

        #[inline(always)]
        fn floats(self, words: __m256i) -> __m256 {
            self.avx._mm256_cvtepi32_ps(words)
        }

        #[inline(always)]
        fn scale(self, floats: __m256, by: f32) -> __m256 {
            self.avx._mm256_mul_ps(cast([by; 8]), floats)
        }

        #[inline(always)]
        fn sum(self, one: __m256, other: __m256) -> __m256 {
            self.avx._mm256_add_ps(one, other)
        }

        #[inline(always)]
        fn rounded(self, floats: __m256) -> __m256i {
            self.avx._mm256_cvtps_epi32(floats)
        }

        #[inline(always)]
        fn bytes(self, [one, two, three]: [__m256i; 3]) -> __m256i {
            let (low, high) = (self.avx2._mm256_packus_epi32(one, two), self.avx2._mm256_packus_epi32(three, three));
            self.avx2._mm256_packus_epi16(low, high)
        }
    }

    /// Eight pixels from the words of a register.
    #[inline(always)]
    fn eight(v3: V3, pixels: __m256i, words: [u32; 8]) -> [u8; 24] {
        first::<24>(&cast::<_, [u8; 32]>(v3.avx2._mm256_permutevar8x32_epi32(pixels, cast(words))))
    }

    impl Packed for V4 {
        type Register = __m512i;
        type Floats = __m512;
        type Run = [__m512i; 4];

        #[inline(always)]
        fn spread(self, run: &[u8; RUN]) -> [__m512i; 4] {
            let load = |start: usize| -> __m512i { cast(first::<64>(&run[start..])) };
            let (a, b, c) = (load(0), load(64), load(128));
            [
                words(self, a, a, [0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11]),
                words(self, a, b, [12, 13, 14, 14, 15, 16, 17, 17, 18, 19, 20, 20, 21, 22, 23, 23]),
                words(self, b, c, [8, 9, 10, 10, 11, 12, 13, 13, 14, 15, 16, 16, 17, 18, 19, 19]),
                words(self, c, c, [4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15, 15]),
            ]
        }

        #[inline(always)]
        fn join(self, [a, b, c, d]: [__m512i; 4]) -> [u8; RUN] {
            written([
                words(self, a, b, [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20]),
                words(self, b, c, [5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25]),
                words(self, c, d, [10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30]),
            ])
        }

        #[inline(always)]
        fn reverse(self, run: &[u8; RUN]) -> [u8; RUN] {
            let [a, b, c, d] = self.spread(run);
            let reversed = |pixels| self.pick(pixels, REVERSED);
            let (a, b, c, d) = (reversed(a), reversed(b), reversed(c), reversed(d));
            written([
                words(self, d, c, [12, 13, 14, 8, 9, 10, 4, 5, 6, 0, 1, 2, 28, 29, 30, 24]),
                words(self, c, b, [9, 10, 4, 5, 6, 0, 1, 2, 28, 29, 30, 24, 25, 26, 20, 21]),
                words(self, b, a, [6, 0, 1, 2, 28, 29, 30, 24, 25, 26, 20, 21, 22, 16, 17, 18]),
            ])
        }

        #[inline(always)]
        fn pick(self, from: __m512i, places: Lane) -> __m512i {
            self.avx512bw._mm512_shuffle_epi8(from, cast([places; 4]))
        }

        #[inline(always)]
        fn weigh(self, pairs: __m512i, weights: [i16; 2]) -> __m512i {
            self.avx512bw._mm512_madd_epi16(pairs, cast([weights; 16]))
        }

        #[inline(always)]
        fn add(self, one: __m512i, other: __m512i) -> __m512i {
            self.avx512f._mm512_add_epi32(one, other)
        }

        #[inline(always)]
        fn word(self, value: i32) -> __m512i {
            cast([value; 16])
        }

        #[inline(always)]
        fn floats(self, words: __m512i) -> __m512 {
            self.avx512f._mm512_cvtepi32_ps(words)
        }

        #[inline(always)]
        fn scale(self, floats: __m512, by: f32) -> __m512 {
            self.avx512f._mm512_mul_ps(cast([by; 16]), floats)
        }

        #[inline(always)]
        fn sum(self, one: __m512, other: __m512) -> __m512 {
            self.avx512f._mm512_add_ps(one, other)
        }

        #[inline(always)]
        fn rounded(self, floats: __m512) -> __m512i {
            self.avx512f._mm512_cvtps_epi32(floats)
        }

        #[inline(always)]
        fn bytes(self, [one, two, three]: [__m512i; 3]) -> __m512i {
            let (low, high) =
                (self.avx512bw._mm512_packus_epi32(one, two), self.avx512bw._mm512_packus_epi32(three, three));
            self.avx512bw._mm512_packus_epi16(low, high)
        }
    }

    /// Words of two registers, counted on from one to the other.
    #[inline(always)]
    fn words(v4: V4, one: __m512i, other: __m512i, words: [u32; 16]) -> __m512i {
        v4.avx512f._mm512_permutex2var_epi32(one, cast(words), other)
    }

    /// Full registers as bytes.
    #[inline(always)]
    fn written(registers: [__m512i; 3]) -> [u8; RUN] {
        first(cast::<_, [[u8; 64]; 3]>(registers).as_flattened())
    }
}
