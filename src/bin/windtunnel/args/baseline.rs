//! The arguments of `windtunnel baseline`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Make a record's figures the baseline of its suite
    Accept(Accept),
    /// List the accepted figures
    Show(ShowBaseline),
    /// Tell what accepting a record would change
    Diff(DiffBaseline),
}

#[derive(Debug, clap::Args)]
pub struct Accept {
    /// The record, or the spec that was run; default: the only record in target/windtunnel
    #[arg(value_name = "RECORD")]
    pub record: Option<PathBuf>,
    /// Why; it is kept with every figure, for the review
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Accept a run in which checks failed, too; those against the baseline itself may always
    #[arg(long)]
    pub failed: bool,
    /// Accept in a CI job, too
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, clap::Args)]
pub struct ShowBaseline {
    /// The baseline's file; default: that of the only record in target/windtunnel
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct DiffBaseline {
    /// The record, or the spec that was run; default: the only record in target/windtunnel
    #[arg(value_name = "RECORD")]
    pub record: Option<PathBuf>,
}
