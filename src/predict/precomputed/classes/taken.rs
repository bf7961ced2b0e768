//! What tests of the readers take the rows with.

use super::rows::{ClassRow, RowClass, RowTold, TakeRows};

/// What was read.
#[derive(Default)]
pub struct Taken {
    /// The file's classes.
    pub classes: Vec<String>,
    /// The rows.
    pub rows: Vec<ClassRow>,
}

impl TakeRows for Taken {
    fn classes(&mut self, names: Vec<String>) -> Result<(), String> {
        self.classes = names;
        Ok(())
    }

    fn row(&mut self, row: ClassRow) -> Result<(), String> {
        self.rows.push(row);
        Ok(())
    }
}

/// What a row says that lists classes by name.
pub fn some(classes: &[(&str, f64)]) -> RowTold {
    RowTold::Some(classes.iter().map(|(name, score)| (RowClass::Told((*name).to_owned()), *score)).collect())
}
