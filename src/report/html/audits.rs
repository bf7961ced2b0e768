//! Augmentations: whether what a model was trained with has helped it.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{name, plain, signed, signed_interval, wide};
use crate::record::{AuditRecord, Effect, Record};
use crate::report::text::counted;

pub fn section(record: &Record) -> Option<Section> {
    let body = html! {
        p class="note" {
            "The gain of " (plain(&record.spec.metric)) " under the perturbations that ask about an augmentation, over the model trained "
            "without it, on the same images."
        }
        (wide("Augmentations", &table(record)))
    };
    (!record.audits.is_empty()).then_some(Section { id: "augmentations", title: "Augmentations", body })
}

fn table(record: &Record) -> Markup {
    let ends = record
        .audits
        .iter()
        .flat_map(|audit| audit.interval.map(|i| [i.low, i.high]).into_iter().flatten().chain(audit.gain));
    let axis = Axis::around_zero(ends);
    html! {
        table class="audits" {
            caption { "What each augmentation did" }
            thead { tr {
                th scope="col" { "Augmentation" }
                th scope="col" { "Model" }
                th scope="col" { "Effect" }
                th scope="col" class="num" { "Gain" }
                th scope="col" class="num" { "Interval" }
                th scope="col" class="chart" { span class="sr" { "Gain" } (axis.scale(true)) }
            } }
            tbody { @for audit in &record.audits { (row(audit, &axis)) } }
        }
    }
}

fn row(audit: &AuditRecord, axis: &Axis) -> Markup {
    let (class, word) = match audit.effect {
        Effect::Helped => ("pass", "\u{25b2} helped"),
        Effect::NoEffect => ("skip", "\u{2013} no effect shown"),
        Effect::Hurt => ("fail", "\u{25bc} hurt"),
        Effect::Unknown => ("error", "? not measured"),
    };
    html! {
        tr {
            th scope="row" { (name(&audit.augmentation)) }
            td { (name(&audit.model)) " against " (name(&audit.reference)) " on " (name(&audit.dataset)) br;
                small { (counted(audit.conditions.len(), "condition")) @if !audit.reason.is_empty() { ": " (plain(&audit.reason)) } } }
            td { span class={ "effect " (class) } { (word) } }
            td class="num" { (signed(audit.gain, 3)) }
            td class="num" { (signed_interval(audit.interval, 3)) }
            td class="chart" { svg width="100%" height="16" aria-hidden="true" {
                (axis.tick("zero", 0.0, 8.0, 8.0))
                @if let Some(interval) = audit.interval { (axis.whisker(interval, 8.0)) }
                @if let Some(gain) = audit.gain { svg class="mark point" x=(axis.at(gain)) y="8" { path d="M-4-4h8v8h-8z" {} } }
            } }
        }
    }
}
