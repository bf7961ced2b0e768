//! The inspector: looks into the datasets of a plan, each thing once, for audits and for the checks on datasets.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::all::Findings;
use super::looks::Looks;
use crate::audit::{Album, CONFIDENT, Light, Suspects, Twin, Voice, between, suspects, within};
use crate::dataset::Dataset;
use crate::detection::ImageRecord;
use crate::eval::Similarity;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::{Plan, PlannedSplit};
use crate::position::{CellAt, DatasetAt};
use crate::record::{ComparedSplit, Pair};
use crate::run::context::Context;
use crate::run::execute::Found;
use crate::run::execute::Predictions;

/// Looks into the datasets of a plan.
pub struct Inspector<'a> {
    plan: &'a Plan,
    predictions: &'a Predictions,
    context: &'a Context<'a>,
    looks: Looks,
    leakage: BTreeMap<DatasetAt, Measured<Leakage>>,
    duplicates: BTreeMap<DatasetAt, Measured<Twice>>,
}

/// What a dataset shares with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Leakage {
    /// What it was held against.
    pub compared_with: Vec<ComparedSplit>,
    /// In the order of its images, then of the splits.
    pub pairs: Vec<Pair>,
    /// Those that are much alike, and two images.
    pub near: Vec<Pair>,
}

/// What is twice in a dataset.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Twice {
    /// In the order of its images.
    pub pairs: Vec<Pair>,
    /// Those that are much alike, and two images.
    pub near: Vec<Pair>,
}

/// A split to hold a dataset against.
struct OtherSplit<'a> {
    name: &'a str,
    data: std::borrow::Cow<'a, Dataset>,
}

impl<'a> Inspector<'a> {
    /// Starts on a plan, nothing looked at yet.
    pub fn new(findings: &'a Findings<'_>, context: &'a Context<'a>) -> Self {
        Self {
            plan: findings.plan,
            predictions: &findings.predictions,
            context,
            looks: Looks::default(),
            leakage: BTreeMap::new(),
            duplicates: BTreeMap::new(),
        }
    }

    /// The images of a dataset that other splits have, too.
    pub fn leakage(&mut self, dataset: DatasetAt) -> Measured<Leakage> {
        if !self.leakage.contains_key(&dataset) {
            let found = self.find_leakage(dataset);
            self.leakage.insert(dataset, found);
        }
        self.leakage[&dataset].clone()
    }

    /// The images of a dataset that are like an earlier one.
    pub fn duplicates(&mut self, dataset: DatasetAt) -> Measured<Twice> {
        if !self.duplicates.contains_key(&dataset) {
            let found = self.find_duplicates(dataset);
            self.duplicates.insert(dataset, found);
        }
        self.duplicates[&dataset].clone()
    }

    /// How light the pictures of a dataset are.
    pub fn lights(&mut self, dataset: DatasetAt) -> Measured<Vec<Light>> {
        match self.data(dataset) {
            Ok(data) => self.looks.lights(data, self.context),
            Err(blocked) => Measured::Blocked(blocked),
        }
    }

    /// What the models of `cells`, clean ones of the dataset, say of its labels. A model that could not be heard makes it
    /// unknown where `needs_all`, and is else only named.
    pub fn suspects(&self, dataset: DatasetAt, cells: &[CellAt], needs_all: bool) -> Measured<Suspects> {
        let data = match self.data(dataset) {
            Ok(data) => data,
            Err(blocked) => return Measured::Blocked(blocked),
        };
        if self.plan.cells.is_empty() {
            return Measured::Blocked("no model was asked".to_owned());
        }
        let (mut voices, mut unheard) = (Vec::new(), Vec::new());
        let mut first: Option<Measured<Suspects>> = None;
        for &cell in cells {
            let model = self.plan.models[self.plan.cells[cell].model].name.as_str();
            match &self.predictions.cells[cell] {
                Measured::Value(found) => {
                    let both = data.images.iter().zip(found);
                    let detections =
                        both.map(|(image, found): (_, &Found)| found.detections(image.size()).into_owned()).collect();
                    voices.push(Voice { model, detections });
                }
                Measured::Failed(failure) => {
                    unheard.push(format!("{model}: {}", failure.message));
                    first.get_or_insert(Measured::Failed(failure.clone()));
                }
                Measured::Blocked(reason) => {
                    unheard.push(format!("{model}: {reason}"));
                    first.get_or_insert(Measured::Blocked(reason.clone()));
                }
            }
        }
        if let Some(first) = first.filter(|_| needs_all || voices.is_empty()) {
            return first;
        }
        if let Some(silent) = silent(&voices, needs_all) {
            return Measured::Failed(silent);
        }
        match suspects(Similarity::of(self.plan.task), data, &voices, unheard) {
            Ok(suspects) => Measured::Value(suspects),
            Err(error) => {
                let message = format!("the detections cannot be held against the labels: {error}");
                Measured::Failed(Failure::new(FailureKind::Inference, message))
            }
        }
    }

    /// The labels of a dataset, or that it is told elsewhere why there are none.
    fn data(&self, dataset: DatasetAt) -> Result<&'a Dataset, String> {
        let planned = &self.plan.datasets[dataset];
        let blocked = |failure: &Failure| format!("blocked: dataset `{}`: {}", planned.name, failure.message);
        planned.state.as_ref().map_err(blocked)
    }

    fn find_duplicates(&mut self, dataset: DatasetAt) -> Measured<Twice> {
        let data = match self.data(dataset) {
            Ok(data) => data,
            Err(blocked) => return Measured::Blocked(blocked),
        };
        self.looks.album(data, self.context).and_then(|album| {
            let pair = |twin: &Twin| pair(data, None, data, twin);
            let (near, pairs) = within(album).iter().map(pair).partition(|pair: &Pair| pair.likeness.is_near());
            Measured::Value(Twice { pairs, near })
        })
    }

    fn find_leakage(&mut self, dataset: DatasetAt) -> Measured<Leakage> {
        let data = match self.data(dataset) {
            Ok(data) => data,
            Err(blocked) => return Measured::Blocked(blocked),
        };
        let others = match self.others(dataset) {
            Ok(others) => others,
            Err(failure) => return Measured::Failed(failure),
        };
        if others.iter().all(|other| other.data.images.is_empty()) {
            let message = "there is no image of another split to compare with: add the other splits as datasets with \
                           `evaluate = false`";
            return Measured::Failed(Failure::new(FailureKind::Vacuous, message));
        }
        let own = match self.looks.album(data, self.context) {
            Measured::Value(own) => own,
            Measured::Failed(failure) => return Measured::Failed(failure),
            Measured::Blocked(reason) => return Measured::Blocked(reason),
        };
        let mut found = Leakage { compared_with: Vec::new(), pairs: Vec::new(), near: Vec::new() };
        let mut placed: Vec<(usize, Pair)> = Vec::new();
        for OtherSplit { name, data: other } in &others {
            let twins =
                self.looks.album(other, self.context).and_then(|album: &Album| Measured::Value(between(&own, album)));
            let twins = match twins {
                Measured::Value(twins) => twins,
                Measured::Failed(failure) => {
                    return Measured::Failed(Failure::new(
                        failure.kind,
                        format!("split `{name}`: {}", failure.message),
                    ));
                }
                Measured::Blocked(reason) => return Measured::Blocked(reason),
            };
            placed.extend(twins.iter().map(|twin| (twin.image, pair(data, Some(name), other, twin))));
            let (images, sampled_from) = (other.images.len(), other.sampled_from);
            found.compared_with.push(ComparedSplit { name: (*name).to_owned(), images, sampled_from });
        }
        placed.sort_by_key(|(image, _)| *image); // stable: the order of the splits stays
        (found.near, found.pairs) =
            placed.into_iter().map(|(_, pair)| pair).partition(|pair: &Pair| pair.likeness.is_near());
        Measured::Value(found)
    }

    /// The other datasets of the spec, and the other splits of the export that are none of those. A split with the dataset's
    /// own pictures is one of them: it shares all.
    fn others(&self, dataset: DatasetAt) -> Result<Vec<OtherSplit<'a>>, Failure> {
        let plan = self.plan;
        let mut others = Vec::new();
        for planned in plan.held_against(dataset).map(|at| &plan.datasets[at]) {
            let unknown = |failure: &Failure| {
                Failure::new(failure.kind, format!("cannot be held against `{}`: {}", planned.name, failure.message))
            };
            let data = planned.state.as_ref().map_err(unknown)?;
            others.push(OtherSplit { name: planned.name.as_str(), data: std::borrow::Cow::Borrowed(data) });
        }
        let known: HashSet<PathBuf> =
            others.iter().flat_map(|other| other.data.images.iter().map(|image| image.path.clone())).collect();
        for PlannedSplit { name, opened } in &plan.datasets[dataset].others {
            let unknown = |error| {
                let message = format!("cannot be held against the split `{name}` of its export: {error}");
                Failure::new(FailureKind::Dataset, message)
            };
            let data = opened.read().map_err(unknown)?;
            let is_new = |image: &ImageRecord| !known.contains(&image.path);
            if data.images.iter().any(is_new) {
                others.push(OtherSplit { name, data: std::borrow::Cow::Owned(data) });
            }
        }
        Ok(others)
    }
}

/// Models without a confident detection contradict no label, whatever the labels are: a failure if all are such, or one
/// where all are needed.
fn silent(voices: &[Voice<'_>], needs_all: bool) -> Option<Failure> {
    let silent: Vec<&str> = voices.iter().filter(|voice| voice.is_silent()).map(|voice| voice.model).collect();
    let is_wrong = if needs_all { !silent.is_empty() } else { !silent.is_empty() && silent.len() == voices.len() };
    let names = silent.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = format!(
        "no detection of {names} is at least {CONFIDENT} sure, so that no label could be contradicted: ask models that are \
         surer, or see that their answers are right"
    );
    is_wrong.then(|| Failure::new(FailureKind::Vacuous, message))
}

fn pair(data: &Dataset, split: Option<&str>, other: &Dataset, twin: &Twin) -> Pair {
    Pair {
        image: data.images[twin.image].file_name.clone(),
        split: split.map(ToOwned::to_owned),
        other: other.images[twin.other].file_name.clone(),
        likeness: twin.likeness,
    }
}
