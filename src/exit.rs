//! What a run or a command came to: the program's exit codes, their meaning, and which of them wins.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a run or a command ended. Records hold it as the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Exit {
    /// All checks hold, or the command did what it was asked.
    Passed,
    /// A check failed.
    Failed,
    /// The command line or a spec is wrong, or something cannot be read or written.
    Misused,
    /// Something could not be judged, or a report could not be written: nobody could tell what was judged.
    Unjudged,
    /// No case is selected.
    NothingSelected,
    /// Shards are missing, damaged, or of different plans.
    NotWhole,
    /// Somebody stopped it.
    Interrupted,
}

impl Exit {
    /// Every one, by its number.
    pub const ALL: [Self; 7] = [
        Self::Passed,
        Self::Failed,
        Self::Misused,
        Self::Unjudged,
        Self::NothingSelected,
        Self::NotWhole,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Unjudged => 3,
            Self::NothingSelected => 4,
            Self::NotWhole => 5,
            Self::Interrupted => 130,
        }
    }

    /// What it means, for the program's help.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => "all checks hold",
            Self::Failed => "a check failed",
            Self::Misused => "wrong command line or spec, or a place that cannot be written",
            Self::Unjudged => "something could not be judged (wins over 1)",
            Self::NothingSelected => "nothing selected",
            Self::NotWhole => "shards are missing, damaged, or of different plans",
            Self::Interrupted => "interrupted",
        }
    }

    /// What became of a run or an audit, in a word or two.
    pub const fn verdict(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Misused | Self::Unjudged | Self::NothingSelected | Self::NotWhole => "could not be judged",
            Self::Interrupted => "interrupted",
        }
    }

    /// The one that stands for several runs; `None` for none.
    pub fn worst(of: impl IntoIterator<Item = Self>) -> Option<Self> {
        of.into_iter().max_by_key(|exit| exit.rank())
    }

    /// What wins over what: a run that was stopped tells nothing of the others, an error wins over a failed check.
    const fn rank(self) -> u8 {
        match self {
            Self::Passed | Self::Misused | Self::NothingSelected | Self::NotWhole => 0,
            Self::Failed => 1,
            Self::Unjudged => 2,
            Self::Interrupted => 3,
        }
    }
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        exit.code()
    }
}

impl TryFrom<u8> for Exit {
    type Error = String;

    fn try_from(code: u8) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|exit| exit.code() == code);
        known.ok_or_else(|| format!("{code} is no exit code of windtunnel"))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_what_they_mean() {
        for exit in Exit::ALL {
            assert_eq!(Exit::try_from(exit.code()), Ok(exit));
        }
        assert!(Exit::try_from(7).is_err());
    }

    #[test]
    fn what_could_not_be_judged_wins_over_what_failed() {
        assert_eq!(Exit::worst([Exit::Passed, Exit::Unjudged, Exit::Failed]), Some(Exit::Unjudged));
        assert_eq!(Exit::worst([Exit::Interrupted, Exit::Unjudged]), Some(Exit::Interrupted));
        assert_eq!(Exit::worst([]), None);
    }
}
