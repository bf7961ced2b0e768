//! `windtunnel report`: records of finished runs, written again in any format.

use std::path::Path;

use windtunnel::report::{Reported, Style};

use crate::args::{Global, Report};
use crate::{files, records, terminal};

/// Writes the report; the exit code.
pub fn report(args: &Report, global: &Global) -> anyhow::Result<u8> {
    let read = if args.records.is_empty() {
        vec![records::named_or_only(None)?]
    } else {
        args.records.iter().map(|path| records::named_or_only(Some(path))).collect::<anyhow::Result<_>>()?
    };
    let runs: Vec<Reported<'_>> = read.iter().map(|(path, record)| (record, folder(path))).collect();
    let style = Style { is_verbose: global.verbose, ..terminal::style_of(&args.out, global.color) };
    let text = args.to.render(&runs, style)?;
    files::write(&args.out, text.as_bytes())?;
    Ok(0)
}

/// The folder where a record's pictures lie.
fn folder(record: &Path) -> &Path {
    record.parent().unwrap_or(Path::new(""))
}
