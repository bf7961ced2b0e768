//! Accuracy over latency in letters, for a terminal: a capital where a model is on clean images, a small letter below it where it
//! is under perturbation.

use std::fmt::Write as _;

use crate::record::{AccuracyOverLatency, Record};

/// Letters of the plot's inside, across and down.
const PLOT: [usize; 2] = [56, 12];

/// The plot of each dataset that models were timed on, with a line for each model; nothing where none was timed.
pub fn accuracy_over_latency(record: &Record) -> String {
    let plots = record.evaluated().map(|dataset| plot(record, &dataset.name));
    plots.collect()
}

fn plot(record: &Record, dataset: &str) -> String {
    let places = record.accuracy_over_latency(dataset);
    let most = |figure: fn(&AccuracyOverLatency<'_>) -> f64| places.iter().map(figure).fold(0.0, f64::max);
    let (latency, accuracy) = (most(|place| place.speed.latency_p50), most(|place| place.clean));
    if places.is_empty() {
        return String::new();
    }
    let [across, down] = PLOT;
    let mut rows = vec![vec![' '; across]; down];
    let at = |value: f64, most: f64, places: usize| {
        let share = if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
        (share * (places - 1) as f64).round() as usize
    };
    for (letter, place) in ('a'..='z').zip(&places) {
        let column = at(place.speed.latency_p50, latency, across);
        let mut mark = |figure: f64, letter: char| {
            let row = down - 1 - at(figure, accuracy, down);
            let cell = &mut rows[row][column];
            *cell = if *cell == ' ' { letter } else { '*' };
        };
        mark(place.clean, letter.to_ascii_uppercase());
        if let Some(perturbed) = place.perturbed {
            mark(perturbed, letter);
        }
    }
    let mut out = format!("{} over latency on {dataset}\n", record.spec.metric);
    for (at, row) in rows.iter().enumerate() {
        let figure = if at == 0 { format!("{accuracy:.3}") } else { String::new() };
        let row: String = row.iter().collect();
        let _infallible = writeln!(out, "  {figure:>7} |{}", row.trim_end());
    }
    let end = format!("{latency:.2} ms");
    let _infallible = writeln!(out, "        0 +{}\n           0{end:>width$}", "-".repeat(across), width = across - 1);
    if rows.iter().flatten().any(|mark| *mark == '*') {
        out.push_str("  * several models\n");
    }
    let names = places.iter().map(|place| record.models[place.model].name.chars().count()).max().unwrap_or(0);
    for (at, place) in places.iter().enumerate() {
        let letter = ('A'..='Z').nth(at).unwrap_or('?');
        let small = letter.to_ascii_lowercase();
        let perturbed = place.perturbed.map(|figure| format!(", {small} mPC {figure:.3}")).unwrap_or_default();
        let _infallible = writeln!(
            out,
            "  {letter} {:names$}  {:.2} ms a call, {:.1} pictures a second, clean {:.3}{perturbed}",
            place.speed.model, place.speed.latency_p50, place.speed.throughput, place.clean,
        );
    }
    out
}
