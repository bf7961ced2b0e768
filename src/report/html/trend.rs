//! The trend: how figures went from run to run, up to this one.

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Section;
use super::suites::ShownRun;
use super::words::{mark_class, mark_outline, model_key, name, number, plain, wide};
use crate::condition::CLEAN;
use crate::record::{Record, RunSummary};
use crate::report::PastRun;

/// The latest runs that are shown.
const RUNS: usize = 30;

/// The chart's inside, pixels: left, right, top, bottom.
const FRAME: [f64; 4] = [34.0, 308.0, 10.0, 120.0];

pub fn section(record: &Record, past: &[PastRun]) -> Option<Section> {
    let now = RunSummary::of(record);
    let same: Vec<&PastRun> = past.iter().filter(|run| run.found.suite == record.spec.name).collect();
    let latest = &same[same.len().saturating_sub(RUNS - 1)..];
    let mut runs: Vec<ShownRun<'_>> = latest.iter().map(|run| ShownRun::from(*run)).collect();
    runs.push(ShownRun { when: "this run", found: &now });
    let models: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
    let datasets: Vec<&str> = record.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    of(&runs, &models, &datasets, &record.spec.metric)
}

/// The trend of runs of one suite that are remembered, the oldest first: the models and datasets are those of the last.
pub fn remembered(runs: &[ShownRun<'_>]) -> Option<Section> {
    let last = runs.last()?.found;
    let models: Vec<&str> = last.models.keys().map(String::as_str).collect();
    let datasets: Vec<&str> = last.datasets.keys().map(String::as_str).collect();
    of(&runs[runs.len().saturating_sub(RUNS)..], &models, &datasets, &last.metric)
}

fn of(runs: &[ShownRun<'_>], models: &[&str], datasets: &[&str], metric: &str) -> Option<Section> {
    if runs.len() < 2 {
        return None;
    }
    let figures = [(CLEAN, metric, 3), ("all", "mpc", 3), ("all", "risk", 1)];
    let body = html! {
        p class="keys" { @for (at, model) in models.iter().enumerate() { (model_key(at, model)) } }
        p class="note" { "The line breaks where a run was measured on other data or in another way: such figures do not compare." }
        @for dataset in datasets {
            div class="multiples trends" { @for (condition, metric, _) in figures { (chart(models, runs, dataset, condition, metric)) } }
            details { summary { "The figures on " (name(dataset)) } (wide("Figures run by run", &table(models, runs, dataset, &figures))) }
        }
    };
    Some(Section { id: "trend", title: "Trend", body })
}

fn value(run: &ShownRun<'_>, key: &str, metric: &str) -> Option<f64> {
    run.found.figures.get(key)?.get(metric).copied().flatten()
}

fn chart(models: &[&str], runs: &[ShownRun<'_>], dataset: &str, condition: &str, metric: &str) -> Markup {
    let [left, right, top, bottom] = FRAME;
    let keys: Vec<String> = models.iter().map(|model| format!("{model}/{dataset}/{condition}")).collect();
    let axis = Axis::from_zero(keys.iter().flat_map(|key| runs.iter().filter_map(|run| value(run, key, metric))));
    let title = if condition == CLEAN { format!("{metric}, clean") } else { metric.to_owned() };
    let label = format!("{title} on {dataset} over {} runs; the figures stand in the table below", runs.len());
    html! {
        figure {
            figcaption { (plain(&title)) @if metric == "risk" { ", less is better" } }
            svg viewBox="0 0 320 140" role="img" aria-label=(plain(&label)) {
                @for tick in axis.ticks() {
                    @let y = tenth(axis.height(tick, top, bottom));
                    line class="grid" x1=(left) x2=(right) y1=(y) y2=(y) {}
                    text x=(left - 4.0) y=(tenth(y + 3.5)) text-anchor="end" { ((tick * 1000.0).round() / 1000.0) }
                }
                text x=(left) y=(bottom + 15.0) { (plain(runs[0].when)) }
                text x=(right) y=(bottom + 15.0) text-anchor="end" { (plain(runs[runs.len() - 1].when)) }
                @for (at, key) in keys.iter().enumerate() {
                    g class={ "curve " (mark_class(at)) } { (line(runs, key, metric, &axis, at)) }
                }
            }
        }
    }
}

/// A line as far as runs compare with each other.
fn line(runs: &[ShownRun<'_>], key: &str, metric: &str, axis: &Axis, model: usize) -> Markup {
    let [left, right, top, bottom] = FRAME;
    let step = (right - left - 16.0) / (runs.len() - 1) as f64;
    let point = |(at, run): (usize, &ShownRun<'_>)| {
        let y = tenth(axis.height(value(run, key, metric)?, top, bottom));
        Some((tenth(left + 8.0 + at as f64 * step), y, run.found.alike.get(key).cloned()))
    };
    let points: Vec<(f64, f64, Option<String>)> = runs.iter().enumerate().filter_map(point).collect();
    html! {
        @for part in points.chunk_by(|one, next| one.2 == next.2) {
            polyline points=(part.iter().map(|(x, y, _)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")) {}
        }
        @for (x, y, _) in &points { path class="mark" transform={ "translate(" (x) " " (y) ")" } d=(mark_outline(model)) {} }
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn table(models: &[&str], runs: &[ShownRun<'_>], dataset: &str, figures: &[(&str, &str, usize)]) -> Markup {
    html! {
        table {
            caption { "Run by run, on " (plain(dataset)) }
            thead {
                tr {
                    th scope="col" rowspan="2" { "Run" }
                    @for model in models { th scope="colgroup" colspan=(figures.len()) { (name(model)) } }
                }
                tr { @for _ in models { @for (condition, metric, _) in figures {
                    th scope="col" class="num" { (plain(metric)) @if *condition == CLEAN { " (clean)" } }
                } } }
            }
            tbody { @for run in runs { tr {
                th scope="row" { (plain(run.when)) }
                @for model in models { @for (condition, metric, digits) in figures {
                    td class="num" { (number(value(run, &format!("{model}/{dataset}/{condition}"), metric), *digits)) }
                } }
            } } }
        }
    }
}
