//! A | B: two models side by side, with the difference and how sure it is.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{model_key, name, number, plain, signed, signed_interval, wide};
use crate::record::{Comparison, Difference, Record};
use crate::report::text::counted;

/// Risk is told from 0 to 100, everything beside it as it is.
const RISK: &str = "risk";

pub fn section(record: &Record) -> Option<Section> {
    let body = html! {
        p class="note" {
            "Both on the same images. The difference is the second minus the first; where its interval leaves out 0, these images "
            "show which of the two is better."
        }
        @for (at, found) in record.comparisons.iter().enumerate() {
            details open[at == 0] {
                summary { (name(&found.one)) " | " (name(&found.other)) " on " (name(&found.dataset)) ", " (counted(found.images, "image")) }
                p class="advice" { (plain(&found.recommendation)) }
                (wide(&format!("{} against {} on {}", found.one, found.other, found.dataset), &table(record, found)))
                @for note in &found.notes { p class="note" { (plain(note)) } }
            }
        }
    };
    (!record.comparisons.is_empty()).then_some(Section { id: "side-by-side", title: "Side by side", body })
}

/// What a comparison's table needs of each row.
struct Scales {
    figures: Axis,
    differences: Axis,
    models: [usize; 2],
    /// Whether any difference has one.
    has_intervals: bool,
}

fn table(record: &Record, found: &Comparison) -> Markup {
    let all: Vec<&Difference> = rows(found).into_iter().flat_map(|(_, rows)| rows).collect();
    let shown = |value: Option<f64>, difference: &Difference| value.map(|value| value / unit(difference));
    let position = |called: &str| record.models.iter().position(|model| model.name == called).unwrap_or(0);
    let scales = Scales {
        figures: Axis::from_zero(all.iter().flat_map(|d| shown(d.one, d).into_iter().chain(shown(d.other, d)))),
        differences: Axis::around_zero(all.iter().flat_map(|d| {
            let ends = d.interval.map(|i| [i.low / unit(d), i.high / unit(d)]);
            ends.into_iter().flatten().chain(shown(d.difference, d))
        })),
        models: [position(&found.one), position(&found.other)],
        has_intervals: all.iter().any(|difference| difference.interval.is_some()),
    };
    html! {
        table class="versus" {
            caption { (plain(&found.metric)) ", " (plain(&found.one)) " against " (plain(&found.other)) }
            thead { tr {
                th scope="col" { span class="sr" { "What" } }
                th scope="col" class="num" { (model_key(scales.models[0], &found.one)) }
                th scope="col" class="num" { (model_key(scales.models[1], &found.other)) }
                th scope="col" class="chart" { span class="sr" { "Both" } (scales.figures.scale(false)) }
                th scope="col" class="num" { "Difference" }
                @if scales.has_intervals { th scope="col" class="num" { "Interval" } }
                th scope="col" class="chart" { span class="sr" { "Difference" } (scales.differences.scale(true)) }
            } }
            @for (title, rows) in rows(found) { @if !rows.is_empty() { tbody {
                tr { th class="part" scope="rowgroup" colspan=(if scales.has_intervals { 7 } else { 6 }) { (title) } }
                @for difference in rows { (row(difference, &scales)) }
            } } }
        }
    }
}

fn rows(found: &Comparison) -> [(&'static str, Vec<&Difference>); 4] {
    [
        ("Overall", vec![&found.clean, &found.mpc, &found.risk]),
        ("Groups", found.groups.iter().collect()),
        ("Categories, the mean over perturbations", found.categories.iter().collect()),
        ("Conditions", found.conditions.iter().collect()),
    ]
    .map(|(title, rows)| (title, rows.into_iter().filter(|row| row.one.is_some() || row.other.is_some()).collect()))
}

fn unit(difference: &Difference) -> f64 {
    if difference.name == RISK { 100.0 } else { 1.0 }
}

fn row(found: &Difference, scales: &Scales) -> Markup {
    let (digits, unit) = (if found.name == RISK { 1 } else { 3 }, unit(found));
    let is_sure = found.interval.is_some_and(|i| i.low > 0.0 || i.high < 0.0);
    let scaled = found.interval.map(|i| crate::record::Interval { low: i.low / unit, high: i.high / unit });
    html! {
        tr class=[is_sure.then_some("sure")] {
            th scope="row" { (name(&found.name)) @if found.name == RISK { " of 100, less is better" } }
            td class="num" { (number(found.one, digits)) }
            td class="num" { (number(found.other, digits)) }
            td class="chart" { svg width="100%" height="16" aria-hidden="true" {
                (scales.figures.grid())
                @if let (Some(one), Some(other)) = (found.one, found.other) {
                    (scales.figures.line("fall", one / unit, other / unit, 8.0))
                    (scales.figures.mark(scales.models[0], one / unit, 8.0))
                    (scales.figures.mark(scales.models[1], other / unit, 8.0))
                }
            } }
            td class="num" { (signed(found.difference, digits)) }
            @if scales.has_intervals { td class="num" { (signed_interval(found.interval, digits)) } }
            td class="chart" { svg width="100%" height="16" aria-hidden="true" {
                (scales.differences.tick("zero", 0.0, 8.0, 8.0))
                @if let Some(interval) = scaled { (scales.differences.whisker(interval, 8.0)) }
                @if let Some(value) = found.difference {
                    svg class="mark point" x=(scales.differences.at(value / unit)) y="8" { path d="M-4-4h8v8h-8z" {} }
                }
            } }
        }
    }
}
