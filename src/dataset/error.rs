//! Why a dataset cannot be used, and what helps.

use std::path::PathBuf;

/// What a reader has seen of a dataset's pictures when it fails: what helps depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Some are where they should be.
    pub has_pictures: bool,
    /// The spec says where they are.
    pub is_said_where: bool,
    /// Why some cannot be read.
    pub unread: Option<Unread>,
}

/// Why pictures that labels name cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// They are not there.
    Missing,
    /// They lie outside of the folder that they may be in. What is outside is looked at first: it may be there.
    Outside,
}

impl Seen {
    /// What to do where pictures are missing.
    fn way_out(self) -> &'static str {
        match (self.has_pictures, self.is_said_where) {
            (true, _) => "put them where the others are, or take them out of the labels",
            (false, false) => "set `images` to the folder that the file names start from",
            (false, true) => {
                "`images` is not the folder that the file names start from: name that one, or put the pictures there"
            }
        }
    }
}

/// That a dataset has one class alone, or none, so that there is nothing to tell apart.
fn describe_few(known: &[String], left_out: usize) -> String {
    let what = match known {
        [] => "it has no classes".to_owned(),
        [name, ..] if left_out > 0 => format!("it has one class alone that counts, `{name}`"),
        [name, ..] => format!("it has one class alone, `{name}`"),
    };
    format!("{what}: there is nothing to tell apart")
}

/// Why a dataset cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not of its format.
    #[error("{} is not {expected}: {reason}", path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// Where and why.
        reason: String,
        /// What to do, where the reason does not say it.
        help: Option<String>,
    },
    /// Categories that are to count are none of its own.
    #[error("`categories` names {}, which it does not have", unknown.join(", "))]
    Categories {
        /// Each of them, with the nearest that there is.
        unknown: Vec<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There is nothing that a classifier could mistake for something else.
    #[error("{}", describe_few(known, *left_out))]
    OneClass {
        /// The classes that there are: one, or none.
        known: Vec<String>,
        /// How many do not count.
        left_out: usize,
    },
    /// A file's content contradicts itself or the pictures.
    #[error("{}: {}", path.display(), findings.join("; "))]
    Content {
        /// Which file.
        path: PathBuf,
        /// Each finding, at most a handful of each sort.
        findings: Vec<String>,
        /// What is known of its pictures.
        seen: Seen,
    },
}

impl DatasetError {
    /// What to do about it, where that can be said; it names the keys of the section to change.
    pub fn way_out(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::FileTooLarge => {
                Some("if it is what it should be, raise `max_file_mib`".to_owned())
            }
            Self::Io { .. } => Some("see that the file is there and may be read".to_owned()),
            Self::Syntax { help, .. } => help.clone(),
            Self::Categories { known, .. } => {
                const SHOWN: usize = 12;
                let shown = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let more = if known.len() > SHOWN { ", ..." } else { "" };
                Some(format!("its categories are {shown}{more}"))
            }
            Self::OneClass { left_out: 0, .. } => {
                Some("name the folder or the file that has all classes, or the split that has them".to_owned())
            }
            Self::OneClass { .. } => Some("name at least two in `categories`, or leave it out".to_owned()),
            Self::Content { seen, .. } => match seen.unread? {
                Unread::Outside => Some(
                    "if their pictures are to be read from there, set `allow_outside = true`; else mend the names"
                        .to_owned(),
                ),
                Unread::Missing => Some(seen.way_out().to_owned()),
            },
        }
    }
}
