//! Changes of colour on packed pixels, for those that are written for them too.

use image::RgbImage;

use super::packed::{Packed, PackedKernel, RUN, with_packed};
use super::planes::{PixelChange, map_pixels};

/// A change of colours that packed pixels can be given, with the same bytes.
pub trait PackedChange: PixelChange {
    /// The new pixels for old ones, four to a lane. `#[inline(always)]`.
    fn change_packed<P: Packed>(&self, registers: P, pixels: P::Register) -> P::Register;
}

/// Changes each pixel: packed where the processor has instructions for it, else as [`map_pixels`] does.
pub fn map_packed(image: &RgbImage, change: impl PackedChange) -> RgbImage {
    match with_packed(Map { values: image.as_raw(), change: &change }) {
        Some(raw) => RgbImage::from_raw(image.width(), image.height(), raw).expect("all pixels are there"),
        None => map_pixels(image, change),
    }
}

struct Map<'a, C> {
    values: &'a [u8],
    change: &'a C,
}

impl<C: PackedChange> PackedKernel for Map<'_, C> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<P: Packed>(self, registers: P) -> Vec<u8> {
        let mut raw = vec![0; self.values.len()];
        let ((runs, rest), (out, out_rest)) = (self.values.as_chunks(), raw.as_chunks_mut());
        for (run, out) in runs.iter().zip(out) {
            *out = self.changed(registers, run);
        }
        let mut padded = [0; RUN];
        padded[..rest.len()].copy_from_slice(rest);
        out_rest.copy_from_slice(&self.changed(registers, &padded)[..rest.len()]);
        raw
    }
}

impl<C: PackedChange> Map<'_, C> {
    #[inline(always)]
    fn changed<P: Packed>(&self, registers: P, run: &[u8; RUN]) -> [u8; RUN] {
        let mut changed = registers.spread(run);
        for pixels in changed.as_mut() {
            *pixels = self.change.change_packed(registers, *pixels);
        }
        registers.join(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lane, ZERO, luma_in_floats, luma_packed};
    use super::*;

    /// By whole numbers.
    struct Gray;

    impl PixelChange for Gray {
        fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
            let luma = luma_in_floats(r, g, b);
            (luma, luma, luma)
        }
    }

    impl PackedChange for Gray {
        fn change_packed<P: Packed>(&self, registers: P, pixels: P::Register) -> P::Register {
            luma_packed(registers, pixels)
        }
    }

    /// By floats: out of range, halfway between two bytes, and in between.
    struct Warm;

    impl PixelChange for Warm {
        fn change(&self, r: f32, _: f32, _: f32) -> (f32, f32, f32) {
            (r * 1.5 + r, r * 0.5, r * 0.7)
        }
    }

    impl PackedChange for Warm {
        fn change_packed<P: Packed>(&self, registers: P, pixels: P::Register) -> P::Register {
            const Z: u8 = ZERO;
            const RED: Lane = [0, Z, Z, Z, 3, Z, Z, Z, 6, Z, Z, Z, 9, Z, Z, Z];
            const PIXELS: Lane = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, Z, Z, Z, Z];
            let r = registers.floats(registers.pick(pixels, RED));
            let more = registers.rounded(registers.sum(registers.scale(r, 1.5), r));
            let words = [0.5, 0.7].map(|by| registers.rounded(registers.scale(r, by)));
            registers.pick(registers.bytes([more, words[0], words[1]]), PIXELS)
        }
    }

    fn assert_same_bytes(image: &RgbImage, change: &impl PackedChange, wanted: &RgbImage) {
        let found = with_packed(Map { values: image.as_raw(), change });
        assert!(found.is_none_or(|raw| raw == *wanted.as_raw()), "{:?}", image.dimensions());
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = pulp::x86::V3::try_new() {
            let raw = Map { values: image.as_raw(), change }.run(v3);
            assert_eq!(&raw, wanted.as_raw(), "AVX2, {:?}", image.dimensions());
        }
    }

    #[test]
    fn every_width_of_register_gives_the_bytes_of_single_pixels_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (5, 4), (33, 17), (300, 11), (256, 256)] {
            let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x * y + x) as u8]));
            assert_same_bytes(&image, &Gray, &map_pixels(&image, Gray));
            assert_same_bytes(&image, &Warm, &map_pixels(&image, Warm));
        }
    }
}
