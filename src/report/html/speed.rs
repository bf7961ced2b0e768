//! Speed: what a call of each model takes, and what that buys: accuracy over latency.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{interval, mark_class, mark_outline, model_key, name, number, plain, wide};
use crate::record::{AccuracyOverLatency, DatasetRecord, Record, SpeedRecord};

/// The chart's inside, pixels: left, right, top, bottom.
const FRAME: [f64; 4] = [40.0, 470.0, 12.0, 220.0];

pub fn section(record: &Record) -> Option<Section> {
    let speeds = &record.times.speeds;
    let body = html! {
        @for dataset in record.evaluated() {
            @let here: Vec<&SpeedRecord> = speeds.iter().filter(|speed| speed.dataset == dataset.name).collect();
            @if !here.is_empty() {
                (wide(&format!("Speed on {}", dataset.name), &table(record, dataset, &here)))
                (chart(record, dataset))
            }
        }
        p class="note" {
            "Calls that were made to be timed, the models in turn, on the machine that this run was on."
            @if record.has_accuracy() {
                " Filled marks: clean " (plain(&record.spec.metric)) "; below each, where there are perturbations, their mean "
                "(mPC). Whiskers: intervals over resampled calls."
            }
        }
    };
    (!speeds.is_empty()).then_some(Section {
        id: "speed",
        title: if record.has_accuracy() { "Accuracy over latency" } else { "Latency" },
        body,
    })
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

/// A model's place in words.
fn told(place: &AccuracyOverLatency<'_>) -> String {
    let perturbed = place.perturbed.map(|figure| format!(", mPC {}", number(Some(figure), 3))).unwrap_or_default();
    format!(
        "{}: {} ms, clean {}{perturbed}",
        place.speed.model,
        number(Some(place.speed.latency_p50), 2),
        number(Some(place.clean), 3)
    )
}

fn chart(record: &Record, dataset: &DatasetRecord) -> Markup {
    let places = record.accuracy_over_latency(&dataset.name);
    if places.is_empty() {
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
    let label = places.iter().map(told).collect::<Vec<_>>().join("; ");
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
                        title { (plain(&told(place))) }
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
