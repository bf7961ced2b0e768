//! What a model elsewhere says of the classes of a whole picture, held against what scores may be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::naming::{Class, Naming};
use super::{CategoryMap, PredictError, UnknownClass};
use crate::answer::{ClassScore, ScoredClass, Scores, ScoresError, merged, sums};
use crate::digest::Digest;
use crate::spec::{Choice, Key, Literal, TableReader, ValueShape};
use crate::task::Task;

/// The classes of a picture as a model tells them.
#[derive(Debug, Clone, PartialEq)]
pub enum FoundClasses {
    /// A score for each class, in the model's order.
    Each(Vec<f64>),
    /// Classes with their scores, all of them or the best.
    Listed(Vec<FoundClass>),
}

/// A class as a model tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundClass {
    /// Which.
    pub class: Class,
    /// How sure the model is of it.
    pub score: f64,
}

/// What scores are before they are probabilities: `score_scale` and `activation` of a section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scoring {
    /// What they are divided by.
    pub scale: f64,
    /// What makes probabilities of them.
    pub activation: Activation,
    /// Whether a section may say so: else the model has to.
    pub is_set: bool,
}

/// What makes probabilities of a model's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// They are.
    None,
    /// They are logits of classes that exclude each other.
    Softmax,
}

impl Choice for Activation {
    const ALL: &'static [(&'static str, Self)] = &[("none", Self::None), ("softmax", Self::Softmax)];

    fn summary(self) -> &'static str {
        match self {
            Self::None => "the scores are probabilities",
            Self::Softmax => "the scores are logits of all classes, which a softmax makes probabilities of",
        }
    }
}

/// What scores are divided by; kinds that find objects, too, have it in their own lists.
pub const SCORE_SCALE: Key = Key::new(
    "score_scale",
    ValueShape::number(1e-6, 1e6),
    "what scores are divided by: 100 where they are in per cent",
)
.or(Literal::Number(1.0));

/// What makes probabilities of scores.
pub const ACTIVATION: Key =
    Key::new("activation", ValueShape::choice::<Activation>(), "what makes probabilities of the scores")
        .or(Literal::Text("none"))
        .of(Task::Classify);

impl Scoring {
    /// Of models that have to answer probabilities.
    pub const PLAIN: Self = Self { scale: 1.0, activation: Activation::None, is_set: false };

    /// Reads [`SCORE_SCALE`] and [`ACTIVATION`].
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let scale = options.number("score_scale").unwrap_or(1.0);
        let activation = options.choice("activation").unwrap_or(Activation::None);
        Self { scale, activation, is_set: true }
    }

    /// For the record: what is not as it usually is.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let scale = (self.scale != 1.0).then(|| ("score_scale", json!(self.scale)));
        let activation = match self.activation {
            Activation::None => None,
            Activation::Softmax => Some(("activation", json!("softmax"))),
        };
        scale.into_iter().chain(activation)
    }
}

/// The answer in what a model says of the classes of a picture.
///
/// # Errors
/// There is no class in it, one is unknown or told twice, or the scores are no probabilities: nothing of such an answer
/// is used.
pub fn scores(
    found: FoundClasses,
    naming: &Naming,
    categories: &CategoryMap,
    scoring: Scoring,
) -> Result<Scores, PredictError> {
    let (mut classes, is_complete) = match found {
        FoundClasses::Each(scores) => (numbered(&scores, naming, categories)?, true),
        FoundClasses::Listed(listed) if naming.count().is_some() => of_labels(listed, naming, categories)?,
        FoundClasses::Listed(listed) => (of_names(&listed, naming, categories)?, false),
    };
    if classes.iter().any(|one| !one.score.is_finite()) {
        return Err(PredictError::NonFinite("a score of the answer is NaN or infinite".to_owned()));
    }
    for one in &mut classes {
        one.score /= scoring.scale;
    }
    match scoring.activation {
        Activation::None => plausible(&classes, is_complete, scoring)?,
        Activation::Softmax if is_complete => softmax(&mut classes),
        Activation::Softmax => {
            let message = "`activation = \"softmax\"` needs a score of each of the model's classes: list all of them in \
                           `labels`, and let the model answer all";
            return Err(PredictError::Inference(message.to_owned()));
        }
    }
    let classes = merged(classes);
    let scores = if is_complete { Scores::of_all(classes) } else { Scores::of_best(classes) };
    scores.map_err(|error| match error {
        ScoresError::NonFinite => PredictError::NonFinite(error.to_string()),
        ScoresError::Empty => PredictError::Inference(NO_CLASS.to_owned()),
        ScoresError::OutOfRange(_) | ScoresError::Sum(_) | ScoresError::AllEqual(_) => {
            PredictError::Inference(error.to_string())
        }
    })
}

/// An answer without a class is none.
pub const NO_CLASS: &str = "the answer has no class: an error is one of the model, and each picture has a class";

/// A score of each label.
fn numbered(scores: &[f64], naming: &Naming, categories: &CategoryMap) -> Result<Vec<ClassScore>, PredictError> {
    match naming.count() {
        _ if scores.is_empty() => Err(PredictError::Inference(NO_CLASS.to_owned())),
        Some(labels) if labels == scores.len() => {
            let one = |(number, &score)| ClassScore { class: naming.scored(number, categories), score };
            Ok(scores.iter().enumerate().map(one).collect())
        }
        Some(labels) => Err(PredictError::Inference(format!(
            "the answer has {} scores for {labels} labels: list all of the model's classes in `labels`, in its order, \
             a background among them",
            scores.len()
        ))),
        None => Err(PredictError::Inference(format!(
            "the answer has {} scores without names: list the model's classes in `labels`, in its order",
            scores.len()
        ))),
    }
}

/// Some of the labels, or all, in the order of the labels: of equal scores the first label's is the better.
fn of_labels(
    listed: Vec<FoundClass>,
    naming: &Naming,
    categories: &CategoryMap,
) -> Result<(Vec<ClassScore>, bool), PredictError> {
    let mut numbered = Vec::with_capacity(listed.len());
    for FoundClass { class, score } in listed {
        // Without labels there is no number; the caller has looked.
        let Some(number) = naming.number(&class)? else { continue };
        numbered.push((number, score, class));
    }
    numbered.sort_by_key(|(number, _, _)| *number);
    if let Some(pair) = numbered.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(twice(&pair[1].2));
    }
    let is_complete = naming.count() == Some(numbered.len());
    let one = |(number, score, _): &(usize, f64, Class)| ClassScore {
        class: naming.scored(*number, categories),
        score: *score,
    };
    Ok((numbered.iter().map(one).collect(), is_complete))
}

/// Classes of a model that says them by names which nobody has listed.
///
/// A name that the dataset lacks may be a class of the model's own, or a class of the dataset under another name. It is
/// taken for the first only where every class of the dataset stands beside it.
fn of_names(listed: &[FoundClass], naming: &Naming, categories: &CategoryMap) -> Result<Vec<ClassScore>, PredictError> {
    let mut names = BTreeSet::new();
    for FoundClass { class, .. } in listed {
        match class {
            Class::Name(name) if !names.insert(name) => return Err(twice(class)),
            Class::Name(_) => {}
            Class::Number(number) => return Err(UnknownClass::Unnamed { number: *number }.into()),
        }
    }
    let id = |name: &str| categories.id_alike(naming.renamed(name).unwrap_or(name));
    let known: BTreeSet<u64> = names.iter().filter_map(|name| id(name)).collect();
    if !categories.counting().is_subset(&known) {
        for unknown in names.iter().filter(|name| id(name).is_none()) {
            // Those that do not count have a name, too.
            categories.id_called(naming.renamed(unknown).unwrap_or(unknown))?;
        }
    }
    let mut of: BTreeMap<u64, &String> = BTreeMap::new();
    for name in &names {
        let other = id(name).and_then(|id| of.insert(id, name));
        if let Some(other) = other.filter(|other| naming.renamed(name).is_none() && naming.renamed(other).is_none()) {
            let message = format!(
                "`{other}` and `{name}` are both one class of the dataset by their names: say which is which with \
                 `labels` and `rename`"
            );
            return Err(PredictError::Inference(message));
        }
    }
    let one = |found: &FoundClass| {
        let Class::Name(name) = &found.class else { return None };
        let class = id(name).map_or_else(|| ScoredClass::Other(number_of(name)), ScoredClass::Category);
        Some(ClassScore { class, score: found.score })
    };
    Ok(listed.iter().filter_map(one).collect())
}

/// A number for a class that has a name alone: the same wherever the name is.
fn number_of(name: &str) -> u64 {
    let hash = Digest::hash_of_parts([name]);
    u64::from(u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]))
}

fn twice(class: &Class) -> PredictError {
    let told = match class {
        Class::Name(name) => format!("`{name}`"),
        Class::Number(number) => format!("class number {number}"),
    };
    PredictError::Inference(format!(
        "the answer tells {told} twice: where two classes have one name, answer numbers, and list the model's classes in \
         `labels`"
    ))
}

/// How far beyond 0..1 a probability may be.
const ROUNDING: f64 = 1e-2;

/// Few logits are higher, few best classes are given fewer per cent.
const LOGIT: f64 = 25.0;

/// Says what numbers that are no probabilities look like, and what to do.
fn plausible(classes: &[ClassScore], is_complete: bool, scoring: Scoring) -> Result<(), PredictError> {
    let scores = || classes.iter().map(|one| one.score);
    let (least, most) = scores().fold((0.0_f64, 0.0_f64), |(least, most), score| (least.min(score), most.max(score)));
    let sum: f64 = scores().sum();
    let is_short = is_complete && sum < *sums(scores()).start();
    let way_out = |set: &str, answered: &str| if scoring.is_set { set.to_owned() } else { answered.to_owned() };
    let of_cents = sums(scores().map(|score| score / 100.0));
    let is_hundred = of_cents.contains(&(sum / 100.0));
    let may_be_best = !is_complete && most > LOGIT && sum / 100.0 < *of_cents.end();
    let message = if least >= 0.0 && most > 1.0 + ROUNDING && (is_hundred || may_be_best) {
        let way_out = way_out("set `score_scale = 100`", "answer shares of 1");
        format!("a score is {most}, not 0..1: where scores are in per cent, {way_out}")
    } else if least < -ROUNDING || most > 1.0 + ROUNDING {
        let odd = if least < -ROUNDING { least } else { most };
        let way_out = way_out("set `activation = \"softmax\"`", "answer what a softmax makes of them");
        format!("a score is {odd}, not 0..1: where scores are logits, {way_out}")
    } else if is_short {
        let way_out = way_out("set `activation = \"softmax\"`", "answer what a softmax makes of them");
        format!("the scores of all classes add up to {sum:.4}, not to 1: where they are logits, {way_out}")
    } else {
        return Ok(());
    };
    Err(PredictError::Inference(message))
}

fn softmax(classes: &mut [ClassScore]) {
    let most = classes.iter().map(|one| one.score).fold(f64::NEG_INFINITY, f64::max);
    for one in classes.iter_mut() {
        one.score = (one.score - most).exp();
    }
    let sum: f64 = classes.iter().map(|one| one.score).sum();
    for one in classes {
        one.score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories() -> CategoryMap {
        CategoryMap::ByName([("RBC", Some(7)), ("WBC", Some(8))].map(|(name, id)| (name.to_owned(), id)).into())
    }

    fn labels(names: &[&str]) -> Naming {
        Naming::default().with_labels(names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn listed(classes: &[(&str, f64)]) -> FoundClasses {
        let one = |(name, score): &(&str, f64)| FoundClass { class: Class::Name((*name).to_owned()), score: *score };
        FoundClasses::Listed(classes.iter().map(one).collect())
    }

    fn read(found: FoundClasses, naming: &Naming) -> Result<Vec<(ScoredClass, f64)>, String> {
        let scores = scores(found, naming, &categories(), Scoring { is_set: true, ..Scoring::PLAIN });
        scores.map(|scores| scores.best().iter().map(|one| (one.class, one.score)).collect()).map_err(|e| e.to_string())
    }

    use ScoredClass::{Category, Other};

    #[test]
    fn a_class_that_the_dataset_lacks_keeps_its_place_and_number() {
        let naming = labels(&["dirt", "RBC", "WBC"]);
        let each = read(FoundClasses::Each(vec![0.7, 0.2, 0.1]), &naming).unwrap();
        assert_eq!(each, [(Other(0), 0.7), (Category(7), 0.2), (Category(8), 0.1)]);
        assert_eq!(read(listed(&[("RBC", 0.2), ("dirt", 0.7), ("WBC", 0.1)]), &naming).unwrap(), each);
        assert_eq!(read(listed(&[("dirt", 0.7)]), &naming).unwrap(), [(Other(0), 0.7)]);
        let told = read(listed(&[("dust", 0.7), ("WBC", 0.1), ("RBC", 0.2)]), &Naming::default()).unwrap();
        assert_eq!(told, [(Other(number_of("dust")), 0.7), (Category(7), 0.2), (Category(8), 0.1)]);
    }

    #[test]
    fn a_name_that_may_be_a_class_of_the_dataset_is_asked_about() {
        let error = read(listed(&[("rbc", 0.7), ("WBC", 0.3)]), &Naming::default()).unwrap_err();
        assert!(error.contains("`rbc`, which the dataset has no category for (nearest: `RBC`)"), "{error}");
        let error = read(listed(&[("blast", 0.7)]), &labels(&["RBC", "WBC"])).unwrap_err();
        assert!(error.contains("none of its `labels`"), "{error}");
    }

    #[test]
    fn what_is_no_answer_is_an_error_with_a_way_out() {
        let two = labels(&["RBC", "WBC"]);
        let error = |found, naming: &Naming| read(found, naming).unwrap_err();
        let each = |scores: &[f64]| FoundClasses::Each(scores.to_vec());
        for (found, naming, said) in [
            (each(&[]), &two, "has no class"),
            (listed(&[]), &two, "has no class"),
            (listed(&[]), &Naming::default(), "has no class"),
            (each(&[0.2, 0.3, 0.5]), &two, "3 scores for 2 labels"),
            (each(&[0.5, 0.5]), &Naming::default(), "2 scores without names: list the model's classes in `labels`"),
            (
                each(&[97.0, 3.0]),
                &two,
                "a score is 97, not 0..1: where scores are in per cent, set `score_scale = 100`",
            ),
            (
                each(&[7.5, -3.0]),
                &two,
                "a score is -3, not 0..1: where scores are logits, set `activation = \"softmax\"`",
            ),
            (each(&[0.2, 0.1]), &two, "add up to 0.3000, not to 1"),
            (each(&[0.9, 0.8]), &two, "does the model score each class by itself"),
            (each(&[0.5, 0.5]), &two, "all 2 scores are equal"),
            (each(&[f64::NAN, 0.5]), &two, "NaN or infinite"),
            (listed(&[("RBC", 0.5), ("RBC", 0.4)]), &two, "tells `RBC` twice"),
            (listed(&[("RBC", 0.5), ("0", 0.4)]), &two, "twice"),
            (listed(&[("RBC", 0.5), ("RBC", 0.4)]), &Naming::default(), "tells `RBC` twice"),
            (listed(&[("2", 0.5)]), &two, "class number 2, but there are 2 labels"),
        ] {
            let error = error(found, naming);
            assert!(error.contains(said), "`{said}` is not in: {error}");
        }
    }

    #[test]
    fn logits_and_per_cent_become_probabilities_where_the_spec_says_so() {
        let two = labels(&["RBC", "WBC"]);
        let scored = |scoring, found| scores(found, &two, &categories(), scoring);
        let logits = Scoring { activation: Activation::Softmax, ..Scoring::PLAIN };
        let made = scored(logits, FoundClasses::Each(vec![3.0, 1.0])).unwrap();
        assert!((made.top().score - 1.0 / (1.0 + (-2.0_f64).exp())).abs() < 1e-12);
        let few = scored(logits, listed(&[("RBC", 3.0)])).unwrap_err().to_string();
        assert!(few.contains("needs a score of each of the model's classes"), "{few}");
        let cents = Scoring { scale: 100.0, ..Scoring::PLAIN };
        assert_eq!(scored(cents, FoundClasses::Each(vec![97.0, 3.0])).unwrap().top().score, 0.97);
    }

    #[test]
    fn kinds_that_one_class_is_made_of_are_put_together() {
        let naming = labels(&["a", "WBC", "b"]);
        let map = CategoryMap::ByLabel(vec![Some(7), Some(8), Some(7)]);
        let made = scores(FoundClasses::Each(vec![0.3, 0.4, 0.3]), &naming, &map, Scoring::PLAIN).unwrap();
        assert_eq!((made.top().class, made.best().len()), (Category(7), 2));
    }
}
