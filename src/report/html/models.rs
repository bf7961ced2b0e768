//! Models: one line each, what its figures come to.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{interval, mark_class, model_key, number, plain, wide};
use crate::condition::CLEAN;
use crate::record::{CellRecord, DatasetRecord, Record, RobustnessRecord, Silence, with_itself};
use crate::report::text::size;

pub fn section(record: &Record) -> Option<Section> {
    let datasets: Vec<&DatasetRecord> = record.evaluated().collect();
    let body = html! {
        @for dataset in &datasets { (wide(&format!("Models on {}", dataset.name), &table(record, dataset))) }
        p class="note" {
            @if record.robustness.iter().any(|found| found.mpc.is_some()) {
                "mPC: the mean over perturbations. rPC: that as a share of the clean figure. "
            }
            "Risk: 0 to 100, the mean over groups of "
            "perturbations of the share of images whose answers change; less is better."
        }
    };
    (!datasets.is_empty()).then_some(Section { id: "models", title: "Models", body })
}

/// A column of figures: its head, and what each model has there.
struct Column {
    head: String,
    cells: Vec<String>,
}

/// The columns in which any model has something.
fn columns(record: &Record, dataset: &DatasetRecord) -> Vec<Column> {
    let column = |head: &str, cell: &dyn Fn(&str) -> Option<String>| {
        let cells: Vec<Option<String>> = record.models.iter().map(|model| cell(&model.name)).collect();
        let has_any = cells.iter().any(Option::is_some);
        let text = |cell: Option<String>| cell.unwrap_or_else(|| number(None, 0));
        has_any.then(|| Column { head: head.to_owned(), cells: cells.into_iter().map(text).collect() })
    };
    let cell = |model: &str| clean(record, model, &dataset.name);
    let found = |model: &str| robustness(record, model, &dataset.name);
    let shown = |value: Option<f64>, digits: usize| value.map(|value| number(Some(value), digits));
    let columns = [
        column(&format!("Clean {}", plain(&record.spec.metric)), &|model| shown(figure(record, cell(model)?), 3)),
        column("Interval", &|model| Some(interval(Some(cell(model)?.interval?), 3))),
        column("mPC", &|model| shown(found(model)?.mpc, 3)),
        column("rPC", &|model| shown(found(model)?.rpc, 2)),
        column("Risk", &|model| shown(found(model)?.risk, 1)),
        column("Images with findings", &|model| Some(Silence::of(record, model, dataset)?.share())),
    ];
    columns.into_iter().flatten().collect()
}

fn table(record: &Record, dataset: &DatasetRecord) -> Markup {
    let risks = Axis::from_zero([100.0]);
    let columns = columns(record, dataset);
    let risk = |model: &str| robustness(record, model, &dataset.name).and_then(|found| found.risk);
    let has_risk = record.models.iter().any(|model| risk(&model.name).is_some());
    html! {
        table class="models-table" {
            caption { (plain(&record.spec.metric)) " on " (plain(&dataset.name)) ", " (size(dataset)) }
            thead { tr {
                th scope="col" { "Model" }
                @for column in &columns { th scope="col" class="num" { (column.head) } }
                @if has_risk { th scope="col" class="chart" { span class="sr" { "Risk as a bar" } (risks.scale(false)) } }
            } }
            tbody {
                @for (at, model) in record.models.iter().enumerate() {
                    tr {
                        th scope="row" { (model_key(at, &model.name)) }
                        @for column in &columns { td class="num" { (column.cells[at]) } }
                        @if has_risk { td class="chart" { svg width="100%" height="18" aria-hidden="true" {
                            (risks.grid())
                            @if let Some(risk) = risk(&model.name) { (risks.bar(&mark_class(at), risk, 4.0, 10.0)) }
                        } } }
                    }
                }
            }
        }
    }
}

/// Whether anything was measured by the metric of tables: unlabelled images have no such figure where it needs labels.
pub fn has_figures(record: &Record) -> bool {
    record.cells.iter().any(|cell| cell.figures.get(&record.spec.metric).copied().flatten().is_some())
}

/// The figure of tables of a cell.
pub fn figure(record: &Record, cell: &CellRecord) -> Option<f64> {
    let is_clean = cell.condition.0 == CLEAN && cell.detections.is_some();
    cell.figures
        .get(&record.spec.metric)
        .copied()
        .flatten()
        .or_else(|| with_itself(&record.spec.metric).filter(|_| is_clean))
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
