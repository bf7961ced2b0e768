//! The page among the reporters: a record alone, without the history of its suite.

use super::html;
use crate::entry::{Entry, Named};
use crate::report::{ReportError, Reported, Reporter, Style};

/// `html`.
#[derive(Debug)]
pub struct Html;

impl Named for Html {
    fn entry(&self) -> Entry {
        Entry { name: "html", summary: "one HTML file for people: figures, charts, and the images that lost most" }
    }
}

impl Reporter for Html {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        match runs {
            [(record, folder)] => Ok(html(record, folder, &[])),
            _ => Err(ReportError::OneRun { format: self.entry().name, runs: runs.len() }),
        }
    }
}
