//! A record in short: what the history keeps of a run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Counts, DatasetRecord, MetricRecord, Record};
use crate::digest::Digest;
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::metric::{self, Agreement, Origin};

/// The figure of clean answers where a metric is their agreement with themselves: nothing has changed.
pub fn with_itself(metric: &str) -> Option<f64> {
    let metric = metric::ALL.iter().find(|known| known.name == metric)?;
    match metric.origin {
        Origin::Agreement(Agreement::Stability) => Some(1.0),
        Origin::Agreement(Agreement::Affected) => Some(0.0),
        Origin::Objects(_)
        | Origin::Classes(_)
        | Origin::Parity(_)
        | Origin::Speed(_)
        | Origin::Summary(_)
        | Origin::Data(_) => None,
    }
}

/// What the answers of a model are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldAgainst {
    /// The labels.
    Labels,
    /// What it said of the clean images.
    CleanAnswers,
    /// What the reference model says of the same pictures.
    Reference,
}

/// What a metric holds answers against; of one that is unknown the labels.
pub fn held_against(metric: &str) -> HeldAgainst {
    match metric::ALL.iter().find(|known| known.name == metric).map(|metric| metric.origin) {
        Some(Origin::Agreement(_)) => HeldAgainst::CleanAnswers,
        Some(Origin::Parity(_)) => HeldAgainst::Reference,
        Some(Origin::Objects(_) | Origin::Classes(_) | Origin::Speed(_) | Origin::Summary(_) | Origin::Data(_))
        | None => HeldAgainst::Labels,
    }
}

/// The largest value that a metric can take; `None` where there is none.
pub fn most(metric: &str) -> Option<f64> {
    let most = metric::ALL.iter().find(|other| other.name == metric)?.most;
    most.is_finite().then_some(most)
}

/// How much worse `after` is than `before`; `None` for a metric that is unknown.
pub fn loss(metric: &str, before: f64, after: f64) -> Option<f64> {
    Some(metric::ALL.iter().find(|other| other.name == metric)?.better.loss(before, after))
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
    /// Ids of the cases that did not pass: they failed, were skipped, or could not be judged.
    #[serde(default)]
    pub open: Vec<String>,
    /// Ids of all cases.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Whether only some of the spec's cases were asked for; runs that were remembered before this was say that they are whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_filtered: bool,
    /// The program's exit code.
    pub exit_code: Exit,
    /// Short digests of the models, by name.
    pub models: BTreeMap<String, Option<String>>,
    /// Short digests of the datasets, by name.
    pub datasets: BTreeMap<String, Option<String>>,
    /// What the figures of each `model/dataset/condition` were measured on and how: with others they are not comparable.
    pub alike: BTreeMap<String, String>,
    /// The figures, by `model/dataset/condition`, then by metric.
    pub figures: BTreeMap<String, BTreeMap<String, Option<f64>>>,
}

impl RunSummary {
    /// The summary of a record. The figures of many conditions stand under the condition `all`.
    pub fn of(record: &Record) -> Self {
        let models = record.models.iter().map(|model| {
            let digest = model.card.as_ref().and_then(|card| Some(card.digest.as_ref()?.short()));
            (model.name.clone(), digest)
        });
        let datasets = record.datasets.iter();
        let datasets =
            datasets.map(|data| (data.name.clone(), data.digest.as_ref().map(super::super::digest::Digest::short)));
        let alike = |dataset: &str, conditions: &[&str]| {
            let data = record.datasets.iter().find(|data| data.name == dataset);
            let conditions = record.conditions.iter().filter(|one| conditions.contains(&one.name.0.as_str()));
            let digests: Vec<&Digest> = conditions.map(|one| &one.digest).collect();
            Digest::of_bytes(measured_on(data, &digests, &record.metrics).as_bytes()).short()
        };
        let of_cells = record.cells.iter().map(|cell| {
            let key = format!("{}/{}/{}", cell.model, cell.dataset, cell.condition);
            (key, alike(&cell.dataset, &[&cell.condition.0]))
        });
        let of_all = record.robustness.iter().map(|found| {
            let here =
                record.cells.iter().filter(|cell| (&cell.model, &cell.dataset) == (&found.model, &found.dataset));
            let conditions: Vec<&str> = here.map(|cell| cell.condition.0.as_str()).collect();
            (format!("{}/{}/all", found.model, found.dataset), alike(&found.dataset, &conditions))
        });
        let alike = of_cells.chain(of_all).collect();
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
            spec: record.spec.digest.short(),
            metric: record.spec.metric.clone(),
            counts: record.counts,
            open: ids(record, |outcome| outcome != Outcome::Pass),
            cases: ids(record, |_| true),
            is_filtered: record.spec.is_filtered,
            exit_code: record.exit_code,
            models: models.collect(),
            datasets: datasets.collect(),
            alike,
            figures: cells.chain(robustness).collect(),
        }
    }
}

/// Stands for what figures were measured on and how, in digests that histories hold: written field by field, and as it
/// ever was, whatever the fields are called.
fn measured_on(data: Option<&DatasetRecord>, conditions: &[&Digest], metrics: &[MetricRecord]) -> String {
    let optional =
        |digest: &Option<Digest>| digest.map_or("None".to_owned(), |digest| format!("Some(Digest({digest}))"));
    let data = data.map_or("None".to_owned(), |data| {
        format!("Some(({}, {}, {}))", optional(&data.digest), optional(&data.images_digest), data.images)
    });
    let conditions: Vec<String> = conditions.iter().map(|digest| format!("Digest({digest})")).collect();
    let metric = |MetricRecord { name, definition }: &MetricRecord| {
        format!("MetricRecord {{ name: {name:?}, definition: {definition:?} }}")
    };
    let metrics: Vec<String> = metrics.iter().map(metric).collect();
    format!("{data} [{}] [{}]", conditions.join(", "), metrics.join(", "))
}

fn ids(record: &Record, is_wanted: impl Fn(Outcome) -> bool) -> Vec<String> {
    let cases = record.cases.iter().filter(|case| is_wanted(case.verdict.outcome));
    cases.map(|case| case.id.clone()).collect()
}

/// The cases that did not pass when they were last run, of runs from the oldest to the newest.
pub fn still_open(runs: &[RunSummary]) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    for run in runs {
        run.cases.iter().for_each(|id| {
            open.remove(id);
        });
        open.extend(run.open.iter().cloned());
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_of_before_is_of_a_whole_run_and_what_is_kept_of_one_is_as_it_was() {
        let kept = r#"{"tool":"0.1.0","suite":"s","spec":"a","metric":"map","counts":{"passed":1,"failed":0,"errors":0,"skipped":0,"warned":0},"open":[],"cases":["m/d/clean/map:min"],"exit_code":0,"models":{},"datasets":{},"alike":{},"figures":{}}"#;
        let found: RunSummary = serde_json::from_str(kept).unwrap();
        assert!(!found.is_filtered);
        assert_eq!(serde_json::to_string(&found).unwrap(), kept);
        let part = RunSummary { is_filtered: true, ..found };
        let again: RunSummary = serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap();
        assert_eq!(again, part);
    }

    #[test]
    fn what_figures_were_measured_on_is_told_as_histories_hold_it() {
        let [data, condition] = [b"data", b"dark"].map(|bytes| Digest::of_bytes(bytes));
        let metric = MetricRecord { name: "map".to_owned(), definition: "of \"boxes\"".to_owned() };
        let record = DatasetRecord {
            name: String::new(),
            digest: Some(data),
            images_digest: None,
            images: 3,
            sampled_from: None,
            annotations: 0,
            categories: Vec::new(),
            warnings: Vec::new(),
        };
        let told = measured_on(Some(&record), &[&condition], &[metric.clone(), metric]);
        let one = r#"MetricRecord { name: "map", definition: "of \"boxes\"" }"#;
        assert_eq!(told, format!("Some((Some(Digest({data})), None, 3)) [Digest({condition})] [{one}, {one}]"));
        assert_eq!(measured_on(None, &[], &[]), "None [] []");
    }
}
