//! Times every perturbation on one picture and one thread, for comparing with other libraries
//! (`benches/peers/perturb.py`).
//!
//! ```sh
//! cargo run --release --example time_perturbations -- PICTURE [KIND,KIND...]
//! ```
//!
//! Prints a JSON line per kind and severity: the median milliseconds per picture, in time of the processor, as others may
//! use the machine.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example prints what it finds, and reads files of its user"
)]

use std::time::Duration;

use cpu_time::ThreadTime;
use windtunnel::dataset::decode_picture;
use windtunnel::detection::BBox;
use windtunnel::perturb::{ALL, FrameSeed};

/// Time spent on each line.
const BUDGET: Duration = Duration::from_millis(250);

/// At least so many runs, however long they take.
const MIN_RUNS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [picture, rest @ ..] = args.as_slice() else {
        return Err("usage: time_perturbations PICTURE [KIND,KIND...]".into());
    };
    let wanted: Vec<&str> = rest.first().map(|list| list.split(',').collect()).unwrap_or_default();
    let pixels = decode_picture(&std::fs::read(picture)?)?;
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let objects = [BBox::from([width * 0.3, height * 0.3, width * 0.4, height * 0.4])];
    for kind in ALL.iter().filter(|kind| wanted.is_empty() || wanted.contains(&kind.entry.name)) {
        let name = kind.entry.name;
        let levels: Vec<(usize, &[f64])> = match kind.ladder {
            Some(ladder) => (1..).zip(ladder).collect(),
            None => vec![(3, &[])],
        };
        for (severity, values) in levels {
            let once = |seed: u64| {
                let rng = FrameSeed { seed, image: "picture.png", kind: name, values, step: 0 }.rng();
                std::hint::black_box(kind.apply_to_objects(&pixels, values, rng, &objects));
            };
            println!("{}", serde_json::json!({"op": name, "severity": severity, "ms": median_ms(once)}));
        }
    }
    Ok(())
}

fn median_ms(once: impl Fn(u64)) -> f64 {
    once(0);
    let started = ThreadTime::now();
    let mut times = Vec::new();
    while times.len() < MIN_RUNS || started.elapsed() < BUDGET {
        let before = ThreadTime::now();
        once(times.len() as u64);
        times.push(before.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
