//! A case in the record: its verdict, in numbers and in words, and what is shown with it.

use crate::condition::ConditionName;
use crate::detection::{Annotation, ImageRecord};
use crate::gate::{Outcome, SilenceTold};
use crate::plan::{Against, Case, Plan};
use crate::position::CellAt;
use crate::record::{CaseRecord, ComparedWith, WaiverRecord};
use crate::run::findings::Findings;
use crate::run::findings::judge::Judged;
use crate::run::findings::message::message;
use crate::run::pictures::exhibit::Exhibit;
use crate::score::SlicedFigure;
use crate::slice::Extent;
use crate::spec::{Bound, Waiver};

/// The record of a case.
pub fn case(findings: &Findings<'_>, case: &Case, judged: &Judged, exhibit: &Exhibit) -> CaseRecord {
    let Findings { plan, scorecard, .. } = findings;
    let is_failed = judged.verdict.outcome == Outcome::Fail;
    let found = scorecard.data.get(&case.id).filter(|_| is_failed).map(|data| data.found.clone());
    let (images, size) = measured_on(findings, case);
    let condition = |&cell: &CellAt| ConditionName::from(&plan.condition_of(cell).condition);
    CaseRecord {
        id: case.id.clone(),
        check: case.check.clone(),
        file: case.place.file.clone(),
        line: case.place.line,
        model: case.model.map(|model| plan.models[model].name.clone()),
        dataset: plan.datasets[case.dataset].name.clone(),
        on: case.on.clone(),
        conditions: case.cells.iter().map(condition).collect(),
        metric: case.metric.name.to_owned(),
        read: case.read.name.to_owned(),
        category: case.category.clone(),
        slice: case.slice.as_ref().map(ToString::to_string),
        bound: case.claim.bound,
        threshold: judged.claim.threshold,
        rule: case.claim.rule,
        other: case.other.as_ref().map(|other| compared_with(plan, other)),
        waiver: if judged.is_warning { Some(warned(case)) } else { case.waiver.as_ref().map(waiver) },
        images,
        category_images: category_images(findings, case),
        message: message(plan, case, judged, &judged.verdict, (images, &size)),
        silence: judged.verdict.silence.as_ref().map(|silence| SilenceTold {
            told: silence.told.clone(),
            rest: message(plan, case, judged, &judged.verdict.without_silence(), (images, &size)),
        }),
        verdict: judged.verdict.clone(),
        sides: exhibit.sides.clone(),
        category_losses: exhibit.categories.clone(),
        confusions: exhibit.confusions.clone(),
        task: plan.task,
        listing: exhibit.listing,
        image_losses: exhibit.images.clone(),
        errors: exhibit.errors.clone(),
        picture: exhibit.path.clone(),
        found: found.unwrap_or_default(),
    }
}

fn compared_with(plan: &Plan, other: &Against) -> ComparedWith {
    match other {
        Against::Baseline => ComparedWith::Baseline,
        Against::Reference { model, .. } => ComparedWith::Model(plan.models[*model].name.clone()),
    }
}

/// How many images a case is measured on, in words, too: `50 of 500`. Of speed these are calls.
fn measured_on(findings: &Findings<'_>, case: &Case) -> (usize, String) {
    let Findings { plan, drawn, .. } = findings;
    if case.read.speed().is_some() {
        let calls = plan.settings.latency_calls;
        return (calls, format!("{calls} calls"));
    }
    let data = plan.datasets[case.dataset].state.as_ref().ok();
    let images = data.map_or(0, |data| data.images.len());
    // Images of which neither model said anything are no measure of whether they say the same.
    let with_answers = case.cells.iter().filter_map(|&cell| Some(drawn.of_pair(case, cell)?.value()?.images)).min();
    if let Some(few) = with_answers {
        return (few, if few < images { format!("{few} of {images}") } else { images.to_string() });
    }
    let in_slice = case.slice.as_ref().and_then(|_| Some(drawn.slice(case, *case.cells.first()?)?.images()));
    match (in_slice, data.and_then(|data| data.sampled_from)) {
        (Some(few), _) => (few, format!("{few} of {images}")),
        (None, Some(all)) => (images, format!("{images} of {all}")),
        (None, None) => (images, images.to_string()),
    }
}

/// How many images of the slice of a case have labels of its category in it; `None` where there is no such slice.
fn category_images(findings: &Findings<'_>, case: &Case) -> Option<usize> {
    let data = findings.plan.datasets[case.dataset].state.as_ref().ok()?;
    let category = data.categories.iter().find(|category| case.category.as_ref() == Some(&category.name))?;
    let slice = case.slice.as_ref().and_then(|_| findings.drawn.slice(case, *case.cells.first()?))?;
    // COCO's figures alone know single objects, as when they are measured.
    let classes = match SlicedFigure::of(case.read) {
        Some(SlicedFigure::Coco(_)) => slice.name.attribute.classes(),
        _ => None,
    };
    let counts = |image: &ImageRecord, object: &Annotation| match (slice.extent, classes) {
        (Extent::Objects(class), Some(classes)) => {
            !object.iscrowd && (classes.holds)(class, &object.bbox, object.area, image.size())
        }
        _ => true,
    };
    let images = data.images.iter().zip(&data.annotations).zip(&slice.has).filter(|(_, has)| **has);
    let has_it = |image: &ImageRecord, objects: &[Annotation]| {
        objects.iter().any(|object| object.category_id == category.id && counts(image, object))
    };
    Some(images.filter(|((image, objects), _)| has_it(image, objects)).count())
}

fn waiver(waiver: &Waiver) -> WaiverRecord {
    WaiverRecord { reason: waiver.reason.clone(), until: waiver.until.map(|until| until.to_string()) }
}

/// Why a case that has two levels warns.
fn warned(case: &Case) -> WaiverRecord {
    let side = if matches!(case.claim.bound, Bound::Min | Bound::MinGain) { "below" } else { "above" };
    WaiverRecord { reason: format!("the check fails {side} {}", case.claim.threshold), until: None }
}
