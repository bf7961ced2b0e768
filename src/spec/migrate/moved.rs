//! Keys that stood in another table.

use toml_edit::{Entry, Item, Key, TableLike};

use super::edit::Edit;

/// The table in which they stood; they belong in the one around it.
const BEFORE: &str = "defaults";

/// What is said once for a spec, and no default of its checks.
pub const KEYS: [&str; 2] = ["baseline", "require_baseline"];

/// Moves what stood in `[defaults]`, of the spec and of each profile. A key that stands in both places is left.
pub fn to_the_top(edit: &mut Edit<'_>) {
    for layer in edit.layers() {
        for key in KEYS {
            if edit.table_mut(&layer).is_some_and(|table| move_up(table, key)) {
                let way: Vec<String> = layer.iter().cloned().chain([BEFORE.to_owned()]).collect();
                let to = match &layer[..] {
                    [] => "the top of the spec".to_owned(),
                    names => format!("[{}]", names.join(".")),
                };
                edit.tell(&way, key, format!("`{key}` moved from [{}] to {to}", way.join(".")));
            }
        }
    }
}

fn move_up(table: &mut dyn TableLike, name: &str) -> bool {
    if table.contains_key(name) {
        return false;
    }
    let Some((key, value)) = table.get_mut(BEFORE).and_then(|before| take(before, name)) else { return false };
    if table.get(BEFORE).is_some_and(is_of_no_use) {
        table.remove(BEFORE);
    }
    if let Entry::Vacant(place) = table.entry_format(&key) {
        place.insert(value);
    }
    true
}

fn take(before: &mut Item, name: &str) -> Option<(Key, Item)> {
    let is_inline = before.is_inline_table();
    let before = before.as_table_like_mut()?;
    let mut key = before.key(name)?.clone();
    let mut item = before.remove(name)?;
    if is_inline {
        // The blanks between braces.
        key.leaf_decor_mut().clear();
        item.as_value_mut()?.decor_mut().clear();
    }
    Some((key, item))
}

/// Whether a table is empty and nobody has written a word about it.
fn is_of_no_use(item: &Item) -> bool {
    let is_empty = item.as_table_like().is_some_and(TableLike::is_empty);
    let decor = item.as_table().map(toml_edit::Table::decor);
    let texts = decor.into_iter().flat_map(|decor| [decor.prefix(), decor.suffix()]).flatten();
    is_empty && !texts.filter_map(toml_edit::RawString::as_str).any(|text| text.contains('#'))
}
