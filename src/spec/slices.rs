//! `[slices]`: which failure clusters are looked for, as written.

use toml::Spanned;
use toml::de::DeTable;

use super::Diagnostics;
use super::keys::SLICES;
use super::table::{Table, TableReader, list_of};

/// `[slices]`
#[derive(Debug, Clone)]
pub struct SlicesSpec {
    /// Attributes by name; empty means all.
    pub by: Vec<Spanned<String>>,
    /// How much a slice must lose to be told; `None` takes the default.
    pub min_performance_drop: Option<f64>,
}

impl SlicesSpec {
    /// Reads the section.
    pub(super) fn read(table: DeTable<'_>, diagnostics: &mut Diagnostics) -> Self {
        let table = Table::new("[slices]", 0..0, table);
        let mut reader = TableReader::new(&table, SLICES, diagnostics);
        let slices = Self {
            by: reader.with("by", list_of).map(Spanned::into_inner).unwrap_or_default(),
            min_performance_drop: reader.number("min_performance_drop"),
        };
        reader.finish();
        slices
    }
}
