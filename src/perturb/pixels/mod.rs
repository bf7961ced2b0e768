//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod convolve;
mod cover;
mod field;
mod homography;
mod lut;
mod remap;
mod resample;
mod smooth_field;

pub use convolve::{gaussian_kernel, separable};
pub use cover::{cover_flat, cover_noise};
pub use field::Field;
pub use homography::Homography;
pub use lut::{apply_lut, truncate};
pub use remap::{Border, remap, remap_affine};
pub use resample::warp_affine;
pub use smooth_field::{kept_spread, smooth_field};
