//! `windtunnel calibrate`: thresholds proposed from a record.

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::record::calibrate as calibrated;
use windtunnel::report::calibration;
use windtunnel::untrusted::Shown as _;

use crate::args::Calibrate;
use crate::records::Need;
use crate::{records, terminal};

/// Prints checks to paste; the exit code.
pub fn calibrate(args: &Calibrate) -> anyhow::Result<Exit> {
    let (path, record) = records::named_or_only(args.record.as_ref(), Need::Whole)?;
    if let Some(model) = args.model.as_ref().filter(|model| !record.models.iter().any(|other| other.name == **model)) {
        bail!("{} has no model `{model}`", path.shown());
    }
    let found = calibrated(&record, args.model.as_deref());
    if found.clean.is_none() && found.drops.is_empty() {
        bail!("nothing was measured in {}", path.shown());
    }
    terminal::print(&calibration(&found, &path.shown()))?;
    Ok(Exit::Passed)
}
