//! The first page of a site: every suite with what became of its newest run, and the runs before.

use maud::{Markup, html};

use super::frame::{Section, framed};
use super::runs;
use super::state::State;
use super::suites::{ShownRun, SuiteLine, badge_of, strip, suite, tally, verdict};
use super::words::{capitalised, plain, wide};
use crate::exit::Exit;
use crate::record::Tool;
use crate::report::PastRun;
use crate::report::text::counted;

/// What pages of a site look like beside what all pages look like.
pub const STYLE: &str = include_str!("site.css");

/// The page: `suites` in the order in which they are to stand, `past` all runs, the oldest first; what is `unread`, and what is
/// not shown because something newer is, in a sentence each.
pub fn overview_html(suites: &[SuiteLine<'_>], past: &[PastRun], unread: &[String], older: &[String]) -> String {
    let exit = worst(suites);
    let runs: Vec<ShownRun<'_>> = past.iter().map(ShownRun::from).collect();
    let verdict = exit.map_or_else(|| "Nothing to show".to_owned(), |exit| capitalised(exit.verdict()));
    let body = html! {
        header class=(exit.map_or(State::Skip, State::of_run)) {
            p class="kicker" { "windtunnel robustness reports" }
            h1 { "Robustness" }
            p class="verdict" { strong { (verdict) } " " (passed(suites)) }
            p class="meta" { (counted(past.len(), "run")) " in the history" }
        }
        main { (sections([lacking(unread, older), listed(suites), runs::section(&runs)])) }
        footer { p { "Made by windtunnel " (plain(&this_program().version)) " from records of runs." } }
    };
    framed(&format!("Robustness: {verdict} \u{2013} windtunnel"), &this_program(), STYLE, &body)
}

/// The sections that there are.
pub fn sections(sections: impl IntoIterator<Item = Option<Section>>) -> Markup {
    html! {
        @for Section { id, title, body } in sections.into_iter().flatten() {
            section id=(id) aria-labelledby={ (id) "-title" } { h2 id={ (id) "-title" } { (title) } (body) }
        }
    }
}

/// What made a page that is not of one record.
pub fn this_program() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// What became of the suites. Runs of some cases stand for their suite only where there are no others.
fn worst(suites: &[SuiteLine<'_>]) -> Option<Exit> {
    let exits = |is_filtered: bool| {
        Exit::worst(suites.iter().filter(|line| line.found.is_filtered == is_filtered).map(|line| line.found.exit_code))
    };
    exits(false).or_else(|| exits(true))
}

fn passed(suites: &[SuiteLine<'_>]) -> String {
    let whole: Vec<&SuiteLine<'_>> = suites.iter().filter(|line| !line.found.is_filtered).collect();
    let passed = whole.iter().filter(|line| line.found.exit_code == Exit::Passed).count();
    match whole.len() {
        0 => "no whole run of a suite".to_owned(),
        all => format!("{passed} of {} passed", counted(all, "suite")),
    }
}

/// What could not be read or is not shown.
fn lacking(unread: &[String], older: &[String]) -> Option<Section> {
    let told = |state: State, sentences: &[String]| {
        html! { @for told in sentences { article class={ "finding " (state) } { p class="numbers" { (plain(told)) } } } }
    };
    let body = html! { (told(State::Error, unread)) (told(State::Skip, older)) };
    (!unread.is_empty() || !older.is_empty()).then_some(Section { id: "left-out", title: "Not shown", body })
}

fn listed(suites: &[SuiteLine<'_>]) -> Option<Section> {
    let table = html! {
        table class="suites" {
            thead { tr { @for head in ["Suite", "Verdict", "Checks", "Newest run, UTC", "Runs up to it", "Badge"] { th scope="col" { (head) } } } }
            tbody { @for line in suites { tr class=(line.state()) {
                th scope="row" { a href=(line.page) { (suite(line.found)) } @if line.lacks.is_some() { small { " history alone" } } }
                td { span class="badge" { (verdict(line.found)) } }
                td { (tally(line.found)) }
                td class="when" { (plain(line.when)) }
                td { (strip(line)) }
                td { (badge_of(line)) }
            } } }
        }
    };
    (!suites.is_empty()).then_some(Section {
        id: "suites",
        title: "Suites, the newest first",
        body: wide("Suites", &table),
    })
}
