//! Values that a drafted spec leaves to be said: texts that begin with a mark. They are told before anything else, as the rest of
//! such a spec says little.

use toml::de::{DeTable, DeValue};

use super::table::Value;
use super::{Diagnostic, Diagnostics};

/// How a value begins that is still to be filled in.
pub const FILL_IN: &str = "FILL IN";

/// Tells every value of `root` that is still to be filled in.
pub fn tell_blanks(root: &DeTable<'_>, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    seek(root, "", &mut found);
    found.sort_by_key(|blank: &Diagnostic| blank.span.start);
    for blank in found {
        diagnostics.push(blank);
    }
}

fn seek(table: &DeTable<'_>, place: &str, found: &mut Vec<Diagnostic>) {
    for (key, value) in table {
        visit(value, key.get_ref(), place, found);
    }
}

fn visit(value: &Value<'_>, key: &str, place: &str, found: &mut Vec<Diagnostic>) {
    match value.get_ref() {
        DeValue::String(text) if text.starts_with(FILL_IN) => {
            let of = if place.is_empty() { String::new() } else { format!(" in [{place}]") };
            let what = text.trim_start_matches(FILL_IN).trim_start_matches(':').trim();
            let blank = Diagnostic::new(value.span(), format!("`{key}`{of} is still to be filled in"));
            found.push(if what.is_empty() { blank } else { blank.help(what.to_owned()) });
        }
        DeValue::Table(inner) => {
            let place = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
            seek(inner, &place, found);
        }
        DeValue::Array(items) => items.iter().for_each(|item| visit(item, key, place, found)),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Source, load};

    #[test]
    fn blanks_are_told_with_what_is_to_be_said_and_nothing_else_is() {
        let text = "version = 1\n[model.a]\nkind = \"onnx\"\npath = \"FILL IN: the file\"\nnosuch = 3\n[[check]]\non = [\"FILL IN\"]\n";
        let source = Source::new(Path::new("s.toml"), text.to_owned());
        let told = load(&source).err().unwrap().render(&source, false);
        assert!(
            told.contains("`path` in [model.a] is still to be filled in") && told.contains("help: the file"),
            "{told}"
        );
        assert!(told.contains("`on` in [check] is still to be filled in") && !told.contains("nosuch"), "{told}");
    }
}
