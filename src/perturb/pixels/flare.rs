//! A strong light in or near the picture, as a lens shows it: core, bloom, veil, rays, and ghosts of the aperture.

use image::RgbImage;

use super::{Disc, truncate};

/// A light and what the lens scatters of it. Lengths in pixels, brightness as shares of full scale.
#[derive(Debug, Clone)]
pub struct Flare {
    /// Where the light is.
    pub at: (f32, f32),
    /// The colour of all but the core, which saturates; the largest channel is 1.
    pub colour: [f32; 3],
    /// The radius and brightness of the burnt-out core.
    pub core: (f32, f32),
    /// The half-value radius and brightness of the soft glow around it.
    pub bloom: (f32, f32),
    /// Brightness all over the picture.
    pub veil: f32,
    /// Directions of rays, which go both ways.
    pub rays: Vec<(f32, f32)>,
    /// The rays' half-value length, half-value width and brightness.
    pub ray: (f32, f32, f32),
}

impl Flare {
    /// Adds the light; what is bright already gains less, as on film and behind a camera's tone curve.
    pub fn shine(&self, out: &mut RgbImage) {
        let width = out.width() as usize;
        let mut light = vec![0.0; width];
        let mut core = vec![0.0; width];
        for (y, row) in out.chunks_exact_mut(3 * width).enumerate() {
            self.scatter(y as f32 + 0.5 - self.at.1, &mut light, &mut core);
            for ((pixel, light), core) in row.chunks_exact_mut(3).zip(&light).zip(&core) {
                add_light(pixel, self.colour.map(|colour| colour * light + core));
            }
        }
    }

    /// The coloured light and the white core along the row `dy` below the light.
    fn scatter(&self, dy: f32, light: &mut [f32], core: &mut [f32]) {
        let (core_scale, bloom_scale) = (1.0 / (self.core.0 * self.core.0), 1.0 / (self.bloom.0 * self.bloom.0));
        for (x, (light, core)) in light.iter_mut().zip(core.iter_mut()).enumerate() {
            let dx = x as f32 + 0.5 - self.at.0;
            let squared = dx * dx + dy * dy;
            let from_core = squared * core_scale;
            *core = self.core.1 / (1.0 + from_core * from_core);
            *light = self.veil + self.bloom.1 / (1.0 + squared * bloom_scale);
        }
        let (length, breadth, peak) = self.ray;
        let (along_scale, across_scale) = (1.0 / (length * length), 1.0 / (breadth * breadth));
        for (ux, uy) in &self.rays {
            for (x, light) in light.iter_mut().enumerate() {
                let dx = x as f32 + 0.5 - self.at.0;
                let (along, across) = (dx * ux + dy * uy, dx * uy - dy * ux);
                let fall = 1.0 + along * along * along_scale;
                *light += peak / (fall * fall * (1.0 + across * across * across_scale));
            }
        }
    }
}

/// A ghost: the image of the aperture between two lenses, `brightest` at its rim.
pub fn ghost(out: &mut RgbImage, disc: &Disc, brightest: [f32; 3]) {
    let (width, height) = (out.width() as usize, out.height() as usize);
    disc.for_each(width, height, |x, y, u, v| {
        let squared = u * u + v * v;
        let share = ((1.0 - squared) * 6.0).min(1.0) * (0.45 + 0.55 * squared * squared);
        let at = 3 * (y * width + x);
        add_light(&mut out.as_mut()[at..at + 3], brightest.map(|light| light * share));
    });
}

/// Adds `light`, shares of full scale, as two projectors on one screen would.
fn add_light(pixel: &mut [u8], light: [f32; 3]) {
    for (value, light) in pixel.iter_mut().zip(light) {
        let before = f32::from(*value);
        *value = truncate(before + light.min(1.0) * (255.0 - before));
    }
}
