//! Findings: everything that did not pass, with its numbers and the command that runs it again.

use maud::{Markup, html};

use super::frame::{Section, case_anchor, gallery_anchor};
use super::state::State;
use super::words::{name, number, plain, typeset};
use crate::gate::Outcome;
use crate::record::{CaseRecord, Record, SetupRecord};
use crate::report::text::{evidence, repeat_command, waiver};

pub fn section(record: &Record) -> Section {
    let is = |wanted: State| {
        record.cases.iter().enumerate().filter(move |(_, case)| State::of_case(case) == wanted).collect::<Vec<_>>()
    };
    let told: Vec<(usize, &CaseRecord)> = [State::Fail, State::Error, State::Warn].into_iter().flat_map(is).collect();
    let open: Vec<(usize, &CaseRecord)> =
        record.cases.iter().enumerate().filter(|(_, case)| case.is_unsure()).collect();
    let body = html! {
        @if record.interrupted { p class="note" { "The run was interrupted: what is not here was not judged." } }
        @if told.is_empty() && record.setup.is_empty() { p { "Every check that was judged holds." } }
        @for failed in &record.setup { (setup(failed)) }
        @for cause in &causes(&told) { (cause_or_case(record, cause)) }
        @if !open.is_empty() {
            h3 { "Hold, but these images cannot tell for sure" }
            ul class="plain" { @for (_, case) in open { li { code { (name(&case.id)) } ": " (plain(case.brief())) } } }
        }
        (skipped(record))
        @if !record.notes.is_empty() {
            h3 { "Notes" }
            ul class="plain" { @for note in &record.notes { li { (plain(note)) } } }
        }
    };
    Section { id: "findings", title: "Findings", body }
}

fn setup(failed: &SetupRecord) -> Markup {
    let (what, named) = match (&failed.dataset, &failed.model) {
        (Some(dataset), _) => ("Dataset ", dataset.as_str()),
        (None, model) => ("Model ", model.as_deref().unwrap_or_default()),
    };
    html! {
        article class="finding error" {
            h3 { (State::Error.badge()) " " (what) (name(named)) }
            p class="numbers" { (failed.failure.kind.to_string()) ": " (plain(&failed.failure.message)) }
            p class="place" { "at " (name(&format!("{}:{}", failed.file, failed.line))) }
        }
    }
}

/// The cases of one check that ended alike, of one model and dataset: what broke under several conditions has one cause.
fn causes<'r>(told: &[(usize, &'r CaseRecord)]) -> Vec<Vec<(usize, &'r CaseRecord)>> {
    let mut causes: Vec<Vec<(usize, &CaseRecord)>> = Vec::new();
    for &(at, case) in told {
        let is_alike = |other: &CaseRecord| {
            State::of_case(other) == State::of_case(case)
                && is_of_one_check(other, case)
                && State::of_case(case) != State::Error
        };
        match causes.iter_mut().find(|cause| is_alike(cause[0].1)) {
            Some(cause) => cause.push((at, case)),
            None => causes.push(vec![(at, case)]),
        }
    }
    causes
}

fn is_of_one_check(one: &CaseRecord, other: &CaseRecord) -> bool {
    let key = |case: &CaseRecord| {
        let CaseRecord { file, line, model, dataset, metric, category, slice, bound, other, .. } = case;
        (
            file.clone(),
            *line,
            model.clone(),
            dataset.clone(),
            metric.clone(),
            category.clone(),
            slice.clone(),
            *bound,
            other.clone(),
        )
    };
    key(one) == key(other)
}

fn cause_or_case(record: &Record, cause: &[(usize, &CaseRecord)]) -> Markup {
    let beyond = |case: &CaseRecord| case.verdict.value.map_or(0.0, |value| (value - case.threshold).abs());
    let worst = cause.iter().max_by(|one, other| beyond(one.1).total_cmp(&beyond(other.1)));
    match (cause, worst) {
        (&[(at, case)], _) => finding(record, at, case),
        (_, Some(&(_, worst))) => several(record, cause, worst),
        (_, None) => html! {},
    }
}

/// A check that broke under several conditions: how many, how far, the worst with its evidence, then each.
fn several(record: &Record, cause: &[(usize, &CaseRecord)], worst: &CaseRecord) -> Markup {
    let all = record.cases.iter().filter(|case| is_of_one_check(case, worst)).count();
    let values = || cause.iter().filter_map(|(_, case)| case.verdict.value);
    let (least, most) = (values().reduce(f64::min), values().reduce(f64::max));
    let subject = format!("{}: {} {}", worst.model.as_deref().unwrap_or(&worst.dataset), worst.metric, worst.bound);
    html! {
        article class={ "finding " (State::of_case(worst)) } {
            h3 {
                (State::of_case(worst).badge()) " "
                @if let Some(check) = &worst.check { (name(check)) " " }
                code { (name(&subject)) }
            }
            p class="numbers" {
                (cause.len()) " of " (all) " conditions, " (number(least, 3)) " to " (number(most, 3)) ". The worst, "
                (name(&worst.on)) ": " (typeset(worst.brief()))
            }
            @for line in evidence(worst).into_iter().chain(waiver(worst)) { p class="evidence" { (typeset(&line)) } }
            ul class="plain members" { @for &(at, case) in cause { li id=(case_anchor(at)) {
                code { (name(&case.id)) } ": " (typeset(case.brief())) (images(record, case))
                p class="again" { span { "again:" } " " code { (plain(&repeat_command(record, &case.id))) } }
            } } }
            p class="place" { "at " (name(&format!("{}:{}", worst.file, worst.line))) }
        }
    }
}

/// A link to the case's images, where there are any.
pub fn images(record: &Record, case: &CaseRecord) -> Markup {
    let gallery = case.picture.as_ref().and_then(|sheet| record.galleries.iter().position(|g| g.sheet == *sheet));
    html! { @if let Some(gallery) = gallery { " \u{b7} " a href={ "#" (gallery_anchor(gallery)) } { "its images" } } }
}

fn finding(record: &Record, at: usize, case: &CaseRecord) -> Markup {
    let state = State::of_case(case);
    html! {
        article class={ "finding " (state) } id=(case_anchor(at)) {
            h3 {
                (state.badge()) " "
                @if let Some(check) = &case.check { (name(check)) " " }
                code { (name(&case.id)) }
            }
            p class="numbers" { (typeset(case.brief())) }
            @for line in evidence(case).into_iter().chain(waiver(case)) { p class="evidence" { (typeset(&line)) } }
            p class="place" {
                "at " (name(&format!("{}:{}", case.file, case.line)))
                (images(record, case))
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
