//! Slices of a plan's datasets, and the figures of cells on those that cases name.

use super::all::Findings;
use super::cell::with_cell;
use super::drawn::SliceFigures;
use crate::detection::Size;
use crate::eval::Resamples;
use crate::failure::{Failure, FailureKind, Measured};
use crate::metric::Metric;
use crate::plan::{Plan, population};
use crate::position::{CellAt, DatasetAt};
use crate::score::{CellData, CellTables, Side, SlicedFigure, SlicedTables};
use crate::slice::{Attribute, Extent, MIN_IMAGES, MIN_OBJECTS, Population, Slice, SliceName, cut};

/// The slices that `attribute` makes of a dataset; none of one that cannot be used, or whose images nobody looked at.
pub fn slices(findings: &Findings<'_>, dataset: DatasetAt, attribute: &'static Attribute) -> Vec<Slice> {
    let Ok(data) = &findings.plan.datasets[dataset].state else { return Vec::new() };
    cut(attribute, &Population { looks: findings.predictions.looks[dataset].as_deref(), ..population(data) })
}

/// The sizes of a cell's pictures, image by image.
pub fn frames(plan: &Plan, cell: CellAt, data: &CellData<'_>) -> Vec<Size> {
    let planned = plan.condition_of(cell);
    data.images.iter().map(|image| planned.size(image.size())).collect()
}

/// Why a slice of so many images, and objects if those count, is too small to be judged.
pub fn too_small(images: usize, objects: Option<usize>) -> Option<String> {
    if images < MIN_IMAGES {
        return Some(format!("{images} images, of at least {MIN_IMAGES}"));
    }
    let objects = objects.filter(|objects| *objects < MIN_OBJECTS)?;
    Some(format!("{objects} objects, of at least {MIN_OBJECTS}"))
}

/// The figures of a metric of a cell on the slice called `name`, with as many resamples as the plan asks for.
pub fn slice_figures(
    findings: &Findings<'_>,
    (cell, metric, name): (CellAt, &Metric, &SliceName),
    seed: u64,
) -> Measured<SliceFigures> {
    let plan = findings.plan;
    let dataset = plan.cells[cell].dataset;
    let failed = |kind, message: String| Measured::Failed(Failure::new(kind, message));
    let measure = |tables: &CellTables<'_>, data: &CellData<'_>| {
        let found = slices(findings, dataset, name.attribute).into_iter().find(|slice| slice.name == *name);
        let Some(slice) = found else {
            let dataset = &plan.datasets[dataset].name;
            return failed(FailureKind::Vacuous, format!("nothing of dataset `{dataset}` is in slice `{name}`"));
        };
        if let Some(few) = too_small(slice.images(), metric.needs_objects().then_some(slice.objects)) {
            return failed(FailureKind::Vacuous, format!("slice `{name}` is too small to judge: {few}"));
        }
        let resamples = Resamples::new(data.images.len(), plan.resamples, seed);
        // COCO's figures alone know single objects; all others are measured on the images of the slice.
        let figures = match (slice.extent, SlicedFigure::of(metric)) {
            (Extent::Objects(_), Some(figure @ SlicedFigure::Coco(_))) => {
                SlicedTables::build(data, &frames(plan, cell, data), &[name.attribute]).map(|tables| {
                    let draws = tables.draws(figure, &slice, Side::Inside, &resamples);
                    (tables.values(figure, &slice, Side::Inside), draws)
                })
            }
            (Extent::Objects(_) | Extent::Images | Extent::Category(_), _) => {
                tables.on_images(metric, &slice.has, &resamples)
            }
        };
        match figures {
            Ok((values, draws)) => {
                let draws = draws.into_iter().map(|draw| findings.read_of(metric, draw)).collect();
                Measured::Value(SliceFigures { slice, values, draws })
            }
            Err(error) => failed(FailureKind::Inference, format!("the detections cannot be scored: {error}")),
        }
    };
    let stability = findings.scorecard.cells[cell].value().and_then(|score| score.stability.as_deref());
    with_cell(findings, cell, stability, measure)
}
