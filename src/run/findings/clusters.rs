//! Failure clusters: the slices of the data that lose most under each perturbation, and whether more than all else does.
//!
//! A slice is held against itself on the clean images, and that loss against the loss of all that is not in it, on the
//! same resamples: under a strong perturbation every slice loses, and the question is which loses more than the others.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::all::Findings;
use super::cell::with_cell;
use super::drawn::SEED;
use super::slices::{frames, slices, too_small};
use crate::condition::ConditionName;
use crate::dataset::Dataset;
use crate::eval::{Interval, Resamples, normal_p_value};
use crate::failure::{Failure, FailureKind, Measured};
use crate::gate::{holm, level};
use crate::plan::{Plan, PlannedSlices};
use crate::position::{CellAt, DatasetAt, ModelAt};
use crate::record::{ClusterRecord, SliceRecord, SlicesRecord};
use crate::run::context::Context;
use crate::score::{ImageLoss, ImageScore, Side, SlicedFigure, SlicedTables, Values, image_losses, over_common};
use crate::slice::{Extent, MIN_IMAGES, MIN_OBJECTS, Slice};

/// The least share of resamples in which both sides must have a figure for an interval to mean something.
const MIN_DEFINED: f64 = 0.95;

/// Images named with a cluster that stands out.
const NAMED: usize = 4;

/// The clusters of a run, if the plan asks for them.
pub fn clusters(findings: &Findings<'_>, context: &Context<'_>) -> Option<SlicesRecord> {
    let plan = findings.plan;
    let planned = plan.slices.as_ref()?;
    let mut looked_at = 0;
    let (mut records, mut found) = (Vec::new(), Vec::new());
    for (dataset, data) in plan.datasets.numbered() {
        let Ok(data) = &data.state else { continue };
        let all: Vec<Slice> = planned.by.iter().flat_map(|attribute| slices(findings, dataset, attribute)).collect();
        let left_out: Vec<Option<String>> = all.iter().map(|slice| left_out(slice, data)).collect();
        records.extend(
            all.iter().zip(&left_out).map(|(slice, left_out)| slice_record(plan, dataset, slice, left_out.as_ref())),
        );
        let kept: Vec<&Slice> =
            all.iter().zip(&left_out).filter(|(_, left_out)| left_out.is_none()).map(|(slice, _)| slice).collect();
        for model in plan.models.positions() {
            let Some(survey) = SliceSurvey::new(findings, planned, (model, dataset), &kept) else { continue };
            let (looked, losses) = survey.losses(context);
            // Also what lost too little to be told: p-values are corrected for all that was looked at.
            looked_at += looked;
            found.extend(losses);
        }
    }
    Some(SlicesRecord {
        metric: planned.metric.name.to_owned(),
        min_performance_drop: planned.min_performance_drop,
        level: level(plan.confidence),
        looked_at,
        slices: records,
        clusters: judged(findings, &found, looked_at),
    })
}

/// Why a slice is not looked at.
fn left_out(slice: &Slice, data: &Dataset) -> Option<String> {
    let objects = data.annotations.iter().flatten().filter(|object| !object.iscrowd).count() - slice.objects;
    let images = match slice.extent {
        Extent::Images => data.images.len() - slice.images(),
        Extent::Objects(_) | Extent::Category(_) => data.images.len(),
    };
    too_small(slice.images(), Some(slice.objects)).or_else(|| {
        let is_all = images < MIN_IMAGES || objects < MIN_OBJECTS;
        is_all.then(|| "nearly all of the dataset is in it".to_owned())
    })
}

fn slice_record(plan: &Plan, dataset: DatasetAt, slice: &Slice, left_out: Option<&String>) -> SliceRecord {
    SliceRecord {
        dataset: plan.datasets[dataset].name.clone(),
        slice: slice.name.to_string(),
        range: slice.range.map(|(least, greatest)| [least, greatest]),
        unit: slice.name.attribute.unit.to_owned(),
        images: slice.images(),
        objects: slice.objects,
        left_out: left_out.cloned(),
    }
}

/// A slice of a cell that loses enough to be told.
struct Loss {
    cell: CellAt,
    slice: Slice,
    clean: f64,
    figure: f64,
    rest_drop: Option<f64>,
    interval: Option<Interval>,
    excess_interval: Option<Interval>,
    /// Not corrected.
    p_value: Option<f64>,
}

impl Loss {
    fn drop(&self) -> f64 {
        self.clean - self.figure
    }

    fn excess(&self) -> Option<f64> {
        Some(self.drop() - self.rest_drop?)
    }
}

/// Looks at the cells of a model on a dataset.
struct SliceSurvey<'a> {
    findings: &'a Findings<'a>,
    planned: &'a PlannedSlices,
    slices: &'a [&'a Slice],
    figure: SlicedFigure,
    clean: SlicedTables,
    /// The clean figures, per slice: of the slice and of the rest.
    clean_values: Vec<[Values; 2]>,
    /// The same on resamples, made where they are first needed.
    clean_draws: Vec<[OnceLock<Vec<Values>>; 2]>,
    resamples: Resamples,
    cells: Vec<CellAt>,
}

impl<'a> SliceSurvey<'a> {
    /// `None` where there is nothing to compare.
    fn new(
        findings: &'a Findings<'a>,
        planned: &'a PlannedSlices,
        (model, dataset): (ModelAt, DatasetAt),
        slices: &'a [&'a Slice],
    ) -> Option<Self> {
        let plan = findings.plan;
        let figure = SlicedFigure::of(planned.metric).expect("slices are planned with a metric that they have");
        let clean_cell = plan.clean_cell(model, dataset)?;
        let cells: Vec<CellAt> = plan.cells_of(model, dataset).filter(|&cell| cell != clean_cell).collect();
        if cells.is_empty() || slices.is_empty() {
            return None;
        }
        let Measured::Value(clean) = tables(findings, planned, clean_cell) else { return None };
        Some(Self {
            clean_values: slices.iter().map(|slice| SIDES.map(|side| clean.values(figure, slice, side))).collect(),
            clean_draws: slices.iter().map(|_| Default::default()).collect(),
            resamples: Resamples::new(slices[0].has.len(), plan.resamples, SEED),
            findings,
            planned,
            slices,
            figure,
            clean,
            cells,
        })
    }

    /// How many pairs of cell and slice were looked at, and the losses among them that are to be told, in their order.
    fn losses(&self, context: &Context<'_>) -> (usize, Vec<Loss>) {
        let look = |&cell: &CellAt| self.losses_of(cell);
        let of_cells: Vec<(usize, Vec<Loss>)> = context.threads.spread(|| self.cells.par_iter().map(look).collect());
        let looked_at = of_cells.iter().map(|(looked_at, _)| looked_at).sum();
        (looked_at, of_cells.into_iter().flat_map(|(_, losses)| losses).collect())
    }

    fn losses_of(&self, cell: CellAt) -> (usize, Vec<Loss>) {
        let Measured::Value(tables) = tables(self.findings, self.planned, cell) else {
            return (0, Vec::new());
        };
        let mut looked_at = 0;
        let mut losses = Vec::new();
        for at in 0..self.slices.len() {
            let values = |side: Side| {
                over_common(&self.clean_values[at][side as usize], &tables.values(self.figure, self.slices[at], side))
            };
            let Some((clean, figure)) = values(Side::Inside) else { continue };
            looked_at += 1;
            if clean - figure >= self.planned.min_performance_drop {
                let rest_drop = values(Side::Outside).map(|(clean, figure)| clean - figure);
                let loss = Loss {
                    cell,
                    slice: self.slices[at].clone(),
                    clean,
                    figure,
                    rest_drop,
                    interval: None,
                    excess_interval: None,
                    p_value: None,
                };
                losses.push(self.weighed(loss, at, &tables));
            }
        }
        (looked_at, losses)
    }

    /// The loss with how sure it is; how much more it is than the rest's only where it is more at all.
    fn weighed(&self, loss: Loss, at: usize, tables: &SlicedTables) -> Loss {
        let drops = self.drops(at, Side::Inside, tables);
        let interval = |values: &[f64]| Interval::percentile(values, self.findings.plan.confidence);
        let weighed = Loss { interval: defined(&drops).and_then(|drops| interval(&drops)), ..loss };
        let Some(excess) = weighed.excess().filter(|excess| *excess > 0.0) else { return weighed };
        let rest = self.drops(at, Side::Outside, tables);
        let excesses: Vec<Option<f64>> =
            drops.iter().zip(&rest).map(|(one, other)| Some((*one)? - (*other)?)).collect();
        let Some(excesses) = defined(&excesses) else { return weighed };
        let p_value = Some(normal_p_value(&excesses, excess));
        Loss { excess_interval: interval(&excesses), p_value, ..weighed }
    }

    /// What a side of a slice loses, resample by resample.
    fn drops(&self, at: usize, side: Side, tables: &SlicedTables) -> Vec<Option<f64>> {
        let draws = |tables: &SlicedTables| tables.draws(self.figure, self.slices[at], side, &self.resamples);
        let before = self.clean_draws[at][side as usize].get_or_init(|| draws(&self.clean));
        let pairs = before.iter().zip(draws(tables));
        pairs.map(|(before, now)| over_common(before, &now).map(|(before, now)| before - now)).collect()
    }
}

/// Both sides of a slice, in the order of lists of two.
const SIDES: [Side; 2] = [Side::Inside, Side::Outside];

/// The resamples that have a figure, if nearly all have.
fn defined(values: &[Option<f64>]) -> Option<Vec<f64>> {
    let there: Vec<f64> = values.iter().copied().flatten().collect();
    (!there.is_empty() && there.len() as f64 >= MIN_DEFINED * values.len() as f64).then_some(there)
}

/// The tables of a cell for the slices that are planned.
fn tables(findings: &Findings<'_>, planned: &PlannedSlices, cell: CellAt) -> Measured<SlicedTables> {
    with_cell(findings, cell, None, |_, data| {
        match SlicedTables::build(data, &frames(findings.plan, cell, data), &planned.by) {
            Ok(tables) => Measured::Value(tables),
            Err(error) => Measured::Failed(Failure::new(FailureKind::Inference, error.to_string())),
        }
    })
}

/// The losses as clusters, in the order that they are told in. A p-value is corrected for all pairs that were looked at:
/// those that lost too little to be told count as if nothing were there.
fn judged(findings: &Findings<'_>, losses: &[Loss], looked_at: usize) -> Vec<ClusterRecord> {
    let told = losses.iter().map(|loss| Some(loss.p_value.unwrap_or(1.0)));
    let silent = std::iter::repeat_n(Some(1.0), looked_at - losses.len());
    let corrected = holm(&told.chain(silent).collect::<Vec<_>>());
    let mut clusters: Vec<ClusterRecord> = losses
        .iter()
        .zip(corrected)
        .map(|(loss, corrected)| cluster(findings, loss, corrected.filter(|_| loss.p_value.is_some())))
        .collect();
    let rank = |cluster: &ClusterRecord| cluster.excess.unwrap_or(f64::NEG_INFINITY);
    clusters.sort_by(|a, b| b.stands_out.cmp(&a.stands_out).then(rank(b).total_cmp(&rank(a))));
    clusters
}

fn cluster(findings: &Findings<'_>, loss: &Loss, p_value: Option<f64>) -> ClusterRecord {
    let plan = findings.plan;
    let cell = &plan.cells[loss.cell];
    // Both must speak: the p-value is corrected for the many, the interval takes no shape of the resamples for granted.
    let stands_out = loss.excess_interval.is_some_and(|interval| interval.low > 0.0)
        && p_value.is_some_and(|p_value| p_value <= level(plan.confidence));
    ClusterRecord {
        model: plan.models[cell.model].name.clone(),
        dataset: plan.datasets[cell.dataset].name.clone(),
        condition: ConditionName::from(&plan.conditions[cell.condition].condition),
        slice: loss.slice.name.to_string(),
        clean: loss.clean,
        figure: loss.figure,
        drop: loss.drop(),
        interval: loss.interval,
        rest_drop: loss.rest_drop,
        excess: loss.excess(),
        excess_interval: loss.excess_interval,
        p_value,
        stands_out,
        images: if stands_out { images(findings, loss).unwrap_or_default() } else { Vec::new() },
    }
}

/// The images of a slice that lost most.
fn images(findings: &Findings<'_>, loss: &Loss) -> Option<Vec<ImageLoss>> {
    let Findings { plan, scorecard, .. } = findings;
    let cell = &plan.cells[loss.cell];
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let f1 = |cell: CellAt| -> Option<Vec<f64>> {
        let images = &scorecard.cells[cell].value()?.images;
        Some(images.iter().map(ImageScore::quality).collect())
    };
    let (before, mut after) = (f1(plan.clean_cell(cell.model, cell.dataset)?)?, f1(loss.cell)?);
    loss.slice.leave_out(&before, &mut after);
    Some(image_losses(&data.images, &before, &after, NAMED).into_iter().map(|(_, loss)| loss).collect())
}
