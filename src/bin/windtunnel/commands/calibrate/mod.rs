//! `windtunnel calibrate`: thresholds proposed from what was measured.

mod confidence;

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::record::calibrate as calibrated;
use windtunnel::report::calibration;
use windtunnel::untrusted::Shown as _;

use crate::args::{Calibrate, Global, Overlay};
use crate::records::Need;
use crate::{records, terminal};

/// Prints checks or scores to paste; the exit code.
pub fn calibrate(args: &Calibrate, global: &Global) -> anyhow::Result<Exit> {
    if args.confidence { confidence::confidence(args, global) } else { checks(args) }
}

/// Prints checks proposed from a record.
fn checks(args: &Calibrate) -> anyhow::Result<Exit> {
    let Overlay { profile, set, limit } = &args.overlay;
    if !profile.is_empty() || !set.is_empty() || limit.is_some() {
        bail!(
            "--profile, --set and --limit change a spec, and thresholds are proposed from a record: add --confidence, or leave them out"
        );
    }
    let (path, record) = records::named_or_only(args.path.as_ref(), Need::Whole)?;
    if let Some(model) = args.model.as_ref().filter(|model| !record.models.iter().any(|other| other.name == **model)) {
        bail!("{} has no model `{model}`", path.shown());
    }
    let found = calibrated(&record, args.model.as_deref());
    let has_none = found.clean.is_none() && found.drops.is_empty();
    if has_none && !found.is_of_losses() && !found.left_out.is_empty() {
        bail!(
            "in {} a model that finds nothing would do as well under every perturbation: hold it against one that you trust (`metric = \"agreement\"` with `reference`)",
            path.shown()
        );
    }
    if has_none {
        bail!("nothing was measured in {}", path.shown());
    }
    terminal::print(&calibration(&found, &path.shown()))?;
    Ok(Exit::Passed)
}
