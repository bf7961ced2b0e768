//! The arguments of `windtunnel view`.

use std::path::PathBuf;

use super::STORE;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel view
  windtunnel view artifacts --port 8000

Browsers on this machine alone are answered. To see the pages from elsewhere,
forward the port by `ssh -L`, or write them with `windtunnel history site`.")]
pub struct View {
    /// The folder of reports; default: target/windtunnel
    #[arg(value_name = "DIR")]
    pub reports: Option<PathBuf>,
    /// The port; default: one that is free
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// The file in which runs are remembered
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
}
