//! Notes on models of which next to nothing is found: what their numbers seem to mean instead.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;

use image::RgbImage;

use super::execute::Predictions;
use super::score::with_cell;
use crate::condition::Condition;
use crate::detection::Detection;
use crate::eval::{Diagnosis, Form, Mistake, Reading, diagnose};
use crate::failure::Measured;
use crate::plan::{Cell, Plan};
use crate::predict::Frame;

/// What can be said of the clean cells of a run.
pub fn diagnoses(plan: &Plan, predictions: &Predictions) -> Vec<String> {
    let diagnosed = |(at, cell): (usize, &Cell)| {
        let found = with_cell(plan, predictions, at, None, |_, data| {
            Measured::Value(diagnose(data.images, data.categories, data.annotations, data.detections))
        });
        found.value().copied().flatten().map(|diagnosis| note(plan, cell, &diagnosis))
    };
    clean(plan).filter_map(diagnosed).collect()
}

/// The same before a run, of models that answer without pictures: of result files.
#[must_use]
pub fn diagnoses_of_results(plan: &Plan) -> Vec<String> {
    let diagnosed = |(_, cell): (usize, &Cell)| {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let predictor = model.state.as_ref().ok().filter(|predictor| !predictor.needs_pixels())?;
        let data = dataset.state.as_ref().ok()?;
        let answer = |image| {
            let frame = Frame::new(&dataset.name, image, &Condition::Clean, || Ok(Cow::Owned(RgbImage::new(1, 1))));
            predictor.predict(&frame, &cell.categories, &AtomicBool::new(false)).ok()
        };
        let detections = data.images.iter().map(answer).collect::<Option<Vec<Vec<Detection>>>>()?;
        let diagnosis = diagnose(&data.images, &data.categories, &data.annotations, &detections)?;
        Some(note(plan, cell, &diagnosis))
    };
    clean(plan).filter_map(diagnosed).collect()
}

fn clean(plan: &Plan) -> impl Iterator<Item = (usize, &Cell)> {
    plan.cells.iter().enumerate().filter(|(_, cell)| plan.conditions[cell.condition].condition.is_clean())
}

fn note(plan: &Plan, cell: &Cell, diagnosis: &Diagnosis) -> String {
    let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset].name);
    let kind = model.state.as_ref().map(|model| model.card().kind).unwrap_or_default();
    let percent = (100.0 * diagnosis.found).round();
    let name = &model.name;
    let begin = format!("next to nothing of `{name}` fits the labels of `{dataset}`, but");
    match diagnosis.mistake {
        Mistake::CountedFromZero => format!(
            "{begin} boxes lie on {percent} % of the objects, with categories one below: they look counted from 0; {}",
            recount(&kind, 0)
        ),
        Mistake::CountedFromOne => format!(
            "{begin} boxes lie on {percent} % of the objects, with categories one above: they look counted from 1; {}",
            recount(&kind, 1)
        ),
        Mistake::Categories => format!(
            "{begin} boxes lie on {percent} % of the objects, with other categories: are the classes in another order? {}",
            reorder(&kind)
        ),
        Mistake::Boxes(reading) => {
            let (words, format) = words(reading);
            format!(
                "{begin} boxes lie on {percent} % of the objects once their numbers are read as {words}; {}",
                reread(&kind, format, reading.are_shares)
            )
        }
    }
}

fn recount(kind: &str, first: u8) -> String {
    match kind {
        "precomputed" => format!("if they are, set `first_label = {first}`"),
        "onnx" => format!("compare its classes with `labels`, and set `first_label = {}`", 1 - first),
        _ => "compare its classes with `labels`".to_owned(),
    }
}

fn reorder(kind: &str) -> &'static str {
    match kind {
        "precomputed" => "compare `category_id` in the results with `categories` in the labels",
        _ => "write `labels` in the order of the model",
    }
}

/// In words, and as `box_format` has it.
fn words(reading: Reading) -> (&'static str, Option<&'static str>) {
    let (pixels, shares, format) = match reading.form {
        Form::Xywh => ("left, top, width, height in pixels", "left, top, width, height in shares", Some("xywh")),
        Form::Xyxy => ("left, top, right, bottom", "left, top, right, bottom in shares", Some("xyxy")),
        Form::Cxcywh => ("centre, width, height", "centre, width, height in shares", Some("cxcywh")),
        Form::Yxhw => ("top, left, height, width", "top, left, height, width in shares", None),
        Form::Yxyx => ("top, left, bottom, right", "top, left, bottom, right in shares", None),
    };
    (if reading.are_shares { shares } else { pixels }, format)
}

fn reread(kind: &str, format: Option<&str>, are_shares: bool) -> String {
    let unit = if are_shares { " and `unit = \"unit\"`" } else { "" };
    match (kind, format) {
        ("precomputed" | "http", Some(format)) => format!("if they are, set `box_format = \"{format}\"`{unit}"),
        ("onnx", _) => "try `windtunnel check --probe`, or another `decoder`".to_owned(),
        _ => "write left, top, width, height in pixels".to_owned(),
    }
}
