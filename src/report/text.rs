//! Words that several reporters share.

use crate::gate::Outcome;
use crate::record::{CaseRecord, DatasetRecord, Record};

/// `1 error`, `2 errors`.
pub fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `72 images`, `partial: 20 of 72 images`.
pub fn size(dataset: &DatasetRecord) -> String {
    match dataset.sampled_from {
        Some(all) => format!("partial: {} of {}", dataset.images, counted(all, "image")),
        None => counted(dataset.images, "image"),
    }
}

/// The word for an outcome, as wide as the others of its sort.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Error(_) => "ERROR",
        Outcome::Skipped => "SKIP",
    }
}

/// The lines that explain a case below its message: what lost most.
pub fn evidence(case: &CaseRecord) -> Vec<String> {
    let mut lines = Vec::new();
    if !case.category_losses.is_empty() {
        let losses = case.category_losses.iter();
        let losses = losses.map(|loss| format!("{} {:.3} -> {:.3}", loss.category, loss.clean, loss.perturbed));
        lines.push(format!("categories that lost most: {}", losses.collect::<Vec<_>>().join(", ")));
    }
    if !case.image_losses.is_empty() {
        let losses = case.image_losses.iter();
        let losses = losses.map(|loss| format!("{} {:.2} -> {:.2}", loss.file_name, loss.clean, loss.perturbed));
        lines.push(format!("images that lost most, by F1: {}", losses.collect::<Vec<_>>().join(", ")));
    }
    lines
}

/// The command that runs one case again.
pub fn repeat_command(record: &Record, id: &str) -> String {
    let seed = if record.spec.is_seed_given { format!(" --seed {}", record.spec.seed) } else { String::new() };
    format!("windtunnel run {}{seed} -k {}", quoted(&record.spec.file), quoted(&glob::Pattern::escape(id)))
}

/// `word` as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@:+=%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        assert_eq!(quoted("a/test/blur@3/map:max_drop"), "a/test/blur@3/map:max_drop");
        assert_eq!(quoted("a/x/map(it's):min"), r"'a/x/map(it'\''s):min'");
    }
}
