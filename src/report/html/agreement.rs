//! Agreement with references: before what is told of each model by itself, where the one that says nothing looks best.

use maud::{Markup, html};

use super::frame::Section;
use super::words::{model_key, name, number, plain, wide};
use crate::record::{Agreement, Record, agreements};

pub fn section(record: &Record) -> Option<Section> {
    let found = agreements(record);
    let body = html! {
        p class="note" { "How far each model says the same as its reference of the same pictures, as the checks measured it: 1 is all, 0 nothing." }
        @for one in &found {
            (wide(&format!("Agreement with {} on {}", one.reference, one.dataset), &table(record, one)))
        }
    };
    (!found.is_empty()).then_some(Section { id: "agreement", title: "Agreement with the reference", body })
}

fn table(record: &Record, found: &Agreement) -> Markup {
    let position = |model: &str| record.models.iter().position(|other| other.name == model).unwrap_or(0);
    html! {
        table {
            caption { "agreement with " (plain(&found.reference)) " on " (plain(&found.dataset)) }
            thead { tr {
                th scope="col" { "On" }
                @for model in &found.models { th scope="col" class="num" { (model_key(position(model), model)) } }
            } }
            tbody { @for (on, figures) in &found.rows { tr {
                th scope="row" { (name(on)) }
                @for figure in figures { td class="num" { (number(*figure, 3)) } }
            } } }
        }
    }
}
