//! What readers find odd: errors that forbid the use of a dataset and warnings that somebody should know of, grouped
//! by sort and counted, with the first few examples of each.

use std::path::Path;

use super::{DatasetError, OddBox, Seen, Unread};

/// What is odd about a dataset.
#[derive(Debug, Default)]
pub struct Findings {
    refusals: Vec<String>,
    errors: Tally,
    notes: Vec<String>,
    warnings: Tally,
    odd_boxes: Vec<OddBox>,
    seen: Seen,
}

impl Findings {
    /// A picture is where it should be.
    pub fn saw_picture(&mut self) {
        self.seen.has_pictures = true;
    }

    /// The spec says where the pictures are.
    pub fn says_where(&mut self, is_told: bool) {
        self.seen.is_said_where = is_told;
    }

    /// Something that forbids the use of the dataset as a whole.
    pub fn refuse(&mut self, text: impl Into<String>) {
        self.refusals.push(text.into());
    }

    /// One of several things that forbid the use of the dataset.
    pub fn error(&mut self, sort: &'static str, example: impl Into<String>) {
        self.errors.add(sort, &example.into());
    }

    /// A picture that labels name and that cannot be read.
    pub fn unread(&mut self, why: Unread, example: impl Into<String>) {
        let sort = match why {
            Unread::Missing => "missing image files",
            Unread::Outside => "image files outside of their folder, which are not read",
        };
        self.error(sort, example);
        self.seen.unread = self.seen.unread.max(Some(why));
    }

    /// One of several things to be known of.
    pub fn warning(&mut self, sort: &'static str, example: impl Into<String>) {
        self.warnings.add(sort, &example.into());
    }

    /// Something to be known of the dataset as a whole.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// A box that cannot be meant, of which a warning tells too.
    pub fn odd_box(&mut self, odd: OddBox) {
        self.odd_boxes.push(odd);
    }

    /// Takes the boxes that cannot be meant out.
    pub fn take_odd_boxes(&mut self) -> Vec<OddBox> {
        std::mem::take(&mut self.odd_boxes)
    }

    /// The notes and warnings.
    ///
    /// # Errors
    /// There were errors; all of them, about the dataset at `path`.
    pub fn into_warnings(self, path: &Path) -> Result<Vec<String>, DatasetError> {
        let errors: Vec<String> = self.refusals.into_iter().chain(self.errors.lines()).collect();
        if errors.is_empty() {
            Ok(self.notes.into_iter().chain(self.warnings.lines()).collect())
        } else {
            Err(DatasetError::Content { path: path.to_path_buf(), findings: errors, seen: self.seen })
        }
    }
}

/// Findings by sort, in the order of the first of each: how many, and examples.
#[derive(Debug, Default)]
struct Tally(Vec<(&'static str, usize, Vec<String>)>);

/// Examples shown of each sort of finding.
const EXAMPLES: usize = 3;

impl Tally {
    fn add(&mut self, sort: &'static str, example: &str) {
        let known = self.0.iter().position(|(known, ..)| *known == sort);
        let at = known.unwrap_or_else(|| {
            self.0.push((sort, 0, Vec::new()));
            self.0.len() - 1
        });
        let (_, count, examples) = &mut self.0[at];
        *count += 1;
        if examples.len() < EXAMPLES {
            // What steers a terminal could hide the finding.
            let shown = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
            examples.push(example.chars().map(shown).collect());
        }
    }

    /// `missing image files (4): a.jpg, b.jpg, c.jpg, ...`
    fn lines(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(sort, count, examples)| {
            let more = if count > examples.len() { ", ..." } else { "" };
            format!("{sort} ({count}): {}{more}", examples.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_a_sort_are_counted_and_the_first_three_shown() {
        let mut findings = Findings::default();
        for name in ["a", "b", "c", "d"] {
            findings.warning("odd names", name);
        }
        findings.note("a note");
        assert_eq!(findings.into_warnings(Path::new("x")).unwrap(), ["a note", "odd names (4): a, b, c, ..."]);
    }

    #[test]
    fn an_error_is_never_only_a_warning() {
        let mut findings = Findings::default();
        findings.warning("odd names", "a");
        findings.error("missing files", "b");
        findings.refuse("nothing fits");
        let error = findings.into_warnings(Path::new("x")).unwrap_err();
        assert_eq!(error.to_string(), "x: nothing fits; missing files (1): b");
    }
}
