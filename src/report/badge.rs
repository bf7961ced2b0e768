//! A badge for a README: what became of the last run, as an SVG file without anything from elsewhere.

use super::{ReportError, Reported, Reporter, Style};
use crate::entry::{Entry, Named};
use crate::exit::Exit;
use crate::record::Counts;

/// `badge`.
#[derive(Debug)]
pub struct Badge;

impl Named for Badge {
    fn entry(&self) -> Entry {
        Entry { name: "badge", summary: "an SVG badge for a README: what became of the run" }
    }
}

impl Reporter for Badge {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        let runs: Vec<(Exit, Counts)> = runs.iter().map(|(record, _)| (record.exit_code, record.counts)).collect();
        Ok(badge(&runs))
    }
}

/// The badge of runs: what became of each, and its cases.
pub fn badge(runs: &[(Exit, Counts)]) -> String {
    let exit = Exit::worst(runs.iter().map(|(exit, _)| *exit)).unwrap_or(Exit::NothingSelected);
    let count = |of: fn(Counts) -> usize| -> usize { runs.iter().map(|(_, counts)| of(*counts)).sum() };
    let told = match exit {
        Exit::Passed => format!("{} passed", count(|counts| counts.passed)),
        Exit::Failed => format!("{} failed", count(|counts| counts.failed)),
        Exit::Misused | Exit::Unjudged | Exit::NothingSelected | Exit::NotWhole | Exit::Interrupted => {
            exit.verdict().to_owned()
        }
    };
    svg(&told, colour(exit))
}

/// Those of the pages: green, red, violet for what is no verdict.
const fn colour(exit: Exit) -> &'static str {
    match exit {
        Exit::Passed => "#1a7f37",
        Exit::Failed => "#cf222e",
        Exit::Misused | Exit::Unjudged | Exit::NothingSelected | Exit::NotWhole | Exit::Interrupted => "#8250df",
    }
}

/// What the badge is of.
const LABEL: &str = "robustness";

/// The mean letter of an 11 pixel sans-serif, which no two machines draw alike: `textLength` makes it fit.
const LETTER: usize = 7;

/// Room on each side of a text, pixels.
const MARGIN: usize = 6;

fn svg(told: &str, colour: &str) -> String {
    let widths = [LABEL, told].map(|text| text.len() * LETTER + 2 * MARGIN);
    let [left, right] = widths;
    let text = |text: &str, from: usize| {
        let (x, length) = (from + MARGIN, text.len() * LETTER);
        format!("<text x=\"{x}\" y=\"14\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{text}</text>")
    };
    let (label, message) = (text(LABEL, 0), text(told, left));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" aria-label=\"{LABEL}: {told}\">\n\
         <title>{LABEL}: {told}</title>\n\
         <rect width=\"{width}\" height=\"20\" rx=\"3\" fill=\"#424a53\"/>\n\
         <path d=\"M{left} 0h{flat}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3H{left}z\" fill=\"{colour}\"/>\n\
         <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n{label}\n{message}\n</g>\n</svg>\n",
        width = left + right,
        flat = right - 3,
    )
}
