//! Perturbs one picture by every kind at every severity, for looking at, and for comparing with other libraries.
//!
//! ```sh
//! cargo run --release --example perturb -- PICTURE OUT_DIR [KIND,KIND...] [--published] [--seed N]
//! ```
//!
//! Writes `OUT_DIR/KIND_SEVERITY.png` (`KIND.png` for kinds of one strength); `--published` takes the published form
//! of kinds that have one.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example prints what it finds, and reads files of its user"
)]

use std::path::Path;

use windtunnel::dataset::decode_picture;
use windtunnel::detection::BBox;
use windtunnel::perturb::{ALL, FrameSeed, Perturbation};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let published = args.iter().position(|arg| arg == "--published").map(|at| args.remove(at)).is_some();
    let mut seed = 0;
    if let Some(at) = args.iter().position(|arg| arg == "--seed") {
        seed = args.get(at + 1).ok_or("--seed takes a number")?.parse()?;
        args.drain(at..=at + 1);
    }
    let [picture, folder, rest @ ..] = args.as_slice() else {
        return Err("usage: perturb PICTURE OUT_DIR [KIND,KIND...] [--published] [--seed N]".into());
    };
    let wanted: Vec<&str> = rest.first().map(|list| list.split(',').collect()).unwrap_or_default();
    let pixels = decode_picture(&std::fs::read(picture)?)?;
    let image = Path::new(picture).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // One object in the middle, for kinds that act on objects.
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let objects = [BBox::from([width * 0.3, height * 0.3, width * 0.4, height * 0.4])];
    std::fs::create_dir_all(folder)?;
    for kind in ALL.iter().filter(|kind| wanted.is_empty() || wanted.contains(&kind.entry.name)) {
        let name = kind.entry.name;
        let kind: &Perturbation = kind.published.filter(|_| published).unwrap_or(*kind);
        let levels = kind.ladder.map_or_else(
            || vec![(None, [].as_slice())],
            |ladder| (1..).zip(ladder).map(|(severity, values)| (Some(severity), values)).collect(),
        );
        for (severity, values) in levels {
            let rng = FrameSeed { seed, image, kind: name, values, step: 0 }.rng();
            let suffix = severity.map(|severity: u32| format!("_{severity}")).unwrap_or_default();
            let out = kind.apply_to_objects(&pixels, values, rng, &objects);
            out.save(Path::new(folder).join(format!("{name}{suffix}.png")))?;
        }
    }
    Ok(())
}
