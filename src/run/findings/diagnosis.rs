//! Notes on models of which next to nothing fits the labels, or whose names are exchanged: what their numbers seem to mean
//! instead. They are broken: what cannot be judged by so little is their failure.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;

use image::RgbImage;

use super::all::Findings;
use super::cell::with_cell;
use super::class_diagnosis::{diagnose_classes, told};
use crate::answer::Answer;
use crate::condition::Condition;
use crate::detection::{Annotation, Category, Detection};
use crate::entry::find;
use crate::eval::{Diagnosis, Form, Mistake, Reading, diagnose};
use crate::failure::Measured;
use crate::metric::{self, Metric};
use crate::number::fixed;
use crate::plan::{Cell, Plan};
use crate::position::CellAt;
use crate::predict::Frame;
use crate::score::{CellData, CellTables, Content, Objects};
use crate::task::Task;

/// AP50 on clean images below which a model is broken there: detectors that are shipped have ten times as much, and a hundredth
/// or two is found by chance.
const BROKEN: f64 = 0.05;

/// AP50 of boxes whatever they are called, from which it is the names that are wrong.
const FITS: f64 = 0.3;

/// AP50 as it is, and with all categories taken as one.
type Precisions = (f64, f64);

/// What is wrong with a clean cell.
pub struct BrokenModel {
    /// Its position in the plan.
    pub cell: CellAt,
    /// A note for people, where something can be told.
    pub note: Option<String>,
    /// For the checks that it leaves nothing to judge by.
    pub verdict: String,
}

/// The clean ones of `cells` in which next to nothing is found of the objects there are, or in which the names are others.
pub fn broken_models(findings: &Findings<'_>, cells: &[CellAt]) -> Vec<BrokenModel> {
    let plan = findings.plan;
    let here = || clean(plan).filter(|(at, _)| cells.contains(at));
    match plan.task {
        Task::Detect => here().filter_map(|(at, cell)| broken_detector(findings, at, cell)).collect(),
        Task::Classify => here().filter_map(|(at, cell)| broken_classifier(findings, at, cell)).collect(),
    }
}

fn broken_classifier(findings: &Findings<'_>, at: CellAt, cell: &Cell) -> Option<BrokenModel> {
    let plan = findings.plan;
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let score = findings.scorecard.cells[at].value()?;
    let mistake = diagnose_classes(score.classes.as_ref()?, data.categories.len())?;
    let right = score.figure(metric::TOP1, None)?;
    let what = told(&mistake, right, &kind(plan, cell), |at| data.categories[at].name.clone());
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let verdict = format!("on clean images of `{dataset}`, `{model}` {what}");
    Some(BrokenModel { cell: at, note: Some(verdict.clone()), verdict })
}

fn broken_detector(findings: &Findings<'_>, at: CellAt, cell: &Cell) -> Option<BrokenModel> {
    let plan = findings.plan;
    let precision = precision(findings, at)?;
    let diagnosis = diagnosis(findings, at);
    if diagnosis.is_none() && precision >= BROKEN {
        return None;
    }
    let as_one = precision_as_one(findings, at);
    let note =
        diagnosis.as_ref().map(|diagnosis| note(plan, cell, diagnosis, as_one.map(|as_one| (precision, as_one))));
    let found = findings.predictions.cells[at].value();
    if found.is_some_and(|found| found.iter().all(|found| found.count() == 0)) {
        return Some(BrokenModel { cell: at, note, verdict: silent(plan, cell) });
    }
    Some(BrokenModel { cell: at, note, verdict: verdict(plan, cell, diagnosis, precision, as_one) })
}

fn diagnosis(findings: &Findings<'_>, at: CellAt) -> Option<Diagnosis> {
    let found = with_cell(findings, at, None, |_, data| {
        Measured::Value(match data.content {
            Content::Objects(Objects { annotations, detections, .. }) => {
                diagnose(data.images, data.categories, annotations, detections)
            }
            Content::Classes(_) => None,
        })
    });
    found.value().cloned().flatten()
}

/// AP50, of which every decimal counts here, whatever the metric of tables is.
fn map50() -> &'static Metric {
    find(metric::ALL, "map50").expect("`map50` is a metric")
}

fn precision(findings: &Findings<'_>, at: CellAt) -> Option<f64> {
    findings.scorecard.cells[at].value()?.figure(map50(), None)
}

/// AP50 with all categories taken as one.
fn precision_as_one(findings: &Findings<'_>, at: CellAt) -> Option<f64> {
    let found = with_cell(findings, at, None, |_, data| {
        let Content::Objects(objects) = data.content else { return Measured::Value(None) };
        let categories = [Category { id: 0, name: String::new() }];
        let annotations: Vec<Vec<Annotation>> = (0..data.images.len())
            .map(|image| {
                objects.annotations.of(image).iter().map(|one| Annotation { category_id: 0, ..one.clone() }).collect()
            })
            .collect();
        let detections: Vec<Vec<Detection>> = (0..data.images.len())
            .map(|image| {
                objects.detections.of(image).iter().map(|one| Detection { category_id: 0, ..one.clone() }).collect()
            })
            .collect();
        let as_one = CellData {
            categories: &categories,
            content: Content::Objects(Objects { annotations: &annotations, detections: &detections, ..objects }),
            stability: None,
            ..*data
        };
        Measured::Value(CellTables::new(&as_one).values(map50()).ok().and_then(|values| values.all))
    });
    found.value().copied().flatten()
}

/// What may be wrong with a model that finds nothing in any clean image.
fn silent(plan: &Plan, cell: &Cell) -> String {
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let way_out = match kind(plan, cell).as_str() {
        "onnx" => {
            format!(
                "is its `confidence` above every score? Else `windtunnel check --probe {}` tries other ways of making pictures ready",
                plan.file
            )
        }
        "precomputed" => "are the results those of these images?".to_owned(),
        _ => "is its `confidence` above every score, or what it is sent not what it takes?".to_owned(),
    };
    format!("`{model}` finds nothing at all on clean images of `{dataset}`: {way_out}")
}

/// What is wrong with a cell of that AP50, in words for the checks that it leaves nothing to judge by.
fn verdict(plan: &Plan, cell: &Cell, diagnosis: Option<Diagnosis>, precision: f64, as_one: Option<f64>) -> String {
    let kind = kind(plan, cell);
    let as_one = as_one.filter(|as_one| *as_one >= FITS);
    let why = match (diagnosis.map(|diagnosis| diagnosis.mistake), as_one) {
        (Some(Mistake::CountedFromZero), _) => format!("its categories look counted from 0: {}", recount(&kind, 0)),
        (Some(Mistake::CountedFromOne), _) => format!("its categories look counted from 1: {}", recount(&kind, 1)),
        (Some(Mistake::Boxes(reading)), _) => {
            let (words, format) = words(reading);
            format!("its boxes fit once they are read as {words}: {}", reread(&kind, format, reading.are_shares))
        }
        (Some(Mistake::Categories), as_one) => names_do_not(&kind, as_one),
        (None, Some(as_one)) => names_do_not(&kind, Some(as_one)),
        (None, None) if kind == "onnx" => {
            format!(
                "its boxes fit no label either: `windtunnel check --probe {}` tries other ways of making pictures ready",
                plan.file
            )
        }
        (None, None) => "its boxes fit no label either: are the answers those to these images?".to_owned(),
    };
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let begin = if precision < BROKEN { "finds next to nothing" } else { "is not measured by what it can" };
    format!("`{model}` {begin} on clean images of `{dataset}` (AP50 {}); {why}", fixed(precision, 3))
}

fn names_do_not(kind: &str, as_one: Option<f64>) -> String {
    let as_one = as_one.map(|as_one| format!(" (AP50 {} with all categories as one)", fixed(as_one, 3)));
    format!("boxes fit, names do not{}: {}", as_one.unwrap_or_default(), reorder(kind))
}

/// The same before a run, of models that answer without pictures: of result files.
pub fn diagnoses_of_results(plan: &Plan) -> Vec<String> {
    let diagnosed = |(_, cell): (CellAt, &Cell)| {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let predictor = model.state.as_ref().ok().filter(|predictor| !predictor.needs_pixels())?;
        let data = dataset.state.as_ref().ok()?;
        let answer = |image| {
            let frame = Frame::new(&dataset.name, image, &Condition::Clean, || Ok(Cow::Owned(RgbImage::new(1, 1))));
            match predictor.predict(&frame, &cell.categories, &AtomicBool::new(false)).ok()? {
                Answer::Objects(found) => Some(found),
                Answer::Scores(_) => None,
            }
        };
        let detections = data.images.iter().map(answer).collect::<Option<Vec<Vec<Detection>>>>()?;
        let diagnosis = diagnose(&data.images, &data.categories, &data.annotations, &detections)?;
        Some(note(plan, cell, &diagnosis, None))
    };
    clean(plan).filter_map(diagnosed).collect()
}

fn clean(plan: &Plan) -> impl Iterator<Item = (CellAt, &Cell)> {
    plan.cells.numbered().filter(|(_, cell)| plan.conditions[cell.condition].condition.is_clean())
}

fn kind(plan: &Plan, cell: &Cell) -> String {
    plan.models[cell.model].state.as_ref().map(|model| model.card().kind).unwrap_or_default()
}

fn note(plan: &Plan, cell: &Cell, diagnosis: &Diagnosis, precisions: Option<Precisions>) -> String {
    let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset].name);
    let kind = kind(plan, cell);
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
            "boxes of `{name}` fit the labels of `{dataset}`, names do not: boxes lie on {percent} % of the objects{}{}; are \
             the classes in another order? {}",
            called(plan, cell, diagnosis),
            precisions.map(compared).unwrap_or_default(),
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

/// `; AP50 0.003, and 0.712 with all categories as one`
fn compared((precision, as_one): Precisions) -> String {
    format!("; AP50 {}, and {} with all categories as one", fixed(precision, 3), fixed(as_one, 3))
}

/// Which category is called by whose name: the first few.
fn called(plan: &Plan, cell: &Cell, diagnosis: &Diagnosis) -> String {
    const NAMED: usize = 4;
    let Ok(data) = &plan.datasets[cell.dataset].state else { return String::new() };
    let name = |id: u64| data.categories.iter().find(|category| category.id == id).map_or("", |one| one.name.as_str());
    let mut pairs = diagnosis.called.iter().take(NAMED).map(|&(own, other)| (name(own), name(other)));
    let Some((own, other)) = pairs.next() else { return String::new() };
    let more: Vec<String> = pairs.map(|(own, other)| format!(", `{own}` `{other}`")).collect();
    let more = more.concat();
    let rest = diagnosis.called.len().saturating_sub(NAMED);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!(", where `{own}` is called `{other}`{more}{rest}")
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
        _ => {
            "write `labels` in the order of the model, or mend the dataset's list of names where that is the one out of order"
        }
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
