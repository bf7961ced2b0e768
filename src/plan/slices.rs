//! Slices: what `[slices]` asks for, and the slices that checks name, looked up in their datasets.

use super::PlannedSlices;
use super::model::population;
use crate::dataset::Dataset;
use crate::entry::{NotFound, find};
use crate::metric::{self, Area, Better, Metric, ObjectFigure, Origin, Summary};
use crate::slice::{self, Attribute, Property, SliceName, cut, names};
use crate::spec::{CheckSpec, Diagnostic, Diagnostics, Spec};
use crate::task::Task;

/// How much a slice must lose to be told, where the spec does not say.
const MIN_PERFORMANCE_DROP: f64 = 0.05;

/// The slices to look for, if any; `default` is the metric of tables.
pub fn planned(spec: &Spec<'_>, default: &'static Metric, diagnostics: &mut Diagnostics) -> Option<PlannedSlices> {
    let written = spec.slices.as_ref()?;
    let attributes = attributes(spec.task);
    let mut by = Vec::new();
    for name in &written.by {
        match find(&attributes, name.get_ref()) {
            Ok(attribute) if by.contains(&attribute) => {}
            Ok(attribute) => by.push(attribute),
            Err(not_found) => {
                let message = format!("unknown attribute `{}`", not_found.name);
                diagnostics.push(Diagnostic::new(name.span(), message).help(not_found.help()));
            }
        }
    }
    Some(PlannedSlices {
        by: if written.by.is_empty() { attributes } else { by },
        min_performance_drop: written.min_performance_drop.unwrap_or(MIN_PERFORMANCE_DROP),
        metric: if is_of_slices(default) { default } else { metric::default_of(spec.task) },
    })
}

/// Whether slices of objects have the metric: it is COCO's, over objects of all sizes.
fn is_of_objects(metric: &Metric) -> bool {
    matches!(metric.origin, Origin::Objects(ObjectFigure::Coco { area: Area::All, .. }))
}

/// Whether more of it is better and slices of all sorts that a task has have it.
fn is_of_slices(metric: &Metric) -> bool {
    is_of_objects(metric) || (matches!(metric.origin, Origin::Classes(_)) && metric.better == Better::Higher)
}

/// The attributes that datasets of a task have: a class of a whole image has no size and no place.
pub fn attributes(task: Task) -> Vec<&'static Attribute> {
    let is_of = |attribute: &&&'static Attribute| match attribute.source {
        Property::Objects(_) => match task {
            Task::Detect => true,
            Task::Classify => false,
        },
        Property::Pixels(_) | Property::Image(_) | Property::Words(..) | Property::Category | Property::Metadata => {
            true
        }
    };
    slice::ALL.iter().filter(is_of).copied().collect()
}

/// The slice called `written`, as a dataset that could not be read might have it.
pub fn unread(written: &str) -> Result<SliceName, (String, String)> {
    let (before, value) = written.split_once(':').unwrap_or((written, ""));
    let (attribute, key) = match before.split_once('.') {
        Some((attribute, key)) => (attribute, Some(key.to_owned())),
        None => (before, None),
    };
    let found = find(slice::ALL, attribute);
    let attribute = found.map_err(|not_found| (format!("there is no slice `{written}`"), not_found.help()))?;
    Ok(SliceName { attribute, key, value: value.to_owned() })
}

/// The slice called `written` of a dataset; or what is wrong with it, and the way out. `default` is the metric of tables.
pub fn named(
    written: &str,
    dataset: &str,
    data: &Dataset,
    metric: &Metric,
    default: &Metric,
    check: &CheckSpec,
) -> Result<SliceName, (String, String)> {
    let title = &check.title;
    let population = population(data);
    let known = names(&population);
    let Some(name) = known.iter().find(|name| name.to_string() == written) else {
        let message = format!("dataset `{dataset}` has no slice `{written}`");
        return Err((message, NotFound::among(written, known.iter().map(ToString::to_string)).help()));
    };
    // There is one way to ask for a category.
    if let slice::Property::Category = name.attribute.source {
        let message = format!("`slice` of {title} names a category");
        return Err((message, format!("write `category = \"{}\"`", name.value)));
    }
    let read = match metric.summary() {
        Some(Summary::Mpc | Summary::Rpc) => default,
        Some(Summary::Risk) => metric::AFFECTED,
        Some(Summary::Mce | Summary::RelativeMce) => metric::TOP1,
        None => metric,
    };
    if name.attribute.classes().is_some() && !is_of_objects(read) {
        let message = format!("`{}` of {title} is not measured on slices of objects", metric.name);
        return Err((message, "name map, map50, map75, mar_1, mar_10 or mar_100, or a slice of images".to_owned()));
    }
    if check.reference.is_none() && check.bounds.iter().any(|(bound, _)| bound.is_against_other()) {
        let message =
            format!("{title} compares a slice with the baseline, which holds figures of whole datasets alone");
        return Err((message, "name a `reference` model, or set another bound".to_owned()));
    }
    // Names are known without cutting; only what is judged has to be cut.
    let of_name = cut(name.attribute, &population).into_iter().find(|slice| slice.name == *name);
    let has_objects = of_name.as_ref().is_none_or(|slice| slice.objects > 0);
    if metric.needs_objects() && !has_objects {
        let message =
            format!("slice `{written}` of dataset `{dataset}` has no objects to measure `{}` on", metric.name);
        return Err((message, "remove the check, or name another slice".to_owned()));
    }
    Ok(name.clone())
}
