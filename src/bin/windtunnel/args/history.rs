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
pub struct Import {
    /// The record
    pub record: PathBuf,
}
