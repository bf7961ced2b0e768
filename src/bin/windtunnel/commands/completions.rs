//! `windtunnel completions`: what a shell needs to complete command lines.

use crate::args::{self, Completions};
use crate::files;
use windtunnel::exit::Exit;

/// Prints the script; the exit code.
pub fn completions(wanted: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(wanted.shell, &mut args::command(), env!("CARGO_PKG_NAME"), &mut script);
    files::write("-".as_ref(), &script)?;
    Ok(Exit::Passed)
}
