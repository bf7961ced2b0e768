//! What became of something, as pages show it: a class for its colour, a word and a mark.

use maud::{Markup, Render, html};

use crate::exit::Exit;
use crate::gate::Outcome;
use crate::record::CaseRecord;

/// What became of a case, a run or an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Pass,
    /// It holds by no more than chance explains.
    Unsure,
    /// It is broken.
    Fail,
    /// It could not be judged.
    Error,
    /// It is broken, and only told.
    Warn,
    /// It was not judged.
    Skip,
}

impl State {
    /// The state of a case.
    pub fn of_case(case: &CaseRecord) -> Self {
        match case.verdict.outcome {
            Outcome::Pass if case.is_unsure() => Self::Unsure,
            Outcome::Pass => Self::Pass,
            Outcome::Fail if case.is_waived() => Self::Warn,
            Outcome::Fail => Self::Fail,
            Outcome::Error(_) => Self::Error,
            Outcome::Skipped => Self::Skip,
        }
    }

    /// The state of a run or an audit.
    pub fn of_run(exit: Exit) -> Self {
        match exit {
            Exit::Passed => Self::Pass,
            Exit::Failed => Self::Fail,
            Exit::Misused | Exit::Unjudged | Exit::NothingSelected | Exit::NotWhole | Exit::Interrupted => Self::Error,
        }
    }

    /// Whether it is one of those that the findings tell of.
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Fail | Self::Error | Self::Warn)
    }

    /// Its word, which is also its class.
    fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unsure => "unsure",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Skip => "skip",
        }
    }

    /// A word for it, told by its letters and its mark as well as by its colour.
    pub fn badge(self) -> Markup {
        let mark = match self {
            Self::Pass => "\u{2713}",
            Self::Unsure => "?",
            Self::Fail => "\u{2715}",
            Self::Error => "!",
            Self::Warn => "\u{25b3}",
            Self::Skip => "\u{2013}",
        };
        html! { span class={ "badge " (self) } { span aria-hidden="true" { (mark) } " " (self.word()) } }
    }
}

impl Render for State {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(self.word());
    }
}
