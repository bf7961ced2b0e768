//! Sharpness: how much fine detail an image has (variance of the Laplacian; Pech-Pacheco et al., "Diatom autofocusing in
//! brightfield microscopy", 2000).

use super::pixels::{Pixels, moments};
use super::{Attribute, Property};

pub static SHARPNESS: Attribute = Attribute {
    name: "sharpness",
    summary: "how much fine detail the clean image has: the variance of the Laplacian of its luma, in squared grey levels; \
              low where it is out of focus or shaken; thirds low, middle, high",
    unit: "squared grey levels",
    source: Property::Pixels(measure),
};

/// The four neighbours minus four times the middle; borders are mirrored without repeating the last pixel, as OpenCV does.
fn measure(pixels: &Pixels<'_>) -> f64 {
    let (width, height) = pixels.size();
    let grey = |x: usize, y: usize| i32::from(pixels.grey[y * width + x]);
    let around = |at: usize, length: usize| {
        let before = if at == 0 { 1.min(length - 1) } else { at - 1 };
        let after = if at + 1 == length { length.saturating_sub(2) } else { at + 1 };
        (before, after)
    };
    let laplacian = (0..height).flat_map(|y| {
        let (above, below) = around(y, height);
        (0..width).map(move |x| {
            let (left, right) = around(x, width);
            grey(left, y) + grey(right, y) + grey(x, above) + grey(x, below) - 4 * grey(x, y)
        })
    });
    moments(laplacian).1
}
