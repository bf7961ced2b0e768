//! Parity: how far two models say the same of the same pictures.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::all::Findings;
use super::cell::claims;
use super::drawn::{PairFigures, PairOf, SEED};
use super::slices::{slices, too_small};
use crate::answer::{ScoredClass, Scores};
use crate::detection::{Detection, ImageRecord};
use crate::eval::{MinConfidence, Resamples, Similarity, match_claims};
use crate::failure::{Failure, FailureKind, Measured};
use crate::metric;
use crate::plan::{Case, Plan};
use crate::position::CellAt;
use crate::predict::Vocabulary;
use crate::run::context::Context;
use crate::run::execute::Found;
use crate::score::{PairTable, Said};
use crate::slice::Slice;
use crate::task::Task;

impl Findings<'_> {
    /// Measures what `cases` ask of two models.
    pub fn measure_parity(&mut self, cases: &[Case], context: &Context<'_>) {
        let mut missing: BTreeMap<PairOf, (&Case, CellAt)> = BTreeMap::new();
        for case in cases.iter().filter(|case| case.read.parity().is_some()) {
            let pairs = case.cells.iter().filter_map(|&cell| Some((PairOf::of(case, cell)?, (case, cell))));
            missing.extend(pairs.filter(|(pair, _)| !self.drawn.pairs.contains_key(pair)));
        }
        let missing: Vec<_> = missing.into_iter().collect();
        let measure = |(pair, (case, cell)): (PairOf, (&Case, CellAt))| {
            let figures = pair_figures(self, case, cell, pair.other);
            (pair, figures)
        };
        let measured: Vec<_> = context.threads.spread(|| missing.into_par_iter().map(measure).collect());
        self.drawn.pairs.extend(measured);
    }
}

/// The figure of a case for one of its cells and the reference's.
fn pair_figures(findings: &Findings<'_>, case: &Case, cell: CellAt, other: CellAt) -> Measured<PairFigures> {
    let Findings { plan, predictions, .. } = findings;
    let said = predictions.cells[cell].and_then(|ours| {
        predictions.cells[other].and_then(|theirs| Measured::Value(said(plan, (cell, ours), (other, theirs))))
    });
    said.and_then(|said: &Vec<Vec<Said>>| {
        let slice = match slice_of(findings, case) {
            Ok(slice) => slice,
            Err(failure) => return Measured::Failed(failure),
        };
        let Some(figure) = case.read.parity() else { return Measured::Blocked("no figure of two models".to_owned()) };
        let category = findings.category(case);
        let categories = plan.datasets[case.dataset].state.as_ref().map_or(0, |data| data.categories.len());
        let weighted = PairTable::new(said.clone(), categories, plan.settings.area_ranges).weighted(figure);
        let kept = |mut weights: Vec<u32>| {
            if let Some(slice) = &slice {
                weights.iter_mut().zip(&slice.has).filter(|(_, has)| !**has).for_each(|(weight, _)| *weight = 0);
            }
            weights
        };
        let once = kept(vec![1; said.len()]);
        if weighted.figure(category, &once).is_none() {
            return Measured::Failed(Failure::new(FailureKind::Vacuous, silent(plan, case, (cell, other))));
        }
        let resamples = Resamples::new(said.len(), plan.resamples, SEED);
        let draw = |weights| weighted.figure(category, &kept(weights));
        Measured::Value(PairFigures {
            values: weighted.values(&once),
            draws: resamples.iter().map(draw).collect(),
            images: weighted.images(category, &once),
            slice,
        })
    })
}

/// The slice that a case names; an error where there is nothing in it.
fn slice_of(findings: &Findings<'_>, case: &Case) -> Result<Option<Slice>, Failure> {
    let Some(name) = &case.slice else { return Ok(None) };
    let vacuous = |message: String| Err(Failure::new(FailureKind::Vacuous, message));
    match slices(findings, case.dataset, name.attribute).into_iter().find(|slice| slice.name == *name) {
        Some(slice) => match too_small(slice.images(), None) {
            Some(few) => vacuous(format!("slice `{name}` is too small to judge: {few}")),
            None => Ok(Some(slice)),
        },
        None => {
            let dataset = &findings.plan.datasets[case.dataset].name;
            vacuous(format!("nothing of dataset `{dataset}` is in slice `{name}`"))
        }
    }
}

/// Why two models that say nothing are not the same model.
fn silent(plan: &Plan, case: &Case, (cell, other): (CellAt, CellAt)) -> String {
    let name = |cell: CellAt| &plan.models[plan.cells[cell].model].name;
    let condition = &plan.condition_of(cell).condition;
    let what = case.category.as_ref().map_or_else(|| "anything".to_owned(), |name| format!("any `{name}`"));
    let (ours, theirs) = (name(cell), name(other));
    if case.read.parity() == Some(metric::Parity::ScoreShift) {
        return format!(
            "no answer of `{ours}` under {condition} agrees with one of `{theirs}`: there are no scores to compare"
        );
    }
    let of_size = if case.read.area() == metric::Area::All { "" } else { " of that size" };
    match plan.task {
        Task::Detect => format!(
            "neither `{ours}` nor `{theirs}` finds {what}{of_size} of a score of at least {} under {condition}: two silent \
             models are not one",
            plan.min_confidence(plan.cells[cell].model, plan.cells[cell].dataset)
        ),
        Task::Classify => format!("neither `{ours}` nor `{theirs}` says {what} under {condition}"),
    }
}

/// What two models said of each image of a dataset under one condition.
fn said(plan: &Plan, (cell, ours): (CellAt, &[Found]), (other, theirs): (CellAt, &[Found])) -> Vec<Vec<Said>> {
    let Ok(data) = &plan.datasets[plan.cells[cell].dataset].state else { return Vec::new() };
    let places: BTreeMap<u64, usize> =
        data.categories.iter().enumerate().map(|(at, category)| (category.id, at)).collect();
    let condition = plan.condition_of(cell);
    let same_classes = has_same_classes(plan, cell, other);
    let min = |cell: CellAt| plan.min_confidence(plan.cells[cell].model, plan.cells[cell].dataset);
    let (our_min, their_min) = (min(cell), min(other));
    let of_image = |(image, (ours, theirs)): (&ImageRecord, (&Found, &Found))| match (ours.scores(), theirs.scores()) {
        (Some(ours), Some(theirs)) => of_classes(&places, same_classes, &ours, &theirs),
        _ => {
            let size = condition.size(image.size());
            let (ours, theirs) = (ours.detections(size), theirs.detections(size));
            of_objects(&places, Similarity::of(plan.task), (&ours, &our_min), (&theirs, &their_min))
        }
    };
    data.images.iter().zip(ours.iter().zip(theirs)).map(of_image).collect()
}

fn of_objects(
    places: &BTreeMap<u64, usize>,
    similarity: Similarity,
    (ours, our_min): (&[Detection], &MinConfidence),
    (theirs, their_min): (&[Detection], &MinConfidence),
) -> Vec<Said> {
    let reference = claims(theirs, their_min);
    // Sorted as `claims` leaves them: the score of each is needed beside its place.
    let scores: Vec<f64> = theirs.iter().filter(|one| their_min.admits(one)).map(|one| one.score).collect();
    let matches = match_claims(similarity, &reference, ours, our_min);
    let place = |id: u64| places.get(&id).copied();
    let by_both = matches.found.iter().zip(&matches.objects).map(|(&found, &object)| Said {
        category: place(reference[object].category_id),
        area: reference[object].area,
        shift: Some(ours[found].score - scores[object]),
    });
    let by_them = matches.missed.iter().map(|&object| Said {
        category: place(reference[object].category_id),
        area: reference[object].area,
        shift: None,
    });
    let by_us = matches.spurious.iter().map(|&found| Said {
        category: place(ours[found].category_id),
        area: ours[found].bbox.area(),
        shift: None,
    });
    by_both.chain(by_them).chain(by_us).collect()
}

fn of_classes(places: &BTreeMap<u64, usize>, same_classes: bool, ours: &Scores, theirs: &Scores) -> Vec<Said> {
    let (ours, theirs) = (ours.top(), theirs.top());
    let said = |class: ScoredClass, shift: Option<f64>| Said {
        category: match class {
            ScoredClass::Category(id) => places.get(&id).copied(),
            ScoredClass::Other(_) => None,
        },
        area: 0.0,
        shift,
    };
    // Of classes that the dataset lacks a number is known alone.
    let is_known = matches!(ours.class, ScoredClass::Category(_)) || same_classes;
    if ours.class == theirs.class && is_known {
        vec![said(ours.class, Some(ours.score - theirs.score))]
    } else {
        vec![said(ours.class, None), said(theirs.class, None)]
    }
}

/// Whether a class's number is of the same class in the models of two cells.
fn has_same_classes(plan: &Plan, one: CellAt, other: CellAt) -> bool {
    let labels = |cell: CellAt| match plan.models[plan.cells[cell].model].state.as_ref().ok()?.vocabulary() {
        Vocabulary::Labels(labels) => Some(labels.to_vec()),
        Vocabulary::Ids | Vocabulary::Told => None,
    };
    labels(one) == labels(other)
}
