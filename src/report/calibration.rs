//! Proposed thresholds as checks to paste into a spec.

use std::fmt::Write as _;

use crate::record::{Calibration, Proposal};
use crate::untrusted;

/// `calibration` as TOML.
pub fn calibration(calibration: &Calibration, source: &str) -> String {
    let mut out = format!("# Proposed from {source}: what the models do now, with room for chance.\n");
    if let Some(lenient) = lenient(calibration) {
        let _infallible = writeln!(
            out,
            "# Every model meets them, so the weakest sets them ({lenient}): a better one could get that much worse and\n# still pass. For one model alone: `windtunnel calibrate --model NAME`, with `model = \"NAME\"` in each check.",
        );
    }
    if !calibration.has_intervals {
        let _infallible = writeln!(
            out,
            "# Some rest on a margin of {}, as the record holds no intervals: `windtunnel run --intervals`.",
            calibration.margin
        );
    }
    let metric = &calibration.metric;
    if let Some(clean) = &calibration.clean {
        let _infallible = writeln!(
            out,
            "\n[[check]]\nname = \"still accurate\"\non = \"clean\"\nmetric = \"{metric}\"\nmin = {:.2}  {}",
            clean.threshold,
            measured(clean)
        );
    }
    let bound = calibration.bound;
    for (perturbation, levels) in &calibration.drops {
        let is_partial = calibration.left_out.iter().any(|name| name.split('@').next() == Some(perturbation));
        let on = if is_partial {
            let names = levels.iter().map(|one| format!("\"{perturbation}@{}\"", one.level));
            format!("[{}]", names.collect::<Vec<_>>().join(", "))
        } else {
            format!("\"{perturbation}\"")
        };
        let _infallible = writeln!(out, "\n[[check]]\non = {on}\nmetric = \"{metric}\"");
        let _infallible = match levels.as_slice() {
            [only] if only.level.is_empty() => writeln!(out, "{bound} = {:.2}  {}", only.threshold, measured(only)),
            levels => {
                let table = levels.iter().map(|one| format!("{} = {:.2}", key(&one.level), one.threshold));
                let told =
                    levels.iter().map(|one| format!("#   {}: {}", one.level, measured(one).trim_start_matches("# ")));
                let table = table.collect::<Vec<_>>().join(", ");
                writeln!(out, "{}\n{bound} = {{ {table} }}", told.collect::<Vec<_>>().join("\n"))
            }
        };
    }
    for condition in &calibration.left_out {
        let why = if calibration.is_of_losses() {
            "a model's drop there may be all of its clean figure, or was not measured"
        } else {
            "a model that finds nothing would do as well there, or it was not measured"
        };
        let _infallible = writeln!(out, "\n# {condition}: left out, {why}");
    }
    out
}

fn measured(proposal: &Proposal) -> String {
    let of = proposal.model.as_ref().map(|model| format!(" of {}", untrusted::name(model))).unwrap_or_default();
    match proposal.end {
        Some(end) => format!("# measured {:.3}{of}, interval to {end:.3}", proposal.measured),
        None => format!("# measured {:.3}{of}", proposal.measured),
    }
}

/// The models whose figures the thresholds are, where there are several models.
fn lenient(calibration: &Calibration) -> Option<String> {
    let mut models: Vec<String> = Vec::new();
    for model in calibration.proposals().filter_map(|proposal| proposal.model.as_ref()) {
        let model = untrusted::name(model).into_owned();
        if !models.contains(&model) {
            models.push(model);
        }
    }
    (!models.is_empty()).then(|| models.join(", "))
}

/// A level as a key: a decimal point would make it two.
fn key(level: &str) -> String {
    let is_bare = level.chars().all(|c| c.is_ascii_digit() || c == '-');
    if is_bare { level.to_owned() } else { format!("\"{level}\"") }
}
