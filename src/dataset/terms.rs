//! The terms on which a dataset's files are read, the same for all formats.

use super::{Bounds, LabelsOf};
use crate::spec::{Key, TableReader};
use crate::task::Task;

/// What a section says of reading, whatever its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What models are to say of the images: where files have both, objects or the class of each image are read.
    pub task: Task,
    /// What is read at most.
    pub bounds: Bounds,
    /// What the labels are of, where EXIF data turn a picture; `None` where the section does not say.
    pub labels_of: Option<LabelsOf>,
}

impl Terms {
    /// The keys of [`Self::read`].
    pub const KEYS: [Key; 4] = [LabelsOf::KEY, Bounds::KEYS[0], Bounds::KEYS[1], Bounds::KEYS[2]];

    /// Reads what the keys say.
    pub fn read(task: Task, options: &mut TableReader<'_, '_, '_>) -> Self {
        Self { task, labels_of: LabelsOf::read(options), bounds: Bounds::read(options) }
    }
}
