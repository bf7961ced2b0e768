//! Two models side by side, for a terminal.

use std::fmt::Write as _;

use crate::number::signed;
use crate::record::{Comparison, Difference};
use crate::report::text::shortened;

/// Width of a figure's column, where no model's name is longer.
const FIGURE: usize = 12;

/// Letters of a name that stand in a table's head; the line above it has them all.
const NAME: usize = 32;

/// A comparison as text.
pub fn comparison(found: &Comparison) -> String {
    let mut out = String::new();
    let Comparison { dataset, images, metric, one, other, .. } = found;
    let all = [&found.groups, &found.categories, &found.conditions];
    let names = all.into_iter().flatten().map(|difference| difference.name.chars().count());
    let width = names.max().unwrap_or(0).max("clean".len());
    let _infallible = writeln!(out, "{metric} on {dataset}, {images} images: {one} against {other}");
    let names = [one, other].map(|name| shortened(name, NAME));
    let widths = names.each_ref().map(|name| name.chars().count().max(FIGURE));
    let [(one, ones), (other, others)] = [(&names[0], widths[0]), (&names[1], widths[1])];
    let _infallible = writeln!(out, "  {:width$}  {one:>ones$}  {other:>others$}  difference", "");
    let widths = [width, ones, others];
    for difference in [&found.clean, &found.mpc] {
        row(&mut out, difference, widths, 3);
    }
    row(&mut out, &found.risk, widths, 1);
    for (title, rows) in
        [("groups", &found.groups), ("categories", &found.categories), ("conditions", &found.conditions)]
    {
        // Where nothing is labelled no category has a figure, and there are hundreds of them.
        let mut rows = rows.iter().filter(|row| row.one.is_some() || row.other.is_some()).peekable();
        if rows.peek().is_some() {
            let _infallible = writeln!(out, "{title}");
        }
        for difference in rows {
            row(&mut out, difference, widths, 3);
        }
    }
    for note in &found.notes {
        let _infallible = writeln!(out, "note: {note}");
    }
    let _infallible = writeln!(out, "\n{}", found.recommendation);
    out
}

fn row(out: &mut String, found: &Difference, [width, ones, others]: [usize; 3], digits: usize) {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
    let interval =
        found.interval.map(|i| format!(" ({}..{})", signed(i.low, digits), signed(i.high, digits))).unwrap_or_default();
    let difference =
        found.difference.map_or_else(|| "-".to_owned(), |value| format!("{}{interval}", signed(value, digits)));
    let (name, one, other) = (&found.name, number(found.one), number(found.other));
    let line = format!("  {name:width$}  {one:>ones$}  {other:>others$}  {difference}");
    out.push_str(line.trim_end());
    out.push('\n');
}
