//! Data elsewhere, which datasets name by an address. The program brings it here before specs are read; all others see
//! where it lies.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Mirrors, Source};

/// How addresses begin.
const SCHEMES: [&str; 8] = ["s3://", "s3a://", "gs://", "az://", "abfs://", "abfss://", "https://", "http://"];

/// Whether `text` is an address of data elsewhere.
pub fn is_remote(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.starts_with(scheme))
}

impl Source {
    /// The addresses that datasets of this spec name, each once. A text that is no TOML has none: what is wrong with it is
    /// told when the spec is loaded.
    pub fn remote(&self) -> Vec<String> {
        let mut found = Vec::new();
        for part in &self.parts {
            if let Ok(table) = DeTable::parse(&part.text) {
                below_datasets(table.get_ref(), &mut found);
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Why there is nothing here of the data elsewhere that `path` names.
    pub(super) fn unreached(&self, path: &Spanned<String>) -> Option<&str> {
        match self.mirrors.get(path.get_ref()) {
            Some(Err(message)) => Some(message),
            Some(Ok(_)) => None,
            None => is_remote(path.get_ref()).then_some("data elsewhere has to be brought here first"),
        }
    }

    /// The same spec, with what lies at addresses found here.
    #[must_use]
    pub fn with_mirrors(mut self, mirrors: Mirrors) -> Self {
        self.mirrors = mirrors;
        self
    }
}

/// The addresses in the tables called `dataset`, at any depth: profiles have such tables too.
fn below_datasets(table: &DeTable<'_>, found: &mut Vec<String>) {
    for (key, value) in table {
        match value.get_ref() {
            value if key.get_ref() == "dataset" => addresses(value, found),
            DeValue::Table(inner) => below_datasets(inner, found),
            _ => {}
        }
    }
}

fn addresses(value: &DeValue<'_>, found: &mut Vec<String>) {
    match value {
        DeValue::String(text) if is_remote(text) => found.push(text.to_string()),
        DeValue::Array(items) => items.iter().for_each(|item| addresses(item.get_ref(), found)),
        DeValue::Table(table) => table.iter().for_each(|(_, value)| addresses(value.get_ref(), found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn addresses_of_datasets_are_found_in_the_spec_in_profiles_and_on_the_command_line() {
        let text = "name = \"s3://no\"\n[dataset.a]\npath = \"s3://b/a.json\"\nimages = \"s3://b/images\"\n\
                    [profile.ci.dataset.a]\nlabels = [\"gs://b/labels\", \"here\"]\n[model.m]\npath = \"https://no\"\n";
        let source = Source::new(Path::new("spec.toml"), text.to_owned()).with_set("dataset.b.path=az://c/b.json");
        assert_eq!(source.remote(), ["az://c/b.json", "gs://b/labels", "s3://b/a.json", "s3://b/images"]);
    }
}
