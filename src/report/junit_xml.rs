//! Adds to what the `junit-report` crate writes what it cannot: root and suite attributes, lines, properties.

use std::collections::VecDeque;
use std::io::Cursor;

use junit_report::{Duration, OffsetDateTime, TestCase};
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, Writer};

/// Why a report could not be written; a bug, as every string is made safe first.
#[derive(Debug, thiserror::Error)]
#[error("cannot write JUnit XML: {0}")]
pub struct JunitError(pub(super) String);

/// A suite with what the base writer cannot hold. All strings are safe for XML.
pub struct Suite {
    /// Unique in the report.
    pub name: String,
    /// The spec's file.
    pub file: String,
    /// When the run started.
    pub started: OffsetDateTime,
    /// In order.
    pub properties: Vec<(&'static str, String)>,
    /// In order.
    pub cases: Vec<Extended>,
}

/// A case with what the base writer cannot hold. All strings are safe for XML.
pub struct Extended {
    /// As the base writer writes it.
    pub case: TestCase,
    /// The line of the spec.
    pub line: usize,
    /// In order.
    pub properties: Vec<(&'static str, String)>,
}

/// The XML `base` that the base writer wrote for `suites`, with what it left out.
pub fn extend(base: &[u8], suites: Vec<Suite>) -> Result<String, JunitError> {
    Extender { suites: suites.into(), cases: VecDeque::new() }.extend(base)
}

/// Adds to the base writer's events what it left out.
struct Extender {
    suites: VecDeque<Suite>,
    cases: VecDeque<Extended>,
}

impl Extender {
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
                let suite = self.suites.pop_front().expect("a suite of its own for each that was written");
                suite_attributes(&mut start, &suite);
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
                    writer.write_event(Event::End(BytesEnd::new("testcase")))?;
                }
                Ok(())
            }
            _ => write_start(start, empty, writer),
        }
    }

    fn totals(&self, start: &mut BytesStart<'_>) {
        let count = |of: fn(&TestCase) -> bool| {
            self.suites.iter().flat_map(|suite| &suite.cases).filter(|extended| of(&extended.case)).count()
        };
        let times = self.suites.iter().flat_map(|suite| &suite.cases).map(|extended| *extended.case.time());
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

pub type Xml = Writer<Cursor<Vec<u8>>>;

fn write_start(start: BytesStart<'_>, empty: bool, writer: &mut Xml) -> std::io::Result<()> {
    writer.write_event(if empty { Event::Empty(start) } else { Event::Start(start) })
}

/// The base writer's attributes with the time stamp without a zone, and those it leaves out.
fn suite_attributes(start: &mut BytesStart<'_>, suite: &Suite) {
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
    start.push_attribute(("file", suite.file.as_str()));
}

pub fn write_properties(properties: &[(&'static str, String)], writer: &mut Xml) -> std::io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    writer.create_element("properties").write_inner_content(|inner| {
        for (name, value) in properties {
            let attributes = [("name", *name), ("value", value.as_str())];
            inner.create_element("property").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}
