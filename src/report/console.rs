//! The record for a terminal: a table of figures, what was not judged, the failures with their numbers, the count.

use std::path::Path;

use anstyle::{AnsiColor, Style as Ansi};

use super::text::{
    cluster, clusters, counted, counts, evidence, figure, image_losses, images_that, option_words, repeat_command,
    shortened, size, summed, verdict, waiver, word,
};
use super::{ReportError, Reported, Reporter, Style};
use crate::condition::CLEAN;
use crate::entry::{Entry, Named};
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::number::signed;
use crate::record::{CaseRecord, DatasetRecord, Effect, Record, agreements, headline};
use crate::untrusted::{self, Shown as _};

/// `console`.
#[derive(Debug)]
pub struct Console;

impl Named for Console {
    fn entry(&self) -> Entry {
        Entry { name: "console", summary: "what a run shows in a terminal" }
    }
}

impl Reporter for Console {
    fn render(&self, runs: &[Reported<'_>], style: Style) -> Result<String, ReportError> {
        let texts = runs.iter().map(|(record, folder)| console(record, folder, style));
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }
}

/// Width of a model's column: two spaces, a figure and its difference to clean.
const COLUMN: usize = 16;

/// `record` as text; every state is a word as well as a colour. `folder` is where the record's pictures lie.
pub fn console(record: &Record, folder: &Path, style: Style) -> String {
    let mut out = String::new();
    if !record.spec.options.is_empty() {
        folded(&mut out, 0, &format!("with{}", option_words(record)), style.width);
    }
    told_first(&mut out, record, style);
    parity(&mut out, record, style);
    for dataset in &record.datasets {
        if record.evaluated().any(|evaluated| evaluated.name == dataset.name) {
            tables(&mut out, record, dataset, style);
        }
        for warning in &dataset.warnings {
            folded(&mut out, 0, &format!("note: dataset `{}`: {warning}", dataset.name), style.width);
        }
    }
    robustness(&mut out, record, style);
    augmentations(&mut out, record, style);
    failure_clusters(&mut out, record, style);
    for note in &record.notes {
        folded(&mut out, 0, &format!("note: {note}"), style.width);
    }
    setup(&mut out, record, style);
    skipped(&mut out, record, style);
    if style.is_verbose {
        passed(&mut out, record, style);
    }
    record.cases.iter().filter(|case| case.is_unsure()).for_each(|case| {
        heading(&mut out, case, style);
        wrapped(&mut out, case.brief(), style.width);
    });
    let failed = record.cases.iter().filter(|case| case.verdict.outcome == Outcome::Fail);
    failed.for_each(|c| case(&mut out, record, c, folder, style));
    let errors = record.cases.iter().filter(|case| matches!(case.verdict.outcome, Outcome::Error(_)));
    errors.for_each(|c| case(&mut out, record, c, folder, style));
    if style.is_verbose {
        times(&mut out, record, style);
    }
    summary(&mut out, record, style);
    out
}

/// What the run came to, behind its name and its verdict.
fn told_first(out: &mut String, record: &Record, style: Style) {
    for (at, sentence) in headline(record).into_iter().enumerate() {
        if at > 0 {
            folded(out, 0, &sentence, style.width);
            continue;
        }
        let begin = format!("{} {}", record.spec.name, verdict(record));
        let mut text = String::new();
        folded(&mut text, 0, &format!("{begin}: {sentence}"), style.width);
        match text.strip_prefix(&*untrusted::line(&begin)) {
            Some(rest) => out.extend([paint(&untrusted::line(&begin), of_run(record), style).as_str(), rest]),
            // Too long for a line.
            None => out.push_str(&text),
        }
    }
    out.push('\n');
}

/// The colour of a run's verdict.
fn of_run(record: &Record) -> Ansi {
    color(if record.exit_code == Exit::Passed { AnsiColor::Green } else { AnsiColor::Red })
}

/// Cases that hold beyond doubt.
fn passed(out: &mut String, record: &Record, style: Style) {
    let passed = |case: &&CaseRecord| case.verdict.outcome == Outcome::Pass && !case.is_unsure();
    for case in record.cases.iter().filter(passed) {
        heading(out, case, style);
        wrapped(out, &case.message, style.width);
    }
}

/// Where the time went, summed over threads.
fn times(out: &mut String, record: &Record, style: Style) {
    let times = &record.times;
    let phases = times.phases.named().map(|(phase, seconds)| format!("{phase} {seconds:.1} s"));
    let text = format!("time: {:.1} s in all; summed over threads: {}", times.seconds, phases.join(", "));
    folded(out, 0, &text, style.width);
    for (cell, seconds) in record.cells.iter().zip(&times.cells).filter(|(_, seconds)| **seconds > 0.0) {
        line(out, &format!("  {:8.2} s  {}/{}/{}", seconds, cell.model, cell.dataset, cell.condition));
    }
}

/// Appends a line: the door for all that others wrote, so nothing is painted in it.
fn line(out: &mut String, text: &str) {
    out.push_str(&untrusted::line(text.trim_end()));
    out.push('\n');
}

/// Appends a line that begins with a word in colour.
fn painted_line(out: &mut String, (word, ansi): (&str, Ansi), rest: &str, style: Style) {
    out.push_str(&paint(&untrusted::line(word), ansi, style));
    out.push_str(&untrusted::name(rest.trim_end()));
    out.push('\n');
}

fn tables(out: &mut String, record: &Record, dataset: &DatasetRecord, style: Style) {
    let metric = &record.spec.metric;
    let names = record.conditions.iter().map(|condition| condition.name.0.len());
    let first = names.max().unwrap_or(0).max(CLEAN.len());
    let per_table = (style.width.saturating_sub(first) / COLUMN).max(1);
    line(out, &format!("{metric} on {}, {}", dataset.name, size(dataset)));
    for models in record.models.chunks(per_table) {
        let header: String = models.iter().map(|model| column(&model.name)).collect();
        line(out, &format!("{:first$}{header}", ""));
        for condition in &record.conditions {
            let cells = models.iter().map(|model| figure(record, &model.name, &dataset.name, &condition.name.0));
            let row: String = cells.map(|cell| column(&cell)).collect();
            if !row.trim().is_empty() {
                line(out, &format!("{:first$}{row}", condition.name.0));
            }
        }
        out.push('\n');
    }
}

/// How far models agree with their references: how steady they are says little beside it.
fn parity(out: &mut String, record: &Record, style: Style) {
    let agreements = agreements(record);
    for found in &agreements {
        let first = found.rows.iter().map(|(on, _)| on.chars().count()).max().unwrap_or(0);
        let per_table = (style.width.saturating_sub(first) / COLUMN).max(1);
        line(out, &format!("agreement with {} on {}", found.reference, found.dataset));
        for (at, models) in found.models.chunks(per_table).enumerate() {
            let header: String = models.iter().map(|model| column(model)).collect();
            line(out, &format!("{:first$}{header}", ""));
            for (on, figures) in &found.rows {
                let figures = figures.iter().skip(at * per_table).take(models.len());
                let shown = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
                let row: String = figures.map(|value| column(&shown(value))).collect();
                line(out, &format!("{on:first$}{row}"));
            }
            out.push('\n');
        }
    }
}

/// What many conditions come to, model by model.
fn robustness(out: &mut String, record: &Record, style: Style) {
    let number = |value: Option<f64>, digits: usize| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.digits$}"));
    for found in record.robustness.iter().filter(|found| found.mpc.is_some() || found.risk.is_some()) {
        folded(out, 0, &format!("{} on {}: {}", found.model, found.dataset, summed(record, found)), style.width);
        let groups = found.groups.iter().map(|group| format!("{} {}", group.group, number(group.affected, 2)));
        wrapped(out, &format!("images affected: {}", groups.collect::<Vec<_>>().join(", ")), style.width);
    }
    if !record.robustness.is_empty() {
        out.push('\n');
    }
}

/// Whether augmentations helped.
fn augmentations(out: &mut String, record: &Record, style: Style) {
    for audit in &record.augmentations {
        let effect = match audit.effect {
            Effect::Helped => "helped",
            Effect::NoEffect => "no effect shown",
            Effect::Hurt => "hurt",
            Effect::Unknown => "not measured",
        };
        let gain = audit.gain.map(|gain| format!(", {} {}", signed(gain, 3), record.spec.metric)).unwrap_or_default();
        let interval =
            audit.interval.map(|i| format!(" ({}..{})", signed(i.low, 3), signed(i.high, 3))).unwrap_or_default();
        line(out, &format!("{} trained with {}: {effect}{gain}{interval}", audit.model, audit.augmentation));
        let conditions = counted(audit.conditions.len(), "condition");
        let reason = if audit.reason.is_empty() { String::new() } else { format!(": {}", audit.reason) };
        let against = format!("against {} on {} under {conditions}{reason}", audit.reference, audit.dataset);
        wrapped(out, &against, style.width);
    }
    let models = record.augmentations.iter().map(|audit| &audit.model);
    if models.clone().any(|model| models.clone().filter(|other| *other == model).count() > 1) {
        wrapped(out, "two models may differ in more than one of these: which of them did it is not told", style.width);
    }
    if !record.augmentations.is_empty() {
        out.push('\n');
    }
}

/// The slices that lose most.
fn failure_clusters(out: &mut String, record: &Record, style: Style) {
    /// Clusters shown; the reports have the rest.
    const SHOWN: usize = 3;
    let (Some(found), Some(summary)) = (&record.slices, clusters(record)) else { return };
    folded(out, 0, &summary, style.width);
    for found_one in found.clusters.iter().filter(|cluster| cluster.stands_out).take(SHOWN) {
        let told = cluster(&found.metric, found_one);
        wrapped(
            out,
            &format!("{} on {}, {}: {told}", found_one.model, found_one.condition, found_one.slice),
            style.width,
        );
    }
    out.push('\n');
}

/// `text` in a column's width, its middle left out where it does not fit.
fn column(text: &str) -> String {
    const WIDTH: usize = COLUMN - 2;
    let letters: Vec<char> = text.chars().collect();
    let fitting: String = if letters.len() > WIDTH {
        // Names in a row differ in their ends more often than in their beginnings.
        let (head, tail) = (&letters[..4], &letters[letters.len() - (WIDTH - 6)..]);
        head.iter().chain(&['.', '.']).chain(tail).collect()
    } else {
        text.to_owned()
    };
    format!("  {fitting:WIDTH$}")
}

fn setup(out: &mut String, record: &Record, style: Style) {
    for failed in &record.setup {
        let what = match (&failed.dataset, &failed.model) {
            (Some(dataset), _) => format!("dataset `{dataset}`"),
            (None, model) => format!("model `{}`", model.as_deref().unwrap_or_default()),
        };
        let rest = format!(" {what} ({}:{})", failed.file, failed.line);
        painted_line(out, ("ERROR", color(AnsiColor::Magenta)), &rest, style);
        wrapped(out, &format!("{}: {}", failed.failure.kind, failed.failure.message), style.width);
    }
}

/// Cases that were not judged; a reason that many share stands below the first of them.
fn skipped(out: &mut String, record: &Record, style: Style) {
    let mut told = None;
    for case in record.cases.iter().filter(|case| case.verdict.outcome == Outcome::Skipped) {
        heading(out, case, style);
        if told != Some(&case.message) {
            wrapped(out, &case.message, style.width);
            told = Some(&case.message);
        }
    }
}

fn heading(out: &mut String, case: &CaseRecord, style: Style) {
    /// Letters of the outcome and the space after it.
    const OUTCOME: usize = 6;
    let name = case.check.as_ref().map(|name| format!("\"{name}\"")).unwrap_or_default();
    let fits = OUTCOME + case.id.chars().count() + 1 + name.chars().count() <= style.width;
    let beside = if fits { format!(" {name}") } else { String::new() };
    painted_line(out, (&format!("{:5}", word(case)), ansi(case)), &format!(" {}{}", case.id, beside.trim_end()), style);
    // Below the id, which is copied whole, where the two are longer than the line.
    if !fits && !name.is_empty() {
        wrapped(out, &name, style.width);
    }
}

fn case(out: &mut String, record: &Record, case: &CaseRecord, folder: &Path, style: Style) {
    heading(out, case, style);
    wrapped(out, case.brief(), style.width);
    for text in evidence(case).into_iter().chain(waiver(case)) {
        if text.starts_with(&*images_that(case)) {
            images(out, case, style);
        } else {
            wrapped(out, &text, style.width);
        }
    }
    if let Some(picture) = &case.picture {
        line(out, &format!("      picture: {}", folder.join(picture).shown()));
    }
    line(out, &format!("      at {}:{}", case.file, case.line));
    line(out, &format!("      again: {}", repeat_command(record, &case.id)));
}

/// A line for each image that lost most.
fn images(out: &mut String, case: &CaseRecord, style: Style) {
    /// Letters of a line that are not the name: the indent and the figures.
    const REST: usize = 23;
    line(out, &format!("      {}", images_that(case)));
    for loss in image_losses(case, |name| shortened(name, style.width.saturating_sub(REST).max(20))) {
        line(out, &format!("        {loss}"));
    }
}

/// Appends `text` below a heading, broken between words; what follows the first line stands two letters further in.
fn wrapped(out: &mut String, text: &str, width: usize) {
    const INDENT: usize = 6;
    folded(out, INDENT, text, width);
}

/// The same from another indent on.
fn folded(out: &mut String, indent: usize, text: &str, width: usize) {
    let mut current = " ".repeat(indent);
    let mut is_fresh = true;
    for word in text.split_whitespace() {
        if !is_fresh && current.chars().count() + 1 + word.chars().count() > width {
            line(out, &current);
            current = " ".repeat(indent + 2);
            is_fresh = true;
        }
        if !is_fresh {
            current.push(' ');
        }
        current.push_str(word);
        is_fresh = false;
    }
    line(out, &current);
}

fn summary(out: &mut String, record: &Record, style: Style) {
    let verdict = format!("{} {}", record.spec.name, verdict(record));
    let seconds = record.times.seconds;
    let kept = match record.times.from_store {
        0 => None,
        answers => Some(format!("  {} from the store", counted(answers, "answer"))),
    };
    let rest = format!(": {} in {seconds:.1} s", counts(record));
    painted_line(out, (&verdict, of_run(record)), &rest, style);
    if let Some(kept) = &kept {
        line(out, kept);
    }
}

fn ansi(case: &CaseRecord) -> Ansi {
    color(match case.verdict.outcome {
        Outcome::Pass if case.is_unsure() => AnsiColor::Yellow,
        Outcome::Pass => AnsiColor::Green,
        Outcome::Fail if case.is_waived() => AnsiColor::Yellow,
        Outcome::Fail => AnsiColor::Red,
        Outcome::Error(_) => AnsiColor::Magenta,
        Outcome::Skipped => AnsiColor::Yellow,
    })
}

fn color(color: AnsiColor) -> Ansi {
    Ansi::new().fg_color(Some(color.into())).bold()
}

fn paint(text: &str, ansi: Ansi, style: Style) -> String {
    if style.colored { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
}
