//! Glimpses: a few clean images of a dataset with what each model found on them. Figures of agreement do not tell whether a
//! model finds what it should; somebody who looks does. Nothing is asked for them: the answers are those of the clean cells.

use rayon::prelude::*;

use super::exhibit::{Exhibit, Picture};
use super::gallery::{LONGER_SIDE, QUALITY, scaled};
use super::samples::SAMPLES;
use super::shots::{Pane, Shots, Truth};
use crate::dataset::Dataset;
use crate::draw::jpeg_of_quality;
use crate::position::DatasetAt;
use crate::record::{GlimpseRecord, ShotRecord};
use crate::run::context::Context;
use crate::run::execute::image_file::decode;
use crate::run::findings::Findings;
use crate::task::Task;

/// Images of a dataset: two rows of two on a wide screen.
const MOST: usize = 4;

/// Boxes on an image without labels: more hide the picture, and a model that says all it thinks of says 300.
const BOXES: usize = 60;

/// The glimpses of every dataset, with their pictures. A dataset with labels has some where no case shows images of it.
pub fn glimpses(
    findings: &Findings<'_>,
    exhibits: &[Exhibit],
    context: &Context<'_>,
) -> (Vec<GlimpseRecord>, Vec<Picture>) {
    let plan = findings.plan;
    let has_gallery = |dataset: DatasetAt| {
        plan.cases.iter().zip(exhibits).any(|(case, shown)| case.dataset == dataset && shown.gallery.is_some())
    };
    let datasets = plan.datasets.numbered().filter_map(|(at, planned)| Some((at, planned.state.as_ref().ok()?)));
    datasets
        .filter(|(at, data)| !data.is_labelled || !has_gallery(*at))
        .flat_map(|(at, data)| of_dataset(findings, at, data, context))
        .unzip()
}

fn of_dataset(
    findings: &Findings<'_>,
    dataset: DatasetAt,
    data: &Dataset,
    context: &Context<'_>,
) -> Vec<(GlimpseRecord, Picture)> {
    let truth = if data.is_labelled { Truth::Labels } else { Truth::Nothing };
    let shots = Shots { findings, data, category: None, truth };
    let clean = findings.plan.models.positions().filter_map(|model| findings.plan.clean_cell(model, dataset));
    let panes: Vec<Pane> =
        clean.filter(|cell| findings.predictions.cells[*cell].value().is_some()).map(Pane::Cell).collect();
    if panes.is_empty() {
        return Vec::new();
    }
    let name = &findings.plan.datasets[dataset].name;
    let glimpse = |image: usize| glimpse(&shots, &panes, name, image);
    context.threads.spread(|| chosen(&shots, &panes).into_par_iter().filter_map(glimpse).collect())
}

/// Images spread over the dataset, in its order: the first of each part that shows something. Of those without labels one is
/// an image on which a model finds nothing, if there is any: somebody sees whether there is nothing.
fn chosen(shots: &Shots<'_>, panes: &[Pane]) -> Vec<usize> {
    let all = shots.data.images.len();
    let parts = MOST.min(all);
    let start = |part: usize| part * all / parts;
    let silent = |image: usize| panes.iter().filter(|pane| is_silent(shots, pane, image)).count();
    let shows = |image: &usize| match shots.truth {
        Truth::Nothing => silent(*image) < panes.len(),
        Truth::Labels | Truth::CleanAnswers | Truth::Reference(_) => !shots.data.annotations[*image].is_empty(),
    };
    let first = |part: usize| (start(part)..start(part + 1)).find(shows).unwrap_or(start(part));
    let mut chosen: Vec<usize> = (0..parts).map(first).collect();
    let is_asked = shots.truth == Truth::Nothing && shots.findings.plan.task == Task::Detect;
    if is_asked && !chosen.iter().any(|image| silent(*image) > 0) {
        // An image on which another model finds something says more than one that may be empty.
        let is_disputed = |image: &usize| (1..panes.len()).contains(&silent(*image));
        // The last one, so that what is found comes first.
        if let Some(image) = (0..all).rfind(is_disputed).or_else(|| (0..all).rfind(|image| silent(*image) > 0)) {
            let part = (0..parts).rfind(|part| start(*part) <= image).unwrap_or_default();
            chosen[part] = image;
        }
    }
    chosen
}

fn is_silent(shots: &Shots<'_>, pane: &Pane, image: usize) -> bool {
    shots.seen(pane, image).is_none_or(|seen| seen.claims().is_empty())
}

fn glimpse(shots: &Shots<'_>, panes: &[Pane], dataset: &str, image: usize) -> Option<(GlimpseRecord, Picture)> {
    let pixels = shots.picture(panes.first()?.cell(), image, &decode(&shots.data.images[image]).ok()?);
    let (width, height) = pixels.dimensions();
    let path = format!("{SAMPLES}/found/{dataset}.{image}.jpg");
    let bytes = jpeg_of_quality(&scaled(&pixels, LONGER_SIDE), QUALITY)?;
    let shot = |pane: &Pane| {
        let mut boxes = shots.boxes(pane, image)?;
        if shots.truth == Truth::Nothing {
            boxes.truncate(BOXES);
        }
        Some(ShotRecord {
            model: shots.model(pane),
            condition: shots.condition(pane),
            picture: path.clone(),
            width,
            height,
            quality: shots.told_quality(pane, image)?,
            boxes,
            below: Vec::new(),
        })
    };
    let record = GlimpseRecord {
        dataset: dataset.to_owned(),
        file_name: shots.data.images[image].file_name.clone(),
        shots: panes.iter().map(shot).collect::<Option<_>>()?,
    };
    Some((record, Picture { path, bytes }))
}
