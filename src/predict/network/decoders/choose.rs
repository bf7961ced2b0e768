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
        if decoder.task != task {
            return Err(of_other_task(all, task, decoder));
        }
        let entry = decoder.entry;
        let fits = decoder.classes(&trial.outputs, trial.input).map(|classes| (decoder, classes));
        return fits
            .ok_or_else(|| format!("its outputs {seen} are not of the layout `{}` ({})", entry.name, entry.summary));
    }
    // The task first: a map of class scores can have the shape and the range of a grid of boxes.
    if let Some(said) = trial.metadata.get("task") {
        task.expect(Some(said)).map_err(|other| of_file(task, &other.said))?;
    }
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
        ([], []) if fitting.is_empty() => Err(unknown(all, task, trial, &seen)),
        ([], []) => Err(ambiguous(&seen, &fitting)),
        ([], several) | (several, _) => Err(ambiguous(&seen, several)),
    }
}

/// A layout of another task, named in the spec.
fn of_other_task(all: &[&'static Decoder], task: Task, wanted: &Decoder) -> String {
    let known = all.iter().filter(|decoder| decoder.task == task).map(|decoder| format!("`{}`", decoder.entry.name));
    let known: Vec<String> = known.collect();
    format!(
        "`decoder = \"{}\"` is of {} (`task = \"{}\"`), and the task is `{}`: leave it out, or name one of {}",
        wanted.entry.name,
        wanted.task.models(),
        wanted.task.word(),
        task.word(),
        known.join(", ")
    )
}

/// A file that is of another task by its own words.
fn of_file(task: Task, said: &str) -> String {
    let known = Task::ALL.iter().find(|(word, _)| *word == said);
    match known {
        Some((word, _)) => format!(
            "its file says that its task is `{said}`, and the spec's is `{}`: set `task = \"{word}\"` in a spec of its own, \
             or take a file of {}",
            task.word(),
            task.models()
        ),
        None => {
            format!("its file says that its task is `{said}`; only {} (`{}`) are known", task.models(), task.word())
        }
    }
}

/// Outputs of no layout of the task; perhaps of another task's.
fn unknown(all: &[&'static Decoder], task: Task, trial: &Trial<'_>, seen: &str) -> String {
    let fits = |decoder: &&&Decoder| {
        decoder.task != task && decoder.classes(&trial.outputs, trial.input).is_some() && decoder.is_evident(trial)
    };
    let other = all.iter().find(fits).map(|decoder| {
        format!(
            " of {}. They look like `{}`: of a network of the task `{}`, which a spec of its own may have",
            task.models(),
            decoder.entry.name,
            decoder.task.word()
        )
    });
    let other = other.unwrap_or_default();
    let which = match task {
        Task::Detect => "If some of them are the boxes, classes and scores, name those: `outputs = [...]`",
        Task::Classify => "If one of them has a value for each class, [1, classes], name it: `outputs = [\"...\"]`",
    };
    format!(
        "its outputs {seen} are of no known layout{other}.\n{which}; `windtunnel explain decoder` lists the layouts.\nElse \
         let a program of yours run it: `kind = \"subprocess\"`, which `windtunnel explain command` shows."
    )
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
