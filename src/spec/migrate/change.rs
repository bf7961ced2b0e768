//! What becomes of a file.

/// A file of a spec, rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The file, as the user would name it.
    pub file: String,
    /// Its new text.
    pub text: String,
    /// What is new in it, in the order of its lines.
    pub changes: Vec<Change>,
}

/// A place of a file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The line, counted from 1, in the text as it was.
    pub line: usize,
    /// What was done, a lower-case fragment.
    pub what: String,
}
