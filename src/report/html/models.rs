//! Models: one line each, what its figures come to.

use maud::{Markup, html};

use super::axis::Axis;
use super::page::Section;
use super::words::{interval, model_key, number, plain, wide};
use crate::condition::CLEAN;
use crate::record::{CellRecord, DatasetRecord, Record, RobustnessRecord};
use crate::report::text::size;

pub fn section(record: &Record) -> Option<Section> {
    let datasets: Vec<&DatasetRecord> = record.evaluated().collect();
    let body = html! {
        @for dataset in &datasets { (wide(&format!("Models on {}", dataset.name), &table(record, dataset))) }
        p class="note" {
            "mPC: the mean over perturbations. rPC: that as a share of the clean figure. Risk: 0 to 100, the mean over groups of "
            "perturbations of the share of images whose answers change; less is better."
        }
    };
    (!datasets.is_empty()).then_some(Section { id: "models", title: "Models", body })
}

fn table(record: &Record, dataset: &DatasetRecord) -> Markup {
    let metric = plain(&record.spec.metric);
    let risks = Axis::from_zero([100.0]);
    let clean_cells = record.models.iter().filter_map(|model| clean(record, &model.name, &dataset.name));
    let has_intervals = clean_cells.into_iter().any(|cell| cell.interval.is_some());
    html! {
        table {
            caption { (metric) " on " (plain(&dataset.name)) ", " (size(dataset)) }
            thead { tr {
                th scope="col" { "Model" }
                th scope="col" class="num" { "Clean " (metric) }
                @if has_intervals { th scope="col" class="num" { "Interval" } }
                th scope="col" class="num" { "mPC" }
                th scope="col" class="num" { "rPC" }
                th scope="col" class="num" { "Risk" }
                th scope="col" class="chart" { span class="sr" { "Risk as a bar" } (risks.scale(false)) }
            } }
            tbody {
                @for (at, model) in record.models.iter().enumerate() {
                    @let cell = clean(record, &model.name, &dataset.name);
                    @let found = robustness(record, &model.name, &dataset.name);
                    @let risk = found.and_then(|found| found.risk);
                    tr {
                        th scope="row" { (model_key(at, &model.name)) }
                        td class="num" { (number(cell.and_then(|cell| figure(record, cell)), 3)) }
                        @if has_intervals { td class="num" { (interval(cell.and_then(|cell| cell.interval), 3)) } }
                        td class="num" { (number(found.and_then(|found| found.mpc), 3)) }
                        td class="num" { (number(found.and_then(|found| found.rpc), 2)) }
                        td class="num" { (number(risk, 1)) }
                        td class="chart" { svg width="100%" height="18" aria-hidden="true" {
                            (risks.grid())
                            @if let Some(risk) = risk { (risks.bar(&super::words::mark_class(at), risk, 4.0, 10.0)) }
                        } }
                    }
                }
            }
        }
    }
}

/// The figure of tables of a cell.
pub fn figure(record: &Record, cell: &CellRecord) -> Option<f64> {
    cell.figures.get(&record.spec.metric).copied().flatten()
}

/// The clean cell of a model on a dataset.
pub fn clean<'r>(record: &'r Record, model: &str, dataset: &str) -> Option<&'r CellRecord> {
    cell(record, model, dataset, CLEAN)
}

/// A cell.
pub fn cell<'r>(record: &'r Record, model: &str, dataset: &str, condition: &str) -> Option<&'r CellRecord> {
    record.cells.iter().find(|c| c.model == model && c.dataset == dataset && c.condition.0 == condition)
}

fn robustness<'r>(record: &'r Record, model: &str, dataset: &str) -> Option<&'r RobustnessRecord> {
    record.robustness.iter().find(|found| found.model == model && found.dataset == dataset)
}
