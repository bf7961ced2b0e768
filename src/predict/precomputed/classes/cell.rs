//! The classes in one file, held against the dataset that they are of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::rows::{ClassRow, RowClass, RowTold, TakeRows};
use super::{csv, json};
use crate::answer::{Answer, ScoredClass, Scores};
use crate::dataset::Dataset;
use crate::entry::nearest;
use crate::json::{Id, JsonError, other_kind, without_mark};
use crate::packed::Packed;
use crate::predict::naming::{Class, Naming};
use crate::predict::precomputed::pictures::{Called, Calling, Pictures, Way};
use crate::predict::scored::{FoundClass, FoundClasses, Scoring, scores};
use crate::predict::{CategoryMap, PredictError, PredictorError};
use crate::spec::Choice;
use crate::task::Task;

/// What the spec says of the classes and numbers in results.
#[derive(Debug, Clone)]
pub struct ClassMeaning {
    /// What `image_id` is; told by the images where nothing is said.
    pub image_ids: Option<Calling>,
    /// The model's classes, and what the dataset calls them.
    pub naming: Naming,
    /// What the scores are.
    pub scoring: Scoring,
}

impl ClassMeaning {
    /// For the record.
    pub fn settings(&self) -> BTreeMap<String, Json> {
        let calling = self.image_ids.map(|calling| ("image_ids", json!(calling.word())));
        let task = ("task", json!(Task::Classify.word()));
        let settings = [task].into_iter().chain(calling).chain(self.naming.settings()).chain(self.scoring.settings());
        settings.map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// What a file says.
#[derive(Debug)]
pub struct ClassCell {
    /// By image id, as small as they are kept; also of images that a sample leaves out.
    pub scores: HashMap<u64, Packed>,
    /// What led to the images.
    pub ways: BTreeSet<Way>,
    /// Whether the numbers of images could mean others.
    pub is_ambiguous: bool,
}

impl ClassCell {
    /// Reads a file's `bytes`.
    ///
    /// # Errors
    /// They are no results, not the dataset's, or there is an image that none is of.
    pub fn read(
        path: &Path,
        bytes: &[u8],
        dataset: &Dataset,
        pictures: &Pictures,
        meaning: &ClassMeaning,
    ) -> Result<Self, PredictorError> {
        let mut taker = Taker::new(dataset, meaning);
        let read = taker.map_labels().and_then(|()| read_rows(bytes, &mut taker)).and_then(|()| taker.settle());
        let fail = |what: String| PredictorError::Load(format!("{}: {what}", path.display()));
        let wrong = |what: String| {
            if taker.is_not_finite {
                PredictorError::NonFinite(format!("{}: {what}", path.display()))
            } else {
                fail(what)
            }
        };
        read.map_err(wrong)?;
        let (called, answers): (Vec<Called>, Vec<Scores>) = taker.answers.into_iter().unzip();
        let matched = pictures.find(&called, meaning.image_ids).map_err(fail)?;
        let mut cell = Self { scores: HashMap::new(), ways: matched.ways, is_ambiguous: matched.is_ambiguous };
        for (at, (image, answer)) in matched.images.into_iter().zip(answers).enumerate() {
            if cell.scores.insert(image, Packed::new(&Answer::Scores(answer))).is_some() {
                let name = called[at].file_name.clone().or_else(|| Some(called[at].image_id.as_ref()?.to_string()));
                let name = name.unwrap_or_default();
                return Err(fail(format!("`{name}` is an image that has an answer before: an image has one answer")));
            }
        }
        let missing: Vec<&str> = dataset
            .images
            .iter()
            .filter(|image| !cell.scores.contains_key(&image.id))
            .map(|image| image.file_name.as_str())
            .collect();
        if missing.is_empty() { Ok(cell) } else { Err(fail(no_answer(&missing))) }
    }
}

fn no_answer(missing: &[&str]) -> String {
    const SHOWN: usize = 5;
    let names = missing.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (all, has) = match missing.len() {
        1 => ("1 image".to_owned(), "has"),
        count => (format!("{count} images"), "have"),
    };
    let more = if missing.len() > SHOWN { ", ..." } else { "" };
    format!("{all} of the dataset {has} no answer ({names}{more}): each image has a class, so write an answer to each")
}

fn read_rows(bytes: &[u8], taker: &mut Taker<'_>) -> Result<(), String> {
    match (without_mark(bytes).trim_ascii_start().first(), other_kind(bytes)) {
        (Some(b'[' | b'{'), _) => json::read(bytes, taker).map_err(|error| {
            taker.is_not_finite |= matches!(error, JsonError::NotFinite { .. });
            error.to_string()
        }),
        (Some(_), Some(kind)) => Err(kind.to_owned()),
        (_, _) => csv::read(bytes, taker),
    }
}

/// Makes answers of rows.
struct Taker<'a> {
    dataset: &'a Dataset,
    meaning: &'a ClassMeaning,
    /// With the labels of the file, where the spec has none.
    naming: Naming,
    categories: CategoryMap,
    /// The column of each label, where the file has them in another order.
    order: Option<Vec<usize>>,
    /// Answers of images in the order of their first rows; of rows of one class each they follow.
    answers: Vec<(Called, Scores)>,
    /// Classes by image, in the order of their first rows.
    listed: Vec<(Called, Vec<(RowClass, f64)>)>,
    places: HashMap<Called, usize>,
    is_not_finite: bool,
}

impl<'a> Taker<'a> {
    fn new(dataset: &'a Dataset, meaning: &'a ClassMeaning) -> Self {
        Self {
            dataset,
            meaning,
            naming: meaning.naming.clone(),
            categories: CategoryMap::of_names(dataset, Task::Classify),
            order: None,
            answers: Vec::new(),
            listed: Vec::new(),
            places: HashMap::new(),
            is_not_finite: false,
        }
    }

    /// Matches the labels, where they are known, with the dataset's categories.
    fn map_labels(&mut self) -> Result<(), String> {
        let Some(labels) = self.naming.labels() else { return Ok(()) };
        let matched = CategoryMap::by_name(labels, self.dataset, Task::Classify);
        self.categories = matched.map_err(|mismatch| format!("{mismatch}: {OTHER_NAMES}"))?;
        Ok(())
    }

    fn answer(&mut self, found: FoundClasses) -> Result<Scores, String> {
        scores(found, &self.naming, &self.categories, self.meaning.scoring).map_err(|error| {
            self.is_not_finite |= matches!(error, PredictError::NonFinite(_));
            error.to_string()
        })
    }

    /// The answers of rows of one class each.
    fn settle(&mut self) -> Result<(), String> {
        let listed = std::mem::take(&mut self.listed);
        if self.naming.count().is_none() {
            self.know(listed.iter().flat_map(|(_, classes)| classes).map(|(class, _)| class))?;
        }
        for (called, classes) in listed {
            let one = |(class, score): (RowClass, f64)| FoundClass { class: self.class(&class), score };
            let found = FoundClasses::Listed(classes.into_iter().map(one).collect());
            let name = called.file_name.clone().or_else(|| Some(called.image_id.as_ref()?.to_string()));
            let answer = self.answer(found).map_err(|what| format!("`{}`: {what}", name.unwrap_or_default()))?;
            self.answers.push((called, answer));
        }
        Ok(())
    }

    /// A class as the model tells it.
    fn class(&self, class: &RowClass) -> Class {
        match (class, self.naming.count()) {
            (_, Some(_)) => class.of_labels(),
            (RowClass::Told(name) | RowClass::Id(Id::Text(name)), None) => Class::Name(name.clone()),
            (RowClass::Id(Id::Number(id)), None) => {
                let own = self.dataset.every_category().into_iter().find(|category| category.id == *id);
                Class::Name(own.map_or_else(|| id.to_string(), |category| category.name.clone()))
            }
        }
    }

    /// Learns the names of a model that lists none: those that the dataset lacks are the model's own, unless one of the
    /// dataset's is called by none of them.
    fn know<'c>(&mut self, classes: impl Iterator<Item = &'c RowClass>) -> Result<(), String> {
        let told: BTreeSet<&RowClass> = classes.collect();
        let names: BTreeSet<String> = told
            .into_iter()
            .filter_map(|class| match self.class(class) {
                Class::Name(name) => Some(self.naming.renamed(&name).unwrap_or(&name).to_owned()),
                Class::Number(_) => None,
            })
            .collect();
        let CategoryMap::ByName(ids) = &self.categories else { return Ok(()) };
        let known: BTreeSet<u64> = names.iter().filter_map(|name| self.categories.id_alike(name)).collect();
        let is_known = |name: &&String| ids.contains_key(*name) || self.categories.id_alike(name).is_some();
        let unknown: Vec<String> = names.iter().filter(|name| !is_known(name)).cloned().collect();
        let missing: Vec<&str> = self
            .dataset
            .categories
            .iter()
            .filter(|category| !known.contains(&category.id))
            .map(|category| category.name.as_str())
            .collect();
        if let (Some(name), Some(_)) = (unknown.first(), missing.first()) {
            let near = nearest(name, missing.iter().copied());
            let near = near.map(|near| format!(" (nearest: `{near}`)")).unwrap_or_default();
            return Err(format!(
                "`{name}` is no class of the dataset{near}, and no result is of `{}`: list the model's classes in \
                 `labels`, or {OTHER_NAMES}",
                missing.join("`, `")
            ));
        }
        let mut ids = ids.clone();
        ids.extend(unknown.into_iter().map(|name| (name, None)));
        self.categories = CategoryMap::ByName(ids);
        Ok(())
    }
}

const OTHER_NAMES: &str = "give its classes the dataset's names with `rename = { theirs = \"ours\" }`, or name in the \
                           dataset's `categories` those that are to count";

impl TakeRows for Taker<'_> {
    fn classes(&mut self, names: Vec<String>) -> Result<(), String> {
        let Some(count) = self.meaning.naming.count() else {
            self.naming = self.meaning.naming.clone().with_labels(names);
            return self.map_labels();
        };
        let mut order: Vec<Option<usize>> = vec![None; count];
        for (column, name) in names.iter().enumerate() {
            let number = self.naming.number(&Class::Name(name.clone())).map_err(|unknown| unknown.to_string())?;
            let Some(number) = number else { continue };
            if order[number].replace(column).is_some() {
                return Err(format!("`{name}` is a class that has scores before"));
            }
        }
        let order: Option<Vec<usize>> = order.into_iter().collect();
        if order.is_none() {
            return Err(format!("it has scores of {} classes, and there are {count} `labels`", names.len()));
        }
        self.order = order;
        Ok(())
    }

    fn row(&mut self, ClassRow { called, told }: ClassRow) -> Result<(), String> {
        match told {
            RowTold::Each(each) => {
                let each = match &self.order {
                    Some(order) if order.len() == each.len() => order.iter().map(|column| each[*column]).collect(),
                    Some(_) | None => each,
                };
                let answer = self.answer(FoundClasses::Each(each))?;
                self.answers.push((called, answer));
            }
            RowTold::Kept(answer) => {
                let is_of_dataset = |class: ScoredClass| match class {
                    ScoredClass::Category(id) => self.dataset.categories.iter().any(|category| category.id == id),
                    ScoredClass::Other(_) => true,
                };
                if let Some(one) = answer.best().iter().find(|one| !is_of_dataset(one.class)) {
                    return Err(format!("it is of {:?}, which the dataset does not have", one.class));
                }
                self.answers.push((called, answer));
            }
            RowTold::Some(classes) => match self.places.get(&called) {
                Some(&at) => self.listed[at].1.extend(classes),
                None => {
                    self.places.insert(called.clone(), self.listed.len());
                    self.listed.push((called, classes));
                }
            },
        }
        Ok(())
    }
}
