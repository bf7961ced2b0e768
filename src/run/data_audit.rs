//! The audit of a plan's datasets: looked into, and held against the checks on them.

use super::context::Context;
use crate::audit::{balance, spread};
use crate::dataset::Dataset;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::{Cell, Plan, PlannedDataset};
use crate::position::{CellAt, DatasetAt};
use crate::record::{AUDIT_VERSION, AuditPicture, DataAudit, DatasetAudit, Known, SetupRecord};
use crate::run::execute::{Predictions, execute};
use crate::run::findings::Findings;
use crate::run::findings::data_figures::data_figures;
use crate::run::findings::inspector::{Inspector, Leakage, Twice};
use crate::run::findings::judge::judge;
use crate::run::pictures::data_pictures::pictures;
use crate::run::pictures::exhibit::Exhibit;
use crate::run::seal::{case, counts, exit, failed, setup, tool};

/// What an audit leaves behind.
pub struct Audited {
    /// Everything it found.
    pub audit: DataAudit,
    /// Pictures of what it found, in its order.
    pub pictures: Vec<AuditPicture>,
}

/// Audits the datasets of `plan` (see [`Plan::into_audit`]). Its models are asked about the clean images, by the same road
/// as a run: what the store has is not asked again.
pub fn audit_data(plan: &Plan, context: &Context<'_>) -> Audited {
    let predictions = if plan.cells.is_empty() { Predictions::none(plan) } else { execute(plan, context) };
    let mut findings = Findings::new(plan, predictions, false);
    let mut inspector = Inspector::new(&findings, context);
    let datasets: Vec<DatasetAudit> = plan.datasets.positions().map(|at| dataset(plan, at, &mut inspector)).collect();
    findings.scorecard.data = data_figures(plan, &plan.cases, &mut inspector);
    let verdicts = judge(&findings, &plan.cases);
    let mut setup = setup(&findings);
    for (planned, found) in plan.datasets.iter().zip(&datasets) {
        // A dataset that could not be read is told already, and one that nobody finished looking at is not broken.
        let is_told = setup.iter().any(|failed| failed.dataset.as_ref() == Some(&planned.name));
        let unknown = unknown(found).filter(|_| !is_told && !context.is_interrupted());
        let dataset = Some(planned.name.clone());
        setup.extend(unknown.map(|failure| SetupRecord { dataset, ..failed(&planned.place, &failure) }));
    }
    let counts = counts(plan, &setup, &verdicts);
    let interrupted = context.is_interrupted();
    let nothing_shown = Exhibit::default();
    let cases = plan.cases.iter().zip(&verdicts);
    let audit = DataAudit {
        version: AUDIT_VERSION,
        tool: tool(),
        name: plan.name.clone(),
        file: plan.file.clone(),
        spec_digest: plan.digest,
        options: plan.options.iter().map(|(option, text)| ((*option).to_owned(), text.clone())).collect(),
        datasets,
        cases: cases.map(|(planned, judged)| case(&findings, planned, judged, &nothing_shown)).collect(),
        exit_code: exit(&counts, interrupted),
        setup,
        counts,
        notes: plan.notes.iter().chain(&findings.predictions.notes).cloned().collect(),
        interrupted,
    };
    let pictures = pictures(plan, &audit);
    Audited { audit, pictures }
}

fn dataset(plan: &Plan, at: DatasetAt, inspector: &mut Inspector<'_>) -> DatasetAudit {
    let planned = &plan.datasets[at];
    match &planned.state {
        Ok(data) => looked_into(plan, at, data, inspector),
        Err(_) => unread(plan, planned),
    }
}

/// Why it is not known what a dataset shares or has twice.
fn unknown(found: &DatasetAudit) -> Option<Failure> {
    [&found.leakage, &found.duplicates].into_iter().flatten().find_map(|known| match known {
        Known::Found(_) => None,
        Known::Unknown(failure) => Some(failure.clone()),
    })
}

/// Nothing is known of a dataset that could not be read.
fn unread(plan: &Plan, planned: &PlannedDataset) -> DatasetAudit {
    DatasetAudit {
        name: planned.name.clone(),
        task: plan.task,
        is_evaluated: planned.is_evaluated,
        digest: None,
        images: 0,
        sampled_from: None,
        annotations: 0,
        warnings: Vec::new(),
        compared_with: Vec::new(),
        leakage: None,
        duplicates: None,
        near: Vec::new(),
        invalid_boxes: Vec::new(),
        balance: None,
        spread: None,
        suspects: None,
    }
}

fn looked_into(plan: &Plan, at: DatasetAt, data: &Dataset, inspector: &mut Inspector<'_>) -> DatasetAudit {
    let planned = &plan.datasets[at];
    let is_held = planned.is_evaluated && plan.has_others(at);
    let leakage = is_held.then(|| known(inspector.leakage(at)));
    let mut near = Vec::new();
    let (compared_with, leakage) = match leakage {
        None => (Vec::new(), None),
        Some(Known::Found(Leakage { compared_with, pairs, near: across })) => {
            near.extend(across);
            (compared_with, Some(Known::Found(pairs)))
        }
        Some(Known::Unknown(failure)) => (Vec::new(), Some(Known::Unknown(failure))),
    };
    let duplicates = match known(inspector.duplicates(at)) {
        Known::Found(Twice { pairs, near: within }) => {
            near.extend(within);
            Known::Found(pairs)
        }
        Known::Unknown(failure) => Known::Unknown(failure),
    };
    let lights = inspector.lights(at);
    let is_of = |cell: &Cell| cell.dataset == at;
    let cells: Vec<CellAt> = plan.cells.positions().filter(|&cell| is_of(&plan.cells[cell])).collect();
    DatasetAudit {
        digest: Some(data.digest),
        images: data.images.len(),
        sampled_from: data.sampled_from,
        annotations: data.annotations.iter().map(Vec::len).sum(),
        warnings: data.warnings.clone(),
        compared_with,
        leakage,
        duplicates: Some(duplicates),
        near,
        invalid_boxes: data.aside.odd_boxes.clone(),
        balance: data.is_labelled.then(|| balance(data)),
        spread: spread(data, lights.value().map(Vec::as_slice)),
        suspects: (!cells.is_empty() && data.is_labelled).then(|| known(inspector.suspects(at, &cells, false))),
        ..unread(plan, planned)
    }
}

fn known<T>(measured: Measured<T>) -> Known<T> {
    match measured {
        Measured::Value(found) => Known::Found(found),
        Measured::Failed(failure) => Known::Unknown(failure),
        Measured::Blocked(reason) => Known::Unknown(Failure::new(FailureKind::Dataset, reason)),
    }
}
