//! What files of classes say, row by row, whatever their form.

use crate::answer::Scores;
use crate::json::Id;
use crate::predict::naming::Class;
use crate::predict::precomputed::pictures::Called;

/// A row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassRow {
    /// Which image.
    pub called: Called,
    /// What the model says of it.
    pub told: RowTold,
}

/// What a row says of its image.
#[derive(Debug, Clone, PartialEq)]
pub enum RowTold {
    /// A score for each class of the file, in its order.
    Each(Vec<f64>),
    /// Classes with their scores; more may stand in other rows.
    Some(Vec<(RowClass, f64)>),
    /// An answer as windtunnel keeps it.
    Kept(Scores),
}

/// A class as a row says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowClass {
    /// By name, or by its number in a text.
    Told(String),
    /// `category_id`: the dataset's own where the model's classes are not listed.
    Id(Id),
}

impl RowClass {
    /// As a model tells it whose classes are listed.
    pub fn of_labels(&self) -> Class {
        match self {
            Self::Told(name) | Self::Id(Id::Text(name)) => Class::Name(name.clone()),
            Self::Id(Id::Number(number)) => Class::Number(usize::try_from(*number).unwrap_or(usize::MAX)),
        }
    }
}

/// What takes the rows of a file, one by one.
pub trait TakeRows {
    /// The file's classes, in the order of the scores in its rows; told before the rows, if at all.
    ///
    /// # Errors
    /// They cannot be the model's.
    fn classes(&mut self, names: Vec<String>) -> Result<(), String>;

    /// The next row.
    ///
    /// # Errors
    /// It is no answer.
    fn row(&mut self, row: ClassRow) -> Result<(), String>;
}
