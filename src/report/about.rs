//! Which run a record is of, in a few lines: told before anything is made of its figures, so that nobody takes an old run
//! for the last one.

use super::text::{counts, option_words, verdict};
use crate::digest::Digest;
use crate::record::{ModelRecord, Record};

/// The run of `record`, which ended at `when`.
pub fn about(record: &Record, when: &str) -> String {
    let spec = &record.spec;
    let seed = if spec.is_seed_given { format!(" --seed {}", spec.seed) } else { String::new() };
    let lack = record.lack().map(|lack| format!("\n  it {lack}")).unwrap_or_default();
    format!(
        "run of {when}: {}{}{seed}, {} ({})\n  models: {}{lack}",
        spec.file,
        option_words(record),
        verdict(record),
        counts(record),
        record.models.iter().map(model).collect::<Vec<_>>().join(", "),
    )
}

/// A model with its short digest, which is another one for another file.
fn model(model: &ModelRecord) -> String {
    let digest = model.card.as_ref().and_then(|card| card.digest.as_ref());
    let digest = digest.map_or_else(|| "without a digest".to_owned(), Digest::short);
    format!("`{}` ({digest})", model.name)
}
