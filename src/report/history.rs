//! Runs of the past for a terminal: a list of them, and how a figure went from version to version.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::number::signed;
use crate::record::{RunSummary, most};

/// A run with its place in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// Its id.
    pub id: i64,
    /// When it was started, seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// The same as people write it.
    pub when: String,
    /// What it found.
    pub found: RunSummary,
}

/// Letters of the bar that stands for 1.
const BAR: usize = 40;

/// A line per run.
pub fn history(runs: &[PastRun]) -> String {
    let mut out = String::new();
    for PastRun { id, when, found, .. } in runs {
        let models = found.models.iter().map(|(name, digest)| format!("{name} {}", digest.as_deref().unwrap_or("-")));
        let counts = &found.counts;
        let _infallible = writeln!(
            out,
            "#{id} {when} {}{}: {} passed, {} failed, {} errors; {}",
            found.suite,
            if found.is_filtered { ", some cases" } else { "" },
            counts.passed,
            counts.failed,
            counts.errors,
            models.collect::<Vec<_>>().join(", ")
        );
    }
    out
}

/// How the figures that `is_wanted` picks (by `model/dataset/condition/metric`) went from run to run.
pub fn trend(runs: &[PastRun], is_wanted: &dyn Fn(&str) -> bool) -> String {
    let mut keys: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for PastRun { found, .. } in runs {
        for (cell, figures) in &found.figures {
            for metric in figures.keys() {
                let key = format!("{cell}/{metric}");
                if is_wanted(&key) {
                    keys.entry(key).or_insert((cell, metric));
                }
            }
        }
    }
    let mut out = String::new();
    for (key, (cell, metric)) in keys {
        let _infallible = writeln!(out, "{key}");
        let mut last: Option<(f64, Option<&String>)> = None;
        for run in runs {
            let Some(figure) = run.found.figures.get(cell).and_then(|figures| *figures.get(metric)?) else { continue };
            let model = cell.split('/').next().unwrap_or_default();
            let digest = run.found.models.get(model).cloned().flatten().unwrap_or_else(|| "-".to_owned());
            let alike = run.found.alike.get(cell);
            let change = match last {
                None => String::new(),
                Some((last, before)) if before == alike => format!(" ({})", signed(figure - last, 3)),
                Some(_) => " (other data, condition or definition: not comparable)".to_owned(),
            };
            let _infallible =
                writeln!(out, "  #{} {} {digest:12} {figure:.3}{change:9} {}", run.id, run.when, bar(figure, metric));
            last = Some((figure, alike));
        }
    }
    out
}

/// A bar as long as the figure's share of its largest value.
fn bar(figure: f64, metric: &str) -> String {
    let share = most(metric).map_or(0.0, |most| (figure / most).clamp(0.0, 1.0));
    "#".repeat((share * BAR as f64).round() as usize)
}
