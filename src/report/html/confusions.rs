//! Confusions: the wrong answers of classifiers that became more under perturbation.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::frame::Section;
use super::words::{model_key, name, plain, wide};
use crate::record::{CellRecord, ConfusionRecord, DatasetRecord, Record};

/// Rows shown of a dataset.
const SHOWN: usize = 15;

/// A wrong answer and the cell that it is of.
type Row<'r> = (&'r CellRecord, &'r ConfusionRecord);

pub fn section(record: &Record) -> Option<Section> {
    let tables: Vec<(&DatasetRecord, Vec<Row<'_>>)> = record
        .evaluated()
        .map(|dataset| (dataset, rows(record, dataset)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let body = html! {
        p class="note" { "Wrong answers that became more than on the clean images. Of each model and pair of classes the condition under which they grew most." }
        @for (dataset, rows) in &tables { (wide(&format!("Confusions on {}", dataset.name), &table(record, dataset, rows))) }
    };
    (!tables.is_empty()).then_some(Section { id: "confusions", title: "What is taken for what", body })
}

/// Of each model and pair the condition under which it became most more, those first that grew most.
fn rows<'r>(record: &'r Record, dataset: &DatasetRecord) -> Vec<Row<'r>> {
    let here = record.cells.iter().filter(|cell| cell.dataset == dataset.name);
    let all =
        here.flat_map(|cell| cell.classes.iter().flat_map(move |c| c.confusions.iter().map(move |one| (cell, one))));
    let mut rows: Vec<Row<'_>> = all.filter(|(_, one)| one.before.is_some() && one.more() > 0).collect();
    // Stable: of equal ones the order of the record decides.
    rows.sort_by_key(|(_, one)| Reverse(one.more()));
    let mut kept: Vec<Row<'_>> = Vec::new();
    for (cell, one) in rows {
        let is_known =
            |other: &Row<'_>| other.0.model == cell.model && (&other.1.label, &other.1.said) == (&one.label, &one.said);
        if kept.len() < SHOWN && !kept.iter().any(is_known) {
            kept.push((cell, one));
        }
    }
    kept
}

fn table(record: &Record, dataset: &DatasetRecord, rows: &[Row<'_>]) -> Markup {
    let objects = |label: &str| dataset.categories.iter().find(|category| category.name == label).map(|c| c.objects);
    html! {
        table {
            caption { "Wrong answers on " (plain(&dataset.name)) ", in images" }
            thead { tr {
                th scope="col" { "Label" }
                th scope="col" { "Said" }
                th scope="col" { "Model" }
                th scope="col" { "Condition" }
                th scope="col" class="num" { "Clean" }
                th scope="col" class="num" { "Perturbed" }
                th scope="col" class="num" { "Of" }
            } }
            tbody { @for (cell, one) in rows { tr {
                th scope="row" { (name(&one.label)) }
                td { @if let Some(said) = &one.said { span class="key" { (name(said)) } } @else { "a class that the dataset does not have" } }
                td { @if let Some(at) = record.models.iter().position(|model| model.name == cell.model) { (model_key(at, &cell.model)) } }
                td { (name(&cell.condition.0)) }
                td class="num" { (one.before.unwrap_or(0)) }
                td class="num" { (one.images) }
                td class="num" { @if let Some(all) = objects(&one.label) { (all) } }
            } } }
        }
    }
}
