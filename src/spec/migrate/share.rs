//! `preprocess = "timm"` stood for a `crop_pct` of 0.875, which is not that of every model and so is to be said now.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Item, TableLike, Value};

use super::super::extends::EXTENDS;
use super::edit::Edit;

/// The family of sections that have the key.
const MODELS: &str = "model";

/// The key whose word stood for more than it does.
const KEY: &str = "preprocess";

/// The word.
const WORD: &str = "timm";

/// The key that says it.
const SHARE: &str = "crop_pct";

/// Says the same in pixels, unless it names a filter.
const SIDE: &str = "resize";

/// What was taken for granted.
const TAKEN: f64 = 0.875;

/// Writes it wherever no file says another one, for the model or for one that it extends.
pub fn say(edits: &mut [Edit<'_>]) {
    let models = Models::of(edits);
    for edit in edits {
        for layer in edit.layers() {
            let family: Vec<String> = layer.into_iter().chain([MODELS.to_owned()]).collect();
            for name in models.of_the_word(edit, &family) {
                let way: Vec<String> = family.iter().cloned().chain([name]).collect();
                if let Some(table) = edit.table_mut(&way) {
                    append(table, SHARE, TAKEN);
                }
                let what = format!(
                    "`{SHARE} = {TAKEN}` added, which `{KEY} = \"{WORD}\"` stood for; the model's own is what timm's \
                     resolve_data_config prints"
                );
                edit.tell(&way, KEY, what);
            }
        }
    }
}

/// Adds a number as the last entry, before the blanks that stand in front of a closing brace.
fn append(table: &mut dyn TableLike, key: &str, number: f64) {
    let mut value = Value::from(number);
    let last = table.iter_mut().last().and_then(|(_, item)| item.as_value_mut());
    if let Some(decor) = last.map(Value::decor_mut)
        && let Some(blanks) =
            decor.suffix().filter(|text| text.as_str().is_some_and(|text| text.trim().is_empty())).cloned()
    {
        decor.set_suffix("");
        value.decor_mut().set_suffix(blanks);
    }
    table.insert(key, Item::Value(value));
}

/// What all files say of the models, whatever the order of layers.
#[derive(Default)]
struct Models {
    /// Those that say how much is cut out.
    saying: BTreeSet<String>,
    /// What they build on.
    bases: BTreeMap<String, BTreeSet<String>>,
}

impl Models {
    fn of(edits: &[Edit<'_>]) -> Self {
        let mut models = Self::default();
        for edit in edits {
            for layer in edit.layers() {
                let family: Vec<String> = layer.into_iter().chain([MODELS.to_owned()]).collect();
                let sections = edit.table(&family).into_iter().flat_map(|family| family.iter());
                for (name, model) in sections.filter_map(|(name, item)| Some((name, item.as_table_like()?))) {
                    if model.contains_key(SHARE) || model.get(SIDE).is_some_and(Item::is_integer) {
                        models.saying.insert(name.to_owned());
                    }
                    let base = model.get(EXTENDS).and_then(Item::as_str).map(ToOwned::to_owned);
                    models.bases.entry(name.to_owned()).or_default().extend(base);
                }
            }
        }
        models
    }

    /// The models at the end of `family` that have the word and say nothing else.
    fn of_the_word(&self, edit: &Edit<'_>, family: &[String]) -> Vec<String> {
        let sections = edit.table(family).into_iter().flat_map(|family| family.iter());
        let has_word =
            |item: &Item| item.as_table_like().and_then(|model| model.get(KEY)).and_then(Item::as_str) == Some(WORD);
        let of_the_word = sections.filter(|(_, item)| has_word(item)).map(|(name, _)| name.to_owned());
        of_the_word.filter(|name| !self.says(name, &mut BTreeSet::new())).collect()
    }

    fn says<'m>(&'m self, name: &'m str, seen: &mut BTreeSet<&'m str>) -> bool {
        let bases = self.bases.get(name).into_iter().flatten();
        self.saying.contains(name) || (seen.insert(name) && bases.into_iter().any(|base| self.says(base, seen)))
    }
}
