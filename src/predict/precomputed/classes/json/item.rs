//! A row of a file as it is written, and what it says.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value as Json;

use super::super::rows::{ClassRow, RowClass, RowTold};
use super::scores::Told;
use crate::answer::{ClassScore, ScoredClass, Scores};
use crate::json::{Id, Name};
use crate::predict::naming::Class;
use crate::predict::precomputed::pictures::Called;
use crate::predict::scored::FoundClasses;
use crate::predict::scored_json::{self, Places};

/// A row as it is written.
#[derive(Deserialize)]
pub struct Item {
    image_id: Option<Id>,
    #[serde(alias = "file", alias = "filename", alias = "image", alias = "path")]
    file_name: Option<String>,
    category_id: Option<Id>,
    #[serde(alias = "category_name", alias = "class", alias = "class_name", alias = "category")]
    label: Option<Name>,
    #[serde(alias = "confidence", alias = "probability")]
    score: Option<f64>,
    #[serde(alias = "probabilities", alias = "predictions")]
    scores: Option<Told>,
    labels: Option<Vec<Name>>,
    /// What windtunnel's own files have.
    rest: Option<f64>,
    others: Option<usize>,
}

/// What numbers in rows are called.
#[derive(Default)]
pub struct Names {
    pub images: HashMap<Id, String>,
    pub categories: HashMap<Id, String>,
}

impl Item {
    /// What it says, with the names that the file has for its numbers.
    ///
    /// # Errors
    /// It is no answer.
    pub fn row(self, names: &Names) -> Result<ClassRow, String> {
        let Self { image_id, file_name, category_id, label, score, scores, labels, rest, others } = self;
        if image_id.is_none() && file_name.is_none() {
            return Err("it has neither an `image_id` nor a `file_name`".to_owned());
        }
        let file_name = file_name.or_else(|| names.images.get(image_id.as_ref()?).cloned());
        let named = category_id.as_ref().and_then(|id| names.categories.get(id)).cloned();
        let class = label.map(|name| name.0).or(named).map(RowClass::Told).or(category_id.map(RowClass::Id));
        let told = match (scores, class, score) {
            (Some(scores), _, _) => told(scores, labels, rest, others)?,
            (None, Some(class), Some(score)) => RowTold::Some(vec![(class, score)]),
            (None, Some(_), None) => {
                return Err("it has no `score`: write the probability of the class; where the model tells its answer \
                            alone, 1"
                    .to_owned());
            }
            (None, None, _) => return Err("it has neither `scores` nor a `label` or `category_id`".to_owned()),
        };
        Ok(ClassRow { called: Called { image_id, file_name }, told })
    }
}

/// What a row says in `scores`, and beside them.
///
/// # Errors
/// They are none.
pub fn told(
    scores: Told,
    labels: Option<Vec<Name>>,
    rest: Option<f64>,
    others: Option<usize>,
) -> Result<RowTold, String> {
    const PLACES: Places<'_> = Places { class: Some("/label"), score: "/score" };
    let each = match (scores, rest) {
        (Told::Each(each), _) => each,
        (Told::Else(list), Some(rest)) => return kept(list, rest, others.unwrap_or(0)),
        (Told::Else(Json::Object(fields)), None) => {
            return named(&Json::Object(fields), Places { class: None, ..PLACES });
        }
        (Told::Else(list), None) => return named(&list, PLACES),
    };
    let Some(labels) = labels else { return Ok(RowTold::Each(each)) };
    if labels.len() != each.len() {
        return Err(format!("it has {} `scores` for {} `labels`", each.len(), labels.len()));
    }
    Ok(RowTold::Some(labels.into_iter().map(|name| RowClass::Told(name.0)).zip(each).collect()))
}

fn named(list: &Json, places: Places<'_>) -> Result<RowTold, String> {
    match scored_json::found(list, places)? {
        FoundClasses::Each(each) => Ok(RowTold::Each(each)),
        FoundClasses::Listed(listed) => {
            let class = |class: Class| match class {
                Class::Name(name) => RowClass::Told(name),
                Class::Number(number) => RowClass::Told(number.to_string()),
            };
            Ok(RowTold::Some(listed.into_iter().map(|one| (class(one.class), one.score)).collect()))
        }
    }
}

/// A class in windtunnel's own files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptClass {
    category_id: Option<u64>,
    other: Option<u64>,
    score: f64,
    /// For people.
    #[serde(rename = "label")]
    _label: Option<String>,
}

fn kept(list: Json, rest: f64, others: usize) -> Result<RowTold, String> {
    let classes: Vec<KeptClass> =
        serde_json::from_value(list).map_err(|error| format!("`scores` beside a `rest`: {error}"))?;
    let one = |kept: &KeptClass| {
        let class = match (kept.category_id, kept.other) {
            (Some(id), None) => ScoredClass::Category(id),
            (None, Some(number)) => ScoredClass::Other(number),
            _ => return Err("a class has either a `category_id` or the number of an `other`".to_owned()),
        };
        Ok(ClassScore { class, score: kept.score })
    };
    let best = classes.iter().map(one).collect::<Result<Vec<_>, String>>()?;
    let classes: BTreeSet<ScoredClass> = best.iter().map(|one| one.class).collect();
    let is_once = classes.len() == best.len() && rest <= 1.0;
    Scores::kept(best, rest, others).filter(|_| is_once).map(RowTold::Kept).ok_or_else(|| {
        "its `scores` beside a `rest` are none that windtunnel writes: from the highest down, each 0..1".to_owned()
    })
}
