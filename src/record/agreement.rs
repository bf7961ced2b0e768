//! How far models agree with their references, as the checks of a record measured it. Where nobody has labelled anything it
//! is the one figure that tells a good model from a silent one.

use super::{CaseRecord, ComparedWith, Record};
use crate::condition::CLEAN;
use crate::gate::Outcome;
use crate::metric;
use crate::spec::Bound;

/// The agreement of models with a reference on a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The dataset's name.
    pub dataset: String,
    /// The reference's name.
    pub reference: String,
    /// The models that are held against it, in the record's order.
    pub models: Vec<String>,
    /// What it was measured on, `blur@3`, and each model's; `None` where it was not measured.
    pub rows: Vec<(String, Vec<Option<f64>>)>,
}

/// The agreements of a record; none where no check measures one.
pub fn agreements(record: &Record) -> Vec<Agreement> {
    let mut found: Vec<Agreement> = Vec::new();
    for (case, reference) in record.cases.iter().filter_map(|case| Some((case, reference(case)?))) {
        if !found.iter().any(|one| one.dataset == case.dataset && one.reference == reference) {
            found.push(agreement(record, &case.dataset, reference));
        }
    }
    found
}

fn agreement(record: &Record, dataset: &str, with: &str) -> Agreement {
    let cases: Vec<&CaseRecord> =
        record.cases.iter().filter(|case| case.dataset == dataset && reference(case) == Some(with)).collect();
    let has = |model: &str| cases.iter().any(|case| case.model.as_deref() == Some(model));
    let models: Vec<String> = record.models.iter().map(|model| model.name.clone()).filter(|name| has(name)).collect();
    let mut rows: Vec<(String, Vec<Option<f64>>)> = Vec::new();
    for case in &cases {
        if !rows.iter().any(|(on, _)| *on == case.on) {
            let of = |model: &String| {
                let its = cases.iter().find(|other| other.on == case.on && other.model.as_ref() == Some(model));
                its.and_then(|case| case.verdict.value)
            };
            rows.push((case.on.clone(), models.iter().map(of).collect()));
        }
    }
    Agreement { dataset: dataset.to_owned(), reference: with.to_owned(), models, rows }
}

/// The outcome of the checks of a model's agreement with `with`; `None` where there are none.
pub fn agreement_told(record: &Record, model: &str, with: &str, dataset: &str) -> Option<String> {
    let is_it = |case: &&CaseRecord| {
        case.model.as_deref() == Some(model) && case.dataset == dataset && reference(case) == Some(with)
    };
    let cases: Vec<&CaseRecord> = record.cases.iter().filter(is_it).collect();
    let figure = |case: &CaseRecord| Some((case.on.clone(), case.verdict.value?));
    let clean = cases.iter().filter(|case| case.on == CLEAN).find_map(|case| figure(case));
    let others = cases.iter().filter(|case| case.on != CLEAN).filter_map(|case| figure(case));
    let least = others.reduce(|one, other| if other.1 < one.1 { other } else { one });
    let figures: Vec<String> = clean
        .map(|(on, value)| format!("{value:.3} on {on} images"))
        .into_iter()
        .chain(least.map(|(on, value)| format!("at the least {value:.3} on {on}")))
        .collect();
    let hold = cases.iter().filter(|case| case.verdict.outcome == Outcome::Pass).count();
    let figures = if figures.is_empty() { "not measured".to_owned() } else { figures.join(", ") };
    (!cases.is_empty()).then(|| {
        let checks = if cases.len() == 1 { "check" } else { "checks" };
        let verb = if hold == 1 { "holds" } else { "hold" };
        format!("{model} agrees with {with}: {figures}; {hold} of {} {checks} of it {verb}", cases.len())
    })
}

/// The reference of a case whose value is the agreement of all of the model's answers with it.
fn reference(case: &CaseRecord) -> Option<&str> {
    let is_whole = case.category.is_none() && case.slice.is_none() && case.bound == Bound::Min;
    match &case.other {
        Some(ComparedWith::Model(name)) if is_whole && case.metric == metric::AGREEMENT.name => Some(name),
        Some(ComparedWith::Model(_) | ComparedWith::Baseline) | None => None,
    }
}
