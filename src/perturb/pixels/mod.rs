//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod byte_noise;
mod convolve;
mod distributions;
mod hsv;
mod luma;
mod lut;
mod planes;
mod resample;
mod srgb;

pub use byte_noise::ByteNoise;
pub use convolve::{gaussian_kernel, separable};
pub use distributions::{NormalLaw, weigh_poisson};
pub use hsv::HsvShift;
pub use luma::{LUMA, luma};
pub use lut::{apply_lut, truncate};
pub use planes::{clip, map_rows};
pub use resample::warp_affine;
pub use srgb::{gain_table, to_linear};
