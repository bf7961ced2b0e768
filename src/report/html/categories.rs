//! Categories: the figure of each on clean images and in the mean under perturbation.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{mark_class, model_key, name, number, plain, wide};
use crate::record::{CategoryMean, CategoryRecord, DatasetRecord, Record};
use crate::report::text::counted;

/// Categories shown openly; the rest can be unfolded.
const OPEN: usize = 24;

pub fn section(record: &Record) -> Option<Section> {
    let has_any = record
        .robustness
        .iter()
        .any(|found| found.categories.iter().any(|mean| mean.clean.is_some() || mean.figure.is_some()));
    let body = html! {
        p class="note" { "The upright line is the clean figure, the mark the mean over perturbations." }
        @for dataset in record.datasets.iter().filter(|dataset| !dataset.categories.is_empty()) {
            @let (first, rest) = dataset.categories.split_at(dataset.categories.len().min(OPEN));
            (wide(&format!("Categories of {}", dataset.name), &table(record, dataset, first)))
            @if !rest.is_empty() {
                details { summary { (rest.len()) @if rest.len() == 1 { " more category of " } @else { " more categories of " } (name(&dataset.name)) }
                    (wide(&format!("More categories of {}", dataset.name), &table(record, dataset, rest))) }
            }
        }
    };
    has_any.then_some(Section { id: "categories", title: "By category", body })
}

fn table(record: &Record, dataset: &DatasetRecord, categories: &[CategoryRecord]) -> Markup {
    let here = record.robustness.iter().filter(|found| found.dataset == dataset.name);
    let axis =
        Axis::from_zero(here.flat_map(|found| &found.categories).flat_map(|c| c.clean.into_iter().chain(c.figure)));
    html! {
        table class="lanes" {
            caption { (plain(&record.spec.metric)) " by category, on " (plain(&dataset.name)) }
            thead { tr {
                th scope="col" { "Category" }
                th scope="col" { "Model" }
                th scope="col" class="num" { "Clean" }
                th scope="col" class="num" { "Perturbed" }
                th scope="col" class="chart" { span class="sr" { "Both" } (axis.scale(false)) }
            } }
            @for category in categories { tbody { (rows(record, dataset, category, &axis)) } }
        }
    }
}

fn rows(record: &Record, dataset: &DatasetRecord, category: &CategoryRecord, axis: &Axis) -> Markup {
    let found = record.robustness.iter().filter(|found| found.dataset == dataset.name).filter_map(|found| {
        let model = record.models.iter().position(|model| model.name == found.model)?;
        Some((model, found.model.as_str(), found.categories.iter().find(|mean| mean.category == category.name)?))
    });
    let rows: Vec<(usize, &str, &CategoryMean)> = found.collect();
    html! {
        @for (at, (model, called, mean)) in rows.iter().enumerate() {
            tr {
                @if at == 0 { th scope="rowgroup" rowspan=(rows.len()) { (name(&category.name)) br; small { (counted(category.objects, record.spec.task.things().trim_end_matches('s'))) } } }
                th scope="row" class="inner" { (model_key(*model, called)) }
                td class="num" { (number(mean.clean, 3)) }
                td class="num" { (number(mean.figure, 3)) }
                td class="chart" { svg width="100%" height="14" aria-hidden="true" {
                    (axis.grid())
                    @if let (Some(clean), Some(figure)) = (mean.clean, mean.figure) {
                        (axis.line(&format!("fall {}", mark_class(*model)), clean, figure, 7.0))
                        (axis.tick(&format!("clean {}", mark_class(*model)), clean, 7.0, 5.0))
                        (axis.mark(*model, figure, 7.0))
                    }
                } }
            }
        }
    }
}
