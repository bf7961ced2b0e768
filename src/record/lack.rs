//! What a record lacks of a whole run: whoever takes figures from it should know.

use std::fmt;

use super::{CellRecord, Record, SetupRecord};

/// The first thing that a record lacks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lack<'r> {
    /// The run did not come to its end.
    Interrupted,
    /// Only some of the spec's cases were asked for.
    Filtered,
    /// A dataset or a model could not be used.
    Setup(&'r SetupRecord),
    /// A cell was not measured.
    Unmeasured(&'r CellRecord),
}

impl Record {
    /// What it lacks; `None` for a run whose every cell was measured.
    pub fn lack(&self) -> Option<Lack<'_>> {
        let unmeasured = |cell: &&CellRecord| cell.failure.is_some() || cell.blocked.is_some();
        if self.interrupted {
            Some(Lack::Interrupted)
        } else if self.spec.is_filtered {
            Some(Lack::Filtered)
        } else if let Some(failed) = self.setup.first() {
            Some(Lack::Setup(failed))
        } else {
            self.cells.iter().find(unmeasured).map(Lack::Unmeasured)
        }
    }
}

impl Lack<'_> {
    /// How to get a whole record.
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::Interrupted => "run it again, to its end: what was answered is in the store",
            Self::Filtered => "take a run without `-k` and `--last-failed`",
            Self::Setup(_) | Self::Unmeasured(_) => "mend that, and run again",
        }
    }
}

impl fmt::Display for Lack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("is of a run that was interrupted"),
            Self::Filtered => f.write_str("holds some of the spec's cases only"),
            Self::Setup(failed) => write!(f, "holds what could not be set up: {}", failed.failure.message),
            Self::Unmeasured(cell) => {
                write!(f, "holds cells that were not measured: {}/{}/{}", cell.model, cell.dataset, cell.condition)
            }
        }
    }
}
