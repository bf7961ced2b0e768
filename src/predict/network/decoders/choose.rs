//! Which layout a network has: what its outputs' names, shapes and values and its file's metadata show. What they do
//! not show is asked for, never guessed.

use super::decoder::{Classes, Decoder, Trial};
use crate::task::Task;

/// The layout `wanted`, or the one of `task` that the network shows to be its own. `labels` are the first class's
/// number, if it is set, and how many class names there are.
///
/// # Errors
/// The outputs are of no known layout, not of the wanted one, or could be of several.
pub fn choose(
    all: &[&'static Decoder],
    task: Task,
    wanted: Option<&'static Decoder>,
    trial: &Trial<'_>,
    labels: Option<(Option<usize>, usize)>,
) -> Result<(&'static Decoder, Classes), String> {
    let seen = shown(trial);
    if let Some(decoder) = wanted {
        let entry = decoder.entry;
        let fits = decoder.classes(&trial.outputs, trial.input).map(|classes| (decoder, classes));
        return fits
            .ok_or_else(|| format!("its outputs {seen} are not of the layout `{}` ({})", entry.name, entry.summary));
    }
    // The task first: a map of class scores can have the shape and the range of a grid of boxes.
    task.expect(trial.metadata.get("task").map(String::as_str)).map_err(|other| {
        let (said, models) = (other.said, task.models());
        format!("its file says that its task is `{said}`; only {models} (`{}`) are known", task.word())
    })?;
    let fitting = all
        .iter()
        .filter(|decoder| decoder.task == task)
        .filter_map(|d| Some((*d, d.classes(&trial.outputs, trial.input)?)));
    let fitting: Vec<(&'static Decoder, Classes)> = fitting.collect();
    let evident: Vec<_> = fitting.iter().copied().filter(|(decoder, _)| decoder.is_evident(trial)).collect();
    // Some layouts have one shape and differ in a column for "no object": the number of class names tells them apart.
    let allowed = |(decoder, classes): &(&'static Decoder, Classes)| {
        labels.is_none_or(|(first, named)| classes.allow(first.unwrap_or(decoder.defaults.first_label), named))
    };
    let narrowed: Vec<_> = evident.iter().copied().filter(allowed).collect();
    match (&narrowed[..], &evident[..]) {
        ([one], _) | ([], [one]) => Ok(*one),
        ([], []) if fitting.is_empty() => Err(format!(
            "its outputs {seen} are of no known layout.\nIf some of them are the boxes, classes and scores, name \
             those: `outputs = [...]`; `windtunnel explain decoder` lists the layouts.\nElse let a program of yours \
             run it: `kind = \"subprocess\"`, which `windtunnel explain command` shows."
        )),
        ([], []) => Err(ambiguous(&seen, &fitting)),
        ([], several) | (several, _) => Err(ambiguous(&seen, several)),
    }
}

fn ambiguous(seen: &str, candidates: &[(&'static Decoder, Classes)]) -> String {
    let named = |(decoder, _): &(&'static Decoder, Classes)| {
        format!("`decoder = \"{}\"` ({})", decoder.entry.name, decoder.entry.summary)
    };
    let named: Vec<String> = candidates.iter().map(named).collect();
    format!("its outputs {seen} do not show which layout they have: add {}", named.join(" or "))
}

/// `` `boxes` [1, 300, 4], `scores` [1, 300] ``
fn shown(trial: &Trial<'_>) -> String {
    let output = |(name, tensor): (&str, &super::super::engine::Tensor)| format!("`{name}` {:?}", tensor.shape);
    trial.outputs.iter().map(output).collect::<Vec<_>>().join(", ")
}
