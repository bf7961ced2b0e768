//! Samples: one image of each dataset under every condition, so that a run in which nothing failed has pictures, too.

use image::RgbImage;
use rayon::prelude::*;

use super::exhibit::Picture;
use super::gallery::{LONGER_SIDE, scaled};
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::draw::jpeg_of_quality;
use crate::plan::Plan;
use crate::position::{ConditionAt, DatasetAt};
use crate::record::SampleRecord;
use crate::run::context::Context;
use crate::run::execute::image_file::decode;

/// The folder of the samples, beside the record.
pub const SAMPLES: &str = "samples";

/// Samples of a dataset: as many as fill a screen.
const MOST: usize = 30;

/// Samples of a dataset of large pictures, whatever they cost.
const LEAST: usize = 6;

/// Pixels that are perturbed for the samples of a dataset: at 50 ns for each, which most perturbations stay below, a second.
const PIXELS: u64 = 20_000_000;

/// JPEG quality, and the longer side where they are shown side by side: what was done to the picture shows.
const QUALITY: u8 = 72;
const SIDE: u32 = LONGER_SIDE / 2;

/// The samples of every dataset that models are run on, with their pictures. A dataset whose image cannot be decoded has none:
/// what is wrong with it is told elsewhere.
pub fn samples(plan: &Plan, context: &Context<'_>) -> (Vec<SampleRecord>, Vec<Picture>) {
    let of_dataset = |(at, data): (DatasetAt, &Dataset)| of_dataset(plan, at, data, context);
    let datasets = plan.datasets.numbered().filter(|(_, planned)| planned.is_evaluated);
    datasets
        .filter_map(|(at, planned)| Some((at, planned.state.as_ref().ok()?)))
        .filter_map(of_dataset)
        .flatten()
        .unzip()
}

fn of_dataset(
    plan: &Plan,
    dataset: DatasetAt,
    data: &Dataset,
    context: &Context<'_>,
) -> Option<Vec<(SampleRecord, Picture)>> {
    let at = typical(data)?;
    let pixels = decode(&data.images[at]).ok()?;
    let cost = u64::from(pixels.width()) * u64::from(pixels.height());
    let most = usize::try_from(PIXELS / cost.max(1)).unwrap_or(MOST).clamp(LEAST, MOST);
    let shown = chosen(plan, dataset, most);
    let sample = |&condition: &ConditionAt| sample(plan, (dataset, data, at), condition, &pixels);
    Some(context.threads.spread(|| shown.par_iter().filter_map(sample).collect()))
}

/// The first of the images with objects, on which harm can be seen; of none, the first.
fn typical(data: &Dataset) -> Option<usize> {
    let with_objects = data.annotations.iter().position(|labels| !labels.is_empty());
    with_objects.or((!data.images.is_empty()).then_some(0))
}

/// The conditions of a dataset, clean first: all, or the strongest level of each perturbation where they are many.
fn chosen(plan: &Plan, dataset: DatasetAt, most: usize) -> Vec<ConditionAt> {
    let is_run =
        |condition: &ConditionAt| plan.cells.iter().any(|cell| (cell.dataset, cell.condition) == (dataset, *condition));
    let is_clean = |at: ConditionAt| plan.conditions[at].condition == Condition::Clean;
    let all: Vec<ConditionAt> = plan.conditions.positions().filter(|at| is_clean(*at) || is_run(at)).collect();
    if all.len() <= most {
        return all;
    }
    let perturbation = |at: ConditionAt| plan.conditions[at].condition.perturbation();
    let is_last = |at: &ConditionAt| {
        is_clean(*at) || !all.iter().any(|other| other > at && perturbation(*other) == perturbation(*at))
    };
    all.iter().copied().filter(is_last).take(most).collect()
}

fn sample(
    plan: &Plan,
    (dataset, data, image): (DatasetAt, &Dataset, usize),
    condition: ConditionAt,
    pixels: &RgbImage,
) -> Option<(SampleRecord, Picture)> {
    let planned = &plan.conditions[condition];
    let picture = scaled(&planned.picture(plan.seed, &data.images[image], pixels, &data.boxes(image)), SIDE);
    let dataset = &plan.datasets[dataset].name;
    let path = format!("{SAMPLES}/{dataset}.{}.jpg", planned.condition);
    let (width, height) = picture.dimensions();
    let bytes = jpeg_of_quality(&picture, QUALITY)?;
    let record = SampleRecord {
        dataset: dataset.clone(),
        condition: (&planned.condition).into(),
        file_name: data.images[image].file_name.clone(),
        picture: path.clone(),
        width,
        height,
    };
    Some((record, Picture { path, bytes }))
}
