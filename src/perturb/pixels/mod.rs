//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod convolve;
mod edges;
mod lut;
mod plane;
mod plasma;
mod resample;

pub use convolve::{gaussian_kernel, separable};
pub use edges::{canny, distances};
pub use lut::{apply_lut, truncate};
pub use plane::Plane;
pub use plasma::plasma;
pub use resample::warp_affine;
