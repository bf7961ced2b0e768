//! The filter of the images: by category and by what is wrong, without a script. The style sheet asks which option is chosen.

use maud::{Markup, html};

use super::words::plain;
use crate::record::{BoxKind, BoxRecord, ErrorKind, PairRecord, Record, ShotRecord, Task};

/// What can be wrong, in the order of the list.
const WRONG: [(WrongKind, &str, &str); 6] = [
    (WrongKind::Missed, "missed", "missed objects"),
    (WrongKind::False(ErrorKind::Classification), "classification", "another category"),
    (WrongKind::False(ErrorKind::Localization), "localization", "badly placed"),
    (WrongKind::False(ErrorKind::Both), "both", "another category, badly placed"),
    (WrongKind::False(ErrorKind::Duplicate), "duplicate", "found twice"),
    (WrongKind::False(ErrorKind::Background), "background", "on nothing"),
];

/// What is wrong with a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WrongKind {
    /// A label that nothing found.
    Missed,
    /// A detection of nothing.
    False(ErrorKind),
}

/// An error in words.
pub fn word(error: ErrorKind) -> &'static str {
    WRONG.iter().find(|(wrong, ..)| *wrong == WrongKind::False(error)).map_or("", |(_, _, word)| word)
}

fn wrong(one: &BoxRecord) -> Option<&'static str> {
    let wrong = match one.kind {
        BoxKind::Missed => Some(WrongKind::Missed),
        BoxKind::False => one.error.map(WrongKind::False),
        BoxKind::Truth | BoxKind::Ignored | BoxKind::Found | BoxKind::Claim => None,
    };
    WRONG.iter().find(|(other, ..)| Some(*other) == wrong).map(|(_, class, _)| *class)
}

/// What there is to choose among.
pub struct Filter {
    /// What models are asked to do: classes have no boxes to choose.
    pub task: Task,
    /// Sorted; a category's position names its class.
    categories: Vec<String>,
    /// Classes of what is wrong anywhere.
    wrong: Vec<&'static str>,
}

impl Filter {
    /// The filter for all galleries of a record.
    pub fn of(record: &Record) -> Self {
        let pairs = record.galleries.iter().flat_map(|gallery| &gallery.pairs);
        let boxes: Vec<&BoxRecord> = pairs.flat_map(shots).flat_map(boxes).collect();
        let mut categories: Vec<String> = boxes.iter().map(|one| one.category.clone()).collect();
        categories.sort_unstable();
        categories.dedup();
        let is_there = |class: &&str| boxes.iter().any(|one| wrong(one) == Some(*class));
        Self {
            task: record.spec.task,
            categories,
            wrong: WRONG.iter().map(|(_, class, _)| *class).filter(is_there).collect(),
        }
    }

    /// The classes of a box: `c k3 e-missed`.
    pub fn classes(&self, one: &BoxRecord) -> String {
        let category = self.categories.binary_search(&one.category).map(|at| format!(" k{at}")).unwrap_or_default();
        let wrong = wrong(one).map(|class| format!(" e-{class}")).unwrap_or_default();
        format!("c{category}{wrong}")
    }

    /// The classes of a pair: those of all its boxes.
    pub fn classes_of(&self, pair: &PairRecord) -> String {
        let all: Vec<String> = shots(pair).flat_map(boxes).map(|one| self.classes(one)).collect();
        let mut classes: Vec<&str> = all.iter().flat_map(|one| one.split(' ')).filter(|class| *class != "c").collect();
        classes.sort_unstable();
        classes.dedup();
        classes.join(" ")
    }

    /// Two lists to choose from, each where there is a choice, which [`Filter::style`] obeys.
    pub fn controls(&self) -> Markup {
        html! {
            @if self.categories.len() > 1 {
                label { "Category" select { option { "all" }
                    @for (at, category) in self.categories.iter().enumerate() { option id={ "only-k" (at) } { (plain(category)) } }
                } }
            }
            @if self.wrong.len() > 1 && self.task == Task::Detect {
                label { "Errors" select { option { "all" }
                    @for (_, class, word) in WRONG.iter().filter(|(_, class, _)| self.wrong.contains(class)) {
                        option id={ "only-e-" (class) } { (word) }
                    }
                } }
            }
        }
    }

    /// Rules for a style sheet. Only positions and words of this file go into it, no text from elsewhere.
    pub fn style(&self) -> String {
        let categories = (0..self.categories.len()).map(|at| (format!("k{at}"), ""));
        let errors = self.wrong.iter().map(|class| (format!("e-{class}"), ":is(.found,.false,.missed,.below) "));
        let rule = |(class, among): (String, &str)| {
            let chosen = format!("#gallery:has(#only-{class}:checked)");
            format!(
                "{chosen} .pair {among}.c:not(.{class}),{chosen} .pair:not(.{class}),{chosen} .gallery:not(:has(.pair.{class})){{display:none}}"
            )
        };
        categories.chain(errors).map(rule).collect()
    }
}

fn shots(pair: &PairRecord) -> impl Iterator<Item = &ShotRecord> {
    pair.shots()
}

fn boxes(shot: &ShotRecord) -> impl Iterator<Item = &BoxRecord> {
    shot.boxes.iter().chain(&shot.below)
}
