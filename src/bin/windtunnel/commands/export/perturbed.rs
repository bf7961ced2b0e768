//! `windtunnel export perturbed`: every dataset under every condition as a COCO dataset of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use windtunnel::exit::Exit;
use windtunnel::run::{Events, PerturbedSet};
use windtunnel::untrusted::{self, Shown as _};

use super::folder::{self, ANNOTATIONS, IMAGES, Making};
use crate::args::{Global, Perturbed};
use crate::causes::with_causes;
use crate::context::threads;
use crate::interrupt::end_in_order;
use crate::progress::Progress;
use crate::scene::{Scene, scene};
use crate::{files, terminal};

/// Writes the datasets; the exit code.
pub fn perturbed(args: &Perturbed, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let Some(mut scene) = scene(&args.spec, &args.overlay, style)? else { return Ok(Exit::Misused) };
    scene.seed = args.seed.unwrap_or(scene.seed);
    if is_unusable(&scene) {
        return Ok(Exit::Unjudged);
    }
    let sets = selected(&scene, args);
    let names: Vec<String> = sets.iter().map(name).collect();
    if let Some(idle) = args.filter.iter().find(|pattern| !names.iter().any(|name| pattern.matches(name))) {
        tell!("nothing selected: no `dataset/condition` matches `{idle}`");
        return Ok(Exit::NothingSelected);
    }
    let places: Vec<PathBuf> = names.iter().map(|name| args.out.join(name)).collect();
    places.iter().try_for_each(|place| folder::refuse(place))?;
    for place in &places {
        folder::tidy(place);
    }
    // Before the work: whether anything can be written there.
    places.iter().try_for_each(|place| Making::beside(place).map(drop))?;
    let code = write_all(&scene, &sets, &places, args, global)?;
    if code == Exit::Passed && global.quiet == 0 {
        for place in &places {
            say!("{}", place.shown());
        }
    }
    if code == Exit::Passed {
        let written: Vec<PathBuf> = places.iter().map(|place| place.join(ANNOTATIONS)).collect();
        files::tell_others(&args.out, &format!("*/*/{ANNOTATIONS}"), &written)?;
    }
    Ok(code)
}

/// Writes each of `sets` to its place, one after the other; the exit code.
fn write_all(
    scene: &Scene,
    sets: &[PerturbedSet<'_>],
    places: &[PathBuf],
    args: &Perturbed,
    global: &Global,
) -> anyhow::Result<Exit> {
    let interrupted = end_in_order();
    let threads = threads(args.jobs)?;
    let progress = Progress::of("pictures", &scene.name, global.quiet > 0);
    let images = scene.datasets.iter().filter_map(|dataset| Some(dataset.state.as_ref().ok()?.images.len()));
    progress.started(images.sum(), sets.iter().map(|set| set.data.images.len()).sum());
    let each = || sets.iter().zip(places).try_for_each(|(set, place)| write(set, place, &progress, interrupted));
    let written = threads.spread(each);
    progress.finish();
    match written {
        Ok(()) => Ok(Exit::Passed),
        Err(_) if interrupted.load(Ordering::Relaxed) => {
            tell!("interrupted; the datasets that are there are whole");
            Ok(Exit::Interrupted)
        }
        Err(error) => {
            tell!("error: {}", with_causes(&error));
            Ok(Exit::Unjudged)
        }
    }
}

/// Whether a dataset cannot be used; says why.
fn is_unusable(scene: &Scene) -> bool {
    let failures = scene.datasets.iter().filter_map(|dataset| Some((dataset, dataset.state.as_ref().err()?)));
    failures.inspect(|(dataset, failure)| tell!("error: dataset `{}`: {}", dataset.name, failure.message)).count() > 0
}

/// `test/blur@3`
fn name(set: &PerturbedSet<'_>) -> String {
    format!("{}/{}", set.name, set.condition.condition)
}

fn selected<'a>(scene: &'a Scene, args: &Perturbed) -> Vec<PerturbedSet<'a>> {
    let datasets = scene.datasets.iter().filter_map(|dataset| Some((&dataset.name, dataset.state.as_ref().ok()?)));
    let sets = datasets.flat_map(|(name, data)| {
        let set = |condition| PerturbedSet { suite: &scene.name, seed: scene.seed, name, data, condition };
        scene.conditions.iter().map(set)
    });
    let is_wanted = |set: &PerturbedSet<'_>| {
        args.filter.is_empty() || args.filter.iter().any(|pattern| pattern.matches(&name(set)))
    };
    sets.filter(is_wanted).collect()
}

/// Writes one dataset under one condition; each thread holds one picture at a time.
fn write(set: &PerturbedSet<'_>, place: &Path, progress: &Progress, interrupted: &AtomicBool) -> anyhow::Result<()> {
    let made = Making::beside(place)?;
    let images = made.path().join(IMAGES);
    set.file_names().par_iter().enumerate().try_for_each(|(at, name)| {
        if interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        let png = set.png(at)?;
        keep(&images.join(name), &png)?;
        progress.predicted(1);
        anyhow::Ok(())
    })?;
    keep(&made.path().join(ANNOTATIONS), untrusted::json(set.instances().to_string()).as_bytes())?;
    made.settle(place)
}

/// Writes a file in a folder that nobody else knows of yet.
fn keep(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    write().with_context(|| format!("cannot write {}", path.shown()))
}
