//! The arguments of `windtunnel audit`.

use std::path::PathBuf;

use super::{Keeping, Overlay};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel audit                          the datasets of every spec in specs/
  windtunnel audit site.toml --no-models    models are not asked
  windtunnel audit site.toml --json - | jq '.datasets[].leakage'

Reports go to target/windtunnel/NAME/audit.html and audit.json unless told otherwise. The exit code is 1 where a check \
on a dataset fails (`metric = \"leakage\"`, `max = 0`), and 3 where something could not be judged.")]
pub struct Audit {
    /// Spec files, folders of them, or globs
    #[arg(value_name = "SPEC", default_value = "specs")]
    pub specs: Vec<String>,
    #[command(flatten)]
    pub overlay: Overlay,
    #[command(flatten)]
    pub keeping: Keeping,
    /// Ask no model: suspect labels are not looked for
    #[arg(long, conflicts_with_all = ["offline", "no_cache"])]
    pub no_models: bool,
    /// Threads; default: all cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Where the audit goes as JSON (`-` is standard output); for one spec
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Where the audit as one HTML file goes (`-` is standard output); for one spec
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
}
