//! JUnit XML, the strict profile: valid under the three public schemas at once (Jenkins xUnit's junit-10.xsd, Windy Road's
//! JUnit.xsd, the old junit-4.xsd). What they have no place for (numbers as properties, lines, pictures, why a case was
//! skipped) stands in the texts of the suite.

use std::fmt::Write as _;
use std::io::Cursor;

use quick_xml::events::{BytesCData, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::junit::base;
use super::junit_xml::{JunitError, Suite, Xml, write_properties};
use super::{ReportError, Reported, Reporter, Style};
use crate::entry::{Entry, Named};

/// The attributes that all schemas allow, by element; others are dropped.
const ALLOWED: [(&[u8], &[&[u8]]); 5] = [
    (b"testsuites", &[]),
    (b"testsuite", &[b"package", b"id", b"name", b"timestamp", b"hostname", b"tests", b"failures", b"errors", b"time"]),
    (b"testcase", &[b"name", b"classname", b"time"]),
    (b"failure", &[b"message", b"type"]),
    (b"error", &[b"message", b"type"]),
];

/// `junit_strict`.
#[derive(Debug)]
pub struct JunitStrict;

impl Named for JunitStrict {
    fn entry(&self) -> Entry {
        Entry { name: "junit_strict", summary: "JUnit XML, for tools that hold it against a schema (Jenkins xUnit)" }
    }
}

impl Reporter for JunitStrict {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        let (base, suites) = base(runs)?;
        Ok(restrict(&base, suites)?)
    }
}

/// The XML `base` that the base writer wrote for `suites`, less what some schema refuses.
fn restrict(base: &[u8], suites: Vec<Suite>) -> Result<String, JunitError> {
    let fail = |error: &dyn std::fmt::Display| JunitError(error.to_string());
    let mut reader = Reader::from_reader(base);
    let mut restricter = Restricter {
        writer: Writer::new_with_indent(Cursor::new(Vec::new()), b' ', 2),
        suites: suites.into_iter(),
        case: String::new(),
        output: String::new(),
        is_output: false,
    };
    loop {
        match reader.read_event().map_err(|error| fail(&error))? {
            Event::Eof => break,
            event => restricter.take(event).map_err(|error| fail(&error))?,
        }
    }
    let mut bytes = restricter.writer.into_inner().into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|error| fail(&error))
}

struct Restricter {
    writer: Xml,
    suites: std::vec::IntoIter<Suite>,
    /// The name of the case that is being written.
    case: String,
    /// What cases say beside their failures, for the end of the suite; plain text.
    output: String,
    /// Whether a case's output is being read.
    is_output: bool,
}

impl Restricter {
    fn take(&mut self, event: Event<'_>) -> std::io::Result<()> {
        match event {
            Event::Start(start) if start.name().as_ref() == b"system-out" => {
                self.is_output = true;
                let _infallible = write!(self.output, "{}: ", self.case);
            }
            Event::End(end) if end.name().as_ref() == b"system-out" => {
                self.is_output = false;
                self.output.push('\n');
            }
            // Several sections where the text holds the mark that ends one.
            Event::CData(text) if self.is_output => self.output.push_str(&String::from_utf8_lossy(&text)),
            Event::Start(start) => self.open(&start, false)?,
            Event::Empty(start) => self.open(&start, true)?,
            Event::End(end) => self.close(end)?,
            event => self.writer.write_event(event)?,
        }
        Ok(())
    }

    fn open(&mut self, start: &BytesStart<'_>, is_empty: bool) -> std::io::Result<()> {
        let name = start.name();
        let attribute = |wanted: &[u8]| {
            let mut attributes = start.attributes().flatten();
            let value = attributes
                .find(|attribute| attribute.key.as_ref() == wanted)?
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .ok()?;
            Some(value.into_owned())
        };
        match name.as_ref() {
            b"testcase" => self.case = attribute(b"name").unwrap_or_default(),
            b"skipped" => {
                let reason = attribute(b"message").unwrap_or_default();
                let _infallible = writeln!(self.output, "{}: skipped: {reason}", self.case);
            }
            _ => {}
        }
        let kept = restricted(start);
        let is_suite = name.as_ref() == b"testsuite";
        self.writer.write_event(if is_empty && !is_suite { Event::Empty(kept) } else { Event::Start(kept) })?;
        if is_suite {
            let properties = self.suites.next().map(|suite| suite.properties).unwrap_or_default();
            if properties.is_empty() {
                self.writer.write_event(Event::Empty(BytesStart::new("properties")))?;
            }
            write_properties(&properties, &mut self.writer)?;
            if is_empty {
                self.close(BytesEnd::new("testsuite"))?;
            }
        }
        Ok(())
    }

    fn close(&mut self, end: BytesEnd<'_>) -> std::io::Result<()> {
        if end.name().as_ref() == b"testsuite" {
            let output = std::mem::take(&mut self.output);
            self.writer.write_event(Event::Start(BytesStart::new("system-out")))?;
            if output.is_empty() {
                self.writer.write_event(Event::Text(BytesText::new("")))?;
            }
            for section in BytesCData::escaped(&output) {
                self.writer.write_event(Event::CData(section))?;
            }
            self.writer.write_event(Event::End(BytesEnd::new("system-out")))?;
            self.writer.write_event(Event::Empty(BytesStart::new("system-err")))?;
        }
        self.writer.write_event(Event::End(end))
    }
}

/// An element with the attributes that all schemas allow; times without a zone.
fn restricted(start: &BytesStart<'_>) -> BytesStart<'static> {
    let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
    let allowed = ALLOWED.iter().find(|(element, _)| *element == name.as_bytes()).map_or(&[][..], |(_, keys)| keys);
    let mut kept = BytesStart::new(name);
    for attribute in start.attributes().flatten() {
        if !allowed.contains(&attribute.key.as_ref()) {
            continue;
        }
        let value = match attribute.key.as_ref() {
            b"timestamp" => attribute.value.strip_suffix(b"Z").unwrap_or(&attribute.value),
            b"package" => b"",
            _ => &attribute.value,
        };
        kept.push_attribute((attribute.key.as_ref(), value));
    }
    kept
}
