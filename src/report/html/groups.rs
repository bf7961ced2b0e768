//! Groups: per group of perturbations, what each model keeps and how many of its images are affected.

use maud::{Markup, html};

use super::axis::Axis;
use super::curves::whiskers;
use super::frame::Section;
use super::words::{interval, mark_class, model_key, name, number, plain, wide};
use crate::record::{DatasetRecord, GroupRecord, Interval, Record, RobustnessRecord};

pub fn section(record: &Record) -> Option<Section> {
    let has_any = record.robustness.iter().any(|found| !found.groups.is_empty());
    let body = html! {
        p class="note" {
            "The mean figure over a group's perturbations, and the share of images whose answers change. Risk is 100 times the mean of these shares"
            (whiskers(record))
        }
        @for dataset in &record.datasets { (groups(record, dataset)) }
    };
    has_any.then_some(Section { id: "groups", title: "By group", body })
}

/// Which columns have anything in them.
#[derive(Clone, Copy)]
struct Has {
    figures: bool,
    shares: bool,
}

fn groups(record: &Record, dataset: &DatasetRecord) -> Markup {
    let found: Vec<&RobustnessRecord> =
        record.robustness.iter().filter(|found| found.dataset == dataset.name).collect();
    let mut names: Vec<&str> = Vec::new();
    for group in found.iter().flat_map(|found| &found.groups) {
        if !names.contains(&group.group.as_str()) {
            names.push(&group.group);
        }
    }
    let all = found.iter().flat_map(|found| &found.groups);
    let figures = Axis::from_zero(all.flat_map(|group| group.figure.into_iter().chain(group.interval.map(|i| i.high))));
    let has = Has {
        figures: found.iter().flat_map(|found| &found.groups).any(|group| group.figure.is_some()),
        shares: found.iter().flat_map(|found| &found.groups).any(|group| group.affected.is_some()),
    };
    let table = html! {
        table class="lanes groups" {
            caption { (plain(&record.spec.metric)) " and images affected, on " (plain(&dataset.name)) }
            thead { tr {
                th scope="col" { "Group" }
                th scope="col" { "Model" }
                @if has.figures {
                    th scope="col" class="num" { (plain(&record.spec.metric)) }
                    th scope="col" class="chart" { span class="sr" { "As a bar" } (figures.scale(false)) }
                }
                @if has.shares {
                    th scope="col" class="num" { "Affected" }
                    th scope="col" class="chart" { span class="sr" { "As a bar" } (Axis::from_zero([1.0]).scale(false)) }
                }
            } }
            @for group in &names { tbody { (rows(record, &found, group, (&figures, has))) } }
        }
    };
    html! { @if !names.is_empty() { (wide(&format!("Groups on {}", dataset.name), &table)) } }
}

fn rows(record: &Record, found: &[&RobustnessRecord], group: &str, (figures, has): (&Axis, Has)) -> Markup {
    let shares = Axis::from_zero([1.0]);
    let of_group = |found: &&RobustnessRecord| {
        let group: GroupRecord = found.groups.iter().find(|other| other.group == group)?.clone();
        Some((record.models.iter().position(|model| model.name == found.model)?, found.model.clone(), group))
    };
    let rows: Vec<(usize, String, GroupRecord)> = found.iter().filter_map(of_group).collect();
    html! {
        @for (at, (model, called, found)) in rows.iter().enumerate() {
            tr {
                @if at == 0 { th scope="rowgroup" rowspan=(rows.len()) { (name(group)) } }
                th scope="row" class="inner" { (model_key(*model, called)) }
                @if has.figures {
                    td class="num" { (number(found.figure, 3)) (spoken(found.interval, 3)) }
                    td class="chart" { (bar(figures, *model, found.figure, found.interval)) }
                }
                @if has.shares {
                    td class="num" { (number(found.affected, 2)) (spoken(found.affected_interval, 2)) }
                    td class="chart" { (bar(&shares, *model, found.affected, found.affected_interval)) }
                }
            }
        }
    }
}

/// What a whisker shows.
fn spoken(found: Option<Interval>, digits: usize) -> Markup {
    html! { @if found.is_some() { " " small class="beside" { (interval(found, digits)) } } }
}

fn bar(axis: &Axis, model: usize, value: Option<f64>, interval: Option<Interval>) -> Markup {
    html! {
        svg width="100%" height="14" aria-hidden="true" {
            (axis.grid())
            @if let Some(value) = value { (axis.bar(&mark_class(model), value, 2.0, 10.0)) }
            @if let Some(interval) = interval {
                // Kept apart from the bar, on which it would hardly be seen.
                (axis.line("halo", interval.low, interval.high, 7.0))
                (axis.whisker(interval, 7.0))
            }
        }
    }
}
