//! JUnit XML, the rich profile: what GitHub, GitLab and Jenkins read, with the numbers as properties.
//!
//! The `junit-report` crate models and writes suites and cases; a pass over its events adds what it cannot write
//! (properties, lines, counts of skipped cases, totals). Every string is sanitised first: one raw control character
//! or unsplit `]]>` loses the whole file in one consumer or another.

use std::collections::VecDeque;
use std::io::Cursor;
use std::path::Path;

use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::text::{evidence, repeat_command};
use crate::gate::Outcome;
use crate::record::{CaseRecord, Record, SetupRecord};

/// The longest body of a failure, bytes: some consumers cut or drop longer ones.
const MAX_BODY: usize = 8 * 1024;

/// Why a report could not be written; a bug, as every string is made safe first.
#[derive(Debug, thiserror::Error)]
#[error("cannot write JUnit XML: {0}")]
pub struct JunitError(String);

/// A case with what the base writer cannot hold.
struct Extended {
    case: TestCase,
    line: usize,
    properties: Vec<(&'static str, String)>,
}

/// A suite with what the base writer cannot hold.
struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Extended>,
}

/// The records of a run, each with the folder where its pictures lie, as one JUnit document: a suite per spec, model
/// and dataset.
///
/// # Errors
/// Never for a record that this program made.
pub fn junit(records: &[(&Record, &Path)]) -> Result<String, JunitError> {
    let of_record = |(record, folder): &(&'_ Record, &Path)| suites(record, folder);
    let suites: Vec<(Suite, &Record)> = records
        .iter()
        .flat_map(|located| of_record(located).into_iter().map(|suite| (suite, located.0)).collect::<Vec<_>>())
        .collect();
    let mut builder = ReportBuilder::new();
    for (suite, record) in &suites {
        builder.add_testsuite(base_suite(suite, record));
    }
    let mut base = Vec::new();
    builder.build().write_xml(&mut base).map_err(|error| JunitError(error.to_string()))?;
    Extender { suites: suites.into(), cases: VecDeque::new() }.extend(&base)
}

/// A suite per model and dataset, and one for what failed before any model ran.
fn suites(record: &Record, folder: &Path) -> Vec<Suite> {
    let mut suites = Vec::new();
    if !record.setup.is_empty() {
        let cases = record.setup.iter().map(|failed| setup_case(record, failed)).collect();
        suites.push(Suite {
            name: format!("{} setup", record.spec.name),
            properties: common_properties(record),
            cases,
        });
    }
    for model in &record.models {
        for dataset in &record.datasets {
            let here = |case: &&CaseRecord| case.model == model.name && case.dataset == dataset.name;
            let cases: Vec<Extended> =
                record.cases.iter().filter(here).map(|case| extended(record, case, folder)).collect();
            if cases.is_empty() {
                continue;
            }
            let mut properties = common_properties(record);
            let digest = |digest: Option<&crate::digest::Digest>| digest.map(ToString::to_string).unwrap_or_default();
            properties.push(("dataset_digest", digest(dataset.digest.as_ref())));
            properties.push(("model_digest", digest(model.card.as_ref().map(|card| &card.digest))));
            properties.push(("images", dataset.images.to_string()));
            if let Some(engine) = model.card.as_ref().and_then(|card| card.settings.get("engine")?.as_str()) {
                properties.push(("engine", engine.to_owned()));
            }
            let name = format!("{}: {} @ {}", record.spec.name, model.name, dataset.name);
            suites.push(Suite { name, properties, cases });
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

fn base_suite(suite: &Suite, record: &Record) -> TestSuite {
    let started = i64::try_from(record.times.started_unix).unwrap_or_default();
    let mut builder = TestSuiteBuilder::new(&sanitise(&suite.name));
    builder.set_timestamp(OffsetDateTime::from_unix_timestamp(started).unwrap_or(OffsetDateTime::UNIX_EPOCH));
    builder.add_testcases(suite.cases.iter().map(|extended| extended.case.clone()));
    builder.build()
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
    builder.set_filepath(&sanitise(&record.spec.file));
    let body = format!("{message}\nat {}:{}", record.spec.file, failed.line);
    builder.set_trace(&cdata(&body));
    Extended { case: builder.build(), line: failed.line, properties: Vec::new() }
}

fn extended(record: &Record, case: &CaseRecord, folder: &Path) -> Extended {
    let id = sanitise(&case.id);
    let message = one_line(&case.message);
    let time = Duration::seconds_f64(case_seconds(record, case));
    let mut builder = match case.verdict.outcome {
        Outcome::Pass => TestCaseBuilder::success(&id, time),
        Outcome::Fail => TestCaseBuilder::failure(&id, time, &case.bound, &message),
        Outcome::Error(kind) => TestCaseBuilder::error(&id, time, &kind.to_string(), &message),
        Outcome::Skipped => TestCaseBuilder::skipped_with_cause(&id, "skipped", &message),
    };
    let parts = [&record.spec.name, &case.model, &case.dataset, &case.on].map(|part| slug(part));
    builder.set_classname(&parts.join("."));
    builder.set_filepath(&sanitise(&record.spec.file));
    if matches!(case.verdict.outcome, Outcome::Fail | Outcome::Error(_)) {
        builder.set_trace(&cdata(&body(record, case)));
    }
    if let Some(picture) = &case.picture {
        builder.set_system_out(&cdata(&format!("[[ATTACHMENT|{}]]\n{}", folder.join(picture).display(), case.message)));
    }
    Extended { case: builder.build(), line: case.line, properties: numbers(case) }
}

/// The time the models took on the cells that the case reads.
fn case_seconds(record: &Record, case: &CaseRecord) -> f64 {
    let reads = |cell: &crate::record::CellRecord| {
        cell.model == case.model && cell.dataset == case.dataset && case.conditions.contains(&cell.condition)
    };
    let cells = record.cells.iter().zip(&record.times.cells);
    cells.filter(|(cell, _)| reads(cell)).map(|(_, seconds)| seconds).sum()
}

fn numbers(case: &CaseRecord) -> Vec<(&'static str, String)> {
    let verdict = &case.verdict;
    let mut properties = Vec::new();
    for (name, number) in [("value", verdict.value), ("clean", verdict.clean), ("figure", verdict.figure)] {
        if let Some(number) = number {
            properties.push((name, format!("{number:.6}")));
        }
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
    let card = record.models.iter().find(|model| model.name == case.model).and_then(|model| model.card.as_ref());
    if let Some(card) = card {
        lines.push(format!("model {} {}", case.model, card.digest.short()));
    }
    let dataset = record.datasets.iter().find(|dataset| dataset.name == case.dataset);
    if let Some(digest) = dataset.and_then(|dataset| dataset.digest.as_ref()) {
        lines.push(format!("dataset {} {}", case.dataset, digest.short()));
    }
    lines.push(format!("again: {}", repeat_command(record, &case.id)));
    let place = format!("\nat {}:{}", record.spec.file, case.line);
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

/// What XML 1.0 can hold: without ANSI sequences, control characters and non-characters.
fn sanitise(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    let allowed = |c: &char| {
        matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
    };
    plain.chars().filter(allowed).collect()
}

/// A message: one line, and without the backticks that one reporter takes for code.
fn one_line(text: &str) -> String {
    sanitise(text).replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text for a CDATA section: its end mark is split, as no escape exists there.
fn cdata(text: &str) -> String {
    sanitise(text).replace("]]>", "]]]]><![CDATA[>")
}

/// Adds to the base writer's events what it left out.
struct Extender<'r> {
    suites: VecDeque<(Suite, &'r Record)>,
    cases: VecDeque<Extended>,
}

impl Extender<'_> {
    fn extend(mut self, base: &[u8]) -> Result<String, JunitError> {
        let fail = |error: &dyn std::fmt::Display| JunitError(error.to_string());
        let mut reader = Reader::from_reader(base);
        let mut writer = Writer::new_with_indent(Cursor::new(Vec::new()), b' ', 2);
        loop {
            match reader.read_event().map_err(|error| fail(&error))? {
                Event::Eof => break,
                Event::Start(start) => self.open(start, false, &mut writer).map_err(|error| fail(&error))?,
                Event::Empty(start) => self.open(start, true, &mut writer).map_err(|error| fail(&error))?,
                event => writer.write_event(event).map_err(|error| fail(&error))?,
            }
        }
        let mut bytes = writer.into_inner().into_inner();
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(|error| fail(&error))
    }

    fn open(&mut self, mut start: BytesStart<'_>, empty: bool, writer: &mut Xml) -> std::io::Result<()> {
        match start.name().as_ref() {
            b"testsuites" => {
                self.totals(&mut start);
                write_start(start, empty, writer)
            }
            b"testsuite" => {
                let (suite, record) = self.suites.pop_front().expect("a suite of its own for each that was written");
                suite_attributes(&mut start, &suite, record);
                write_start(start, false, writer)?;
                write_properties(&suite.properties, writer)?;
                self.cases = suite.cases.into();
                Ok(())
            }
            b"testcase" => {
                let extended = self.cases.pop_front().expect("a case of its own for each that was written");
                start.push_attribute(("line", extended.line.to_string().as_str()));
                write_start(start, empty && extended.properties.is_empty(), writer)?;
                write_properties(&extended.properties, writer)?;
                if empty && !extended.properties.is_empty() {
                    writer.write_event(Event::End(quick_xml::events::BytesEnd::new("testcase")))?;
                }
                Ok(())
            }
            _ => write_start(start, empty, writer),
        }
    }

    fn totals(&self, start: &mut BytesStart<'_>) {
        let count = |of: fn(&TestCase) -> bool| {
            self.suites.iter().flat_map(|(suite, _)| &suite.cases).filter(|extended| of(&extended.case)).count()
        };
        let times = self.suites.iter().flat_map(|(suite, _)| &suite.cases).map(|extended| *extended.case.time());
        let seconds = times.sum::<Duration>().as_seconds_f64();
        let attributes = [
            ("name", "windtunnel".to_owned()),
            ("tests", count(|_| true).to_string()),
            ("failures", count(TestCase::is_failure).to_string()),
            ("errors", count(TestCase::is_error).to_string()),
            ("skipped", count(TestCase::is_skipped).to_string()),
            ("time", seconds.to_string()),
        ];
        for (name, value) in &attributes {
            start.push_attribute((*name, value.as_str()));
        }
    }
}

type Xml = Writer<Cursor<Vec<u8>>>;

fn write_start(start: BytesStart<'_>, empty: bool, writer: &mut Xml) -> std::io::Result<()> {
    writer.write_event(if empty { Event::Empty(start) } else { Event::Start(start) })
}

/// The base writer's attributes with the time stamp without a zone, and those it leaves out.
fn suite_attributes(start: &mut BytesStart<'_>, suite: &Suite, record: &Record) {
    let skipped = suite.cases.iter().filter(|extended| extended.case.is_skipped()).count();
    let written: Vec<(Vec<u8>, Vec<u8>)> = start
        .attributes()
        .flatten()
        .map(|attribute| (attribute.key.as_ref().to_vec(), attribute.value.into_owned()))
        .collect();
    start.clear_attributes();
    for (key, value) in &written {
        let value = match key.as_slice() {
            b"timestamp" => value.strip_suffix(b"Z").unwrap_or(value),
            b"package" => b"", // Jenkins puts it before the suite's name
            _ => value,
        };
        start.push_attribute((key.as_slice(), value));
    }
    start.push_attribute(("skipped", skipped.to_string().as_str()));
    start.push_attribute(("file", sanitise(&record.spec.file).as_str()));
}

fn write_properties(properties: &[(&'static str, String)], writer: &mut Xml) -> std::io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    writer.create_element("properties").write_inner_content(|inner| {
        for (name, value) in properties {
            let attributes = [("name", *name), ("value", &sanitise(value))];
            inner.create_element("property").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_safe_for_xml() {
        assert_eq!(sanitise("a\u{1b}[31mred\u{1b}[0m\u{0}\u{ffff}\tz"), "ared\tz");
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
