//! The arguments of `windtunnel history`.

use std::path::PathBuf;

use clap::Subcommand;
use glob::Pattern;

use super::STORE;

#[derive(Debug, clap::Args)]
pub struct History {
    /// The file in which runs are remembered
    #[arg(long, global = true, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
    #[command(subcommand)]
    pub command: HistoryCommand,
}

#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// List the runs
    List,
    /// Print what one run found, as JSON
    Show(ShowRun),
    /// Tell how figures went from run to run
    Trend(Trend),
    /// Write a static site: newest reports, trends, badges
    Site(Site),
    /// Remember a record of another machine
    Import(Import),
}

#[derive(Debug, clap::Args)]
pub struct ShowRun {
    /// The run's number
    pub id: i64,
}

#[derive(Debug, clap::Args)]
pub struct Trend {
    /// Only runs of this suite
    pub suite: Option<String>,
    /// Only figures that match (`model/dataset/blur@3/map50`); default: the suite's metric everywhere
    #[arg(short = 'k', long = "filter", value_name = "GLOB")]
    pub filter: Vec<Pattern>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel history site --out site
  windtunnel history site artifacts --out site    records that jobs of a CI left

The site is one folder for any web server: an overview with all suites and runs,
NAME/index.html and NAME/badge.svg for each suite, badge.svg for all of them.")]
pub struct Site {
    /// The folder of reports; default: target/windtunnel
    #[arg(value_name = "REPORTS")]
    pub reports: Option<PathBuf>,
    /// The folder that the site is written to; what is there and not of the site stays
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Import {
    /// The record
    pub record: PathBuf,
}
