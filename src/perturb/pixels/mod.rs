//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod convolve;
mod lut;
mod resample;

pub use convolve::{gaussian_kernel, separable};
pub use lut::{apply_lut, truncate};
pub use resample::warp_affine;
