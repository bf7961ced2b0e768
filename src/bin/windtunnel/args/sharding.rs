//! One run on many machines.

use std::path::PathBuf;
use std::str::FromStr;

use windtunnel::plan::{NoPartition, Partition};

use super::reporting::Reporting;
use super::{STORE, help};

/// Where shards are kept.
pub const SHARDS: &str = "target/windtunnel/shards";

/// Which part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionArg {
    /// The one that the scheduler around says.
    Auto,
    /// This one.
    Given(Partition),
}

impl FromStr for PartitionArg {
    type Err = NoPartition;

    fn from_str(text: &str) -> Result<Self, NoPartition> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Given) }
    }
}

/// A run's part, where it is split.
#[derive(Debug, clap::Args)]
pub struct Sharding {
    /// Answer only the M-th of N parts of the images, and write a shard for `windtunnel merge` instead of judging; `auto`
    /// takes what GitHub, GitLab, CircleCI, Buildkite, Kubernetes or Slurm tells its job
    #[arg(
        long,
        value_name = "M/N|auto",
        conflicts_with_all = ["fail_fast", "last_failed", "junit", "json", "html", "markdown", "detections", "intervals", "exit_zero"]
    )]
    pub partition: Option<PartitionArg>,
    /// Weigh the parts by the times in this record of an earlier run; every part needs the same
    #[arg(long, value_name = "RECORD", requires = "partition")]
    pub balance: Option<PathBuf>,
    /// Where the shard goes, a folder or an address (`s3://`, `gs://`, `az://`): `DIR/NAME-M-of-N.jsonl.gz`
    #[arg(long, value_name = "DIR", default_value = SHARDS, requires = "partition")]
    pub shards: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = help::MERGE)]
pub struct Merge {
    /// Shards, folders of them, globs, or addresses (`s3://`, `gs://`, `az://`)
    #[arg(value_name = "SHARD", default_value = SHARDS)]
    pub shards: Vec<String>,
    #[command(flatten)]
    pub reporting: Reporting,
    /// The file in which past runs are kept
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
    /// Do not add the run to the history
    #[arg(long)]
    pub no_cache: bool,
    /// Threads; default: all cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}
