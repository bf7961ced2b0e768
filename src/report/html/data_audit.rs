//! The page of an audit: the verdict, then each dataset with what was found in it, in pictures where it can be seen.

use maud::{Markup, html};

use super::data_findings;
use super::frame::framed;
use super::state::State;
use super::words::{self, name, plain, typeset};
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::record::{AuditPicture, CaseRecord, DataAudit, DatasetAudit, Known};
use crate::report::text::counted;

/// `audit` as one HTML file, with `pictures` of what it found.
pub fn audit_html(audit: &DataAudit, pictures: &[AuditPicture]) -> String {
    let (state, verdict) = verdict(audit);
    let body = html! {
        header class=(state) {
            p class="kicker" { "windtunnel audit of datasets" }
            h1 { (name(&audit.name)) }
            p class="verdict" { strong { (verdict) } " " (checks(audit)) }
            (tiles(audit))
            p class="meta" { (name(&audit.file)) }
        }
        nav aria-label="Datasets" {
            ul { @for found in &audit.datasets { li { a href={ "#" (plain(&found.name)) } { (name(&found.name)) } } } }
        }
        main {
            (gates(audit))
            @for found in audit.datasets.iter().filter(|found| found.digest.is_some()) {
                (data_findings::section(found, pictures))
            }
        }
        footer { p { "Made by windtunnel " (plain(&audit.tool.version)) "." } }
    };
    let title = format!("{}: audit \u{2013} windtunnel", plain(&audit.name));
    framed(&title, &audit.tool, include_str!("audit.css"), &body)
}

/// The state, and the audit in a word.
fn verdict(audit: &DataAudit) -> (State, String) {
    let word = match audit.exit_code {
        Exit::Passed if audit.cases.is_empty() => "audited",
        exit => exit.verdict(),
    };
    (State::of_run(audit.exit_code), words::capitalised(word))
}

fn checks(audit: &DataAudit) -> String {
    let all = counted(audit.cases.len(), "check");
    match (audit.cases.len(), audit.counts.failed, audit.counts.errors) {
        (0, _, 0) => "no check of the spec is on its datasets".to_owned(),
        (_, 0, 0) => format!("{all}, none broken"),
        (_, failed, 0) => format!("{failed} of {all} broken"),
        (_, failed, errors) => format!("{failed} of {all} broken, {}", counted(errors, "error")),
    }
}

/// What was found in the datasets that models are run on.
fn tiles(audit: &DataAudit) -> Markup {
    let evaluated = || audit.datasets.iter().filter(|found| found.is_evaluated);
    let sum = |count: fn(&DatasetAudit) -> Option<usize>| evaluated().map(count).sum::<Option<usize>>();
    let tiles = [
        (["leak", "leaks"], sum(|found| found.leakage.as_ref().and_then(Known::found).map(Vec::len))),
        (["duplicate", "duplicates"], sum(|found| found.duplicates.as_ref().and_then(Known::found).map(Vec::len))),
        (["invalid box", "invalid boxes"], sum(|found| Some(found.invalid_boxes.len()))),
        (
            ["suspect label", "suspect labels"],
            sum(|found| found.suspects.as_ref().and_then(Known::found).map(|s| s.labels.len())),
        ),
    ];
    html! {
        dl class="counts" {
            @for (word, count) in tiles {
                div class={ "warn" @if count.is_none_or(|count| count == 0) { " none" } } {
                    dt { (word[usize::from(count != Some(1))]) }
                    dd { (count.map_or_else(|| "\u{2013}".to_owned(), |count| count.to_string())) }
                }
            }
        }
    }
}

/// Whether a case is more than a line.
fn is_told(case: &CaseRecord) -> bool {
    matches!(case.verdict.outcome, Outcome::Fail | Outcome::Error(_))
}

fn gates(audit: &DataAudit) -> Markup {
    html! {
        @if !audit.cases.is_empty() || !audit.setup.is_empty() || !audit.notes.is_empty() {
            section aria-labelledby="gates-title" {
                h2 id="gates-title" { "Checks" }
                @for failed in &audit.setup {
                    article class="finding error" {
                        h3 { (State::Error.badge()) " " (name(failed.dataset.as_ref().or(failed.model.as_ref()).map_or("", String::as_str))) }
                        p class="numbers" { (plain(&failed.failure.message)) }
                        p class="place" { "at " (name(&format!("{}:{}", failed.file, failed.line))) }
                    }
                }
                @for case in audit.cases.iter().filter(|case| is_told(case)) {
                    article class={ "finding " (State::of_case(case)) } {
                        h3 { (State::of_case(case).badge()) " " @if let Some(check) = &case.check { (name(check)) " " } code { (name(&case.id)) } }
                        p class="numbers" { (typeset(&case.message)) }
                        p class="place" { "at " (name(&format!("{}:{}", case.file, case.line))) }
                    }
                }
                ul class="plain" {
                    @for case in audit.cases.iter().filter(|case| !is_told(case)) {
                        li { (State::of_case(case).badge()) " " code { (name(&case.id)) } " " span class="tally" { (typeset(&case.message)) } }
                    }
                }
                @if !audit.notes.is_empty() { ul class="plain" { @for note in &audit.notes { li { (plain(note)) } } } }
            }
        }
    }
}
