//! `windtunnel schema`: the JSON Schema of specs, for editors.

use windtunnel::catalog;

use crate::files;

/// Prints the schema; the exit code.
pub fn schema() -> anyhow::Result<u8> {
    files::write("-".as_ref(), catalog::schema().as_bytes())?;
    Ok(0)
}
