//! Failure clusters: the slices of the data that lose most, beside what all else loses.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::words::{interval, model_key, name, number, plain, wide};
use crate::record::{ClusterRecord, Record, SliceRecord, SlicesRecord};
use crate::report::text::{counted, range};

/// Clusters that stand out shown openly; the rest can be unfolded.
const OPEN: usize = 12;

/// Clusters of one sort on the page at most; the record has them all.
const MOST: usize = 100;

pub fn section(record: &Record) -> Option<Section> {
    let found = record.slices.as_ref()?;
    let (standing, others): (Vec<&ClusterRecord>, Vec<&ClusterRecord>) =
        found.clusters.iter().partition(|cluster| cluster.stands_out);
    let (first, rest) = standing.split_at(standing.len().min(OPEN));
    let least = number(Some(found.min_performance_drop), 2);
    let axis = axis(found);
    let body = html! {
        p class="note" {
            (found.looked_at) " pairs of a slice of the data and a condition were looked at. Those below lose at least "
            (least) " of " (plain(&found.metric)) " against the same slice of the clean images, and more than all that is not \
            in them, beyond chance: the paired interval of the difference lies above 0, and its p-value, corrected for all \
            that was looked at (Holm), is at most " (number(Some(found.level), 3)) ". The bar is the slice's loss with its interval, \
            the upright line the loss of the rest."
        }
        @if first.is_empty() {
            p { "No slice loses more than the rest beyond chance." }
        } @else {
            (wide("Failure clusters", &table(record, found, first, &axis)))
        }
        @if !rest.is_empty() {
            details { summary { (counted(rest.len(), "more cluster")) } (shown(record, found, rest, &axis)) }
        }
        @if !others.is_empty() {
            details {
                summary { (counted(others.len(), "slice")) " under a condition that lose at least " (least) ", but as far as these images show no more than the rest" }
                (shown(record, found, &others, &axis))
            }
        }
        details { summary { "The slices: " (found.slices.len()) " in all" } (wide("Slices", &slices(found))) }
    };
    Some(Section { id: "clusters", title: "Failure clusters", body })
}

fn shown(record: &Record, found: &SlicesRecord, clusters: &[&ClusterRecord], axis: &Axis) -> Markup {
    let (first, rest) = clusters.split_at(clusters.len().min(MOST));
    html! {
        (wide("More failure clusters", &table(record, found, first, axis)))
        @if !rest.is_empty() { p class="note" { "The JSON record has " (rest.len()) " more." } }
    }
}

/// One for all tables, so that bars can be compared.
fn axis(found: &SlicesRecord) -> Axis {
    let ends = |cluster: &ClusterRecord| [Some(cluster.drop), cluster.interval.map(|i| i.high), cluster.rest_drop];
    Axis::from_zero(found.clusters.iter().flat_map(ends).flatten())
}

fn table(record: &Record, found: &SlicesRecord, clusters: &[&ClusterRecord], axis: &Axis) -> Markup {
    html! {
        table class="clusters" {
            thead { tr {
                th scope="col" { "Slice" }
                th scope="col" { "Model, condition" }
                th scope="col" class="num" { "Clean" }
                th scope="col" class="num" { "Now" }
                th scope="col" class="num" { "Lost" }
                th scope="col" class="num" { "The rest lost" }
                th scope="col" class="chart" { span class="sr" { "Both losses" } (axis.scale(false)) }
            } }
            tbody { @for cluster in clusters { (row(record, found, cluster, axis)) } }
        }
    }
}

fn row(record: &Record, found: &SlicesRecord, cluster: &ClusterRecord, axis: &Axis) -> Markup {
    let model = record.models.iter().position(|model| model.name == cluster.model).unwrap_or_default();
    let slice = found.slices.iter().find(|s| (&s.dataset, &s.slice) == (&cluster.dataset, &cluster.slice));
    html! {
        tr {
            th scope="row" { (name(&cluster.slice)) @if let Some(slice) = slice { br; small { (extent(slice)) } }
                @if let Some(worst) = cluster.images.first() { br; small { "worst: " (name(&worst.file_name)) } }
            }
            td { (model_key(model, &cluster.model)) br; small { (name(&cluster.condition.0)) @if record.datasets.len() > 1 { " on " (name(&cluster.dataset)) } } }
            td class="num" { (number(Some(cluster.clean), 3)) }
            td class="num" { (number(Some(cluster.figure), 3)) }
            td class="num" { (number(Some(cluster.drop), 3)) br; small { (interval(cluster.interval, 3)) } }
            td class="num" { (number(cluster.rest_drop, 3)) }
            td class="chart" { svg width="100%" height="18" aria-hidden="true" {
                (axis.grid())
                (axis.bar(&super::words::mark_class(model), cluster.drop, 4.0, 10.0))
                @if let Some(interval) = cluster.interval {
                    (axis.line("halo", interval.low, interval.high, 9.0))
                    (axis.whisker(interval, 9.0))
                }
                @if let Some(rest) = cluster.rest_drop { (axis.tick("rest", rest, 9.0, 9.0)) }
            } }
        }
    }
}

/// `0.08 to 0.31 luma, 24 images, 274 objects`
fn extent(slice: &SliceRecord) -> String {
    let size = format!("{}, {}", counted(slice.images, "image"), counted(slice.objects, "object"));
    range(slice).map_or(size.clone(), |range| format!("{range}; {size}"))
}

fn slices(found: &SlicesRecord) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Slice" }
                th scope="col" { "Values in it" }
                th scope="col" class="num" { "Images" }
                th scope="col" class="num" { "Objects" }
                th scope="col" { "Looked at" }
            } }
            tbody { @for slice in &found.slices { tr {
                th scope="row" { (name(&slice.slice)) br; small { "of " (name(&slice.dataset)) } }
                td { (plain(&range(slice).unwrap_or_default())) }
                td class="num" { (slice.images) }
                td class="num" { (slice.objects) }
                td { @match &slice.left_out { None => "yes", Some(reason) => { "no: " (plain(reason)) } } }
            } } }
        }
    }
}
