//! The number of the format, which every spec has.

use toml_edit::{Decor, Formatted, Item, Key, Value};

use super::super::version::{KEY, VERSION};
use super::edit::Edit;

/// What a spec has and other TOML files have not.
const OF_SPECS: [&str; 3] = ["dataset", "model", "check"];

/// Writes it as a number, and where there was none before everything else.
pub fn write(edit: &mut Edit<'_>) {
    let Some(item) = edit.document.get_mut(KEY) else { return add(edit) };
    let Some(value) = item.as_value_mut().filter(|value| is_meant(value)) else { return };
    let decor = value.decor().clone();
    let before = value.clone().decorated("", "").to_string();
    *value = number(decor);
    edit.tell(&[], KEY, format!("`{KEY} = {before}` is now `{KEY} = {VERSION}`"));
}

/// Whether a value that is not the format's number can mean nothing but this format, as there was none before it.
fn is_meant(value: &Value) -> bool {
    match value {
        Value::Integer(number) => (0..VERSION).contains(number.value()),
        Value::Float(number) => number.value().to_string() == VERSION.to_string(),
        Value::String(text) => text.value().trim() == VERSION.to_string(),
        _ => false,
    }
}

fn number(decor: Decor) -> Value {
    let mut number = Value::Integer(Formatted::new(VERSION));
    *number.decor_mut() = decor;
    number
}

fn add(edit: &mut Edit<'_>) {
    if !OF_SPECS.iter().any(|key| edit.document.contains_key(key)) {
        return;
    }
    let root = edit.document.as_table_mut();
    let mut others: Vec<(Key, Item)> = Vec::new();
    let names: Vec<String> = root.iter().filter(|(_, item)| item.is_value()).map(|(name, _)| name.to_owned()).collect();
    for name in names {
        others.extend(root.remove_entry(&name));
    }
    let mut key = Key::new(KEY);
    if let Some((first, _)) = others.first_mut() {
        // A comment at the head of a file is about the file.
        std::mem::swap(key.leaf_decor_mut(), first.leaf_decor_mut());
    }
    root.insert_formatted(&key, Item::Value(number(Decor::default())));
    for (key, item) in others {
        root.insert_formatted(&key, item);
    }
    edit.tell(&[], KEY, format!("`{KEY} = {VERSION}` added, the format of the spec"));
}
