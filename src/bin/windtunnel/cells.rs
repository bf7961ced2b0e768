//! Cells as files for other tools: detections as COCO results, labels as the conditions moved them.

use std::path::{Path, PathBuf};

use windtunnel::plan::Plan;
use windtunnel::run::{Predictions, coco_labels, coco_results};
use windtunnel::untrusted;

use crate::files;

/// The folder of labels, among the models' own; no model can be called so.
const LABELS: &str = "labels";

/// Makes sure that every file of a plan can be written in the folder that `option` names, before anything is asked, and that
/// none is a link, or in a folder that is one.
pub fn probe(folder: &Path, plan: &Plan, option: &str) -> anyhow::Result<()> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for cell in &plan.cells {
        let dataset = &plan.datasets[cell.dataset].name;
        let file = format!("{}.json", plan.conditions[cell.condition].condition);
        for first in [plan.models[cell.model].name.as_str(), LABELS] {
            let below = Path::new(first).join(dataset);
            files::refuse_links(folder, &below.join(&file))?;
            folders.push(folder.join(below));
        }
    }
    folders.sort();
    folders.dedup();
    folders.iter().try_for_each(|folder| files::probe_below(folder, option))
}

/// Writes every cell that was measured: `MODEL/DATASET/CONDITION.json` and `labels/DATASET/CONDITION.json`.
/// The files.
pub fn write(folder: &Path, plan: &Plan, predictions: &Predictions) -> anyhow::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    let mut write = |name: PathBuf, text: String| {
        files::write_below(folder, &name, untrusted::json(text).as_bytes())?;
        written.push(folder.join(name));
        anyhow::Ok(())
    };
    for (at, cell) in plan.cells.numbered() {
        let dataset = &plan.datasets[cell.dataset].name;
        let file = format!("{}.json", plan.conditions[cell.condition].condition);
        if let Some(results) = coco_results(plan, predictions, at) {
            write(Path::new(&plan.models[cell.model].name).join(dataset).join(&file), results.to_string())?;
        }
        if let Some(labels) = coco_labels(plan, cell.dataset, cell.condition) {
            write(Path::new(LABELS).join(dataset).join(&file), labels.to_string())?;
        }
    }
    Ok(written)
}
