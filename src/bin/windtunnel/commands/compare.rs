//! `windtunnel compare`: two models side by side, of one record or of two.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::record::{Contender, Record, compare as compare_models};
use windtunnel::report::comparison;
use windtunnel::untrusted;

use crate::args::Compare;
use crate::records::Need;
use crate::{records, terminal};

/// Compares; the exit code.
pub fn compare(args: &Compare) -> anyhow::Result<Exit> {
    let (one, other) = (side(&args.one, args.record.as_ref())?, side(&args.other, args.record.as_ref())?);
    records::introduce(&one.path, &one.record);
    if other.path != one.path {
        records::introduce(&other.path, &other.record);
    }
    let comparisons = compare_models(one.contender(), other.contender())?;
    if comparisons.iter().any(|found| found.mpc.interval.is_none() && found.clean.interval.is_none()) {
        tell!("note: without intervals: run with `windtunnel run --intervals` to see what is chance");
    }
    let text = if args.json {
        untrusted::json(serde_json::to_string_pretty(&comparisons)? + "\n")
    } else {
        comparisons.iter().map(comparison).collect::<Vec<_>>().join("\n")
    };
    terminal::print(&text)?;
    Ok(Exit::Passed)
}

/// One of two models.
struct RecordSide {
    path: PathBuf,
    record: Record,
    model: String,
}

impl RecordSide {
    fn contender(&self) -> Contender<'_> {
        Contender { record: &self.record, model: &self.model }
    }
}

/// What a word stands for: a record's file (with `#MODEL` where it has several), or a model of the record given.
fn side(word: &str, record: Option<&PathBuf>) -> anyhow::Result<RecordSide> {
    if Path::new(word).is_file() {
        let path = PathBuf::from(word);
        let record = records::read(&path)?;
        let models: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
        return match models[..] {
            [] => bail!("{word} has no model"),
            [only] => {
                let model = only.to_owned();
                Ok(RecordSide { path, record, model })
            }
            [first, ..] => bail!("{word} has the models {}: name one, as in `{word}#{first}`", models.join(", ")),
        };
    }
    match word.rsplit_once('#') {
        Some((path, model)) if Path::new(path).is_file() => {
            let (path, model) = (PathBuf::from(path), model.to_owned());
            Ok(RecordSide { record: records::read(&path)?, path, model })
        }
        _ if word.contains(['/', '\\', '.']) => bail!("there is no record at {word}"),
        _ => {
            let (path, record) = records::found(record, Need::Whole)?;
            Ok(RecordSide { path, record, model: word.to_owned() })
        }
    }
}
