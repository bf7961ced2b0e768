//! `windtunnel schema`: the JSON Schema of specs, for editors.

use windtunnel::catalog;
use windtunnel::exit::Exit;

use crate::files;

/// Prints the schema; the exit code.
pub fn schema() -> anyhow::Result<Exit> {
    files::write("-".as_ref(), catalog::schema().as_bytes())?;
    Ok(Exit::Passed)
}
