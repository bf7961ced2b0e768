//! Seal: everything into the record, once; nothing is assigned to it after this.

mod case;
mod cell;
mod condition;
mod counts;
mod notes;
mod setup;
mod speed;

use crate::catalog::FIGURES;
use crate::metric;
use crate::plan::Plan;
use crate::position::{CellAt, List};
use crate::record::{
    AugmentationRecord, GlimpseRecord, KeptRecord, MetricRecord, Record, SampleRecord, SlicesRecord, SpecRecord, Times,
    VERSION, comparisons,
};
use cell::Cells;
use notes::notes;
use setup::{datasets, model};
use speed::speeds;

use crate::run::findings::Findings;
use crate::run::findings::judge::Judged;
use crate::run::findings::robustness::robustness;
use crate::run::pictures::exhibit::Exhibit;

pub use case::case;
pub use condition::{condition_record, tool};
pub use counts::{counts, exit};
pub use setup::{failed, setup};

/// What a run came to, beside its findings.
pub struct Came<'a> {
    /// Per case of the plan.
    pub verdicts: &'a [Judged],
    /// Per case of the plan.
    pub exhibits: &'a [Exhibit],
    /// Per cell of the plan, what a baseline would hold of it.
    pub kept: List<CellAt, Option<KeptRecord>>,
    /// Whether augmentations helped.
    pub augmentations: Vec<AugmentationRecord>,
    /// Slices that lose most.
    pub clusters: Option<SlicesRecord>,
    /// What models find on clean images.
    pub glimpses: Vec<GlimpseRecord>,
    /// Pictures of every condition.
    pub samples: Vec<SampleRecord>,
}

/// The record of a run. `times` is asked last, so that comparing the models counts, too; what the answers took is added.
pub fn seal(findings: &Findings<'_>, came: Came<'_>, times: impl FnOnce() -> Times) -> Record {
    let Findings { plan, predictions, .. } = findings;
    let Came { verdicts, exhibits, kept, augmentations, clusters, glimpses, samples } = came;
    let setup = setup(findings);
    let counts = counts(plan, &setup, verdicts);
    let cells = Cells::new(findings, exhibits);
    let cases = plan.cases.iter().zip(verdicts).zip(exhibits);
    let record = Record {
        version: VERSION,
        tool: tool(),
        spec: spec(plan),
        datasets: datasets(findings),
        models: plan.models.iter().map(model).collect(),
        conditions: plan.conditions.iter().map(|planned| condition_record(plan.seed, planned)).collect(),
        metrics: definitions(plan),
        cells: plan.cells.positions().zip(kept).map(|(at, kept)| cells.record(at, kept)).collect(),
        robustness: robustness(findings),
        augmentations,
        comparisons: Vec::new(),
        galleries: exhibits.iter().filter_map(|exhibit| exhibit.gallery.clone()).collect(),
        glimpses,
        samples,
        exit_code: exit(&counts, predictions.interrupted),
        cases: cases.map(|((planned, judged), exhibit)| case(findings, planned, judged, exhibit)).collect(),
        setup,
        counts,
        notes: notes(findings, verdicts),
        interrupted: predictions.interrupted,
        times: Times::default(),
        slices: clusters,
    };
    // Models are compared by what a record says of them, as `windtunnel compare` does with two: there is one way.
    let comparisons = comparisons(&record);
    let times = Times {
        pixels_seconds: predictions.pixels_seconds,
        predict_seconds: predictions.cell_seconds.iter().sum(),
        cells: predictions.cell_seconds.to_vec(),
        asked: predictions.asked,
        from_store: predictions.recalled,
        speeds: speeds(findings),
        ..times()
    };
    Record { comparisons, times, ..record }
}

fn spec(plan: &Plan) -> SpecRecord {
    SpecRecord {
        name: plan.name.clone(),
        file: plan.file.clone(),
        digest: plan.digest,
        options: plan.options.iter().map(|(option, text)| ((*option).to_owned(), text.clone())).collect(),
        task: plan.task,
        seed: plan.seed,
        is_seed_given: plan.is_seed_given,
        metric: plan.metric.name.to_owned(),
        resamples: plan.resamples,
        confidence: plan.confidence,
        is_filtered: plan.is_filtered,
        baseline: plan.baseline.path.clone(),
    }
}

/// What every figure of the record means.
fn definitions(plan: &Plan) -> Vec<MetricRecord> {
    let metrics = metric::of(plan.task).into_iter().map(|metric| (metric.name, plan.settings.definition(metric)));
    let others = FIGURES.iter().map(|figure| (figure.name, figure.summary.to_owned()));
    metrics.chain(others).map(|(name, definition)| MetricRecord { name: name.to_owned(), definition }).collect()
}
