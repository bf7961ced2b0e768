//! The page: the verdict first, then a section for each thing that the record tells of.

use std::path::Path;

use junit_report::OffsetDateTime;
use maud::{Markup, html};

use super::album::Album;
use super::filter::Filter;
use super::frame::{Section, case_anchor, framed};
use super::state::State;
use super::words::{self, name, plain};
use super::{
    agreement, augmentations, cases, categories, clusters, confusions, curves, findings, gallery, glimpses, groups,
    heat, models, provenance, reliability, samples, speed, strips, trend, versus,
};
use crate::record::{Counts, Record, headline, worst_failure};
use crate::report::PastRun;
use crate::report::text::{self, counted, repeat_command};

/// Bytes of all sections with their pictures: with what is told of pictures that found no room, less than 5 MB.
const ROOM: usize = 4_500_000;

/// `record` as one HTML file. Its pictures are read from `folder`, where the record lies: one that is not there any more is
/// told of in its place. `past` are runs of the same suite before this one, the oldest first.
pub fn html(record: &Record, folder: &Path, past: &[PastRun]) -> String {
    written(record, folder, past, None)
}

/// The same in a site, whose `overview` it leads back to.
pub fn html_in_site(record: &Record, folder: &Path, past: &[PastRun], overview: &str) -> String {
    written(record, folder, past, Some(overview))
}

fn written(record: &Record, folder: &Path, past: &[PastRun], overview: Option<&str>) -> String {
    let first = [
        Some(findings::section(record)),
        agreement::section(record),
        models::section(record),
        speed::section(record),
        heat::section(record),
        curves::section(record),
        strips::section(record),
        groups::section(record),
        versus::section(record),
        categories::section(record),
        confusions::section(record),
        reliability::section(record),
        clusters::section(record),
    ];
    let last = [
        augmentations::section(record),
        trend::section(record, past),
        cases::section(record),
        Some(provenance::section(record)),
    ];
    let used: usize = first.iter().chain(&last).flatten().map(|section| section.body.0.len()).sum();
    let album = Album::open(record, folder, ROOM.saturating_sub(used));
    let gallery = gallery::section(record, &album);
    let sections: Vec<Section> = first
        .into_iter()
        .chain([gallery, glimpses::section(record, &album), samples::section(record, &album)])
        .chain(last)
        .flatten()
        .collect();
    page(record, &sections, &album, overview)
}

fn page(record: &Record, sections: &[Section], album: &Album, overview: Option<&str>) -> String {
    let title = format!("{}: {} \u{2013} windtunnel", plain(&record.spec.name), verdict(record));
    let body = html! {
        a class="jump" href="#findings" { "Skip to the findings" }
        (head(record, album, overview))
        (contents(sections))
        main {
            @for section in sections {
                section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                    h2 id={ (section.id) "-title" } { (section.title) }
                    (section.body)
                }
            }
        }
        (album.store())
        footer { p { "Made by windtunnel " (plain(&record.tool.version)) " from the record of this run." } }
    };
    framed(&title, &record.tool, &Filter::of(record).style(), &body)
}

fn head(record: &Record, album: &Album, overview: Option<&str>) -> Markup {
    let state = State::of_run(record.exit_code);
    html! {
        header class=(state) {
            p class="kicker" {
                "windtunnel robustness report"
                @if let Some(overview) = overview { " \u{b7} " a href=(overview) { "All suites" } }
            }
            h1 { (name(&record.spec.name)) }
            p class="verdict" { strong { (verdict(record)) } " " (tally(record)) }
            @for sentence in headline(record) { p class="headline" { (words::sentence(&sentence)) } }
            (next(record))
            (counts(record))
            p class="meta" { (meta(record)) }
            (gallery::worst(record, album))
            (glimpses::first(record, album))
            (samples::strip(record, album))
        }
    }
}

/// What to do about the worst failure.
fn next(record: &Record) -> Markup {
    let worst = worst_failure(record);
    let Some((worst, at)) = worst.and_then(|worst| Some((worst, record.cases.iter().position(|c| c.id == worst.id)?)))
    else {
        return html! {};
    };
    html! {
        p class="headline" {
            "What now: see " a href={ "#" (case_anchor(at)) } { "what it lost" } (findings::images(record, worst))
            ", and run it again with " code { (plain(&repeat_command(record, &worst.id))) }
        }
    }
}

/// The run in a word.
fn verdict(record: &Record) -> String {
    words::capitalised(text::verdict(record))
}

fn tally(record: &Record) -> String {
    let Counts { failed, errors, .. } = record.counts;
    let all = counted(record.cases.len(), "check");
    match (failed, errors) {
        (0, 0) => format!("{all}, none broken"),
        (failed, 0) => format!("{failed} of {all} broken"),
        (0, errors) => format!("{} in {all}", counted(errors, "error")),
        (failed, errors) => format!("{failed} of {all} broken, {}", counted(errors, "error")),
    }
}

fn counts(record: &Record) -> Markup {
    let counts = &record.counts;
    let unsure = record.cases.iter().filter(|case| case.is_unsure()).count();
    let tiles = [
        (State::Fail, "failed", counts.failed),
        (State::Error, if counts.errors == 1 { "error" } else { "errors" }, counts.errors),
        (State::Warn, if counts.warned == 1 { "warning" } else { "warnings" }, counts.warned),
        (State::Skip, "skipped", counts.skipped),
        (State::Unsure, "unsure", unsure),
        (State::Pass, "passed", counts.passed.saturating_sub(unsure)),
    ];
    html! {
        dl class="counts" {
            @for (state, word, count) in tiles {
                div class={ (state) @if count == 0 { " none" } } { dt { (word) } dd { (count) } }
            }
        }
    }
}

fn meta(record: &Record) -> String {
    let started = i64::try_from(record.times.started_unix).unwrap_or_default();
    let started = OffsetDateTime::from_unix_timestamp(started).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (started.date(), started.time());
    let images: usize = record.datasets.iter().map(|dataset| dataset.images).sum();
    format!(
        "{date} {:02}:{:02} UTC, {:.1} s \u{b7} {} \u{b7} {} \u{b7} {} under {}",
        time.hour(),
        time.minute(),
        record.times.seconds,
        plain(&record.spec.file),
        counted(record.models.len(), "model"),
        counted(images, "image"),
        counted(record.conditions.len(), "condition"),
    )
}

fn contents(sections: &[Section]) -> Markup {
    html! {
        nav aria-label="Sections" {
            ul { @for section in sections { li { a href={ "#" (section.id) } { (section.title) } } } }
        }
    }
}
