//! The page of a suite of whose newest run there is no record at hand: what the history keeps of it.

use maud::html;

use super::frame::framed;
use super::overview::{STYLE, sections, this_program};
use super::suites::{SuiteLine, suite, tally, verdict};
use super::words::{plain, typeset};
use super::{runs, trend};

/// The suite as one HTML file, which leads back to the `overview`.
pub fn suite_html(line: &SuiteLine<'_>, overview: &str) -> String {
    let found = line.found;
    let body = html! {
        header class=(line.state()) {
            p class="kicker" { "windtunnel history of a suite \u{b7} " a href=(overview) { "All suites" } }
            h1 { (suite(found)) }
            p class="verdict" { strong { (verdict(found)) } " " (tally(found)) }
            @if let Some(lacks) = line.lacks { p class="headline" { "There is no report of this run: " (typeset(lacks)) "." } }
            p class="meta" { (plain(line.when)) " UTC" }
        }
        main { (sections([trend::remembered(&line.runs()), runs::section(&line.runs())])) }
        footer { p { "Made by windtunnel " (plain(&this_program().version)) " from the history of runs." } }
    };
    let title = format!("{}: {} \u{2013} windtunnel", plain(&found.suite), verdict(found));
    framed(&title, &this_program(), STYLE, &body)
}
