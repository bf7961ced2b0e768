//! Affine resampling of RGB images with bilinear interpolation and a constant border.

use image::{Rgb, RgbImage};

use crate::perturb::Matrix;

/// The picture whose content has moved by `forward`; what comes from outside is `fill`. Bilinear, rounded to the
/// nearest byte. A map that flattens the plane gives a picture of `fill`.
#[must_use]
pub fn warp_affine(image: &RgbImage, forward: &Matrix, fill: Rgb<u8>) -> RgbImage {
    let mut out = RgbImage::from_pixel(image.width(), image.height(), fill);
    let Some(back) = forward.inverse() else { return out };
    for (y, row) in (0_u32..).zip(out.chunks_exact_mut(image.width() as usize * 3)) {
        for (x, pixel) in (0_u32..).zip(row.chunks_exact_mut(3)) {
            // Centres of pixels lie at half coordinates; sample positions are relative to the centre of pixel (0, 0).
            let (sx, sy) = back.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
            let (sx, sy) = (sx - 0.5, sy - 0.5);
            let value = inside(image, sx, sy).unwrap_or_else(|| bilinear(image, sx, sy, fill).0);
            pixel.copy_from_slice(&value);
        }
    }
    out
}

/// What [`bilinear`] gives where all four corners are in the picture, without its care for the border.
#[inline]
fn inside(image: &RgbImage, x: f64, y: f64) -> Option<[u8; 3]> {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    if !(x >= 0.0 && y >= 0.0 && x < width - 1.0 && y < height - 1.0) {
        return None;
    }
    let (left, top) = (x as u32, y as u32);
    let (fx, fy) = ((x - f64::from(left)) as f32, (y - f64::from(top)) as f32);
    let offset = (top as usize * image.width() as usize + left as usize) * 3;
    let north: &[u8; 6] = image.as_raw().get(offset..)?.first_chunk()?;
    let south: &[u8; 6] = image.as_raw().get(offset + image.width() as usize * 3..)?.first_chunk()?;
    let channel = |c: usize| mix([north[c], north[c + 3], south[c], south[c + 3]], fx, fy);
    // Written out: a `map` over the channels is not inlined and takes as long as the rest.
    Some([channel(0), channel(1), channel(2)])
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
    Rgb([0, 1, 2].map(|c| mix(corners.map(|pixel| pixel[c]), fx, fy)))
}

#[inline]
fn mix(corners: [u8; 4], fx: f32, fy: f32) -> u8 {
    let [nw, ne, sw, se] = corners;
    let (nw, ne, sw, se) = (f32::from(nw), f32::from(ne), f32::from(sw), f32::from(se));
    let north = nw + (ne - nw) * fx;
    let south = sw + (se - sw) * fx;
    round(north + (south - north) * fy)
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

    #[test]
    fn the_short_way_inside_gives_the_bytes_of_the_long_one() {
        let image = RgbImage::from_fn(23, 17, |x, y| Rgb([(x * y * 31) as u8, (x * 57 + y) as u8, (y * 91) as u8]));
        for step in 0..4000_u32 {
            let (x, y) = (f64::from(step % 97) * 0.29 - 2.0, f64::from(step / 97) * 0.47 - 1.0);
            let long = bilinear(&image, x, y, Rgb([114; 3])).0;
            assert_eq!(inside(&image, x, y).unwrap_or(long), long, "{x} {y}");
        }
    }
}
