//! The baseline for a terminal: what is accepted, and what a record would change.

use std::fmt::Write as _;

use crate::baseline::{AcceptedFigure, Baseline};
use crate::number::signed;

/// The accepted figures, one per line.
pub fn baseline_table(baseline: &Baseline) -> String {
    let mut out = String::new();
    for (key, entry) in &baseline.entries {
        let model = entry.model.as_deref().unwrap_or("-");
        let _infallible = writeln!(
            out,
            "{key} {}  n={}, model {model}, {}: {}",
            figure(entry),
            entry.images,
            entry.date,
            entry.reason
        );
    }
    out
}

/// What differs from one baseline to the next, one figure per line: changed, incomparable, new and gone ones.
pub fn baseline_changes(before: &Baseline, now: &Baseline) -> String {
    let mut out = String::new();
    let mut same = 0;
    for (key, entry) in &now.entries {
        let _infallible = match before.entries.get(key) {
            None => writeln!(out, "new      {key} {}", figure(entry)),
            Some(old) => match old.identity.unlike(&entry.identity) {
                Some(unlike) => {
                    writeln!(out, "other    {key} {} -> {}: {}", figure(old), figure(entry), unlike.told())
                }
                None if old.value.to_bits() == entry.value.to_bits() => {
                    same += 1;
                    Ok(())
                }
                None => {
                    let change = entry.value - old.value;
                    writeln!(out, "changed  {key} {} -> {} ({})", figure(old), figure(entry), signed(change, 3))
                }
            },
        };
    }
    let suites: Vec<&str> = now.entries.keys().filter_map(|key| key.split('/').next()).collect();
    for (key, entry) in &before.entries {
        let is_of_suite = key.split('/').next().is_some_and(|suite| suites.contains(&suite));
        if is_of_suite && !now.entries.contains_key(key) {
            let _infallible = writeln!(out, "gone     {key} {}", figure(entry));
        }
    }
    if same > 0 {
        let _infallible = writeln!(out, "{same} unchanged");
    }
    out
}

fn figure(entry: &AcceptedFigure) -> String {
    match entry.interval {
        Some([low, high]) => format!("{:.3} ({low:.3}..{high:.3})", entry.value),
        None => format!("{:.3}", entry.value),
    }
}
