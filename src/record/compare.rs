//! Two models side by side, from the records of their runs: of one run, or of different ones on the same data.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::agreement::agreement_told;
use super::recommendation::{Beside, recommendation};
use super::silence::Silence;
use super::standing::Standing;
use super::{CellRecord, Comparison, DatasetRecord, Difference, ModelCard, Record, draws_name};
use crate::baseline::{Identity, Origin, decode};
use crate::condition::CLEAN;
use crate::failure::Measured;
use crate::gate::{Asked, Combine, Evidence, Other, Reading, Side, estimate};
use crate::metric::{self, Metric};
use crate::predict::SAME_MODEL;

/// A model of a record.
#[derive(Debug, Clone, Copy)]
pub struct Contender<'r> {
    /// The record.
    pub record: &'r Record,
    /// The model's name.
    pub model: &'r str,
}

/// Why two models cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CompareError {
    /// A record has no such model.
    #[error("{0}")]
    NoModel(String),
    /// Nothing was measured on both sides alike.
    #[error("nothing in the two was measured alike: {0}")]
    NothingAlike(String),
}

/// Compares two models on every dataset that both were run on.
///
/// # Errors
/// A model is unknown, or the two share no dataset that was measured alike.
pub fn compare(one: Contender<'_>, other: Contender<'_>) -> Result<Vec<Comparison>, CompareError> {
    for contender in [one, other] {
        let models: Vec<&str> = contender.record.models.iter().map(|model| model.name.as_str()).collect();
        if !models.contains(&contender.model) {
            let not_found = crate::entry::NotFound::among(contender.model, models);
            return Err(CompareError::NoModel(format!(
                "no model is called `{}`; {}",
                contender.model,
                not_found.help()
            )));
        }
    }
    let metric = metric::ALL.iter().copied().find(|metric| metric.name == one.record.spec.metric);
    let metric = metric.ok_or_else(|| CompareError::NothingAlike("the metric is unknown".to_owned()))?;
    let mut reasons = Vec::new();
    let mut comparisons = Vec::new();
    for dataset in &one.record.datasets {
        match (Contest { one, other, dataset, metric }).compared() {
            Ok(comparison) => comparisons.push(comparison),
            Err(reason) => reasons.push(format!("{}: {reason}", dataset.name)),
        }
    }
    if comparisons.is_empty() { Err(CompareError::NothingAlike(reasons.join("; "))) } else { Ok(comparisons) }
}

/// More models than this are each compared with the first alone: of many, the pairs are too many to read.
const ALL_PAIRS: usize = 4;

/// The models of one run side by side.
pub fn comparisons(record: &Record) -> Vec<Comparison> {
    let names: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
    let firsts = if names.len() > ALL_PAIRS { 1 } else { names.len() };
    let pairs = (0..firsts).flat_map(|one| (one + 1..names.len()).map(move |other| (one, other)));
    let compared = pairs.filter_map(|(one, other)| {
        compare(Contender { record, model: names[one] }, Contender { record, model: names[other] }).ok()
    });
    compared.flatten().collect()
}

/// Two models on a dataset.
struct Contest<'r> {
    one: Contender<'r>,
    other: Contender<'r>,
    dataset: &'r DatasetRecord,
    metric: &'static Metric,
}

impl<'r> Contest<'r> {
    fn compared(&self) -> Result<Comparison, String> {
        let (cells, notes) = self.cells()?;
        let perturbed: Vec<_> = cells.iter().filter(|(one, _)| one.condition.0 != CLEAN).copied().collect();
        let clean: Vec<_> = cells.iter().filter(|(one, _)| one.condition.0 == CLEAN).copied().collect();
        let all = |name: &str, cells: &[CellPair<'_>]| self.mean(name, cells, &Of::all(self.metric), Combine::Mean);
        let groups = self.groups(&perturbed);
        let mut comparison = Comparison {
            dataset: self.dataset.name.clone(),
            images: self.dataset.images,
            metric: self.metric.name.to_owned(),
            one: called(self.one, self.other),
            other: called(self.other, self.one),
            clean: all(CLEAN, &clean),
            mpc: all("mPC", &perturbed),
            risk: self.mean("risk", &perturbed, &Of::all(metric::AFFECTED), Combine::Groups),
            conditions: perturbed.iter().map(|cell| all(&cell.0.condition.0, &[*cell])).collect(),
            groups: groups.iter().map(|(name, cells)| all(name, cells)).collect(),
            categories: self.categories(&perturbed),
            notes,
            recommendation: String::new(),
        };
        let beside = [self.beside(self.one, self.other), self.beside(self.other, self.one)];
        comparison.recommendation = recommendation(&comparison, &beside);
        if is_one_model(self.one, self.other) {
            let (one, other) = (&comparison.one, &comparison.other);
            comparison.recommendation = format!("there is nothing to choose: {one} and {other} are {SAME_MODEL}");
        }
        Ok(comparison)
    }

    fn beside(&self, Contender { record, model }: Contender<'_>, other: Contender<'_>) -> Beside {
        let dataset = record.datasets.iter().find(|dataset| dataset.name == self.dataset.name);
        let silence = dataset.and_then(|dataset| Silence::of(record, model, dataset));
        let agreement = agreement_told(record, model, other.model, &self.dataset.name);
        Beside { standing: Standing::of(record, model), silence, agreement }
    }

    /// The cells that both have, measured alike.
    fn cells(&self) -> Result<(Vec<CellPair<'r>>, Vec<String>), String> {
        let mine = |contender: Contender<'r>| {
            let cells = contender.record.cells.iter();
            cells.filter(move |cell| cell.model == contender.model && cell.dataset == self.dataset.name)
        };
        let theirs: HashMap<&str, &CellRecord> =
            mine(self.other).map(|cell| (cell.condition.0.as_str(), cell)).collect();
        let mut notes = Vec::new();
        let mut cells = Vec::new();
        for cell in mine(self.one) {
            let Some(&counterpart) = theirs.get(cell.condition.0.as_str()) else {
                notes.push(format!("{} is left out: only the first was run on it", cell.condition));
                continue;
            };
            let (ours, theirs) = (self.identity(self.one.record, cell), self.identity(self.other.record, counterpart));
            match ours.zip(theirs).map(|(ours, theirs)| ours.unlike(&theirs)) {
                Some(None) => cells.push((cell, counterpart)),
                Some(Some(unlike)) => notes.push(format!("{} is left out: {}", cell.condition, unlike.told())),
                None => notes.push(format!("{} is left out: its dataset could not be read", cell.condition)),
            }
        }
        let ours: HashSet<&str> = mine(self.one).map(|cell| cell.condition.0.as_str()).collect();
        let others = mine(self.other).filter(|cell| !ours.contains(cell.condition.0.as_str()));
        notes.extend(others.map(|cell| format!("{} is left out: only the second was run on it", cell.condition)));
        if cells.is_empty() {
            return Err(notes.first().cloned().unwrap_or_else(|| "neither was run on it".to_owned()));
        }
        Ok((cells, notes))
    }

    fn identity(&self, record: &Record, cell: &CellRecord) -> Option<Identity> {
        let dataset = record.datasets.iter().find(|dataset| dataset.name == cell.dataset)?;
        let condition = record.conditions.iter().find(|condition| condition.name == cell.condition)?;
        let definition = record.metrics.iter().find(|metric| metric.name == self.metric.name)?;
        let origin = Origin {
            dataset: dataset.digest.as_ref(),
            images: dataset.images,
            sampled_from: dataset.sampled_from,
            pictures: dataset.images_digest.as_ref(),
            condition: &condition.digest,
            definition: &definition.definition,
        };
        Some(origin.identity())
    }

    /// The means of both and their difference.
    fn mean(&self, name: &str, cells: &[CellPair<'_>], of: &Of<'_>, combine: Combine) -> Difference {
        let (one, other) =
            (self.side(cells.iter().map(|pair| pair.0), of), self.side(cells.iter().map(|pair| pair.1), of));
        let nothing = Difference { name: name.to_owned(), one: None, other: None, difference: None, interval: None };
        let asked = Asked { combine, better: metric::Better::Higher, confidence: self.one.record.spec.confidence };
        let images = self.dataset.images;
        match estimate(&asked, &Evidence { ours: other, other: Some(Other::Side(one)), images }) {
            Ok(gain) if self.is_defined_alike(of.metric) => Difference {
                one: gain.other,
                other: Some(gain.figure),
                difference: Some(gain.value),
                interval: gain.interval.ok(),
                ..nothing
            },
            Ok(_) | Err(_) => nothing,
        }
    }

    /// Whether both records mean the same by a metric.
    fn is_defined_alike(&self, metric: &Metric) -> bool {
        let definition = |record: &'r Record| record.metrics.iter().find(|other| other.name == metric.name);
        definition(self.one.record) == definition(self.other.record)
    }

    fn side<'c>(&self, cells: impl Iterator<Item = &'c CellRecord>, of: &Of<'_>) -> Side {
        Side { clean: None, readings: cells.map(|cell| self.reading(cell, of)).collect() }
    }

    fn reading(&self, cell: &CellRecord, of: &Of<'_>) -> Reading {
        Reading {
            alexnet: None,
            condition: cell.condition.clone(),
            perturbation: cell.condition.0.split('@').next().unwrap_or_default().to_owned(),
            groups: groups_of(self.one.record, cell),
            figure: Measured::Value(of.figure(cell)),
            draws: cell.draws.get(&draws_name(of.metric.name, of.category)).and_then(|draws| decode(draws)),
            extreme: None,
        }
    }

    fn groups(&self, cells: &[CellPair<'r>]) -> BTreeMap<String, Vec<CellPair<'r>>> {
        let mut groups: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for pair in cells {
            for group in groups_of(self.one.record, pair.0) {
                groups.entry(group).or_default().push(*pair);
            }
        }
        groups
    }

    fn categories(&self, cells: &[CellPair<'_>]) -> Vec<Difference> {
        let difference = |name: &String| {
            let of = Of { metric: self.metric, category: Some(name) };
            let has = |pair: &&CellPair<'_>| of.figure(pair.0).is_some() && of.figure(pair.1).is_some();
            let measured: Vec<CellPair<'_>> = cells.iter().filter(has).copied().collect();
            self.mean(name, &measured, &of, Combine::Mean)
        };
        self.dataset.categories.iter().map(|category| difference(&category.name)).collect()
    }
}

/// Whether two models are the same files, read the same way.
pub fn is_one_model(one: Contender<'_>, other: Contender<'_>) -> bool {
    fn card(contender: Contender<'_>) -> Option<&ModelCard> {
        contender.record.models.iter().find(|model| model.name == contender.model)?.card.as_ref()
    }
    card(one).zip(card(other)).is_some_and(|(one, other)| one.is_same(other))
}

/// A cell of each model, under one condition.
type CellPair<'r> = (&'r CellRecord, &'r CellRecord);

/// What is read of a cell.
struct Of<'a> {
    metric: &'a Metric,
    category: Option<&'a str>,
}

impl<'a> Of<'a> {
    /// Over all categories.
    fn all(metric: &'a Metric) -> Self {
        Self { metric, category: None }
    }

    fn figure(&self, cell: &CellRecord) -> Option<f64> {
        let figures = match self.category {
            None => &cell.figures,
            Some(name) => cell.per_category.get(name)?,
        };
        figures.get(self.metric.name).copied().flatten()
    }
}

fn groups_of(record: &Record, cell: &CellRecord) -> Vec<String> {
    let condition = record.conditions.iter().find(|condition| condition.name == cell.condition);
    let mut groups: Vec<String> =
        condition.into_iter().flat_map(|condition| &condition.steps).map(|step| step.group.clone()).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// A model's name, with its digest where both models are called alike.
fn called(contender: Contender<'_>, other: Contender<'_>) -> String {
    let digest = |of: Contender<'_>| {
        let model = of.record.models.iter().find(|model| model.name == of.model)?;
        Some(model.card.as_ref()?.digest.as_ref()?.short())
    };
    match digest(contender).filter(|_| contender.model == other.model) {
        Some(digest) => format!("{} {digest}", contender.model),
        None => contender.model.to_owned(),
    }
}
