//! Kernels that several perturbations share. Plain multiplications and additions in a fixed order: the same bytes on
//! every machine.

mod border;
mod box_mean;
mod convolve;
mod disk;
mod gauss;
mod lut;
mod median;
mod mosaic;
mod resample;
mod taps;
mod zoom;

pub use border::Border;
pub use box_mean::box_mean;
pub use convolve::{gaussian_kernel, separable};
pub use disk::disk_blur;
pub use gauss::gaussian_fixed;
pub use lut::{apply_lut, truncate};
pub use median::median;
pub use mosaic::{box_reduced, enlarged_bilinear, enlarged_nearest};
pub use resample::warp_affine;
pub use taps::{Tap, correlate_taps};
pub use zoom::{Sampling, mean_of_copies};
