//! Text that somebody else wrote (names in files, answers of servers, words of children) on its way to people.
//!
//! It may hold letters that steer a terminal, turn what follows around or cannot be seen, and marks that CI services take
//! for commands in whatever is printed. Each target has one door: [`line()`] and [`log`] for terminals and logs, which are
//! the same thing in CI, [`name`] for what the formats of reports escape further in their own way. Nothing is left out: two
//! names that differ look different. Backslashes are not doubled, so that paths of Windows stay what they are.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// Whether a letter is not to be shown as it is: controls, the ends of lines and paragraphs, and what Unicode calls
/// default ignorable (it turns directions, joins, or has no width), but for the variation selectors that emoji are
/// written with, and letters that no text has.
pub fn steers(letter: char) -> bool {
    match letter {
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        letter => letter.is_control(),
    }
}

/// `text` in one line, with what steers written out (`\n`, `\u{202e}`), and without marks of commands.
pub fn name(text: &str) -> Cow<'_, str> {
    written(text, |letter| !steers(letter))
}

/// The same of several lines, which stay.
pub fn document(text: &str) -> Cow<'_, str> {
    written(text, |letter| matches!(letter, '\n' | '\t') || !steers(letter))
}

/// A name that is a line of its own in a terminal or log.
pub fn line(text: &str) -> Cow<'_, str> {
    let shown = name(text);
    if begins_command(&shown) { Cow::Owned(ordinary(&shown)) } else { shown }
}

/// Several lines for a terminal or log.
pub fn log(text: &str) -> Cow<'_, str> {
    let shown = document(text);
    if !shown.lines().any(begins_command) {
        return shown;
    }
    let ordinary = |line: &str| if begins_command(line) { ordinary(line) } else { line.to_owned() };
    Cow::Owned(shown.split('\n').map(ordinary).collect::<Vec<_>>().join("\n"))
}

/// Lines that are painted, and whose letters are known to be harmless, without commands.
pub(crate) fn painted_log(text: &str) -> String {
    let line = |line: &str| {
        let line = written(line, |_| true);
        if begins_command(&line) { ordinary(&line) } else { line.into_owned() }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A JSON text with what steers as JSON escapes it: nothing changes for whoever reads it.
pub fn json(text: String) -> String {
    if !text.contains(|letter: char| letter != '\n' && steers(letter)) && !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, letter) in text.char_indices() {
        // Lines and marks stand between strings, and in strings they are escaped already.
        if letter != '\n' && steers(letter)
            || letter == '#' && text[..at].ends_with('#') && opens_command(&text[at + 1..])
        {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                let _infallible = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(letter);
        }
    }
    out
}

/// A TOML text with what steers as TOML escapes it in basic strings.
pub fn toml(text: &str) -> String {
    let shown = |letter: char| match letter {
        letter if letter != '\n' && steers(letter) => format!("\\U{:08x}", u32::from(letter)),
        letter => letter.to_string(),
    };
    text.chars().map(shown).collect()
}

/// `text` with all letters written out that are not `plain`, and without the marks of commands that count in the middle of
/// a line: `##[error]` of GitHub, `##vso[task]` of Azure, `##teamcity[message]`.
fn written(text: &str, plain: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&plain) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, letter) in text.char_indices() {
        match letter {
            '#' if text[..at].ends_with('#') && opens_command(&text[at + 1..]) => write_out('#', &mut out),
            letter if plain(letter) => out.push(letter),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter => write_out(letter, &mut out),
        }
    }
    Cow::Owned(out)
}

/// Whether GitHub takes a line for a command.
fn begins_command(line: &str) -> bool {
    line.trim_start().starts_with("::")
}

/// A line that begins a command as one that does not.
fn ordinary(line: &str) -> String {
    line.replacen("::", ":\\u{3a}", 1)
}

/// A path for people.
pub trait Shown {
    /// Its name, as [`name`] shows it.
    fn shown(&self) -> String;
}

impl Shown for Path {
    fn shown(&self) -> String {
        name(&self.to_string_lossy()).into_owned()
    }
}

fn opens_command(after: &str) -> bool {
    after.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with('[')
}

fn write_out(letter: char, out: &mut String) {
    let _infallible = write!(out, "{}", letter.escape_unicode());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_written_out_and_all_else_stays() {
        assert_eq!(name("a\u{1b}[31m\u{202e}b\u{200b}\n\u{9b}"), "a\\u{1b}[31m\\u{202e}b\\u{200b}\\n\\u{9b}");
        for plain in
            ["C:\\a b", "\u{442}\u{435}\u{441}\u{442} \u{5d0} \u{732b}", "\u{2764}\u{fe0f}", "# a ## b", "x##y z["]
        {
            assert!(matches!(name(plain), Cow::Borrowed(_)) || name(plain) == plain, "{plain}");
        }
    }

    #[test]
    fn nothing_is_a_command_any_more() {
        assert_eq!(
            name("a ##[error]b ###vso[x]y ##teamcity[z"),
            "a #\\u{23}[error]b ##\\u{23}vso[x]y #\\u{23}teamcity[z"
        );
        assert_eq!(line(" \u{a0}::error::x::"), " \u{a0}:\\u{3a}error::x::");
        assert_eq!(line("a ::error::"), "a ::error::");
        assert_eq!(log("a\n  ::b\n\r::c"), "a\n  :\\u{3a}b\n\\r::c");
    }

    #[test]
    fn a_path_is_one_line() {
        assert_eq!(Path::new("a\n::error::\u{7}").shown(), "a\\n::error::\\u{7}");
    }
}
