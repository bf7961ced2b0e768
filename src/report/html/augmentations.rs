//! Augmentations: whether what a model was trained with has helped it.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{name, plain, signed, signed_interval, wide};
use crate::record::{AugmentationRecord, Effect, Record};
use crate::report::text::counted;

pub fn section(record: &Record) -> Option<Section> {
    let body = html! {
        p class="note" {
            "The gain of " (plain(&record.spec.metric)) " under the perturbations that ask about an augmentation, over the model trained "
            "without it, on the same images. Where the two models differ in more than one augmentation, which of them did it is not told."
        }
        (wide("Augmentations", &table(record)))
    };
    (!record.augmentations.is_empty()).then_some(Section { id: "augmentations", title: "Augmentations", body })
}

fn table(record: &Record) -> Markup {
    let ends = record
        .augmentations
        .iter()
        .flat_map(|checked| checked.interval.map(|i| [i.low, i.high]).into_iter().flatten().chain(checked.gain));
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
            tbody { @for checked in &record.augmentations { (row(checked, &axis)) } }
        }
    }
}

fn row(checked: &AugmentationRecord, axis: &Axis) -> Markup {
    let (class, word) = match checked.effect {
        Effect::Helped => ("pass", "\u{25b2} helped"),
        Effect::NoEffect => ("skip", "\u{2013} no effect shown"),
        Effect::Hurt => ("fail", "\u{25bc} hurt"),
        Effect::Unknown => ("error", "? not measured"),
    };
    html! {
        tr {
            th scope="row" { (name(&checked.augmentation)) }
            td { (name(&checked.model)) " against " (name(&checked.reference)) " on " (name(&checked.dataset)) br;
                small { (counted(checked.conditions.len(), "condition")) @if !checked.reason.is_empty() { ": " (plain(&checked.reason)) } } }
            td { span class={ "effect " (class) } { (word) } }
            td class="num" { (signed(checked.gain, 3)) }
            td class="num" { (signed_interval(checked.interval, 3)) }
            td class="chart" { svg width="100%" height="16" aria-hidden="true" {
                (axis.tick("zero", 0.0, 8.0, 8.0))
                @if let Some(interval) = checked.interval { (axis.whisker(interval, 8.0)) }
                @if let Some(gain) = checked.gain { svg class="mark point" x=(axis.at(gain)) y="8" { path d="M-4-4h8v8h-8z" {} } }
            } }
        }
    }
}
