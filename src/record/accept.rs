//! A record's figures as a baseline.

use std::collections::{BTreeMap, HashMap};

use super::{CaseRecord, CellRecord, ComparedWith, Record};
use crate::baseline::{AcceptedFigure, Baseline, Details, Origin, decode, key};
use crate::eval::Interval;

/// What is said with an acceptance.
#[derive(Debug, Clone, Copy)]
pub struct Acceptance<'a> {
    /// Why these figures are the ones to hold from now on.
    pub reason: &'a str,
    /// The day, `2026-11-24`.
    pub date: &'a str,
}

/// The figures of `record` that a later run may be compared with: the suite's metric of every cell, and what its checks
/// against a baseline read.
pub fn accepted(record: &Record, acceptance: &Acceptance<'_>) -> Baseline {
    let mut baseline = Baseline::default();
    let mut compared: HashMap<[&str; 2], Vec<&CaseRecord>> = HashMap::new();
    for case in record.cases.iter().filter(|case| case.other == Some(ComparedWith::Baseline)) {
        if let Some(model) = &case.model {
            compared.entry([model.as_str(), &case.dataset]).or_default().push(case);
        }
    }
    for cell in &record.cells {
        let cases = compared.get(&[cell.model.as_str(), &cell.dataset]).map(Vec::as_slice).unwrap_or_default();
        for (metric, category) in figures(record, cell, cases) {
            if let Some((entry, details)) = entry(record, cell, metric, category, acceptance) {
                let name = [&cell.model, &cell.dataset, &cell.condition.0, metric].map(|part: &str| part);
                let key = key(&record.spec.name, name, category);
                baseline.insert(key, entry, details);
            }
        }
    }
    baseline
}

/// The metrics to accept of a cell, each over all categories or of one; `cases` are those of its model on its dataset that
/// are compared with a baseline.
fn figures<'r>(record: &'r Record, cell: &CellRecord, cases: &[&'r CaseRecord]) -> Vec<(&'r str, Option<&'r str>)> {
    let mut figures = vec![(record.spec.metric.as_str(), None)];
    let reads =
        |case: &&CaseRecord| case.conditions.contains(&cell.condition) || cell.condition.0 == crate::condition::CLEAN;
    figures.extend(cases.iter().copied().filter(reads).map(|case| (case.read.as_str(), case.category.as_deref())));
    figures.sort_unstable();
    figures.dedup();
    figures
}

fn entry(
    record: &Record,
    cell: &CellRecord,
    metric: &str,
    category: Option<&str>,
    acceptance: &Acceptance<'_>,
) -> Option<(AcceptedFigure, Details)> {
    let of = |figures: &BTreeMap<String, Option<f64>>| figures.get(metric).copied().flatten();
    let value = match category {
        None => of(&cell.figures)?,
        Some(name) => of(cell.per_category.get(name)?)?,
    };
    let dataset = record.datasets.iter().find(|dataset| dataset.name == cell.dataset)?;
    let condition = record.conditions.iter().find(|condition| condition.name == cell.condition)?;
    let definition = record.metrics.iter().find(|other| other.name == metric)?;
    let model = record.models.iter().find(|model| model.name == cell.model)?;
    let origin = Origin {
        dataset: dataset.digest.as_ref(),
        images: dataset.images,
        sampled_from: dataset.sampled_from,
        pictures: dataset.images_digest.as_ref(),
        condition: &condition.digest,
        definition: &definition.definition,
    };
    let draws = cell.draws.get(&draws_name(metric, category));
    let drawn: Vec<f64> = draws.and_then(|draws| decode(draws)).into_iter().flatten().flatten().collect();
    let categories = cell.per_category.iter().filter(|_| category.is_none());
    let details = Details {
        draws: draws.cloned(),
        categories: categories.filter_map(|(name, figures)| Some((name.clone(), of(figures)?))).collect(),
        images: cell.kept.as_ref().filter(|_| category.is_none()).map(|kept| kept.images.clone()),
        errors: cell.kept.as_ref().filter(|_| category.is_none()).and_then(|kept| kept.errors),
        asked: cell.kept.as_ref().and_then(|kept| kept.asked),
    };
    let entry = AcceptedFigure {
        value,
        // Draws are kept as 32-bit floats: unless the figure is rounded as they are, draws equal to it count as beside it.
        interval: Interval::bias_corrected(&drawn, f64::from(value as f32), record.spec.confidence)
            .map(|i| [i.low, i.high]),
        images: dataset.images,
        identity: origin.identity(),
        model: model.card.as_ref().and_then(|card| Some(card.digest.as_ref()?.short())),
        details: None,
        // Both come with the key, when it is put into the baseline.
        seal: String::new(),
        tool: record.tool.version.clone(),
        reason: acceptance.reason.to_owned(),
        date: acceptance.date.to_owned(),
    };
    Some((entry, details))
}

/// The name of a metric's draws in a cell.
pub fn draws_name(metric: &str, category: Option<&str>) -> String {
    category.map_or_else(|| metric.to_owned(), |category| format!("{metric}({category})"))
}
