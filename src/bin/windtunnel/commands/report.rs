//! `windtunnel report`: records of finished runs, written again in any format.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context as _, bail};
use windtunnel::entry::Named as _;
use windtunnel::exit::Exit;
use windtunnel::record::Record;
use windtunnel::report::{Html, PastRun, Reported, Style, html};
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, Report, STORE};
use crate::history::before;
use crate::records::Need;
use crate::{files, records, store, terminal};

/// Writes the report; the exit code.
pub fn report(args: &Report, global: &Global) -> anyhow::Result<Exit> {
    let is_page = args.to.entry().name == Html.entry().name;
    if args.store.is_some() && !is_page {
        bail!("`--store` is for the trend of `--to html`: no other report tells of earlier runs");
    }
    let read = if args.records.is_empty() {
        vec![records::named_or_only(None, Need::Any)?]
    } else {
        args.records.iter().map(|path| records::named_or_only(Some(path), Need::Any)).collect::<anyhow::Result<_>>()?
    };
    let folders: Vec<Cow<'_, Path>> = read.iter().map(|(path, record)| records::pictures_of(path, record)).collect();
    let runs: Vec<Reported<'_>> = read.iter().zip(&folders).map(|((_, record), folder)| (record, &**folder)).collect();
    let text = match runs[..] {
        // The one report that also tells of the runs before.
        [(record, folder)] if is_page => html(record, folder, &past(args.store.as_deref(), record)?),
        _ => {
            let style = Style { is_verbose: args.verbose, ..terminal::style_of(&args.out, global.color) };
            args.to.render(&runs, style)?
        }
    };
    files::write(&args.out, text.as_bytes())?;
    Ok(Exit::Passed)
}

/// The runs of the record's suite before it; none where no store is named, and there is none at its usual place.
fn past(named: Option<&Path>, record: &Record) -> anyhow::Result<Vec<PastRun>> {
    let path = named.unwrap_or(STORE.as_ref());
    match store::existing(path).context("the runs before cannot be told (`--store` names another store)")? {
        Some(store) => before(&store, record),
        None if named.is_some() => bail!("there is no store at {}", path.shown()),
        None => Ok(Vec::new()),
    }
}
