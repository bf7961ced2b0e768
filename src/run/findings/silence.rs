//! How much a model says at all: silence agrees with silence, so that figures of agreement alone do not tell.

use super::all::Findings;
use super::score::is_labelled;
use crate::detection::ImageRecord;
use crate::failure::FailureKind;
use crate::gate::{Outcome, SilenceTold, Verdict};
use crate::metric::Origin;
use crate::plan::{Against, Case};
use crate::position::{CellAt, ModelAt};
use crate::record::WAY_OUT_OF_SILENCE;
use crate::run::execute::Found;
use crate::task::Task;

impl Findings<'_> {
    /// On how many images of a cell the model finds nothing of a score that counts; `None` where it was not measured, and of
    /// classes: a classifier always says something.
    pub fn silent_images(&self, at: CellAt) -> Option<usize> {
        let Self { plan, predictions, .. } = self;
        let cell = &plan.cells[at];
        let dataset = plan.datasets[cell.dataset].state.as_ref().ok().filter(|_| plan.task == Task::Detect)?;
        let min = plan.min_confidence(cell.model, cell.dataset);
        let planned = &plan.conditions[cell.condition];
        let is_silent = |(image, found): &(&ImageRecord, &Found)| {
            !found.detections(planned.size(image.size())).iter().any(|one| min.admits(one))
        };
        Some(dataset.images.iter().zip(predictions.cells[at].value()?).filter(is_silent).count())
    }

    /// What a model's silence makes of the verdict on how far it agrees with itself, where no labels tell whether silence is
    /// right: beside a reference that says much more it fails, and by itself it cannot be judged.
    pub(super) fn heard(&self, case: &Case, has_no_figure: bool, verdict: Verdict) -> Verdict {
        if !matches!(case.read.origin, Origin::Agreement(_)) || is_labelled(self.plan, case.dataset) {
            return verdict;
        }
        let Some(ours) = self.voice(case, case.model) else { return verdict };
        let is_hollow = verdict.outcome == Outcome::Error(FailureKind::Vacuous) && (verdict.is_hollow || has_no_figure);
        let theirs = match &case.other {
            Some(Against::Reference { model, .. }) => self.voice(case, Some(*model)),
            Some(Against::Baseline) | None => None,
        };
        match theirs.filter(|theirs| ours.is_much_less_than(theirs)) {
            // Of a check that only warns, that nothing can be judged is not what somebody waived; see `with_diagnosis`.
            Some(theirs) if verdict.outcome == Outcome::Pass || (is_hollow && case.waiver.is_none()) => {
                let rest = format!(
                    "the reference `{}` finds nothing on {}: what a model does not say cannot change, so that its {} tells \
                     nothing in its favour",
                    theirs.model, theirs.silent, case.metric.name
                );
                let verdict = Verdict::without_numbers(Outcome::Fail, format!("{}, and {rest}", ours.told()));
                Verdict { silence: Some(ours.and(rest)), ..verdict }
            }
            _ if is_hollow && ours.is_most() => {
                let rest = format!(
                    "silence agrees with silence, so that its {} says nothing, whatever the bound",
                    case.metric.name
                );
                let reason = format!("{}: {rest}. {WAY_OUT_OF_SILENCE}", ours.told());
                Verdict { reason, silence: Some(ours.and(rest)), ..verdict }
            }
            _ if is_hollow && ours.silent > 0 => {
                let reason = format!("{} ({})", verdict.reason, ours.told());
                Verdict { reason, silence: Some(ours.and(verdict.reason)), ..verdict }
            }
            _ if verdict.outcome == Outcome::Fail && verdict.note.is_empty() && ours.is_most() => {
                Verdict { note: ours.told(), silence: Some(ours.and(verdict.reason.clone())), ..verdict }
            }
            _ => verdict,
        }
    }

    /// How much a model says of the clean images that a case is on.
    fn voice(&self, case: &Case, model: Option<ModelAt>) -> Option<Voice> {
        let model = model?;
        let silent = self.silent_images(self.plan.clean_cell(model, case.dataset)?)?;
        let images = self.plan.images(case.dataset);
        let min = self.plan.min_confidence(model, case.dataset).to_string();
        Some(Voice { model: self.plan.models[model].name.clone(), silent, images, min })
    }
}

/// How much a model says of clean images.
struct Voice {
    model: String,
    /// Images on which it finds nothing.
    silent: usize,
    images: usize,
    /// From which score what it finds counts.
    min: String,
}

impl Voice {
    /// Whether it finds something on less than half as many images as another: no export, and no other weights of a model
    /// that is as good, make so much of a difference. Of a few images chance would: five that only one of two equal models
    /// is silent on are so for 1 in 32.
    fn is_much_less_than(&self, other: &Self) -> bool {
        const LEAST: usize = 5;
        let (ours, theirs) = (self.images - self.silent, other.images - other.silent);
        2 * ours < theirs && ours + LEAST <= theirs
    }

    /// Whether most of what agrees is silence.
    fn is_most(&self) -> bool {
        2 * self.silent >= self.images
    }

    /// Its silence, beside what else a verdict says.
    fn and(&self, rest: String) -> SilenceTold {
        SilenceTold { told: self.told(), rest }
    }

    /// ``"`new` finds nothing of a score of at least 0.5 on 40 of 44 clean images"``
    fn told(&self) -> String {
        let Self { model, silent, images, min } = self;
        format!("`{model}` finds nothing of a score of at least {min} on {silent} of {images} clean images")
    }
}
