//! Execute, case by case, until one fails: what the rest would need is not run. The road goes on with what there is.

use crate::failure::Measured;
use crate::gate::Outcome;
use crate::plan::{Case, Images, Plan};
use crate::position::{CellAt, List};
use crate::run::context::Context;
use crate::run::execute::Predictions;
use crate::run::execute::answer::{all_images, announce, answer};
use crate::run::execute::gather::Gathering;
use crate::run::execute::time::time_models;
use crate::run::findings::Findings;
use crate::run::findings::data_figures::data_figures;
use crate::run::findings::diagnosis::broken_models;
use crate::run::findings::drawn::wanted_by;
use crate::run::findings::inspector::Inspector;
use crate::run::findings::judge::judge;
use crate::run::findings::score::score;
use crate::spec::Rule;

/// Answers the cells of one case after the other, and judges it, until one fails or cannot be judged. Cells that are not
/// run are blocked, with the reason.
pub fn execute_until_failure(plan: &Plan, context: &Context<'_>) -> Predictions {
    let images = all_images(plan);
    announce(plan, context, &images);
    let findings = Findings::new(plan, Predictions::none(plan), false);
    let mut so_far = SoFar { context, is_run: List::like(&plan.cells, |_| false), findings };
    let stop = rounds(&plan.cases).into_iter().find_map(|cases| so_far.round(cases, &images));
    let SoFar { is_run, findings: Findings { mut predictions, .. }, .. } = so_far;
    if let Some(reason) = stop {
        for at in plan.cells.positions().filter(|&at| !is_run[at] && plan.blocked(&plan.cells[at]).is_none()) {
            predictions.cells[at] = Measured::Blocked(format!("not run: {reason}"));
            let data = plan.datasets[plan.cells[at].dataset].state.as_ref();
            context.events.dropped(data.map_or(0, |data| data.images.len()));
        }
    }
    predictions
}

/// Cases one by one, those that are corrected together as one.
fn rounds(cases: &[Case]) -> Vec<&[Case]> {
    cases.chunk_by(|one, other| one.family.is_some() && one.family == other.family).collect()
}

struct SoFar<'a> {
    context: &'a Context<'a>,
    /// Whether a cell was run.
    is_run: List<CellAt, bool>,
    /// What came of it.
    findings: Findings<'a>,
}

impl SoFar<'_> {
    /// Runs and judges `cases`; why the run is to end, if so.
    fn round(&mut self, cases: &[Case], images: &Images) -> Option<String> {
        let (plan, context) = (self.findings.plan, self.context);
        let findings = &mut self.findings;
        let mut cells: Vec<CellAt> = cases.iter().flat_map(|case| plan.needed_cells(case)).collect();
        cells.retain(|&cell| !self.is_run[cell]);
        cells.sort_unstable();
        cells.dedup();
        let gathering = Gathering::new(plan, &cells);
        gathering.gather(&mut findings.predictions, |take| answer(plan, context, &cells, images, take));
        if findings.predictions.interrupted {
            return None;
        }
        let scores = score(findings, &cells, context.threads);
        for (&cell, score) in cells.iter().zip(scores) {
            self.is_run[cell] = true;
            findings.scorecard.cells[cell] = score;
        }
        let broken = broken_models(findings, &cells).into_iter();
        findings.scorecard.broken.extend(broken.map(|broken| (broken.cell, broken.verdict)));
        // Of this round alone: nothing else is judged now, and looking into datasets takes long.
        findings.scorecard.data = data_figures(plan, cases, &mut Inspector::new(findings, context));
        time_models(plan, cases, context, &mut findings.predictions);
        let wanted = cases.iter().filter(|case| case.claim.rule != Rule::Point).flat_map(wanted_by).collect();
        findings.draw(wanted, context);
        findings.measure_slices(cases, context);
        findings.measure_silence(cases, context);
        findings.measure_parity(cases, context);
        let verdicts = judge(findings, cases);
        let broken = cases.iter().zip(&verdicts).find(|(case, judged)| match judged.verdict.outcome {
            Outcome::Fail => !judged.is_waived(case),
            Outcome::Error(_) => true,
            Outcome::Pass | Outcome::Skipped => false,
        });
        let predictions = &findings.predictions;
        let failed_setup = || {
            let datasets = plan.datasets.iter().zip(&predictions.dataset_failures);
            let models = plan.models.iter().zip(&predictions.model_failures);
            datasets
                .map(|(dataset, failure)| (&dataset.name, dataset.state.is_err() || failure.is_some()))
                .chain(models.map(|(model, failure)| (&model.name, model.state.is_err() || failure.is_some())))
                .find_map(|(name, is_broken)| is_broken.then_some(name))
        };
        match broken {
            Some((case, _)) => Some(format!("the run ended at {}", case.id)),
            None => failed_setup().map(|name| format!("the run ended at `{name}`, which cannot be used")),
        }
    }
}
