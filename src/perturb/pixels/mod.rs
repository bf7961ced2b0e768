//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod convolve;
mod disc;
mod edges;
mod flare;
mod ice;
mod lut;
mod plane;
mod plasma;
mod resample;

pub use convolve::{gaussian_kernel, separable};
pub use disc::Disc;
pub use edges::{canny, distances};
pub use flare::{Flare, ghost};
pub use ice::ice;
pub use lut::{apply_lut, truncate};
pub use plane::Plane;
pub use plasma::plasma;
pub use resample::warp_affine;
