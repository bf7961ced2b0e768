//! `windtunnel compare`: two models side by side, of one record or of two.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::record::{Contender, Record, compare as compare_models};
use windtunnel::report::comparison;
use windtunnel::untrusted;

use crate::args::Compare;
use crate::{records, terminal};

/// Compares; the exit code.
pub fn compare(args: &Compare) -> anyhow::Result<u8> {
    let (one, other) = (side(&args.one, args.record.as_ref())?, side(&args.other, args.record.as_ref())?);
    let comparisons =
        compare_models(Contender { record: &one.0, model: &one.1 }, Contender { record: &other.0, model: &other.1 })?;
    if comparisons.iter().any(|found| found.mpc.interval.is_none() && found.clean.interval.is_none()) {
        tell!("note: without intervals: run with `windtunnel run --intervals` to see what is chance");
    }
    let text = if args.json {
        untrusted::json(serde_json::to_string_pretty(&comparisons)? + "\n")
    } else {
        comparisons.iter().map(comparison).collect::<Vec<_>>().join("\n")
    };
    terminal::print(&text)?;
    Ok(0)
}

/// The record and model that a word stands for: a record's file (with `#MODEL` where it has several), or a model of the
/// record given.
fn side(word: &str, record: Option<&PathBuf>) -> anyhow::Result<(Record, String)> {
    if Path::new(word).is_file() {
        let record = records::read(Path::new(word))?;
        let models: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
        return match models[..] {
            [] => bail!("{word} has no model"),
            [only] => {
                let only = only.to_owned();
                Ok((record, only))
            }
            [first, ..] => bail!("{word} has the models {}: name one, as in `{word}#{first}`", models.join(", ")),
        };
    }
    match word.rsplit_once('#') {
        Some((path, model)) if Path::new(path).is_file() => Ok((records::read(Path::new(path))?, model.to_owned())),
        _ if word.contains(['/', '\\', '.']) => bail!("there is no record at {word}"),
        _ => Ok((records::named_or_only(record)?.1, word.to_owned())),
    }
}
