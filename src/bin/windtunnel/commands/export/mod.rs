//! `windtunnel export`: files for other tools.

mod folder;
mod perturbed;
mod predictions;

use crate::args::{Export, ExportCommand, Global};
use windtunnel::exit::Exit;

/// Exports; the exit code.
pub fn export(args: &Export, global: &Global) -> anyhow::Result<Exit> {
    match &args.command {
        ExportCommand::Perturbed(wanted) => perturbed::perturbed(wanted, global),
        ExportCommand::Predictions(wanted) => predictions::predictions(wanted, global),
    }
}
