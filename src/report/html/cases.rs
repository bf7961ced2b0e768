//! All checks: what each was held against and how far from it the models are.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::{Section, case_anchor};
use super::state::State;
use super::words::{name, typeset, wide};
use crate::gate::Outcome;
use crate::record::{CaseRecord, Interval, Record};

pub fn section(record: &Record) -> Option<Section> {
    let table = html! {
        table class="cases" {
            caption { "Every check, in the order of the spec" }
            thead { tr {
                th scope="col" { "Outcome" }
                th scope="col" { "Check" }
                th scope="col" { "Numbers" }
                th scope="col" class="chart" { "Below and above the threshold" }
            } }
            tbody { @for (at, case) in record.cases.iter().enumerate() { (row(at, case)) } }
        }
    };
    let body = html! {
        p class="note" { "The upright line is the threshold, the square what was measured; each row has its own scale." }
        (wide("Every check", &table))
    };
    (!record.cases.is_empty()).then_some(Section { id: "checks", title: "Checks", body })
}

fn row(at: usize, case: &CaseRecord) -> Markup {
    let state = State::of_case(case);
    html! {
        tr {
            td { (state.badge()) }
            th scope="row" {
                @if let Some(check) = &case.check { (name(check)) br; }
                @if state.is_finding() { a href={ "#" (case_anchor(at)) } { code { (name(&case.id)) } } }
                @else { code { (name(&case.id)) } }
            }
            td { (typeset(case.brief())) }
            td class="chart" { (margin(case)) }
        }
    }
}

/// What was measured, around the threshold.
fn margin(case: &CaseRecord) -> Markup {
    let (Some(value), Outcome::Pass | Outcome::Fail) = (case.verdict.value, case.verdict.outcome) else {
        return html! {};
    };
    let from = |value: f64| value - case.threshold;
    let interval = case.verdict.interval.map(|i| Interval { low: from(i.low), high: from(i.high) });
    let axis = Axis::around_zero(interval.into_iter().flat_map(|i| [i.low, i.high]).chain([from(value)]));
    html! {
        svg width="100%" height="16" aria-hidden="true" {
            (axis.tick("zero", 0.0, 8.0, 8.0))
            @if let Some(interval) = interval { (axis.whisker(interval, 8.0)) }
            svg class="mark point" x=(axis.at(from(value))) y="8" { path d="M-4-4h8v8h-8z" {} }
        }
    }
}
