//! Whether a dataset has what one check measures: the category, objects, labels, the slice.

use std::collections::HashSet;

use toml::Spanned;

use super::binder::Binder;
use super::{PlannedDataset, slices};
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category};
use crate::entry::NotFound;
use crate::metric::{Area, Metric, ObjectFigure, Operating, Origin};
use crate::slice::SliceName;
use crate::spec::Diagnostic;

impl Binder<'_, '_> {
    /// Whether the dataset has objects to measure the metric on; a dataset that failed is left to its failure.
    pub(super) fn is_measurable(&mut self, planned: &PlannedDataset) -> bool {
        let Ok(dataset) = &planned.state else { return true };
        let category = match &self.check.category {
            None => None,
            Some(name) => match dataset.category(name.get_ref()) {
                Some(category) => Some(category.id),
                None => {
                    let not_found = NotFound::among(name.get_ref(), dataset.categories.iter().map(|c| c.name.as_str()));
                    let is_left_out = |category: &Category| category.name == not_found.name;
                    let (message, help) = if dataset.numbering.categories_left_out.iter().any(is_left_out) {
                        let what =
                            format!("`categories` of dataset `{}` leaves out `{}`", planned.name, not_found.name);
                        (what, "name it there too, or remove the check".to_owned())
                    } else {
                        let what = format!("dataset `{}` has no category `{}`", planned.name, not_found.name);
                        (what, not_found.help())
                    };
                    self.wrong(Diagnostic::new(name.span(), message).help(help));
                    return false;
                }
            },
        };
        let metric = self.metric;
        if !dataset.is_labelled && metric.needs_labels() {
            let span = self.metric_span();
            let message = format!("dataset `{}` has no labels to measure `{}` on", planned.name, metric.name);
            let help = "name a metric that needs none (`stability`, `affected`, `risk`, `agreement`), or another `dataset`, or give the \
                        labels (`format = \"coco\"`, \"yolo\", \"voc\")";
            self.wrong(Diagnostic::new(span, message).help(help));
            return false;
        }
        if let Some(reason) = unmeasurable(dataset, metric) {
            let span = self.metric_span();
            let message = format!("dataset `{}` {reason} to measure `{}` on", planned.name, metric.name);
            self.wrong(Diagnostic::new(span, message).help("remove the check, or name another metric"));
            return false;
        }
        if !metric.needs_objects() || has_objects(dataset, self.read_area(), self.plan.settings.area_ranges, category) {
            return true;
        }
        let of =
            self.check.category.as_ref().map(|name| format!(" of category `{}`", name.get_ref())).unwrap_or_default();
        let span =
            self.check.category.as_ref().or(self.check.metric.as_ref()).map_or(self.check.span.clone(), Spanned::span);
        let message = format!("dataset `{}` has no objects{of} to measure `{}` on", planned.name, metric.name);
        self.wrong(Diagnostic::new(span, message).help("remove the check, or name another category or metric"));
        false
    }

    /// The slice that the check is about, if any; `Err` where the dataset has none such, or nothing in it. Of a dataset that
    /// failed it is only known what it is called.
    pub(super) fn slice(&mut self, planned: &PlannedDataset) -> Result<Option<SliceName>, ()> {
        let Some(written) = &self.check.slice else { return Ok(None) };
        let found = match &planned.state {
            Ok(data) => {
                slices::named(written.get_ref(), &planned.name, data, self.metric, self.plan.metric, self.check)
            }
            Err(_) => slices::unread(written.get_ref()),
        };
        found.map(Some).map_err(|(message, help)| self.wrong(Diagnostic::new(written.span(), message).help(help)))
    }

    /// The objects that the cells are read for.
    fn read_area(&self) -> Area {
        if self.metric.summary().is_some() { self.plan.metric.area() } else { self.metric.area() }
    }
}

/// What a dataset lacks for a metric that is not about its objects.
fn unmeasurable(dataset: &Dataset, metric: &Metric) -> Option<&'static str> {
    let is_object = |annotation: &Annotation| !annotation.iscrowd;
    let is_object_of = |annotation: &&Annotation| is_object(annotation);
    match metric.origin {
        Origin::Objects(ObjectFigure::Operating(Operating::OnEmptyImages)) => {
            let has_empty = dataset.annotations.iter().any(|list| !list.iter().any(is_object));
            (!has_empty).then_some("has no image without objects")
        }
        Origin::Objects(ObjectFigure::Operating(Operating::OfAbsentCategories)) => {
            let objects = dataset.annotations.iter().flatten().filter(is_object_of);
            let present: HashSet<u64> = objects.map(|annotation| annotation.category_id).collect();
            let has_absent = dataset.categories.iter().any(|category| !present.contains(&category.id));
            (!has_absent).then_some("has no category without objects")
        }
        Origin::Objects(
            ObjectFigure::Coco { .. } | ObjectFigure::Voc(_) | ObjectFigure::Operating(_) | ObjectFigure::Ece,
        )
        | Origin::Classes(_)
        | Origin::Agreement(_)
        | Origin::Parity(_)
        | Origin::Speed(_)
        | Origin::Summary(_)
        | Origin::Data(_) => None,
    }
}

fn has_objects(dataset: &Dataset, area: Area, borders: [f64; 2], category: Option<u64>) -> bool {
    let counts = |a: &Annotation| {
        !a.iscrowd && area.contains(a.area, borders) && category.is_none_or(|category| a.category_id == category)
    };
    dataset.annotations.iter().flatten().any(counts)
}
