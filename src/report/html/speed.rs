//! Speed: what a call of each model takes, and what that buys: accuracy over latency.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::models::{clean, figure};
use super::words::{interval, mark_class, mark_outline, model_key, name, number, plain, wide};
use crate::record::{DatasetRecord, Record, SpeedRecord, with_itself};

/// The chart's inside, pixels: left, right, top, bottom.
const FRAME: [f64; 4] = [40.0, 470.0, 12.0, 220.0];

pub fn section(record: &Record) -> Option<Section> {
    let speeds = &record.times.speeds;
    let body = html! {
        @for dataset in record.evaluated() {
            @let here: Vec<&SpeedRecord> = speeds.iter().filter(|speed| speed.dataset == dataset.name).collect();
            @if !here.is_empty() {
                (wide(&format!("Speed on {}", dataset.name), &table(record, dataset, &here)))
                (chart(record, dataset, &here))
            }
        }
        p class="note" {
            "Calls that were made to be timed, the models in turn, on the machine that this run was on."
            @if has_accuracy(record) {
                " Filled marks: clean " (plain(&record.spec.metric)) "; below each, where there are perturbations, their mean "
                "(mPC). Whiskers: intervals over resampled calls."
            }
        }
    };
    (!speeds.is_empty()).then_some(Section {
        id: "speed",
        title: if has_accuracy(record) { "Accuracy over latency" } else { "Latency" },
        body,
    })
}

/// Whether the metric of tables says how right a model is: clean answers always agree with themselves.
fn has_accuracy(record: &Record) -> bool {
    with_itself(&record.spec.metric).is_none()
}

fn position(record: &Record, speed: &SpeedRecord) -> usize {
    record.models.iter().position(|model| model.name == speed.model).unwrap_or_default()
}

fn table(record: &Record, dataset: &DatasetRecord, speeds: &[&SpeedRecord]) -> Markup {
    let heads = [
        "Median, ms",
        "Interval",
        "95th, ms",
        "Pictures a second",
        "Preprocessing (mean)",
        "Inference (mean)",
        "Postprocessing (mean)",
    ];
    html! {
        table {
            caption { "Time of a call on clean pictures of " (name(&dataset.name)) }
            thead { tr {
                th scope="col" { "Model" }
                @for head in heads { th scope="col" class="num" { (head) } }
                th scope="col" class="num" { "Calls" }
            } }
            tbody { @for speed in speeds { tr {
                th scope="row" { (model_key(position(record, speed), &speed.model)) }
                td class="num" { (number(Some(speed.latency_p50), 2)) }
                td class="num" { (interval(speed.interval, 2)) }
                td class="num" { (number(speed.latency_p95, 2)) }
                td class="num" { (number(Some(speed.throughput), 1)) }
                td class="num" { (number(Some(speed.preprocess), 2)) }
                td class="num" { (number(Some(speed.inference), 2)) }
                td class="num" { (number(Some(speed.decode), 2)) }
                td class="num" { (speed.calls) @if speed.batch > 1 { " of " (speed.batch) } }
            } } }
        }
    }
}

/// A model's place: milliseconds, the clean figure, and the mean under perturbation.
struct Place<'r> {
    model: usize,
    speed: &'r SpeedRecord,
    clean: f64,
    perturbed: Option<f64>,
}

impl Place<'_> {
    fn told(&self) -> String {
        let perturbed = self.perturbed.map(|figure| format!(", mPC {}", number(Some(figure), 3))).unwrap_or_default();
        format!(
            "{}: {} ms, clean {}{perturbed}",
            self.speed.model,
            number(Some(self.speed.latency_p50), 2),
            number(Some(self.clean), 3)
        )
    }
}

fn chart(record: &Record, dataset: &DatasetRecord, speeds: &[&SpeedRecord]) -> Markup {
    let place = |speed: &&'_ SpeedRecord| {
        let found = record.robustness.iter().find(|one| one.model == speed.model && one.dataset == dataset.name);
        let clean = figure(record, clean(record, &speed.model, &dataset.name)?)?;
        Some((position(record, speed), clean, found.and_then(|found| found.mpc)))
    };
    let places: Vec<Place<'_>> = speeds
        .iter()
        .filter_map(|speed| {
            let (model, clean, perturbed) = place(speed)?;
            Some(Place { model, speed, clean, perturbed })
        })
        .collect();
    if places.is_empty() || !has_accuracy(record) {
        return html! {};
    }
    let [left, right, top, bottom] = FRAME;
    let across = Axis::from_zero(places.iter().flat_map(|place| {
        place.speed.interval.map(|interval| interval.high).into_iter().chain([place.speed.latency_p50])
    }));
    let up = Axis::from_zero(places.iter().map(|place| place.clean));
    // The axis is made to be tall: turned, what is low stands left.
    let x = |value: f64| tenth(left + right - across.height(value, left, right));
    let y = |value: f64| tenth(up.height(value, top, bottom));
    let label = places.iter().map(Place::told).collect::<Vec<_>>().join("; ");
    html! {
        figure class="tradeoff" {
            svg viewBox="0 0 480 260" role="img" aria-label=(plain(&label)) {
                @for value in up.ticks() {
                    line class="grid" x1=(left) x2=(right) y1=(y(value)) y2=(y(value)) {}
                    text x=(left - 5.0) y=(tenth(y(value) + 3.5)) text-anchor="end" { ((value * 1000.0).round() / 1000.0) }
                }
                @for (value, anchor) in across.ticks().into_iter().zip(["start", "middle", "end"]) {
                    text x=(x(value)) y=(bottom + 16.0) text-anchor=(anchor) { ((value * 1000.0).round() / 1000.0) }
                }
                text x=(left + 4.0) y=(top + 12.0) { (plain(&record.spec.metric)) }
                text x=(f64::midpoint(left, right)) y=(bottom + 34.0) text-anchor="middle" { "median of a call, ms" }
                @for place in &places {
                    g class={ "curve " (mark_class(place.model)) } {
                        title { (plain(&place.told())) }
                        @if let Some(interval) = place.speed.interval {
                            path class="whisker" d=(format!("M{} {}H{}", x(interval.low), y(place.clean), x(interval.high))) {}
                        }
                        @if let Some(perturbed) = place.perturbed {
                            path class="whisker" d=(format!("M{0} {1}V{2}", x(place.speed.latency_p50), y(place.clean), y(perturbed))) {}
                            circle class="hollow" cx=(x(place.speed.latency_p50)) cy=(y(perturbed)) r="4" {}
                        }
                        path class="mark" transform={ "translate(" (x(place.speed.latency_p50)) " " (y(place.clean)) ")" } d=(mark_outline(place.model)) {}
                    }
                }
            }
        }
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
