//! `classes`: a text file that says what classes are called, one a line in the order of their numbers: a name, a WordNet id
//! (`n01440764`), or both (`n01440764 tench, Tinca tinca`).
//!
//! Names need not be unique (ImageNet has two `crane`s), categories' are: where several lines begin with one name, the category
//! is called by its WordNet id and name, or by name and number. Whatever else a line calls its class stays known
//! ([`Numbering::other_names`](super::Numbering)), so that a model that says only the id, or only the name, is understood.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::DatasetError;
use super::files::{lines, read_text};
use super::last_names::composed;

/// What the file is called in messages.
const EXPECTED: &str = "a list of classes";

/// The names of all classes, by their numbers from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassList {
    /// What the categories are called; each name once.
    pub names: Vec<String>,
    /// What else they are called, and by several maybe: the numbers.
    pub other_names: BTreeMap<String, BTreeSet<usize>>,
    /// What digests have of it.
    pub text: String,
}

/// A line.
struct ClassLine<'a> {
    /// Its WordNet id.
    wnid: Option<&'a str>,
    /// All that comes behind it.
    whole: &'a str,
}

impl<'a> ClassLine<'a> {
    fn read(line: &'a str) -> Self {
        let line = line.trim();
        let (first, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        if is_wnid(first) { Self { wnid: Some(first), whole: rest.trim() } } else { Self { wnid: None, whole: line } }
    }

    /// Its names, separated by commas.
    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.whole.split(',').map(str::trim).filter(|name| !name.is_empty())
    }

    /// The name that it is known by: of a line with an id the first, of one without all of it, as lists of models have it.
    fn main(&self) -> &'a str {
        match self.wnid {
            Some(wnid) => self.names().next().unwrap_or(wnid),
            None => self.whole,
        }
    }

    fn every(&self) -> BTreeSet<String> {
        let mut every: BTreeSet<String> = self.names().map(ToOwned::to_owned).collect();
        every.insert(self.whole.to_owned());
        every.insert(self.main().to_owned());
        if let Some(wnid) = self.wnid {
            every.extend([wnid.to_owned(), format!("{wnid} {}", self.whole), format!("{wnid} {}", self.main())]);
        }
        // Keras, PyTorch Hub and Ultralytics write `great_white_shark`.
        let joined: Vec<String> = every.iter().map(|name| name.replace(' ', "_")).collect();
        every.extend(joined);
        every.remove("");
        every
    }
}

/// Whether a word is a WordNet id, as folders of ImageNet are called.
pub fn is_wnid(word: &str) -> bool {
    word.strip_prefix('n').is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

impl ClassList {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or names no class.
    pub fn read(path: &Path, most: u64) -> Result<Self, DatasetError> {
        let text = composed(&read_text(path, EXPECTED, most)?);
        let list = Self::of(&text);
        if list.names.is_empty() {
            let reason = "it is empty".to_owned();
            return Err(DatasetError::Syntax { path: path.to_path_buf(), expected: EXPECTED, reason, help: None });
        }
        Ok(list)
    }

    fn of(text: &str) -> Self {
        let lines: Vec<ClassLine<'_>> =
            lines(text).filter(|(_, line)| !line.trim().is_empty()).map(|(_, line)| ClassLine::read(line)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &lines {
            *counts.entry(line.main()).or_default() += 1;
        }
        let name = |(number, line): (usize, &ClassLine<'_>)| match (counts[line.main()], line.wnid) {
            (1, _) => line.main().to_owned(),
            (_, Some(wnid)) => format!("{wnid} {}", line.main()),
            (_, None) => format!("{} ({number})", line.main()),
        };
        let mut other_names: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, line) in lines.iter().enumerate() {
            for name in line.every() {
                other_names.entry(name).or_default().insert(number);
            }
        }
        Self { names: lines.iter().enumerate().map(name).collect(), other_names, text: text.to_owned() }
    }

    /// The number of the class that is called `name`, if one alone is.
    pub fn number(&self, name: &str) -> Option<usize> {
        let own = self.names.iter().position(|own| own == name);
        own.or_else(|| self.other_names.get(name).filter(|numbers| numbers.len() == 1)?.first().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_ids_are_known_by_their_first_name_and_by_all_others() {
        let list = ClassList::of("n01440764 tench, Tinca tinca\r\nn01484850 great white shark, white shark\n\n");
        assert_eq!(list.names, ["tench", "great white shark"]);
        for name in ["tench", "Tinca tinca", "n01440764", "tench, Tinca tinca", "n01440764 tench"] {
            assert_eq!(list.number(name), Some(0), "{name}");
        }
        assert_eq!((list.number("great_white_shark"), list.number("shark")), (Some(1), None));
    }

    #[test]
    fn names_that_repeat_are_told_apart_and_mean_no_class_by_themselves() {
        let list = ClassList::of("n02012849 crane\nn01440764 tench\nn03126707 crane\n");
        assert_eq!(list.names, ["n02012849 crane", "tench", "n03126707 crane"]);
        assert_eq!(
            (list.number("crane"), list.number("n03126707"), list.number("n03126707 crane")),
            (None, Some(2), Some(2))
        );
        assert_eq!(list.other_names["crane"], BTreeSet::from([0, 2]));
        assert_eq!(ClassList::of("crane\ntench\ncrane").names, ["crane (0)", "tench", "crane (2)"]);
    }

    #[test]
    fn lines_without_ids_are_whole_names() {
        let list = ClassList::of("background\ntench, Tinca tinca\n10\nn1 x\n");
        assert_eq!(list.names, ["background", "tench, Tinca tinca", "10", "n1 x"]);
        assert_eq!(list.number("Tinca tinca"), Some(1));
    }
}
