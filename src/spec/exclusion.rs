//! `[matrix] exclude`: cells that are not run, as written.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{EXCLUSION, MATRIX};
use super::table::{Mistake, Table, TableReader, Value, list_of};
use super::{Diagnostic, Diagnostics, On, Span};

/// Cells to leave out: those that meet all of what is given.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// `exclusion #2`, for messages.
    pub title: String,
    /// Where it stands.
    pub span: Span,
    /// Models by name; empty means all.
    pub models: Vec<Spanned<String>>,
    /// Datasets by name; empty means all.
    pub datasets: Vec<Spanned<String>>,
    /// Conditions; `None` means all, clean too.
    pub on: Option<Spanned<On>>,
}

impl Exclusion {
    /// Reads `[matrix]`.
    pub(super) fn read_all(table: DeTable<'_>, diagnostics: &mut Diagnostics) -> Vec<Self> {
        let table = Table::new("[matrix]", 0..0, table);
        let mut reader = TableReader::new(&table, MATRIX, diagnostics);
        let tables = reader.with("exclude", tables).map(Spanned::into_inner).unwrap_or_default();
        reader.finish();
        let read = |(index, (span, table))| {
            Self::read(&Table::new(format!("exclusion #{}", index + 1), span, table), diagnostics)
        };
        tables.into_iter().enumerate().filter_map(read).collect()
    }

    fn read(table: &Table<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let before = diagnostics.len();
        let mut reader = TableReader::new(table, EXCLUSION, diagnostics);
        let exclusion = Self {
            title: table.title.clone(),
            span: table.span.clone(),
            models: reader.with("model", list_of).map(Spanned::into_inner).unwrap_or_default(),
            datasets: reader.with("dataset", list_of).map(Spanned::into_inner).unwrap_or_default(),
            on: reader.with("on", On::read),
        };
        if table.entries().is_empty() {
            let help = "say which: { model = \"b\", on = \"rotation\" }";
            reader
                .wrong(Diagnostic::new(table.span.clone(), format!("{} excludes everything", table.title)).help(help));
        }
        reader.finish();
        (diagnostics.len() == before).then_some(exclusion)
    }
}

fn tables<'t>(value: &Value<'t>) -> Result<Vec<(Span, DeTable<'t>)>, Mistake> {
    let help = "write `exclude = [{ model = \"b\", on = \"rotation\" }]`";
    let DeValue::Array(items) = value.get_ref() else {
        return Err(Mistake::expected("a list of tables", value).help(help));
    };
    let table = |item: &Value<'t>| match item.get_ref() {
        DeValue::Table(table) => Ok((item.span(), table.clone())),
        _ => Err(Mistake::expected("a table", item).help(help)),
    };
    items.iter().map(table).collect()
}
