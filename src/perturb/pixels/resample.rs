//! Affine resampling of RGB images with bilinear interpolation and a constant border.

use image::{Rgb, RgbImage};

use crate::perturb::Matrix;

/// The picture whose content has moved by `forward`; what comes from outside is `fill`. Bilinear, rounded to the
/// nearest byte. A map that flattens the plane gives a picture of `fill`.
#[must_use]
pub fn warp_affine(image: &RgbImage, forward: &Matrix, fill: Rgb<u8>) -> RgbImage {
    let mut out = RgbImage::from_pixel(image.width(), image.height(), fill);
    let Some(back) = forward.inverse() else { return out };
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        // Centres of pixels lie at half coordinates; sample positions are relative to the centre of pixel (0, 0).
        let (sx, sy) = back.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
        *pixel = bilinear(image, sx - 0.5, sy - 0.5, fill);
    }
    out
}

fn bilinear(image: &RgbImage, x: f64, y: f64, fill: Rgb<u8>) -> Rgb<u8> {
    let (width, height) = (i64::from(image.width()), i64::from(image.height()));
    let (left, top) = (x.floor() as i64, y.floor() as i64);
    if left < -1 || top < -1 || left >= width || top >= height {
        return fill;
    }
    let (fx, fy) = ((x - x.floor()) as f32, (y - y.floor()) as f32);
    let at = |x: i64, y: i64| match (u32::try_from(x), u32::try_from(y)) {
        (Ok(x), Ok(y)) if x < image.width() && y < image.height() => image.get_pixel(x, y).0,
        _ => fill.0,
    };
    let corners = [at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1)];
    let mix = |c: usize| {
        let [nw, ne, sw, se] = corners.map(|pixel| f32::from(pixel[c]));
        let north = nw + (ne - nw) * fx;
        let south = sw + (se - sw) * fx;
        north + (south - north) * fy
    };
    Rgb([0, 1, 2].map(|c| round(mix(c))))
}

fn round(value: f32) -> u8 {
    (value + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_pixel_shift_moves_pixels_unchanged() {
        let image = RgbImage::from_fn(4, 3, |x, y| Rgb([x as u8 * 10, y as u8 * 10, 7]));
        let shifted = warp_affine(&image, &Matrix::translation(1.0, -1.0), Rgb([114; 3]));
        assert_eq!(shifted.get_pixel(2, 1), image.get_pixel(1, 2));
        assert_eq!(shifted.get_pixel(0, 0).0, [114; 3]);
    }
}
