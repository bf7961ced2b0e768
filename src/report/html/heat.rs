//! The heat map: every model under every perturbation at every level, shaded by the share of its clean figure that it loses.

use maud::{Markup, html};

use super::frame::Section;
use super::models::{cell, clean, figure, has_figures};
use super::words::{interval, model_key, name, number, plain, signed, wide};
use crate::condition::CLEAN;
use crate::record::{CellRecord, DatasetRecord, Record, StepRecord, loss, unit};

/// Shades, from nothing lost to everything.
const SHADES: usize = 10;

/// Models whose columns stand side by side on any wide screen.
const FEW: usize = 4;

pub fn section(record: &Record) -> Option<Section> {
    let has_perturbed = record.cells.iter().any(|cell| cell.condition.0 != CLEAN);
    let datasets = record.evaluated();
    let body = html! {
        (legend())
        @for dataset in datasets { (wide(&format!("Figures on {}", dataset.name), &table(record, dataset))) }
    };
    (has_perturbed && has_figures(record)).then_some(Section { id: "conditions", title: "Conditions", body })
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

/// Rows of conditions, those of a perturbation together; columns of models.
fn table(record: &Record, dataset: &DatasetRecord) -> Markup {
    html! {
        table class={ "heat" @if record.models.len() <= FEW { " few" } } {
            caption { (plain(&record.spec.metric)) " and its change from clean, on " (plain(&dataset.name)) }
            thead { tr {
                th scope="col" { "Perturbation" }
                th scope="col" class="level" { "Level" }
                @for (at, model) in record.models.iter().enumerate() { th scope="col" { (model_key(at, &model.name)) } }
            } }
            tbody { tr {
                th scope="row" colspan="2" { (CLEAN) }
                @for model in &record.models { (clean_cell(record, clean(record, &model.name, &dataset.name))) }
            } }
            @for ladder in &ladders(record) { tbody { (rungs(record, dataset, ladder)) } }
        }
    }
}

/// A perturbation's rows.
fn rungs(record: &Record, dataset: &DatasetRecord, ladder: &Ladder<'_>) -> Markup {
    let mut steps = ladder.steps.clone();
    let strength = |level: &str| level.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
    steps.sort_by(|one, other| strength(one.0).total_cmp(&strength(other.0)).then(one.0.cmp(other.0)));
    html! {
        @for (at, (level, condition)) in steps.iter().enumerate() { tr {
            @if at == 0 { th scope="rowgroup" rowspan=(steps.len()) {
                (name(ladder.perturbation))
                @let units = units(record, condition);
                @if !units.is_empty() { small class="beside" { (units) } }
            } }
            th scope="row" class="level" {
                @if level.is_empty() { span class="sr" { "of one strength" } } @else { (plain(level)) " " }
                small { (setting(record, (level, condition))) }
            }
            @for model in &record.models { (shaded(record, cell(record, &model.name, &dataset.name, condition))) }
        } }
    }
}

/// What a condition sets beside its level, `sigma 4`; of a chain its kinds.
fn setting(record: &Record, (level, condition): (&str, &str)) -> String {
    match steps(record, condition) {
        [step] => {
            let is_level = |value: f64| level.parse() == Ok(value) && step.values.len() == 1;
            let others = step.values.iter().filter(|(_, value)| !is_level(**value));
            others.map(|(key, value)| format!("{} {}", plain(key), short(*value))).collect::<Vec<_>>().join(", ")
        }
        steps => steps.iter().map(|step| plain(&step.kind)).collect::<Vec<_>>().join(", then "),
    }
}

/// What the levels of a perturbation count: `sigma: pixels`.
pub fn units(record: &Record, condition: &str) -> String {
    let [step] = steps(record, condition) else { return String::new() };
    let told = step.values.keys().filter_map(|key| Some((key, unit(&step.kind, key)?)));
    told.map(|(key, unit)| format!("{}: {unit}", plain(key))).collect::<Vec<_>>().join("; ")
}

fn steps<'r>(record: &'r Record, condition: &str) -> &'r [StepRecord] {
    record.conditions.iter().find(|one| one.name.0 == condition).map_or(&[], |one| &one.steps)
}

/// A value to three decimals, without the zeros at its end.
fn short(value: f64) -> String {
    let text = number(Some(value), 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn clean_cell(record: &Record, cell: Option<&CellRecord>) -> Markup {
    let value = cell.and_then(|cell| figure(record, cell));
    html! { td class="clean" title=[cell.and_then(hint)] { (number(value, 3)) (beside(record, cell)) } }
}

/// What a cell's interval is, for who points at it.
fn hint(cell: &CellRecord) -> Option<String> {
    let range = interval(cell.interval, 3);
    (!range.is_empty()).then(|| format!("{} under {}: {range}", plain(&cell.model), plain(&cell.condition.0)))
}

fn shaded(record: &Record, cell: Option<&CellRecord>) -> Markup {
    let Some(cell) = cell else { return html! { td class="absent" { span class="sr" { "not part of the run" } } } };
    let Some(value) = figure(record, cell) else {
        let word = if cell.failure.is_some() { "error" } else { "\u{2013}" };
        return html! { td class="absent" { (word) } };
    };
    html! {
        td class=(shade(record, cell, value)) title=[hint(cell)] {
            (number(Some(value), 3)) " " small { (signed(cell.change.or_else(|| Some(value - before(record, cell)?)), 3)) } (beside(record, Some(cell)))
        }
    }
}

/// Its interval, and what the baseline holds of it with the change from there, where they are known.
fn beside(record: &Record, cell: Option<&CellRecord>) -> Markup {
    let Some(cell) = cell else { return html! {} };
    let change = cell.accepted.zip(figure(record, cell)).map(|(accepted, now)| now - accepted);
    html! {
        @if cell.interval.is_some() { small class="beside" { (interval(cell.interval, 3)) } }
        @if cell.accepted.is_some() {
            small class="beside" { "baseline " (number(cell.accepted, 3)) " (" (signed(change, 3)) ")" }
        }
    }
}

/// The clean figure that a cell is held against.
fn before(record: &Record, cell: &CellRecord) -> Option<f64> {
    clean(record, &cell.model, &cell.dataset).and_then(|clean| figure(record, clean))
}

fn shade(record: &Record, cell: &CellRecord, value: f64) -> String {
    let lost = before(record, cell).filter(|&before| before > 0.0).and_then(|before| {
        let lost = cell.change.and_then(|change| loss(&record.spec.metric, before, before + change));
        Some(lost.or_else(|| loss(&record.spec.metric, before, value))? / before)
    });
    lost.map(|lost| format!("h{}", ((lost.clamp(0.0, 1.0) * SHADES as f64) as usize).min(SHADES - 1)))
        .unwrap_or_default()
}
