//! Times every perturbation of the catalogue at severity 3 on a picture of 640x480, one thread.
//!
//! ```sh
//! cargo bench --bench perturb
//! cargo bench --bench perturb -- gaussian_blur
//! ```

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

use divan::{Bencher, black_box};
use image::{Rgb, RgbImage};
use windtunnel::detection::BBox;
use windtunnel::perturb::{ALL, FrameSeed, Perturbation};

/// The severity that stands for a kind: the middle of its ladder.
const SEVERITY: usize = 3;

fn main() {
    divan::main();
}

/// A kind by its name, which is what the bench is listed under.
struct Kind(&'static Perturbation);

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.entry.name)
    }
}

fn kinds() -> impl Iterator<Item = Kind> {
    ALL.iter().map(|kind| Kind(kind))
}

/// Smooth colours, edges and a fine texture, as photographs have them.
fn picture() -> RgbImage {
    RgbImage::from_fn(640, 480, |x, y| {
        let texture = ((x * 7919 + y * 104_729) % 31) as u8;
        let patch = if (x / 40 + y / 30) % 2 == 0 { 0 } else { 60 };
        Rgb([(x / 4) as u8 + texture, (y / 4) as u8 + patch, 90 + texture + patch])
    })
}

#[divan::bench(args = kinds())]
fn perturb(bencher: Bencher, Kind(kind): &Kind) {
    let image = picture();
    let name = kind.entry.name;
    let values = kind.ladder.map_or(&[][..], |ladder| ladder[SEVERITY - 1]);
    let objects = [BBox::from([200.0, 150.0, 250.0, 190.0])];
    let rng = FrameSeed { seed: 0, image: "picture.png", kind: name, values, step: 0 }.rng();
    bencher.bench_local(|| kind.apply_to_objects(black_box(&image), values, rng.clone(), &objects));
}
