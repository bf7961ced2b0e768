//! A suite on the pages of a site: what became of its last run, and of those before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use super::state::State;
use super::words::{capitalised, name, plain};
use crate::record::{Counts, RunSummary};
use crate::report::text::counted;
use crate::report::{PastRun, badge};

/// The latest runs that a strip shows.
const RUNS: usize = 20;

/// A suite, by its newest run.
#[derive(Debug, Clone, Copy)]
pub struct SuiteLine<'s> {
    /// Where its page lies, from the overview.
    pub page: &'s str,
    /// When the run was started, as people write it: UTC.
    pub when: &'s str,
    /// What it found.
    pub found: &'s RunSummary,
    /// Why there is no report of it; `None` where there is one.
    pub lacks: Option<&'s str>,
    /// The runs before, the oldest first.
    pub before: &'s [PastRun],
}

/// A run with what it is called.
#[derive(Debug, Clone, Copy)]
pub struct ShownRun<'s> {
    pub when: &'s str,
    pub found: &'s RunSummary,
}

impl<'s> From<&'s PastRun> for ShownRun<'s> {
    fn from(run: &'s PastRun) -> Self {
        Self { when: &run.when, found: &run.found }
    }
}

impl<'s> SuiteLine<'s> {
    /// What became of it.
    pub fn state(&self) -> State {
        State::of_run(self.found.exit_code)
    }

    /// The runs up to this one, the oldest first.
    pub fn runs(&self) -> Vec<ShownRun<'s>> {
        let own = ShownRun { when: self.when, found: self.found };
        self.before.iter().map(ShownRun::from).chain([own]).collect()
    }
}

/// What became of a run, in a word.
pub fn verdict(found: &RunSummary) -> String {
    capitalised(found.exit_code.verdict())
}

/// The suite's name, and whether the run was of some of its cases.
pub fn suite(found: &RunSummary) -> Markup {
    html! { (name(&found.suite)) @if found.is_filtered { small { " some cases" } } }
}

/// `2 of 14 checks failed, 1 error`
pub fn tally(found: &RunSummary) -> String {
    let Counts { passed, failed, errors, skipped, warned } = found.counts;
    // Histories of before hold no ids.
    let all = if found.cases.is_empty() { passed + failed + errors + skipped + warned } else { found.cases.len() };
    let errors = if errors > 0 { format!(", {}", counted(errors, "error")) } else { String::new() };
    format!("{failed} of {} failed{errors}", counted(all, "check"))
}

/// The badge, which leads to its file.
pub fn badge_of(line: &SuiteLine<'_>) -> Markup {
    let svg = badge(&[(line.found.exit_code, line.found.counts)]);
    // As a picture of its own: the page's style would paint its shapes.
    let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg));
    let file = line.page.replace("index.html", "badge.svg");
    html! { a href=(file) { img src=(picture) height="20" alt={ "Badge of " (plain(&line.found.suite)) }; } }
}

/// The latest runs as marks, the oldest first: those that did not pass are taller. Whole runs and runs of some cases are
/// told apart.
pub fn strip(line: &SuiteLine<'_>) -> Markup {
    let mut runs = line.runs();
    runs.retain(|run| run.found.is_filtered == line.found.is_filtered);
    let latest = &runs[runs.len().saturating_sub(RUNS)..];
    let words: Vec<&str> = latest.iter().map(|run| run.found.exit_code.verdict()).collect();
    let label = format!("The last {}, the oldest first: {}", counted(latest.len(), "run"), words.join(", "));
    html! {
        span class="strip" role="img" aria-label=(label) {
            @for run in latest {
                i class=(State::of_run(run.found.exit_code)) title={ (plain(run.when)) ": " (tally(run.found)) } {}
            }
        }
    }
}
