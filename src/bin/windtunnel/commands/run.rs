//! `windtunnel run`: once, or again and again.

use windtunnel::exit::Exit;

use super::once::once;
use super::watch::watch;
use crate::args::{Global, Run};

/// Runs the specs; the exit code.
pub fn run(args: &Run, global: &Global) -> anyhow::Result<Exit> {
    if args.watch { watch(args, global) } else { Ok(once(args, global, None)?.code) }
}
