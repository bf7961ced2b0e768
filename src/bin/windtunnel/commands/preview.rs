//! `windtunnel preview`: what the perturbations of a spec do to its images and labels.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use image::{ImageFormat, RgbImage};
use windtunnel::exit::Exit;
use windtunnel::run::previews;
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, Preview};
use crate::scene::scene;
use crate::{files, terminal};

/// Writes the sheets; the exit code.
pub fn preview(args: &Preview, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let Some(scene) = scene(&args.spec, &args.overlay, style)? else { return Ok(Exit::Misused) };
    let default = Path::new("target").join("windtunnel").join(&scene.name).join("preview");
    let out = args.out.as_ref().unwrap_or(&default);
    for dataset in &scene.datasets {
        let data = match &dataset.state {
            Ok(data) => data,
            Err(failure) => bail!("dataset `{}`: {}", dataset.name, failure.message),
        };
        for preview in previews(data, &scene.conditions, scene.seed, args.samples)? {
            let name = format!("{}.{}.png", dataset.name, preview.name);
            files::write_below(out, Path::new(&name), &png(&preview.sheet)?)?;
            say!("{}", out.join(name).shown());
            for (condition, file_name, picture) in preview.pictures.iter().filter(|_| args.full) {
                let name = Path::new(&dataset.name).join(condition).join(inside(file_name)).with_extension("png");
                files::write_below(out, &name, &png(picture)?)?;
            }
        }
    }
    Ok(Exit::Passed)
}

/// A dataset's file name as a path that cannot leave the folder it is written to.
fn inside(file_name: &str) -> PathBuf {
    let parts = file_name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect()
}

fn png(picture: &RgbImage) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).context("cannot encode a PNG")?;
    Ok(bytes.into_inner())
}
