//! The names of classes where a model tells them with each object, or counts classes that the spec names.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use toml::Spanned;

use super::{CategoryMap, UnknownClass, Vocabulary};
use crate::answer::ScoredClass;
use crate::entry::nearest;
use crate::spec::{Diagnostic, Key, Mistake, Scalar, TableReader, Value, ValueShape, deserialize, list_of};
use crate::task::Task;

/// How a model's classes become the dataset's: `labels` and `rename` of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    labels: Option<Labels>,
    rename: BTreeMap<String, String>,
}

/// Class names in the model's order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Labels {
    theirs: Vec<String>,
    /// After `rename`.
    ours: Vec<String>,
    /// The number of each name; of one that stands twice the first.
    numbers: BTreeMap<String, usize>,
}

impl Labels {
    /// The category of a label: by its name where the labels came to be known only after the matching.
    fn id(&self, number: usize, categories: &CategoryMap) -> Option<u64> {
        match categories {
            CategoryMap::ByName(ids) => ids.get(&self.ours[number]).copied().flatten(),
            CategoryMap::Ids | CategoryMap::ByLabel(_) => categories.id(number),
        }
    }
}

/// The names that a dataset has for a model's classes.
pub const RENAME: Key = Key::new(
    "rename",
    ValueShape::TEXT_BY_NAME,
    "classes that the dataset calls otherwise: on the left the model's name, on the right the dataset's",
);

/// The model's classes.
pub const LABELS: Key = Key::new(
    "labels",
    ValueShape::OneOrMany(Scalar::Text),
    "the model's classes in its order, all of them; needed where it answers with numbers",
);

/// What a model says an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// By name.
    Name(String),
    /// By its number in the model's order.
    Number(usize),
}

impl Naming {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[LABELS, RENAME];

    /// Reads `labels = ["cat", ...]` and `rename = { theirs = "ours" }`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let task = options.task();
        let labels = options.with("labels", |value| read_labels(value, task)).map(Spanned::into_inner);
        let rename = options.with("rename", deserialize::<BTreeMap<String, String>>);
        if let (Some(labels), Some(rename)) = (&labels, &rename) {
            refuse_unknown_names(labels, rename, options);
        }
        let naming = Self { labels: None, rename: rename.map(Spanned::into_inner).unwrap_or_default() };
        match labels {
            Some(labels) => naming.with_labels(labels),
            None => naming,
        }
    }

    /// The same for a model whose classes, in its order, are `theirs`.
    #[must_use]
    pub fn with_labels(self, theirs: Vec<String>) -> Self {
        let ours = theirs.iter().map(|name| self.ours(name).to_owned()).collect();
        // The last one that is put in stays.
        let numbers = theirs.iter().enumerate().rev().map(|(number, name)| (name.clone(), number)).collect();
        Self { labels: Some(Labels { theirs, ours, numbers }), ..self }
    }

    /// The labels as the dataset would call them, where they are known.
    pub fn labels(&self) -> Option<&[String]> {
        self.labels.as_ref().map(|labels| labels.ours.as_slice())
    }

    /// For the seam of predictors.
    pub fn vocabulary(&self) -> Vocabulary<'_> {
        self.labels().map_or(Vocabulary::Told, Vocabulary::Labels)
    }

    /// The category of `class`; `None` for one of the labels that the dataset does not have.
    ///
    /// # Errors
    /// It is none of the labels, or, where there are none, nothing that the dataset has.
    pub fn category(&self, class: &Class, categories: &CategoryMap) -> Result<Option<u64>, UnknownClass> {
        match (&self.labels, self.number(class)?, class) {
            (Some(labels), Some(number), _) => Ok(labels.id(number, categories)),
            (_, _, Class::Name(name)) => categories.id_called(self.ours(name)),
            (_, _, Class::Number(number)) => Err(UnknownClass::Unnamed { number: *number }),
        }
    }

    /// How many labels there are; `None` where they are not known.
    pub fn count(&self) -> Option<usize> {
        self.labels.as_ref().map(|labels| labels.theirs.len())
    }

    /// The number of a class among the labels; `None` where they are not known.
    ///
    /// # Errors
    /// It is none of the labels, or a number without any.
    pub fn number(&self, class: &Class) -> Result<Option<usize>, UnknownClass> {
        let Some(labels) = &self.labels else {
            return match class {
                Class::Name(_) => Ok(None),
                Class::Number(number) => Err(UnknownClass::Unnamed { number: *number }),
            };
        };
        let of_name = |name: &String| labels.numbers.get(name).copied();
        match class {
            Class::Number(number) if *number < labels.theirs.len() => Ok(Some(*number)),
            Class::Number(number) => Err(UnknownClass::Number { number: *number, labels: labels.theirs.len() }),
            Class::Name(name) => match (of_name(name), name.trim().parse()) {
                (Some(number), _) => Ok(Some(number)),
                // Servers write numbers as texts, too.
                (None, Ok(number)) => self.number(&Class::Number(number)),
                (None, Err(_)) => Err(UnknownClass::Label {
                    name: name.clone(),
                    nearest: nearest(name, labels.theirs.iter().map(String::as_str)).map(str::to_owned),
                }),
            },
        }
    }

    /// What the label of a number is to a dataset of whole pictures: a class that it does not have keeps its number.
    pub fn scored(&self, number: usize, categories: &CategoryMap) -> ScoredClass {
        let id = match (categories, &self.labels) {
            (CategoryMap::ByName(_), Some(labels)) => {
                labels.ours.get(number).and_then(|name| categories.id_alike(name))
            }
            (CategoryMap::Ids | CategoryMap::ByLabel(_) | CategoryMap::ByName(_), _) => categories.id(number),
        };
        id.map_or(ScoredClass::Other(number as u64), ScoredClass::Category)
    }

    /// What the dataset calls a class that the model has a name for.
    pub fn renamed(&self, theirs: &str) -> Option<&str> {
        self.rename.get(theirs).map(String::as_str)
    }

    /// For the record.
    pub fn settings(&self) -> [(&'static str, Json); 2] {
        [("labels", json!(self.labels.as_ref().map(|labels| &labels.theirs))), ("rename", json!(self.rename))]
    }

    fn ours<'a>(&'a self, theirs: &'a str) -> &'a str {
        self.rename.get(theirs).map_or(theirs, String::as_str)
    }
}

fn read_labels(value: &Value<'_>, task: Task) -> Result<Vec<String>, Mistake> {
    let labels: Vec<Spanned<String>> = list_of(value)?;
    let once = match task {
        Task::Detect => labels.as_slice(),
        // Two of ImageNet's classes are called crane.
        Task::Classify => &[],
    };
    for (index, label) in once.iter().enumerate() {
        if labels[..index].iter().any(|earlier| earlier.get_ref() == label.get_ref()) {
            return Err(Mistake::new(format!("`{}` stands twice", label.get_ref())).at(label.span()));
        }
    }
    Ok(labels.into_iter().map(Spanned::into_inner).collect())
}

fn refuse_unknown_names(
    labels: &[String],
    rename: &Spanned<BTreeMap<String, String>>,
    options: &mut TableReader<'_, '_, '_>,
) {
    for name in rename.get_ref().keys().filter(|name| !labels.contains(name)) {
        let message = format!("`rename` in {}: `{name}` is none of the `labels`", options.table().title);
        let help = "on the left stands what the model calls a class, on the right what the dataset calls it";
        options.wrong(Diagnostic::new(rename.span(), message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Class {
        Class::Name(text.to_owned())
    }

    #[test]
    fn told_names_are_renamed_and_must_be_known() {
        let naming = Naming { labels: None, rename: [("rbc".to_owned(), "RBC".to_owned())].into() };
        let categories = CategoryMap::ByName([("RBC".to_owned(), Some(7)), ("dirt".to_owned(), None)].into());
        assert_eq!(naming.category(&name("dirt"), &categories), Ok(None), "it does not count");
        assert_eq!(naming.category(&name("rbc"), &categories), Ok(Some(7)));
        assert_eq!(naming.category(&name("RBC"), &categories), Ok(Some(7)));
        assert!(naming.category(&name("WBC"), &categories).unwrap_err().to_string().contains("(nearest: `RBC`)"));
        assert!(naming.category(&Class::Number(0), &categories).is_err());
    }

    #[test]
    fn a_label_that_the_dataset_lacks_is_dropped_and_any_other_name_is_an_error() {
        let naming = Naming::default().with_labels(vec!["RBC".to_owned(), "dirt".to_owned()]);
        let categories = CategoryMap::ByLabel(vec![Some(1), None]);
        assert_eq!(naming.category(&name("RBC"), &categories), Ok(Some(1)));
        assert_eq!(naming.category(&name("dirt"), &categories), Ok(None));
        assert_eq!(naming.category(&Class::Number(1), &categories), Ok(None));
        assert_eq!(naming.category(&name("0"), &categories), Ok(Some(1)), "a number as a text");
        assert!(naming.category(&name("2"), &categories).unwrap_err().to_string().contains("class number 2"));
        assert!(naming.category(&name("dust"), &categories).is_err());
        let by_name = CategoryMap::ByName([("RBC".to_owned(), Some(7))].into());
        assert_eq!(naming.category(&name("RBC"), &by_name), Ok(Some(7)));
        assert_eq!(naming.category(&name("dirt"), &by_name), Ok(None));
        assert!(naming.category(&Class::Number(2), &categories).is_err());
    }
}
