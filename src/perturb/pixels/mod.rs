//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod byte_noise;
mod convolve;
mod cover;
mod distributions;
mod field;
mod homography;
mod hsv;
mod luma;
mod lut;
mod planes;
mod remap;
mod resample;
mod smooth_field;
mod srgb;

pub use byte_noise::ByteNoise;
pub use convolve::{gaussian_kernel, separable};
pub use cover::{cover_flat, cover_noise};
pub use distributions::{NormalLaw, weigh_poisson};
pub use field::Field;
pub use homography::Homography;
pub use hsv::HsvShift;
pub use luma::{LUMA, luma};
pub use lut::{apply_lut, truncate};
pub use planes::{clip, map_rows};
pub use remap::{Border, remap, remap_affine};
pub use resample::warp_affine;
pub use smooth_field::{kept_spread, smooth_field};
pub use srgb::{gain_table, to_linear};
mod border;
mod box_mean;
mod disk;
mod gauss;
mod median;
mod mosaic;
mod taps;
mod zoom;

pub use border::Border;
pub use box_mean::box_mean;
pub use disk::disk_blur;
pub use gauss::gaussian_fixed;
pub use median::median;
pub use mosaic::{box_reduced, enlarged_bilinear, enlarged_nearest};
pub use taps::{Tap, correlate_taps};
pub use zoom::{Sampling, mean_of_copies};
