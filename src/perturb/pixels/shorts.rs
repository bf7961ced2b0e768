//! Registers of 16-bit numbers, for weighted sums of many values. Their instructions have to be asked for by name: what
//! compilers make of the loop for AVX2 and AVX-512 widens the numbers to 32 bits on its way, and is three times slower.

/// Numbers in all registers together that are worked on at a time.
pub const BLOCK: usize = 64;

/// A block of numbers as it lies in memory.
pub type Block = [u16; BLOCK];

/// What a family of processors does with a block.
pub trait Shorts: Copy {
    /// The registers of a block.
    type Registers: Copy;

    /// The same number everywhere.
    fn all(self, value: u16) -> Self::Registers;

    /// The numbers of a block.
    fn load(self, block: &Block) -> Self::Registers;

    /// The reverse of [`Self::load`].
    fn store(self, registers: Self::Registers) -> Block;

    /// Sums, which must stay below 2^16.
    fn add(self, one: Self::Registers, other: Self::Registers) -> Self::Registers;

    /// Means, rounded up.
    fn mean(self, one: Self::Registers, other: Self::Registers) -> Self::Registers;

    /// The upper halves of the products.
    fn high_product(self, one: Self::Registers, other: Self::Registers) -> Self::Registers;
}

/// Work with such registers. It and all that it calls in its loops are `#[inline(always)]`.
pub trait ShortsKernel {
    /// What it makes.
    type Output;

    /// To be called by [`with_shorts`].
    fn run<S: Shorts>(self, registers: S) -> Self::Output;
}

/// What `kernel` makes by the widest registers there are.
#[cfg(target_arch = "x86_64")]
pub fn with_shorts<K: ShortsKernel>(kernel: K) -> K::Output {
    use pulp::x86::{V3, V4};
    if let Some(v4) = V4::try_new() {
        return v4.vectorize(x86::Job(v4, kernel));
    }
    match V3::try_new() {
        Some(v3) => v3.vectorize(x86::Job(v3, kernel)),
        None => kernel.run(Plain),
    }
}

/// What `kernel` makes.
#[cfg(not(target_arch = "x86_64"))]
pub fn with_shorts<K: ShortsKernel>(kernel: K) -> K::Output {
    kernel.run(Plain)
}

/// `BLOCK` values from `place` on.
#[inline(always)]
pub fn block(values: &[u16], place: usize) -> &Block {
    values[place..].first_chunk().expect("a whole block is there")
}

/// Registers of the instructions that any processor of a family has: compilers find them.
#[derive(Clone, Copy)]
struct Plain;

/// Numbers in a register.
const LANES: usize = 8;

impl Shorts for Plain {
    type Registers = [[u16; LANES]; BLOCK / LANES];

    #[inline(always)]
    fn all(self, value: u16) -> Self::Registers {
        [[value; LANES]; BLOCK / LANES]
    }

    #[inline(always)]
    fn load(self, block: &Block) -> Self::Registers {
        let (lanes, _) = block.as_chunks();
        std::array::from_fn(|at| lanes[at])
    }

    #[inline(always)]
    fn store(self, registers: Self::Registers) -> Block {
        *registers.as_flattened().first_chunk().expect("the lanes are a block")
    }

    #[inline(always)]
    fn add(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
        each(one, other, u16::wrapping_add)
    }

    #[inline(always)]
    fn mean(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
        each(one, other, |a, b| ((u32::from(a) + u32::from(b) + 1) >> 1) as u16)
    }

    #[inline(always)]
    fn high_product(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
        each(one, other, |a, b| ((u32::from(a) * u32::from(b)) >> 16) as u16)
    }
}

/// What `change` makes of each two numbers.
#[inline(always)]
fn each<const N: usize>(
    mut one: [[u16; LANES]; N],
    other: [[u16; LANES]; N],
    change: impl Fn(u16, u16) -> u16,
) -> [[u16; LANES]; N] {
    for (one, other) in one.iter_mut().zip(&other) {
        *one = std::array::from_fn(|at| change(one[at], other[at]));
    }
    one
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__m256i, __m512i};

    use pulp::x86::{V3, V4};
    use pulp::{NullaryFnOnce, cast};

    use super::{BLOCK, Block, Shorts, ShortsKernel};

    pub struct Job<S, K>(pub S, pub K);

    impl<S: Shorts, K: ShortsKernel> NullaryFnOnce for Job<S, K> {
        type Output = K::Output;

        #[inline(always)]
        fn call(self) -> K::Output {
            self.1.run(self.0)
        }
    }

    /// What `change` makes of each two registers.
    #[inline(always)]
    fn each<R: Copy, const N: usize>(one: [R; N], other: [R; N], change: impl Fn(R, R) -> R) -> [R; N] {
        std::array::from_fn(|at| change(one[at], other[at]))
    }

    impl Shorts for V3 {
        type Registers = [__m256i; BLOCK / 16];

        #[inline(always)]
        fn all(self, value: u16) -> Self::Registers {
            cast([value; BLOCK])
        }

        #[inline(always)]
        fn load(self, block: &Block) -> Self::Registers {
            cast(*block)
        }

        #[inline(always)]
        fn store(self, registers: Self::Registers) -> Block {
            cast(registers)
        }

        #[inline(always)]
        fn add(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx2._mm256_add_epi16(a, b))
        }

        #[inline(always)]
        fn mean(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx2._mm256_avg_epu16(a, b))
        }

        #[inline(always)]
        fn high_product(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx2._mm256_mulhi_epu16(a, b))
        }
    }

    impl Shorts for V4 {
        type Registers = [__m512i; BLOCK / 32];

        #[inline(always)]
        fn all(self, value: u16) -> Self::Registers {
            cast([value; BLOCK])
        }

        #[inline(always)]
        fn load(self, block: &Block) -> Self::Registers {
            cast(*block)
        }

        #[inline(always)]
        fn store(self, registers: Self::Registers) -> Block {
            cast(registers)
        }

        #[inline(always)]
        fn add(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx512bw._mm512_add_epi16(a, b))
        }

        #[inline(always)]
        fn mean(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx512bw._mm512_avg_epu16(a, b))
        }

        #[inline(always)]
        fn high_product(self, one: Self::Registers, other: Self::Registers) -> Self::Registers {
            each(one, other, |a, b| self.avx512bw._mm512_mulhi_epu16(a, b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Mixed<'a>(&'a Block, &'a Block);

    impl ShortsKernel for Mixed<'_> {
        type Output = [Block; 3];

        fn run<S: Shorts>(self, s: S) -> [Block; 3] {
            let (one, other) = (s.load(self.0), s.load(self.1));
            [s.add(one, s.all(7)), s.mean(one, other), s.high_product(one, other)].map(|made| s.store(made))
        }
    }

    #[test]
    fn every_set_of_registers_computes_the_same() {
        let numbers = |step: u16| std::array::from_fn(|at| (at as u16).wrapping_mul(step));
        for (one, other) in
            [(numbers(1021), numbers(64_999)), ([0; BLOCK], [u16::MAX; BLOCK]), ([1; BLOCK], [0; BLOCK])]
        {
            let wanted = [
                std::array::from_fn(|at| one[at].wrapping_add(7)),
                std::array::from_fn(|at| (u32::from(one[at]) + u32::from(other[at])).div_ceil(2) as u16),
                std::array::from_fn(|at| (u32::from(one[at]) * u32::from(other[at]) / 65_536) as u16),
            ];
            assert_eq!(Mixed(&one, &other).run(Plain), wanted);
            assert_eq!(with_shorts(Mixed(&one, &other)), wanted);
        }
    }
}
