//! Runs of the past as a table, the newest first.

use maud::{Markup, html};

use super::frame::Section;
use super::state::State;
use super::suites::{ShownRun, suite, verdict};
use super::words::{name, plain, wide};
use crate::record::RunSummary;
use crate::report::text::counted;

/// The latest runs that are shown.
const RUNS: usize = 50;

/// The section of `runs`, the oldest of which is the first.
pub fn section(runs: &[ShownRun<'_>]) -> Option<Section> {
    let earlier = runs.len().saturating_sub(RUNS);
    let body = html! {
        (wide("Runs", &table(&runs[earlier..])))
        @if earlier > 0 {
            p class="note" { (counted(earlier, "earlier run")) " not shown: " code { "windtunnel history list" } " lists all." }
        }
    };
    (!runs.is_empty()).then_some(Section { id: "runs", title: "Runs, the newest first", body })
}

fn table(runs: &[ShownRun<'_>]) -> Markup {
    html! {
        table class="runs" {
            thead { tr {
                th scope="col" { "Started, UTC" }
                th scope="col" { "Suite" }
                th scope="col" { "Verdict" }
                @for count in ["Failed", "Errors", "Passed"] { th scope="col" class="num" { (count) } }
                th scope="col" { "Models" }
            } }
            tbody { @for run in runs.iter().rev() {
                @let counts = &run.found.counts;
                tr {
                    th scope="row" class="when" { (plain(run.when)) }
                    td { (suite(run.found)) }
                    td class=(State::of_run(run.found.exit_code)) { span class="badge" { (verdict(run.found)) } }
                    @for count in [counts.failed, counts.errors, counts.passed] { td class="num" { (count) } }
                    td { (models(run.found)) }
                }
            } }
        }
    }
}

/// The models with their short digests: another digest is another version.
fn models(found: &RunSummary) -> Markup {
    html! {
        @for (at, (model, digest)) in found.models.iter().enumerate() {
            @if at > 0 { ", " }
            (name(model)) @if let Some(digest) = digest { " " code { (plain(digest)) } }
        }
    }
}
