//! How specs and records call a slice: `brightness:low`, `metadata.weather:rain`.

use std::fmt;

use super::Attribute;

/// The name of a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceName {
    /// What it is cut by.
    pub attribute: &'static Attribute,
    /// The key, where the dataset's own words are cut by.
    pub key: Option<String>,
    /// The value that its images or objects have in common.
    pub value: String,
}

impl fmt::Display for SliceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.attribute.name)?;
        if let Some(key) = &self.key {
            write!(f, ".{key}")?;
        }
        write!(f, ":{}", self.value)
    }
}
