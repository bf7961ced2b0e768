//! The heat map: every model under every perturbation at every level, shaded by the share of its clean figure that it loses.

use maud::{Markup, html};

use super::models::{cell, clean, figure};
use super::page::Section;
use super::words::{name, number, plain, signed, wide};
use crate::condition::CLEAN;
use crate::record::{CellRecord, DatasetRecord, Record, loss};

/// Shades, from nothing lost to everything.
const SHADES: usize = 10;

pub fn section(record: &Record) -> Option<Section> {
    let has_perturbed = record.cells.iter().any(|cell| cell.condition.0 != CLEAN);
    let datasets = record.evaluated();
    let body = html! {
        (legend())
        @for dataset in datasets { (wide(&format!("Figures on {}", dataset.name), &table(record, dataset))) }
    };
    has_perturbed.then_some(Section { id: "conditions", title: "Conditions", body })
}

/// A perturbation with its levels: `(level, condition)`.
pub struct Ladder<'r> {
    /// The name in the spec.
    pub perturbation: &'r str,
    /// The level as written, empty for a kind of one strength, and the condition's name.
    pub steps: Vec<(&'r str, &'r str)>,
}

/// The perturbations of a record, each with its levels.
pub fn ladders(record: &Record) -> Vec<Ladder<'_>> {
    let mut ladders: Vec<Ladder<'_>> = Vec::new();
    for condition in record.conditions.iter().map(|one| one.name.0.as_str()).filter(|name| *name != CLEAN) {
        let (perturbation, level) = condition.split_once('@').unwrap_or((condition, ""));
        match ladders.iter_mut().find(|ladder| ladder.perturbation == perturbation) {
            Some(ladder) => ladder.steps.push((level, condition)),
            None => ladders.push(Ladder { perturbation, steps: vec![(level, condition)] }),
        }
    }
    ladders
}

fn legend() -> Markup {
    html! {
        p class="legend" {
            span { "share of the clean figure lost: 0\u{a0}%" }
            span class="ramp" aria-hidden="true" { @for shade in 0..SHADES { i class={ "h" (shade) } {} } }
            span { "100\u{a0}%" }
        }
    }
}

/// Rows of perturbations, columns of models with their levels.
fn table(record: &Record, dataset: &DatasetRecord) -> Markup {
    let ladders = ladders(record);
    let mut levels: Vec<&str> = ladders.iter().flat_map(|ladder| ladder.steps.iter().map(|step| step.0)).collect();
    levels.sort_by(|a, b| a.parse::<f64>().unwrap_or(-1.0).total_cmp(&b.parse::<f64>().unwrap_or(-1.0)).then(a.cmp(b)));
    levels.dedup();
    // Where no perturbation has several levels, the level stands with the name.
    let is_flat = ladders.iter().all(|ladder| ladder.steps.len() == 1);
    let columns: Vec<&str> = if is_flat { vec![""] } else { levels };
    html! {
        table class="heat" {
            caption { (plain(&record.spec.metric)) " and its change from clean, on " (plain(&dataset.name)) }
            thead {
                tr {
                    th scope="col" rowspan=[(!is_flat).then_some("2")] { "Perturbation" }
                    @for model in &record.models {
                        th class="model" scope=(if is_flat { "col" } else { "colgroup" }) colspan=(columns.len()) { (name(&model.name)) }
                    }
                }
                @if !is_flat { tr { @for _ in &record.models { @for level in &columns { th class="level" scope="col" {
                    @if level.is_empty() { span class="sr" { "one strength" } "\u{b7}" } @else { (plain(level)) }
                } } } } }
            }
            tbody {
                tr {
                    th scope="row" { (CLEAN) }
                    @for model in &record.models {
                        td class="clean" colspan=(columns.len()) { (number(clean(record, &model.name, &dataset.name).and_then(|cell| figure(record, cell)), 3)) }
                    }
                }
                @for ladder in &ladders {
                    tr {
                        th scope="row" { (name(if is_flat { ladder.steps[0].1 } else { ladder.perturbation })) }
                        @for model in &record.models { @for column in &columns {
                            @let step = ladder.steps.iter().find(|step| is_flat || step.0 == *column);
                            (shaded(record, step.and_then(|step| cell(record, &model.name, &dataset.name, step.1))))
                        } }
                    }
                }
            }
        }
    }
}

fn shaded(record: &Record, cell: Option<&CellRecord>) -> Markup {
    let Some(cell) = cell else { return html! { td class="absent" { span class="sr" { "not part of the run" } } } };
    let Some(value) = figure(record, cell) else {
        let word = if cell.failure.is_some() { "error" } else { "\u{2013}" };
        return html! { td class="absent" { (word) } };
    };
    html! {
        td class=(shade(record, cell, value)) { (number(Some(value), 3)) " " small { (signed(cell.change, 3)) } }
    }
}

fn shade(record: &Record, cell: &CellRecord, value: f64) -> String {
    let before = clean(record, &cell.model, &cell.dataset).and_then(|clean| figure(record, clean));
    let lost = before.filter(|&before| before > 0.0).and_then(|before| {
        let lost = cell.change.and_then(|change| loss(&record.spec.metric, before, before + change));
        Some(lost.or_else(|| loss(&record.spec.metric, before, value))? / before)
    });
    lost.map(|lost| format!("h{}", ((lost.clamp(0.0, 1.0) * SHADES as f64) as usize).min(SHADES - 1)))
        .unwrap_or_default()
}
