//! The parts of a dataset by name: `train`, `val`, `test`, and the other words for them.

use std::path::{Path, PathBuf};

use toml::Spanned;

use crate::entry::NotFound;
use crate::file;
use crate::spec::{Diagnostic, TableReader};

/// Words for the same part; a spec that asks for one finds another where the one is not there.
const WORDS: [&[&str]; 3] = [&["train", "training"], &["val", "valid", "validation"], &["test", "testing"]];

/// The first of `split` and the other words for it that `exists`.
pub fn find(split: &str, exists: impl Fn(&str) -> bool) -> Option<String> {
    let others = WORDS.iter().find(|words| words.contains(&split)).copied().unwrap_or_default();
    [split].iter().chain(others).find(|word| exists(word)).map(|word| (*word).to_owned())
}

/// Whether `name` is a word for a part.
pub fn is_word(name: &str) -> bool {
    WORDS.iter().any(|words| words.contains(&name))
}

/// The words for the parts that `split` is none of.
pub fn other_words(split: &str) -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().filter(move |words| !words.contains(&split)).flatten().copied()
}

/// The folder of a part below `base`; a mistake of the spec where there is none.
pub fn folder(base: &Path, split: &Spanned<String>, options: &mut TableReader<'_, '_, '_>) -> Option<PathBuf> {
    match find(split.get_ref(), |word| base.join(word).is_dir()) {
        Some(word) => Some(base.join(word)),
        None => {
            match base.file_name().and_then(|name| name.to_str()).filter(|name| is_word(name)) {
                Some(name) => {
                    let message = format!("no split `{}` in {}", split.get_ref(), base.display());
                    let help = format!("`{name}` is a split itself: name the folder around it as `path`");
                    options.wrong(Diagnostic::new(split.span(), message).help(help));
                }
                None => unknown(split, base, &folders(base), options),
            }
            None
        }
    }
}

/// Says that `split` is none of the parts `known` of the dataset at `path`.
pub fn unknown(split: &Spanned<String>, path: &Path, known: &[String], options: &mut TableReader<'_, '_, '_>) {
    let message = format!("no split `{}` in {}", split.get_ref(), path.display());
    let not_found = NotFound::among(split.get_ref(), known.iter().cloned());
    options.wrong(Diagnostic::new(split.span(), message).help(not_found.help()));
}

/// The names of the folders in `base`, sorted; the empty path is the folder that relative paths start from.
pub fn folders(base: &Path) -> Vec<String> {
    let names = file::names_in(base).unwrap_or_default().into_iter();
    names.filter(|name| base.join(name).is_dir()).filter_map(|name| name.into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn val_finds_valid_and_valid_finds_val_but_each_itself_first() {
        assert_eq!(find("val", |word| word == "valid").as_deref(), Some("valid"));
        assert_eq!(find("valid", |word| word == "val").as_deref(), Some("val"));
        assert_eq!(find("valid", |_| true).as_deref(), Some("valid"));
        assert_eq!(find("val", |word| word == "train"), None);
        assert_eq!(find("night", |word| word == "night").as_deref(), Some("night"));
    }
}
