//! A record in short: what the history keeps of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Counts, Record};
use crate::metric;

/// The largest value that a metric can take; `None` where there is none.
#[must_use]
pub fn most(metric: &str) -> Option<f64> {
    let most = metric::ALL.iter().find(|other| other.name == metric)?.most;
    most.is_finite().then_some(most)
}

/// What is kept of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The program's version.
    pub tool: String,
    /// The suite's name.
    pub suite: String,
    /// The spec's short digest.
    pub spec: String,
    /// The metric of tables.
    pub metric: String,
    /// The cases, counted.
    pub counts: Counts,
    /// The program's exit code.
    pub exit_code: u8,
    /// Short digests of the models, by name.
    pub models: BTreeMap<String, Option<String>>,
    /// Short digests of the datasets, by name.
    pub datasets: BTreeMap<String, Option<String>>,
    /// The figures, by `model/dataset/condition`, then by metric.
    pub figures: BTreeMap<String, BTreeMap<String, Option<f64>>>,
}

impl RunSummary {
    /// Of a record. The figures of many conditions stand under the condition `all`.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let models = record.models.iter().map(|model| {
            let digest = model.card.as_ref().and_then(|card| Some(card.digest.as_ref()?.short().to_owned()));
            (model.name.clone(), digest)
        });
        let datasets = record.datasets.iter();
        let datasets = datasets.map(|data| (data.name.clone(), data.digest.as_ref().map(|d| d.short().to_owned())));
        let measured = record.cells.iter().filter(|cell| !cell.figures.is_empty());
        let cells =
            measured.map(|cell| (format!("{}/{}/{}", cell.model, cell.dataset, cell.condition), cell.figures.clone()));
        let robustness = record.robustness.iter().map(|found| {
            let figures = [("mpc", found.mpc), ("rpc", found.rpc), ("risk", found.risk)];
            let figures = figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            (format!("{}/{}/all", found.model, found.dataset), figures)
        });
        Self {
            tool: record.tool.version.clone(),
            suite: record.spec.name.clone(),
            spec: record.spec.digest.short().to_owned(),
            metric: record.spec.metric.clone(),
            counts: record.counts,
            exit_code: record.exit_code,
            models: models.collect(),
            datasets: datasets.collect(),
            figures: cells.chain(robustness).collect(),
        }
    }
}
