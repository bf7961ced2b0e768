//! Provenance: what everything was measured on, with what, and what every figure means.

use maud::{Markup, html};

use super::frame::Section;
use super::words::{name, plain, wide};
use crate::digest::Digest;
use crate::record::{ConditionRecord, ModelCard, Record};
use crate::report::text::option_words;

pub fn section(record: &Record) -> Section {
    let body = html! {
        (run(record))
        (wide("Datasets", &datasets(record)))
        (wide("Models", &models(record)))
        details { summary { "What every figure means (" (record.metrics.len()) ")" } (definitions(record)) }
        details { summary { "What was done to the pictures (" (record.conditions.len()) " conditions)" } (wide("Conditions", &conditions(record))) }
    };
    Section { id: "provenance", title: "Provenance", body }
}

fn run(record: &Record) -> Markup {
    let spec = &record.spec;
    let times = &record.times;
    let options = option_words(record);
    let facts = [
        ("Tool", format!("{} {}", record.tool.name, record.tool.version)),
        ("Spec", spec.file.clone()),
        ("Spec digest", spec.digest.to_string()),
        ("Options", if options.is_empty() { "none".to_owned() } else { options.trim().to_owned() }),
        ("Seed", format!("{}{}", spec.seed, if spec.is_seed_given { ", from the command line" } else { "" })),
        ("Selection", if spec.is_filtered { "some of the spec's checks" } else { "all checks of the spec" }.to_owned()),
        ("Intervals", format!("{:.1}\u{a0}% over {} resamples of the images", 100.0 * spec.confidence, spec.resamples)),
        ("Baseline", spec.baseline.clone()),
        (
            "Time",
            format!(
                "{:.1} s; over all threads {:.1} s pictures, {:.1} s models; {:.1} s scoring",
                times.seconds, times.pixels_seconds, times.predict_seconds, times.score_seconds
            ),
        ),
        ("Answers", format!("{} asked for, {} from the store", times.asked, times.from_store)),
        ("Record", format!("format {}, exit code {}", record.version, record.exit_code)),
    ];
    html! { dl class="facts" { @for (what, text) in facts { dt { (what) } dd { (name(&text)) } } } }
}

fn digest(digest: Option<&Digest>) -> Markup {
    html! { @match digest { Some(digest) => code { (digest.to_string()) }, None => "\u{2013}" } }
}

fn datasets(record: &Record) -> Markup {
    html! {
        table {
            caption { "Datasets" }
            thead { tr {
                th scope="col" { "Name" } th scope="col" class="num" { "Images" } th scope="col" class="num" { "Annotations" }
                th scope="col" { "Digest of the labels" } th scope="col" { "Digest of the pictures" }
            } }
            tbody { @for dataset in &record.datasets { tr {
                th scope="row" { (name(&dataset.name)) @for warning in &dataset.warnings { br; small { (plain(warning)) } } }
                td class="num" { (dataset.images) @if let Some(all) = dataset.sampled_from { " of " (all) } }
                td class="num" { (dataset.annotations) }
                td { (digest(dataset.digest.as_ref())) }
                td { (digest(dataset.images_digest.as_ref())) }
            } } }
        }
    }
}

/// The settings of a model as keys of its section: those of the preprocessing stand there by themselves.
fn settings(card: &ModelCard) -> Vec<(&str, &serde_json::Value)> {
    let mut flat = Vec::new();
    for (key, value) in &card.settings {
        match value.as_object().filter(|_| key == "preprocessing") {
            Some(inner) => flat.extend(inner.iter().map(|(key, value)| (key.as_str(), value))),
            None => flat.push((key.as_str(), value)),
        }
    }
    flat
}

fn models(record: &Record) -> Markup {
    html! {
        table class="models" {
            caption { "Models" }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Kind" } th scope="col" { "Digest" } th scope="col" { "Settings" } } }
            tbody { @for model in &record.models { tr {
                th scope="row" { (name(&model.name)) }
                @match &model.card {
                    None => td colspan="3" { "could not be opened" },
                    Some(card) => {
                        td { (plain(&card.kind)) }
                        td { (digest(card.digest.as_ref())) }
                        td class="settings" {
                            @for (key, value) in settings(card) { (plain(key)) " = " code { (plain(&value.to_string())) } br; }
                            @if let Some(own) = &model.min_confidence { "min_confidence = " code { (plain(&serde_json::to_string(own).unwrap_or_default())) } }
                        }
                    }
                }
            } } }
        }
    }
}

fn definitions(record: &Record) -> Markup {
    html! { dl class="facts" { @for metric in &record.metrics { dt { (plain(&metric.name)) } dd { (plain(&metric.definition)) } } } }
}

fn conditions(record: &Record) -> Markup {
    let steps = |condition: &ConditionRecord| {
        let step = condition.steps.iter().map(|step| {
            let values =
                step.values.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
            format!("{} ({}, revision {}) {values}", step.kind, step.group, step.revision)
        });
        step.collect::<Vec<_>>().join("; ")
    };
    html! {
        table {
            caption { "Conditions" }
            thead { tr { th scope="col" { "Condition" } th scope="col" { "Steps" } th scope="col" { "Digest" } } }
            tbody { @for condition in &record.conditions { tr {
                th scope="row" { (name(&condition.name.0)) }
                td { (plain(&steps(condition))) }
                td { code { (condition.digest.short()) } }
            } } }
        }
    }
}
