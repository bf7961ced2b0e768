//! What holds of every dataset of classes, whatever its format: there is something to tell apart.

use super::{Dataset, DatasetError};
use crate::task::Task;

/// Refuses a dataset of classes that has fewer than two of them: every answer would be right.
///
/// # Errors
/// It has one class, or none.
pub fn check_classes(task: Task, data: &Dataset) -> Result<(), DatasetError> {
    match task {
        Task::Detect => Ok(()),
        // Of pictures without labels the models' own classes count.
        Task::Classify if !data.is_labelled || data.categories.len() > 1 => Ok(()),
        Task::Classify => Err(DatasetError::OneClass {
            known: data.categories.iter().map(|category| category.name.clone()).collect(),
            left_out: data.numbering.categories_left_out.len(),
        }),
    }
}
