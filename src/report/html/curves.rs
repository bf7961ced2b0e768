//! Degradation curves: the figure over the levels of each perturbation that has several, a small chart each.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::heat::{Ladder, ladders, units};
use super::models::{cell, clean, figure, has_figures};
use super::words::{interval, mark_class, mark_outline, model_key, name, number, plain};
use crate::condition::CLEAN;
use crate::record::{CellRecord, DatasetRecord, Interval, Record};
use crate::report::text::counted;

/// The chart's inside, pixels: left, right, top, bottom.
const FRAME: [f64; 4] = [30.0, 248.0, 10.0, 120.0];

pub fn section(record: &Record) -> Option<Section> {
    let ladders: Vec<Ladder<'_>> = ladders(record).into_iter().filter(|ladder| ladder.steps.len() > 1).collect();
    let body = html! {
        p class="keys" { @for (at, model) in record.models.iter().enumerate() { (model_key(at, &model.name)) } }
        p class="note" { (plain(&record.spec.metric)) " over the levels of each perturbation" (whiskers(record))
            @if record.cells.iter().any(|cell| cell.accepted.is_some()) { " Dashed: the baseline." } }
        @for dataset in record.evaluated() {
            @let axis = axis(record, dataset);
            @if record.evaluated().count() > 1 { h3 { (name(&dataset.name)) } }
            div class="multiples" { @for ladder in &ladders { (chart(record, dataset, ladder, axis)) } }
        }
    };
    (!ladders.is_empty() && has_figures(record)).then_some(Section { id: "curves", title: "Degradation", body })
}

/// What whiskers stand for, where there are any.
pub fn whiskers(record: &Record) -> String {
    let has_any = record.cells.iter().any(|cell| cell.interval.is_some());
    let level = 100.0 * record.spec.confidence;
    if has_any { format!("; whiskers are {level:.0}\u{a0}% intervals over resampled images.") } else { ".".to_owned() }
}

/// The axis for all figures of a dataset.
pub fn axis(record: &Record, dataset: &DatasetRecord) -> Axis {
    let cells = record.cells.iter().filter(|cell| cell.dataset == dataset.name);
    Axis::from_zero(
        cells.flat_map(|cell| {
            figure(record, cell).into_iter().chain(cell.interval.map(|i| i.high)).chain(cell.accepted)
        }),
    )
}

/// The levels along a chart, `None` for clean: by their numbers, clean before all of them where they lie on one side of 0
/// (the weakest next to it), else between those below and above it.
fn rungs<'r>(ladder: &Ladder<'r>) -> Vec<Option<(&'r str, &'r str)>> {
    let value = |step: &(&str, &str)| step.0.parse::<f64>().ok();
    let mut steps = ladder.steps.clone();
    let Some(values) = steps.iter().map(value).collect::<Option<Vec<f64>>>() else {
        return std::iter::once(None).chain(steps.into_iter().map(Some)).collect();
    };
    let below = values.iter().filter(|value| **value < 0.0).count();
    let is_two_sided = below > 0 && below < values.len();
    let place = |step: &(&str, &str)| {
        let value = value(step).unwrap_or_default();
        if is_two_sided { value } else { value.abs() }
    };
    steps.sort_by(|one, other| place(one).total_cmp(&place(other)));
    let mut rungs: Vec<Option<(&str, &str)>> = steps.into_iter().map(Some).collect();
    rungs.insert(if is_two_sided { below } else { 0 }, None);
    rungs
}

/// A point of a curve.
struct CurvePoint<'r> {
    x: f64,
    level: &'r str,
    figure: f64,
    interval: Option<Interval>,
    /// What the baseline holds of it.
    accepted: Option<f64>,
}

fn points<'r>(record: &'r Record, dataset: &str, model: &str, ladder: &Ladder<'r>) -> Vec<CurvePoint<'r>> {
    let point = |at: usize, level: &'r str, cell: Option<&CellRecord>| {
        let cell = cell?;
        let x = FRAME[0] + 10.0 + at as f64 * (FRAME[1] - FRAME[0] - 20.0) / ladder.steps.len() as f64;
        Some(CurvePoint { x, level, figure: figure(record, cell)?, interval: cell.interval, accepted: cell.accepted })
    };
    let points = rungs(ladder).into_iter().enumerate().filter_map(|(at, rung)| match rung {
        None => point(at, CLEAN, clean(record, model, dataset)),
        Some((level, condition)) => point(at, level, cell(record, model, dataset, condition)),
    });
    points.collect()
}

fn chart(record: &Record, dataset: &DatasetRecord, ladder: &Ladder<'_>, axis: Axis) -> Markup {
    let curves: Vec<Vec<CurvePoint<'_>>> =
        record.models.iter().map(|model| points(record, &dataset.name, &model.name, ladder)).collect();
    let told = record.models.iter().zip(&curves).map(|(model, points)| describe(&model.name, points));
    let label = format!("{}: {}", ladder.perturbation, told.collect::<Vec<_>>().join("; "));
    html! {
        figure {
            figcaption {
                (name(ladder.perturbation)) " "
                @let units = ladder.steps.first().map(|(_, condition)| units(record, condition)).unwrap_or_default();
                @if !units.is_empty() { small { (units) } }
            }
            svg viewBox="0 0 260 140" role="img" aria-label=(plain(&label)) {
                (frame(&axis, ladder))
                @for (at, points) in curves.iter().enumerate() { g class={ "curve " (mark_class(at)) } { (curve(&axis, at, points)) } }
            }
            p class="breaks" { (breaks(record, dataset, ladder)) }
        }
    }
}

fn describe(model: &str, points: &[CurvePoint<'_>]) -> String {
    format!("{model}: {}", points.iter().map(level_of).collect::<Vec<_>>().join(", "))
}

/// `3 0.351 (0.310 to 0.390, baseline 0.360)`
fn level_of(point: &CurvePoint<'_>) -> String {
    let accepted = point.accepted.map(|accepted| format!("baseline {}", number(Some(accepted), 3)));
    let beside: Vec<String> =
        [interval(point.interval, 3)].into_iter().chain(accepted).filter(|one| !one.is_empty()).collect();
    match beside[..] {
        [] => format!("{} {}", point.level, number(Some(point.figure), 3)),
        _ => format!("{} {} ({})", point.level, number(Some(point.figure), 3), beside.join(", ")),
    }
}

fn frame(axis: &Axis, ladder: &Ladder<'_>) -> Markup {
    let [left, right, top, bottom] = FRAME;
    let step = (right - left - 20.0) / ladder.steps.len() as f64;
    html! {
        @for value in axis.ticks() {
            @let y = axis.height(value, top, bottom);
            line class="grid" x1=(left) x2=(right) y1=(tenth(y)) y2=(tenth(y)) {}
            text x=(left - 4.0) y=(tenth(y + 3.5)) text-anchor="end" { ((value * 1000.0).round() / 1000.0) }
        }
        @for (at, rung) in rungs(ladder).into_iter().enumerate() {
            @let level = rung.map_or(CLEAN, |(level, _)| level);
            text x=(tenth(left + 10.0 + at as f64 * step)) y=(bottom + 15.0) text-anchor="middle" { (plain(level)) }
        }
    }
}

fn curve(axis: &Axis, model: usize, points: &[CurvePoint<'_>]) -> Markup {
    let [.., top, bottom] = FRAME;
    let y = |value: f64| tenth(axis.height(value, top, bottom));
    let line = points.iter().map(|point| format!("{},{}", tenth(point.x), y(point.figure)));
    let accepted: Option<Vec<String>> =
        points.iter().map(|point| Some(format!("{},{}", tenth(point.x), y(point.accepted?)))).collect();
    html! {
        @if let Some(accepted) = accepted { polyline class="accepted" stroke-dasharray="3 4" points=(accepted.join(" ")) {} }
        polyline points=(line.collect::<Vec<_>>().join(" ")) {}
        @for point in points {
            @if let Some(interval) = point.interval {
                path class="whisker" d=(format!("M{0} {1}V{2}M{3} {1}h6M{3} {2}h6", tenth(point.x), y(interval.high), y(interval.low), tenth(point.x - 3.0))) {}
            }
            path class="mark" transform={ "translate(" (tenth(point.x)) " " (y(point.figure)) ")" } d=(mark_outline(model)) { title { (level_of(point)) } }
        }
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Where each model breaks.
fn breaks(record: &Record, dataset: &DatasetRecord, ladder: &Ladder<'_>) -> String {
    let here = record.robustness.iter().filter(|found| found.dataset == dataset.name);
    let told = here.filter_map(|found| {
        let point = found.breaking_points.iter().find(|point| point.perturbation == ladder.perturbation)?;
        let lost: usize = point.first_lost.values().sum();
        let lost = format!("objects lost in {}", counted(lost, "image"));
        Some(match point.severity {
            Some(severity) => format!("{}: half is lost at {severity:.1}, {lost}", plain(&found.model)),
            None => format!("{}: keeps more than half, {lost}", plain(&found.model)),
        })
    });
    told.collect::<Vec<_>>().join("; ")
}
