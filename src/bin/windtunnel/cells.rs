//! Cells as files for other tools: detections as COCO results, labels as the conditions moved them.

use std::path::{Path, PathBuf};

use windtunnel::plan::Plan;
use windtunnel::run::{Predictions, coco_labels, coco_results};

use crate::files;

/// The folder of labels, among the models' own; no model can be called so.
const LABELS: &str = "labels";

/// Makes sure that every file of a plan can be written in the folder that `option` names, before anything is asked.
pub fn probe(folder: &Path, plan: &Plan, option: &str) -> anyhow::Result<()> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for cell in &plan.cells {
        let dataset = &plan.datasets[cell.dataset].name;
        let of = [plan.models[cell.model].name.as_str(), LABELS].map(|first| folder.join(first).join(dataset));
        folders.extend(of);
    }
    folders.sort();
    folders.dedup();
    folders.iter().try_for_each(|folder| files::probe_below(folder, option))
}

/// Writes every cell that was measured: `MODEL/DATASET/CONDITION.json` and `labels/DATASET/CONDITION.json`.
/// The files.
pub fn write(folder: &Path, plan: &Plan, predictions: &Predictions) -> anyhow::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (at, cell) in plan.cells.iter().enumerate() {
        let dataset = &plan.datasets[cell.dataset].name;
        let file = format!("{}.json", plan.conditions[cell.condition].condition);
        if let Some(results) = coco_results(plan, predictions, at) {
            let path = folder.join(&plan.models[cell.model].name).join(dataset).join(&file);
            files::write(&path, results.to_string().as_bytes())?;
            written.push(path);
        }
        if let Some(labels) = coco_labels(plan, cell.dataset, cell.condition) {
            let path = folder.join(LABELS).join(dataset).join(&file);
            files::write(&path, labels.to_string().as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}
