//! The one place where the processor at hand is looked at.
//!
//! The compiler may count on SSE2 alone for x86-64, as such programs run everywhere; most machines have AVX2, whose
//! registers are twice as wide. So a kernel is compiled twice, and which one runs is settled here. It computes the same
//! bytes either way: whole numbers, and floats in the same order, as multiplications and additions are never fused.
//! Other families of processors have one width for all.

/// Work on pixels, with all that it needs.
pub trait Kernel {
    /// What it makes.
    type Output;

    /// To be called by [`vectorized`]. It and all that it calls in its loops are `#[inline(always)]`: what stays a
    /// function of its own is compiled for SSE2.
    fn run(self) -> Self::Output;
}

/// What `kernel` makes, by the widest registers there are.
pub fn vectorized<K: Kernel>(kernel: K) -> K::Output {
    pulp::Arch::new().dispatch(Dispatched(kernel))
}

struct Dispatched<K>(K);

impl<K: Kernel> pulp::WithSimd for Dispatched<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> K::Output {
        self.0.run()
    }
}
