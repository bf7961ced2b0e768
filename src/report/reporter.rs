//! The seam of the family: a reporter writes what runs found in one format.

use std::fmt::Debug;
use std::path::Path;

use super::JunitError;
use crate::entry::Named;
use crate::record::Record;

/// A run's record, and the folder where its pictures lie.
pub type Reported<'r> = (&'r Record, &'r Path);

/// How a report for people looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colored: bool,
    /// Letters per line.
    pub width: usize,
    /// Also with the cases that passed, and with where the time went.
    pub is_verbose: bool,
}

/// A format of reports.
pub trait Reporter: Named + Debug + Sync {
    /// The report of `runs`, as one document. `style` is how text for people looks; formats for programs leave it.
    ///
    /// # Errors
    /// The format cannot hold these runs.
    fn render(&self, runs: &[Reported<'_>], style: Style) -> Result<String, ReportError>;
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The format holds exactly one run.
    #[error("`{format}` holds one run, not {runs}: write one report for each")]
    OneRun {
        /// The reporter's name.
        format: &'static str,
        /// How many were given.
        runs: usize,
    },
    /// See [`JunitError`].
    #[error(transparent)]
    Junit(#[from] JunitError),
}
