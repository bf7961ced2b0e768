//! The seam of the family: a reporter writes what runs found in one format.

use std::fmt::Debug;
use std::path::Path;

use super::{JunitError, Style};
use crate::entry::Named;
use crate::record::Record;

/// A run's record, and the folder where its pictures lie.
pub type Reported<'r> = (&'r Record, &'r Path);

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
