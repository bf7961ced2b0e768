//! The arguments of `windtunnel cache`.

use std::path::PathBuf;

use clap::Subcommand;

use super::STORE;

#[derive(Debug, clap::Args)]
pub struct Cache {
    /// The file in which answers of models are kept
    #[arg(long, global = true, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
    #[command(subcommand)]
    pub command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// What is kept, model by model
    Size,
    /// Forget answers
    Clean(Clean),
}

#[derive(Debug, clap::Args)]
pub struct Clean {
    /// Those kept longer ago than this
    #[arg(long, value_name = "DAYS")]
    pub older_than: Option<u64>,
    /// The oldest, until the rest takes at most this
    #[arg(long, value_name = "MIB")]
    pub larger_than: Option<u64>,
    /// All of them
    #[arg(long)]
    pub all: bool,
}
