//! The arguments of `windtunnel report`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use windtunnel::entry::find;
use windtunnel::report::{ALL, Reporter};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel report --to console
  windtunnel report target/windtunnel/site/record.json --to junit -o junit.xml")]
pub struct Report {
    /// For people, say more: every case with its numbers, and where the time went
    #[arg(short, long)]
    pub verbose: bool,
    /// Records that runs wrote; default: the only one in target/windtunnel
    #[arg(value_name = "RECORD")]
    pub records: Vec<PathBuf>,
    /// The format
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub to: &'static dyn Reporter,
    /// The store whose runs the `html` trend shows; default: `.windtunnel/store.sqlite`, if it is there
    #[arg(long, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// Where the report goes (`-` is standard output)
    #[arg(short, long, value_name = "PATH", default_value = "-")]
    pub out: PathBuf,
}

/// Reporters by name.
fn formats() -> impl TypedValueParser<Value = &'static dyn Reporter> {
    let value = |reporter: &&dyn Reporter| PossibleValue::new(reporter.entry().name).help(reporter.entry().summary);
    PossibleValuesParser::new(ALL.iter().map(value))
        .map(|name| find(ALL, &name).expect("only names of the list are let through"))
}
