//! What a program without the feature `cloud` says of data elsewhere.

use std::path::PathBuf;

use anyhow::bail;

const WITHOUT: &str = "this program was built without the feature `cloud`: `cargo install windtunnel --features cloud`";

/// Brings what lies at an address here.
pub fn mirror(_address: &str) -> anyhow::Result<PathBuf> {
    bail!(WITHOUT)
}

/// Finds out whether there can be something at an address.
pub fn probe(address: &str) -> anyhow::Result<()> {
    bail!("{address}: {WITHOUT}")
}

/// Writes an object.
pub fn put(address: &str, _bytes: &[u8]) -> anyhow::Result<()> {
    bail!("{address}: {WITHOUT}")
}

/// The objects below an address whose names end in `ending`, with their addresses.
pub fn read_all(address: &str, _ending: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    bail!("{address}: {WITHOUT}")
}
