//! What a spec's pictures come from: its datasets and perturbations, without its models and checks.

use std::path::Path;

use anyhow::Context as _;
use windtunnel::plan::{PlannedCondition, PlannedDataset, scenery};
use windtunnel::report::Style;
use windtunnel::spec::{Source, load};

/// The datasets and conditions of a spec.
pub struct Scene {
    /// The suite's name.
    pub name: String,
    /// The suite's seed.
    pub seed: u64,
    pub datasets: Vec<PlannedDataset>,
    /// Clean first.
    pub conditions: Vec<PlannedCondition>,
}

/// Reads the spec at `path`; `None` where it is wrong (the mistakes have been printed).
pub fn scene(path: &Path, style: Style) -> anyhow::Result<Option<Scene>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let source = Source::new(path, text);
    let resolved = load(&source).and_then(|(spec, diagnostics)| {
        let (datasets, conditions) = scenery(&spec, diagnostics)?;
        Ok(Scene { name: spec.name.clone(), seed: spec.seed, datasets, conditions })
    });
    match resolved {
        Ok(scene) => Ok(Some(scene)),
        Err(diagnostics) => {
            anstream::eprintln!("{}", diagnostics.render(&source, style.colored));
            Ok(None)
        }
    }
}
