//! Two models side by side, for a terminal.

use std::fmt::Write as _;

use crate::number::signed;
use crate::record::{Comparison, Difference};

/// Width of a figure's column.
const FIGURE: usize = 12;

/// A comparison as text.
pub fn comparison(found: &Comparison) -> String {
    let mut out = String::new();
    let Comparison { dataset, images, metric, one, other, .. } = found;
    let all = [&found.groups, &found.categories, &found.conditions];
    let names = all.into_iter().flatten().map(|difference| difference.name.chars().count());
    let width = names.max().unwrap_or(0).max("clean".len());
    let _infallible = writeln!(out, "{metric} on {dataset}, {images} images: {one} against {other}");
    let _infallible = writeln!(out, "  {:width$}  {:>FIGURE$}  {:>FIGURE$}  difference", "", short(one), short(other));
    for difference in [&found.clean, &found.mpc] {
        row(&mut out, difference, width, 3);
    }
    row(&mut out, &found.risk, width, 1);
    for (title, rows) in
        [("groups", &found.groups), ("categories", &found.categories), ("conditions", &found.conditions)]
    {
        let _infallible = writeln!(out, "{title}");
        for difference in rows {
            row(&mut out, difference, width, 3);
        }
    }
    for note in &found.notes {
        let _infallible = writeln!(out, "note: {note}");
    }
    let _infallible = writeln!(out, "\n{}", found.recommendation);
    out
}

fn row(out: &mut String, found: &Difference, width: usize, digits: usize) {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
    let interval =
        found.interval.map(|i| format!(" ({}..{})", signed(i.low, digits), signed(i.high, digits))).unwrap_or_default();
    let difference =
        found.difference.map_or_else(|| "-".to_owned(), |value| format!("{}{interval}", signed(value, digits)));
    let (name, one, other) = (&found.name, number(found.one), number(found.other));
    let line = format!("  {name:width$}  {one:>FIGURE$}  {other:>FIGURE$}  {difference}");
    out.push_str(line.trim_end());
    out.push('\n');
}

/// The end of a name that does not fit: versions differ there.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    letters[letters.len().saturating_sub(FIGURE)..].iter().collect()
}
