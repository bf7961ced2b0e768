//! What the terminal can show, and the doors to it: nothing else of the program prints.

use std::io::{IsTerminal, Write as _, stderr, stdout};
use std::path::Path;

use windtunnel::report::Style;
use windtunnel::untrusted;

use crate::args::Color;
use crate::{files, surroundings};

/// Letters per line where nobody knows: logs of CI services wrap late.
const DEFAULT_WIDTH: usize = 100;

/// Environment variables of CI services whose logs show colours.
const COLORED_CI: [&str; 6] = ["GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "TRAVIS", "GITEA_ACTIONS"];

/// Tells people something on standard error: takes what `format!` takes, and whatever the parts are made of, they neither
/// steer a terminal nor command a CI service.
macro_rules! tell {
    ($($arg:tt)*) => { $crate::terminal::show(&format!("{}\n", windtunnel::untrusted::log(&format!($($arg)*)))) };
}

/// Says what a command found on standard output: as [`tell!`], for what is the command's own report.
macro_rules! say {
    ($($arg:tt)*) => {
        $crate::terminal::Stream::Output.show(&format!("{}\n", windtunnel::untrusted::log(&format!($($arg)*))))
    };
}

/// Where text for people goes: reports to standard output, progress and notes to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Output,
    Error,
}

impl Stream {
    /// Where a report for people goes: beside data that is asked for on standard output, to the other stream.
    pub fn beside(mut places: impl Iterator<Item = impl AsRef<Path>>) -> Self {
        if places.any(|place| place.as_ref() == Path::new("-")) { Self::Error } else { Self::Output }
    }

    /// How text looks there.
    pub fn style(self, color: Color) -> Style {
        match self {
            Self::Output => style_of(Path::new("-"), color),
            Self::Error => style(color),
        }
    }

    /// Shows text that has gone through a door already.
    pub fn show(self, text: &str) {
        match self {
            Self::Error => show(text),
            // By itself, not by `anstream`: that strips colours by what standard error can show.
            Self::Output => {
                if let Err(error) = files::write("-".as_ref(), text.as_bytes()) {
                    tell!("error: {error:#}");
                }
            }
        }
    }
}

/// Shows text on standard error that has gone through a door already: commands to CI services, and what the library has
/// rendered in colours.
pub fn show(text: &str) {
    // With nobody left to listen there is nothing to be told.
    let _unheard = anstream::stderr().write_all(text.as_bytes());
}

/// Prints text for people or other programs on standard output.
pub fn print(text: &str) -> anyhow::Result<()> {
    files::write("-".as_ref(), untrusted::log(text).as_bytes())
}

/// How text for people on standard error looks; settles it for everything that is printed from now on.
pub fn style(color: Color) -> Style {
    let colored = is_colored(color, is_capable(&stderr()));
    let choice = if colored { anstream::ColorChoice::AlwaysAnsi } else { anstream::ColorChoice::Never };
    choice.write_global();
    let width = terminal_size::terminal_size_of(stderr()).map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
    Style { colored, width, is_verbose: false }
}

/// How text for people looks in a file.
pub fn style_of_file() -> Style {
    Style { colored: false, width: DEFAULT_WIDTH, is_verbose: false }
}

/// How text for people looks in the file `out` (`-` is standard output).
pub fn style_of(out: &Path, color: Color) -> Style {
    if out != Path::new("-") {
        return Style { colored: color == Color::Always, ..style_of_file() };
    }
    let is_terminal = is_capable(&stdout());
    let width = terminal_size::terminal_size_of(stdout()).map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
    Style { colored: is_colored(color, is_terminal), width, is_verbose: false }
}

fn is_colored(color: Color, is_terminal: bool) -> bool {
    let set = |name: &str| surroundings::value(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("CLICOLOR_FORCE") => surroundings::value("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        Color::Auto => is_terminal || COLORED_CI.iter().any(|name| set(name)),
    }
}

/// Whether a person watches standard error; not in CI, where pretended terminals are common.
pub fn is_interactive() -> bool {
    is_capable(&stderr()) && surroundings::value("CI").is_none()
}

/// Whether `stream` is a terminal that shows more than letters.
fn is_capable(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && surroundings::value("TERM").is_none_or(|term| term != "dumb")
}
