//! Findings: everything that did not pass, with its numbers and the command that runs it again.

use maud::{Markup, html};

use super::page::Section;
use super::words::{badge, name, plain, state, told};
use crate::gate::Outcome;
use crate::record::{CaseRecord, Record, SetupRecord};
use crate::report::text::{evidence, repeat_command, waiver};

/// The anchor of a case's finding.
pub fn anchor(at: usize) -> String {
    format!("case-{at}")
}

pub fn section(record: &Record) -> Section {
    let is = |wanted: &'static str| {
        record.cases.iter().enumerate().filter(move |(_, case)| state(case) == wanted).collect::<Vec<_>>()
    };
    let told: Vec<(usize, &CaseRecord)> = ["fail", "error", "warn"].into_iter().flat_map(is).collect();
    let open: Vec<(usize, &CaseRecord)> = record.cases.iter().enumerate().filter(|(_, case)| is_open(case)).collect();
    let body = html! {
        @if record.interrupted { p class="note" { "The run was interrupted: what is not here was not judged." } }
        @if told.is_empty() && record.setup.is_empty() { p { "Every check that was judged holds." } }
        @for failed in &record.setup { (setup(failed)) }
        @for (at, case) in told { (finding(record, at, case)) }
        @if !open.is_empty() {
            h3 { "Hold, but these images cannot tell for sure" }
            ul class="plain" { @for (_, case) in open { li { code { (name(&case.id)) } ": " (plain(&case.message)) } } }
        }
        (skipped(record))
        @if !record.notes.is_empty() {
            h3 { "Notes" }
            ul class="plain" { @for note in &record.notes { li { (plain(note)) } } }
        }
    };
    Section { id: "findings", title: "Findings", body }
}

fn is_open(case: &CaseRecord) -> bool {
    case.verdict.outcome == Outcome::Pass && case.verdict.inconclusive
}

fn setup(failed: &SetupRecord) -> Markup {
    let (what, named) = match (&failed.dataset, &failed.model) {
        (Some(dataset), _) => ("Dataset ", dataset.as_str()),
        (None, model) => ("Model ", model.as_deref().unwrap_or_default()),
    };
    html! {
        article class="finding error" {
            h3 { (badge("error")) " " (what) (name(named)) }
            p class="numbers" { (failed.failure.kind.to_string()) ": " (plain(&failed.failure.message)) }
            p class="place" { "at " (name(&format!("{}:{}", failed.file, failed.line))) }
        }
    }
}

fn finding(record: &Record, at: usize, case: &CaseRecord) -> Markup {
    let state = state(case);
    let gallery = case.picture.as_ref().and_then(|sheet| record.galleries.iter().position(|g| g.sheet == *sheet));
    html! {
        article class={ "finding " (state) } id=(anchor(at)) {
            h3 {
                (badge(state)) " "
                @if let Some(check) = &case.check { (name(check)) " " }
                code { (name(&case.id)) }
            }
            p class="numbers" { (told(&case.message)) }
            @for line in evidence(case).into_iter().chain(waiver(case)) { p class="evidence" { (told(&line)) } }
            p class="place" {
                "at " (name(&format!("{}:{}", case.file, case.line)))
                @if let Some(gallery) = gallery { " \u{b7} " a href={ "#" (super::gallery::anchor(gallery)) } { "its images" } }
            }
            p class="again" { span { "again:" } " " code { (plain(&repeat_command(record, &case.id))) } }
        }
    }
}

/// Cases that were not judged, below the reason that they share.
fn skipped(record: &Record) -> Markup {
    let mut reasons: Vec<(&str, Vec<&CaseRecord>)> = Vec::new();
    for case in record.cases.iter().filter(|case| case.verdict.outcome == Outcome::Skipped) {
        match reasons.iter_mut().find(|(reason, _)| *reason == case.message) {
            Some((_, cases)) => cases.push(case),
            None => reasons.push((&case.message, vec![case])),
        }
    }
    html! {
        @if !reasons.is_empty() { h3 { "Skipped" } }
        @for (reason, cases) in reasons {
            details {
                summary { (plain(reason)) " (" (cases.len()) ")" }
                ul class="plain" { @for case in cases { li { code { (name(&case.id)) } } } }
            }
        }
    }
}
