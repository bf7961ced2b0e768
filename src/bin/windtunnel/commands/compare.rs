//! `windtunnel compare`: two models side by side, of one record or of two.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::record::{Contender, Record, compare as compare_models};
use windtunnel::report::comparison;
use windtunnel::untrusted;
use windtunnel::untrusted::Shown as _;

use crate::args::Compare;
use crate::records::Need;
use crate::{records, terminal};

/// Compares; the exit code.
pub fn compare(args: &Compare) -> anyhow::Result<Exit> {
    let (one, other) = match &args.other {
        Some(other) => (side(&args.one, args.record.as_ref())?, side(other, args.record.as_ref())?),
        None => both(&args.one)?,
    };
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

/// The two models of the record that a word stands for.
fn both(word: &str) -> anyhow::Result<(RecordSide, RecordSide)> {
    let file = Path::new(word);
    if !file.is_file() {
        bail!("name two models or records to compare, or a record with two models: there is no file {word}");
    }
    let path = records::of_file(file)?;
    let record = records::read(&path)?;
    let models: Vec<String> = record.models.iter().map(|model| model.name.clone()).collect();
    match models.as_slice() {
        [one, other] => {
            let side = |model: &String| RecordSide { path: path.clone(), record: record.clone(), model: model.clone() };
            Ok((side(one), side(other)))
        }
        [first, second, ..] => bail!(
            "{word} has the models {}: name two, as in `windtunnel compare {first} {second} --record {}`",
            models.join(", "),
            path.shown()
        ),
        [] | [_] => {
            bail!("{word} has {}: name a second record", if models.is_empty() { "no model" } else { "one model" })
        }
    }
}

/// What a word stands for: a record's file (with `#MODEL` where it has several), or a model of the record given.
fn side(word: &str, record: Option<&PathBuf>) -> anyhow::Result<RecordSide> {
    if Path::new(word).is_file() {
        let path = records::of_file(Path::new(word))?;
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
            let (path, model) = (records::of_file(Path::new(path))?, model.to_owned());
            Ok(RecordSide { record: records::read(&path)?, path, model })
        }
        _ if word.contains(['/', '\\', '.']) => bail!("there is no record at {word}"),
        _ => {
            let (path, record) = records::found(record, Need::Whole)?;
            Ok(RecordSide { path, record, model: word.to_owned() })
        }
    }
}
