//! What a spec's pictures come from: its datasets and perturbations, without its models and checks.

use std::path::Path;

use windtunnel::plan::{PlannedCondition, PlannedDataset, scenery};
use windtunnel::report::Style;
use windtunnel::spec::load_scenery;

use crate::args::Overlay;
use crate::{specs, terminal};

/// The datasets that models are run on, and the conditions of a spec.
pub struct Scene {
    /// The suite's name.
    pub name: String,
    /// The suite's seed.
    pub seed: u64,
    pub datasets: Vec<PlannedDataset>,
    /// Clean first.
    pub conditions: Vec<PlannedCondition>,
}

/// Reads the spec at `path` with what the command line changes in it; `None` where it is wrong (the mistakes have been printed).
pub fn scene(path: &Path, overlay: &Overlay, style: Style) -> anyhow::Result<Option<Scene>> {
    let source = specs::source(path, overlay)?;
    let resolved = load_scenery(&source).and_then(|(spec, diagnostics)| {
        let (datasets, conditions) = scenery(&spec, diagnostics)?;
        let datasets = datasets.into_iter().filter(|dataset| dataset.is_evaluated).collect();
        Ok(Scene { name: spec.name.clone(), seed: spec.seed, datasets, conditions: conditions.into_iter().collect() })
    });
    match resolved {
        Ok(scene) => Ok(Some(scene)),
        Err(diagnostics) => {
            terminal::show(&format!("{}\n", diagnostics.render(&source, style.colored)));
            Ok(None)
        }
    }
}
