//! Strips: the figures under perturbations of a single level, a row each, with the clean figure that they fell from.

use maud::{Markup, html};

use super::axis::Axis;
use super::curves::{axis, whiskers};
use super::frame::Section;
use super::heat::ladders;
use super::models::{cell, clean, figure, has_figures};
use super::words::{interval, mark_class, model_key, name, number, plain, wide};
use crate::record::{DatasetRecord, Record};

/// Height of a model's lane, pixels.
const LANE: f64 = 13.0;

pub fn section(record: &Record) -> Option<Section> {
    let single = ladders(record).into_iter().filter(|ladder| ladder.steps.len() == 1);
    let conditions: Vec<&str> = single.map(|ladder| ladder.steps[0].1).collect();
    let body = html! {
        p class="keys" { @for (at, model) in record.models.iter().enumerate() { (model_key(at, &model.name)) } }
        p class="note" {
            (plain(&record.spec.metric)) " under each perturbation of one level; the upright line is the clean figure" (whiskers(record))
        }
        @for dataset in record.evaluated() {
            (wide(&format!("Losses on {}", dataset.name), &table(record, dataset, &conditions)))
        }
    };
    (!conditions.is_empty() && has_figures(record)).then_some(Section { id: "losses", title: "Losses", body })
}

fn table(record: &Record, dataset: &DatasetRecord, conditions: &[&str]) -> Markup {
    let axis = axis(record, dataset);
    html! {
        table class="strips" {
            caption { (plain(&record.spec.metric)) " on " (plain(&dataset.name)) }
            thead { tr { th scope="col" { "Condition" } th scope="col" class="chart" { span class="sr" { "Figures" } (axis.scale(false)) } } }
            tbody { @for condition in conditions { tr {
                th scope="row" { (name(condition)) }
                td class="chart" { (strip(record, dataset, condition, &axis)) }
            } } }
        }
    }
}

fn strip(record: &Record, dataset: &DatasetRecord, condition: &str, axis: &Axis) -> Markup {
    let found = record.models.iter().map(|model| {
        let cell = cell(record, &model.name, &dataset.name, condition)?;
        Some((
            figure(record, cell)?,
            cell.interval,
            clean(record, &model.name, &dataset.name).and_then(|c| figure(record, c)),
        ))
    });
    let found: Vec<_> = found.collect();
    let told = record.models.iter().zip(&found).filter_map(|(model, found)| {
        let (value, range, _) = (*found)?;
        Some(format!("{} {} {}", model.name, number(Some(value), 3), interval(range, 3)))
    });
    let label = told.collect::<Vec<_>>().join("; ");
    html! {
        svg width="100%" height=(LANE * found.len() as f64 + 4.0) role="img" aria-label=(plain(&label)) {
            (axis.grid())
            @for (at, found) in found.iter().enumerate() {
                @if let Some((value, range, before)) = found {
                    @let y = LANE * (at as f64 + 0.5) + 2.0;
                    @if let Some(before) = before {
                        (axis.line(&format!("fall {}", mark_class(at)), *before, *value, y))
                        (axis.tick(&format!("clean {}", mark_class(at)), *before, y, 5.0))
                    }
                    @if let Some(range) = range { (axis.whisker(*range, y)) }
                    g { title { (name_of(record, at)) " " (number(Some(*value), 3)) " " (interval(*range, 3)) } (axis.mark(at, *value, y)) }
                }
            }
        }
    }
}

fn name_of(record: &Record, model: usize) -> String {
    record.models.get(model).map(|model| plain(&model.name)).unwrap_or_default()
}
