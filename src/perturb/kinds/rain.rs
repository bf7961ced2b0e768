//! # Rain
//!
//! ## What it does
//! Draws falling drops as bright, motion-blurred streaks, near ones long and far ones short, and greys the picture as
//! rain does with the distance.
//!
//! ## Field condition
//! Drizzle to cloudburst in front of the camera, with wind.
//!
//! ## Parameter and severities
//! `rate`, millimetres per hour, 0.2..=150: 1 (drizzle), 5, 15, 40 (heavy), 100 (torrential). `slant`, degrees: each
//! picture leans at random by up to so much, 0..=45: 10.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RandomRain` of albumentations 2.0.8 is its counterpart (drizzle, heavy, torrential; slant of 10 degrees); the
//! drawing is our own. Rates after the WMO's classes.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{apply_lut, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Streaks on a 640x480 picture at 100 mm/h; their number grows with the root of the rate.
const STREAKS: f32 = 2200.0;

/// How bright a drop is: it shows the sky.
const DROP: f32 = 215.0;

/// The grey that distance turns into, and how much of the contrast is lost at 100 mm/h.
const GREY: f32 = 135.0;
const GREYING: f32 = 0.35;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "rain", summary: "lets rain fall in front of the camera" },
    group: Group::Weather,
    parameters: &[
        Parameter { name: "rate", unit: "millimetres per hour", min: 0.2, max: 150.0 },
        Parameter { name: "slant", unit: "degrees, greatest lean to either side", min: 0.0, max: 45.0 },
    ],
    ladder: Some([&[1.0, 10.0], &[5.0, 10.0], &[15.0, 10.0], &[40.0, 10.0], &[100.0, 10.0]]),
    revision: 1,
    source: include_str!("rain.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let heaviness = (values[0] / 100.0).sqrt() as f32;
    let contrast = 1.0 - GREYING * heaviness.min(1.0);
    let veil = std::array::from_fn(|value| truncate(GREY + (value as f32 - GREY) * contrast));
    let mut out = apply_lut(image, &[veil; 3]);
    let (width, height) = (image.width() as f32, image.height() as f32);
    let unit = width.min(height) / 480.0;
    let count = STREAKS * heaviness * width * height / (640.0 * 480.0 * unit * unit);
    let lean = rng.uniform_in(-values[1], values[1]).to_radians().tan() as f32;
    for _ in 0..count.ceil() as u32 {
        let near = rng.uniform();
        let near = near * near;
        let streak = Streak {
            x: width * (1.2 * rng.uniform() - 0.1),
            y: height * (1.2 * rng.uniform() - 0.2),
            length: unit * (7.0 + (14.0 + 50.0 * heaviness) * near),
            breadth: unit * (0.7 + 1.3 * near),
            lean: lean + 0.04 * (rng.uniform() - 0.5),
            opacity: 0.2 + 0.35 * near,
        };
        streak.draw(&mut out);
    }
    out
}

/// A drop's path during the exposure, in pixels.
struct Streak {
    x: f32,
    y: f32,
    length: f32,
    breadth: f32,
    lean: f32,
    opacity: f32,
}

impl Streak {
    fn draw(&self, out: &mut RgbImage) {
        let (width, height) = (out.width() as usize, out.height() as usize);
        let (first, last) = (self.y.max(0.0) as usize, ((self.y + self.length).max(0.0) as usize).min(height));
        for y in first..last {
            let fallen = y as f32 - self.y;
            let share = fallen / self.length;
            let opacity = self.opacity * (6.0 * share * (1.0 - share)).clamp(0.0, 1.0);
            let left = self.x - self.lean * fallen - 0.5 * self.breadth;
            let right = left + self.breadth;
            for x in left.max(0.0) as usize..(right.ceil().max(0.0) as usize).min(width) {
                let covered = (right.min(x as f32 + 1.0) - left.max(x as f32)).clamp(0.0, 1.0);
                let at = 3 * (y * width + x);
                for value in &mut out.as_mut()[at..at + 3] {
                    let before = f32::from(*value);
                    *value = truncate(before + covered * opacity * (DROP - before));
                }
            }
        }
    }
}
