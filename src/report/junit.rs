//! JUnit XML, the rich profile: what GitHub, GitLab and Jenkins read, with the numbers as properties.
//!
//! The `junit-report` crate models and writes suites and cases; a pass over its events adds what it cannot write
//! (properties, lines, counts of skipped cases, totals). Every string is sanitised first: one raw control character
//! or unsplit `]]>` loses the whole file in one consumer or another.

use std::collections::HashMap;
use std::path::Path;

use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCaseBuilder, TestSuite, TestSuiteBuilder};

use super::junit_xml::{Extended, JunitError, Suite, extend};
use super::text::{evidence, repeat_command, waiver};
use super::{ReportError, Reported, Reporter, Style};
use crate::entry::{Entry, Named};
use crate::gate::Outcome;
use crate::record::{CaseRecord, ComparedWith, ModelCard, Record, SetupRecord};
use crate::untrusted;

/// The longest body of a failure, bytes: some consumers cut or drop longer ones.
const MAX_BODY: usize = 8 * 1024;

/// `junit`.
#[derive(Debug)]
pub struct Junit;

impl Named for Junit {
    fn entry(&self) -> Entry {
        Entry { name: "junit", summary: "JUnit XML, which CI services show as test results" }
    }
}

impl Reporter for Junit {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        Ok(junit(runs)?)
    }
}

/// The records of a run, each with the folder where its pictures lie, as one JUnit document: a suite per spec, model
/// and dataset.
///
/// # Errors
/// Never for a record that this program made.
pub fn junit(records: &[Reported<'_>]) -> Result<String, JunitError> {
    let (base, suites) = base(records)?;
    extend(&base, suites)
}

/// The suites, and as the base writer writes them.
pub fn base(records: &[Reported<'_>]) -> Result<(Vec<u8>, Vec<Suite>), JunitError> {
    let suites: Vec<Suite> = records.iter().flat_map(|(record, folder)| suites(record, folder)).collect();
    let mut builder = ReportBuilder::new();
    builder.add_testsuites(suites.iter().map(base_suite));
    let mut base = Vec::new();
    builder.build().write_xml(&mut base).map_err(|error| JunitError(error.to_string()))?;
    Ok((base, suites))
}

/// A suite per model and dataset, and one for what failed before any model ran.
fn suites(record: &Record, folder: &Path) -> Vec<Suite> {
    let clock = Clock::of(record);
    let mut suites = Vec::new();
    let mut cases: Vec<Extended> = record.setup.iter().map(|failed| setup_case(record, failed)).collect();
    cases.extend(record.interrupted.then(|| interrupted_case(record)));
    if !cases.is_empty() {
        suites.push(suite(record, "setup", common_properties(record), cases));
    }
    for dataset in &record.datasets {
        let here = |case: &&CaseRecord| case.model.is_none() && case.dataset == dataset.name;
        let cases: Vec<Extended> =
            record.cases.iter().filter(here).map(|case| extended(record, &clock, case, folder)).collect();
        if !cases.is_empty() {
            let mut properties = common_properties(record);
            properties.extend(dataset.digest.as_ref().map(|digest| ("dataset_digest", digest.to_string())));
            properties.push(("images", dataset.images.to_string()));
            properties.extend(dataset.sampled_from.map(|all| ("sampled_from", all.to_string())));
            suites.push(suite(record, &dataset.name, properties, cases));
        }
    }
    for model in &record.models {
        for dataset in &record.datasets {
            let here = |case: &&CaseRecord| case.model.as_ref() == Some(&model.name) && case.dataset == dataset.name;
            let cases: Vec<Extended> =
                record.cases.iter().filter(here).map(|case| extended(record, &clock, case, folder)).collect();
            if cases.is_empty() {
                continue;
            }
            let mut properties = common_properties(record);
            let digest = |digest: Option<&crate::digest::Digest>| digest.map(ToString::to_string).unwrap_or_default();
            properties.push(("dataset_digest", digest(dataset.digest.as_ref())));
            properties.push(("model_digest", digest(model.card.as_ref().and_then(|card| card.digest.as_ref()))));
            properties.push(("images", dataset.images.to_string()));
            properties.extend(dataset.sampled_from.map(|all| ("sampled_from", all.to_string())));
            if let Some(engine) = model.card.as_ref().and_then(|card| card.settings.get("engine")?.as_str()) {
                properties.push(("engine", engine.to_owned()));
            }
            properties.extend(model.card.as_ref().and_then(ModelCard::running).map(|running| ("run_by", running)));
            suites.push(suite(record, &format!("{} @ {}", model.name, dataset.name), properties, cases));
        }
    }
    suites
}

fn common_properties(record: &Record) -> Vec<(&'static str, String)> {
    vec![
        ("tool_version", record.tool.version.clone()),
        ("spec_digest", record.spec.digest.to_string()),
        ("seed", record.spec.seed.to_string()),
    ]
}

fn suite(record: &Record, part: &str, properties: Vec<(&'static str, String)>, cases: Vec<Extended>) -> Suite {
    let started = i64::try_from(record.times.started_unix).unwrap_or_default();
    Suite {
        name: one_line(&format!("{}: {part}", record.spec.name)),
        file: sanitise(&record.spec.file),
        started: OffsetDateTime::from_unix_timestamp(started).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        properties: safe(properties),
        cases,
    }
}

fn base_suite(suite: &Suite) -> TestSuite {
    let mut builder = TestSuiteBuilder::new(&suite.name);
    builder.set_timestamp(suite.started);
    builder.add_testcases(suite.cases.iter().map(|extended| extended.case.clone()));
    builder.build()
}

fn safe(properties: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    properties.into_iter().map(|(name, value)| (name, one_line(&value))).collect()
}

fn setup_case(record: &Record, failed: &SetupRecord) -> Extended {
    let (family, name) = match (&failed.dataset, &failed.model) {
        (Some(name), _) => ("dataset", name.as_str()),
        (None, model) => ("model", model.as_deref().unwrap_or_default()),
    };
    let message = one_line(&failed.failure.message);
    let kind = failed.failure.kind.to_string();
    let mut builder = TestCaseBuilder::error(&format!("setup/{family}/{name}"), Duration::ZERO, &kind, &message);
    builder.set_classname(&format!("{}.setup.{family}", slug(&record.spec.name)));
    builder.set_filepath(&sanitise(&failed.file));
    let body = format!("{message}\nat {}:{}", failed.file, failed.line);
    builder.set_trace(&cdata(&body));
    Extended { case: builder.build(), line: failed.line, properties: Vec::new() }
}

/// Readers of the report alone must not take an interrupted run for a good one.
fn interrupted_case(record: &Record) -> Extended {
    let message = "the run was interrupted before everything was measured";
    let mut builder = TestCaseBuilder::error("setup/run", Duration::ZERO, "interrupted", message);
    builder.set_classname(&format!("{}.setup.run", slug(&record.spec.name)));
    builder.set_filepath(&sanitise(&record.spec.file));
    builder.set_trace(&cdata(&format!("{message}\nat {}:1", record.spec.file)));
    Extended { case: builder.build(), line: 1, properties: Vec::new() }
}

fn extended(record: &Record, clock: &Clock<'_>, case: &CaseRecord, folder: &Path) -> Extended {
    let id = one_line(&case.id);
    let message = one_line(&case.message);
    let time = Duration::seconds_f64(clock.seconds(case));
    let mut builder = match case.verdict.outcome {
        Outcome::Pass => TestCaseBuilder::success(&id, time),
        Outcome::Fail if case.is_waived() => TestCaseBuilder::success(&id, time),
        Outcome::Fail => TestCaseBuilder::failure(&id, time, &case.bound.to_string(), &message),
        Outcome::Error(kind) => TestCaseBuilder::error(&id, time, &kind.to_string(), &message),
        Outcome::Skipped => TestCaseBuilder::skipped_with_cause(&id, "skipped", &message),
    };
    let parts = [Some(&record.spec.name), case.model.as_ref(), Some(&case.dataset), Some(&case.on)];
    let parts: Vec<String> = parts.into_iter().flatten().map(|part| slug(part)).collect();
    builder.set_classname(&parts.join("."));
    builder.set_filepath(&sanitise(&case.file));
    if matches!(case.verdict.outcome, Outcome::Fail | Outcome::Error(_)) && !case.is_waived() {
        builder.set_trace(&cdata(&body(record, case)));
    }
    let attachment = case.picture.as_ref().map(|path| format!("[[ATTACHMENT|{}]]", folder.join(path).display()));
    let out: Vec<String> = attachment.into_iter().chain(remarks(case)).collect();
    if !out.is_empty() {
        builder.set_system_out(&cdata(&out.join("\n")));
    }
    Extended { case: builder.build(), line: case.line, properties: safe(numbers(case)) }
}

/// What the text of a case says beside its failure: the message goes with a picture; what a waiver keeps from failing,
/// or what a rule leaves open, is told nowhere else.
fn remarks(case: &CaseRecord) -> Vec<String> {
    let is_open = case.verdict.inconclusive || case.picture.is_some();
    let message = (is_open || case.is_waived()).then(|| case.message.clone());
    message.into_iter().chain(waiver(case).filter(|_| case.is_waived())).collect()
}

/// The time that models took, by model, dataset and condition.
struct Clock<'r>(HashMap<[&'r str; 3], f64>);

impl<'r> Clock<'r> {
    fn of(record: &'r Record) -> Self {
        let cells = record.cells.iter().zip(&record.times.cells);
        Self(cells.map(|(cell, seconds)| ([cell.model.as_str(), &cell.dataset, &cell.condition.0], *seconds)).collect())
    }

    /// The time the model took on the cells that the case reads.
    fn seconds(&self, case: &CaseRecord) -> f64 {
        let Some(model) = &case.model else { return 0.0 };
        let cells = case.conditions.iter().map(|condition| [model.as_str(), &case.dataset, &condition.0]);
        cells.filter_map(|cell| self.0.get(&cell)).sum()
    }
}

fn numbers(case: &CaseRecord) -> Vec<(&'static str, String)> {
    let verdict = &case.verdict;
    let mut properties = Vec::new();
    for (name, number) in [("value", verdict.value), ("clean", verdict.clean), ("figure", verdict.figure)] {
        if let Some(number) = number {
            properties.push((name, format!("{number:.6}")));
        }
    }
    if let Some(interval) = verdict.interval {
        properties.push(("ci_low", format!("{:.6}", interval.low)));
        properties.push(("ci_high", format!("{:.6}", interval.high)));
    }
    if let (Some(other), Some(name)) = (verdict.other, &case.other) {
        let name = match name {
            ComparedWith::Baseline => "baseline",
            ComparedWith::Model(_) => "reference",
        };
        properties.push((name, format!("{other:.6}")));
    }
    properties.push(("rule", case.rule.to_string()));
    if case.waiver.is_some() {
        properties.push(("level", "warn".to_owned()));
    }
    properties.push(("threshold", case.threshold.to_string()));
    properties.push(("n", case.images.to_string()));
    if let Some(check) = &case.check {
        properties.push(("check", check.clone()));
    }
    properties
}

fn body(record: &Record, case: &CaseRecord) -> String {
    let mut lines = vec![one_line(&case.message)];
    lines.extend(evidence(case));
    let model = record.models.iter().find(|model| case.model.as_ref() == Some(&model.name));
    if let Some((model, digest)) = model.and_then(|model| Some((model, model.card.as_ref()?.digest.as_ref()?))) {
        lines.push(format!("model {} {}", model.name, digest.short()));
    }
    let dataset = record.datasets.iter().find(|dataset| dataset.name == case.dataset);
    if let Some(digest) = dataset.and_then(|dataset| dataset.digest.as_ref()) {
        lines.push(format!("dataset {} {}", case.dataset, digest.short()));
    }
    lines.push(format!("again: {}", repeat_command(record, &case.id)));
    let place = format!("\nat {}:{}", case.file, case.line);
    let mut text = lines.join("\n");
    truncate(&mut text, MAX_BODY.saturating_sub(place.len()));
    text + &place
}

fn truncate(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
    }
}

/// A part of a class name: Jenkins and GitLab split at dots.
fn slug(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' }).collect()
}

/// What XML 1.0 can hold: without ANSI sequences, and with control characters and non-characters written out.
fn sanitise(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let plain = anstream::adapter::strip_str(&lines).to_string();
    untrusted::log(&plain).into_owned()
}

/// A message: one line, and without the backticks that one reporter takes for code.
fn one_line(text: &str) -> String {
    sanitise(text).replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text for a CDATA section: its end mark is split, as no escape exists there.
fn cdata(text: &str) -> String {
    sanitise(text).replace("]]>", "]]]]><![CDATA[>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_safe_for_xml() {
        assert_eq!(sanitise("a\u{1b}[31mred\u{1b}[0m\u{202e}\u{ffff}\tz"), "ared\\u{202e}\\u{ffff}\tz");
        assert_eq!(cdata("x]]>y"), "x]]]]><![CDATA[>y");
        assert_eq!(slug("mean(blur+noise)"), "mean-blur-noise-");
    }

    #[test]
    fn a_long_body_is_cut_between_letters() {
        let mut text = "ää".to_owned();
        truncate(&mut text, 3);
        assert_eq!(text, "ä");
    }
}
