//! The documentation of a key, written once beside the code that reads it: the reader, the JSON Schema and
//! `windtunnel explain` all take it from here.

use super::Choice;
use crate::entry::Entry;
use crate::task::Task;

/// A key that a table of the spec may have.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it sets: a lower-case fragment or more, with the unit.
    pub summary: &'static str,
    /// What may stand behind it.
    pub shape: ValueShape,
    /// What holds where it is absent; `None` where that depends, or is nothing.
    pub default: Option<Literal>,
    /// Whether it must be there.
    pub is_required: bool,
    /// Another key and the word it must have for this one to be read.
    pub only_with: Option<(&'static str, &'static str)>,
    /// Another key and the words of it with which this one must not be there.
    pub not_with: Option<(&'static str, &'static [&'static str])>,
    /// The task that it is for; `None` where it is for all.
    pub task: Option<Task>,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub enum ValueShape {
    /// One value.
    One(Scalar),
    /// One value, or an array of at least one.
    OneOrMany(Scalar),
    /// An array of at least `min` and, if there is a bound, at most `max` values.
    List {
        /// Each of them.
        of: Scalar,
        /// How many at least.
        min: usize,
        /// How many at most.
        max: Option<usize>,
    },
    /// An array of arrays of two texts.
    Pairs,
    /// A table whose keys are chosen freely; each value is one of these.
    Map(&'static [Scalar]),
    /// A table with these keys.
    Table(&'static [Key]),
    /// Named tables of a family, each with the keys of its kind.
    Sections(Family),
    /// An array of tables with these keys.
    Tables(&'static [Key]),
    /// An array of at least one step: a table of a perturbation's kind.
    Steps,
    /// Named tables with any of the keys of a spec, down to any depth.
    Overlays,
    /// Any of these.
    Either(&'static [ValueShape]),
}

/// A single value.
#[derive(Debug, Clone, Copy)]
pub enum Scalar {
    /// Any text.
    Text,
    /// A text that becomes a part of test ids and file names: letters, digits, `_` and `-`.
    Name,
    /// The path of a file or folder, from the folder of the spec.
    Path,
    /// `true` or `false`.
    Boolean,
    /// A whole number, both ends allowed.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number, both ends allowed.
    Number {
        /// The least; negative infinity for none.
        min: f64,
        /// The greatest; infinity for none.
        max: f64,
    },
    /// A day without a time.
    Date,
    /// A word of a closed set.
    Words(fn() -> Vec<Entry>),
    /// The name of a member of a family that is listed on a higher floor.
    Member(Family),
}

/// A family of the spec language whose members are listed above the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Dataset formats.
    Dataset,
    /// Kinds of models.
    Model,
    /// Kinds of perturbations.
    Perturbation,
    /// Groups of perturbations.
    Group,
    /// Metrics.
    Metric,
    /// Attributes that datasets are cut by.
    Attribute,
}

/// A value as the spec would write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
}

impl Key {
    /// A key that may be left out.
    pub const fn new(name: &'static str, shape: ValueShape, summary: &'static str) -> Self {
        Self { name, summary, shape, default: None, is_required: false, only_with: None, not_with: None, task: None }
    }

    /// The same, and it must be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The same, with what holds where it is absent.
    #[must_use]
    pub const fn or(self, default: Literal) -> Self {
        Self { default: Some(default), ..self }
    }

    /// The same, read only where `key` is `word`.
    #[must_use]
    pub const fn only_with(self, key: &'static str, word: &'static str) -> Self {
        Self { only_with: Some((key, word)), ..self }
    }

    /// The same, left out where `key` is one of `words`.
    #[must_use]
    pub const fn not_with(self, key: &'static str, words: &'static [&'static str]) -> Self {
        Self { not_with: Some((key, words)), ..self }
    }

    /// The same, of specs of `task` alone.
    #[must_use]
    pub const fn of(self, task: Task) -> Self {
        Self { task: Some(task), ..self }
    }

    /// Whether it has a meaning where models are asked for `task`.
    pub fn is_of(&self, task: Task) -> bool {
        self.task.is_none_or(|own| own == task)
    }
}

impl Scalar {
    /// A finite number.
    pub const NUMBER: Self = Self::Number { min: f64::NEG_INFINITY, max: f64::INFINITY };
}

impl ValueShape {
    /// Any text.
    pub const TEXT: Self = Self::One(Scalar::Text);
    /// A path.
    pub const PATH: Self = Self::One(Scalar::Path);
    /// `true` or `false`.
    pub const BOOLEAN: Self = Self::One(Scalar::Boolean);
    /// A whole number of at least 1.
    pub const COUNT: Self = Self::integer(1, i64::MAX);
    /// A number, 0..=1.
    pub const SHARE: Self = Self::number(0.0, 1.0);
    /// A finite number.
    pub const NUMBER: Self = Self::One(Scalar::NUMBER);
    /// An array of at least one text.
    pub const TEXTS: Self = Self::List { of: Scalar::Text, min: 1, max: None };
    /// Free keys, each with a text.
    pub const TEXT_BY_NAME: Self = Self::Map(&[Scalar::Text]);

    /// A whole number, both ends allowed.
    pub const fn integer(min: i64, max: i64) -> Self {
        Self::One(Scalar::Integer { min, max })
    }

    /// A number, both ends allowed.
    pub const fn number(min: f64, max: f64) -> Self {
        Self::One(Scalar::Number { min, max })
    }

    /// A word of a closed set.
    pub const fn choice<T: Choice>() -> Self {
        Self::One(Scalar::Words(words::<T>))
    }
}

/// The words of a closed set with their meanings.
pub fn words<T: Choice>() -> Vec<Entry> {
    T::ALL.iter().map(|(name, value)| Entry { name, summary: value.summary() }).collect()
}
