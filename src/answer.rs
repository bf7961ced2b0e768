//! What a model answers about one picture.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::detection::Detection;

/// The answer to a frame, of the kind that its task has. An error is never an answer without anything in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The objects in it, by falling score.
    Objects(Vec<Detection>),
    /// How sure the model is of each class of the whole picture.
    Scores(Scores),
}

/// Classes that are kept of an answer, the best ones: 50,000 pictures under 76 conditions take 1.7 GiB with as many, and
/// 2.4 GiB with 100.
pub const KEPT_CLASSES: usize = 48;

/// The classes of a whole picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// The best ones by falling score, of equal ones the one that the model counts first; at least one, at most
    /// [`KEPT_CLASSES`].
    best: Vec<ClassScore>,
    /// The scores of all others together.
    rest: f64,
    /// How many others there are; 0 where the model does not tell.
    others: usize,
}

/// A class with its score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassScore {
    /// Which class.
    pub class: ScoredClass,
    /// The probability that the model gives it, 0..=1.
    pub score: f64,
}

/// A class as the dataset numbers it, or one that the dataset does not have: it may be the answer all the same, and a
/// wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoredClass {
    /// The id of a category.
    Category(u64),
    /// The number that the model has for another class.
    Other(u64),
}

/// Why scores are no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScoresError {
    /// There are none.
    #[error("it has no score of any class")]
    Empty,
    /// A score is NaN or infinite.
    #[error("a score is NaN or infinite")]
    NonFinite,
    /// A score is none.
    #[error("a score is {0}, not 0..1: are they logits that a softmax is missing for, or in per cent?")]
    OutOfRange(f64),
    /// They add up to more than 1, or all of them to less.
    #[error(
        "the scores add up to {0:.4}, not to 1: does the model score each class by itself, or is a softmax missing?"
    )]
    Sum(f64),
    /// They tell no class from another.
    #[error("all {0} scores are equal: the model tells no class from another")]
    AllEqual(usize),
}

/// How far beyond its bounds a score or a sum of scores may be and still be meant: numbers of 16 bits are as exact as that.
const ROUNDING: f64 = 1e-2;

/// Steps in which scores may have been rounded: those of 8 bits, and of decimals in files.
const STEPS: [f64; 5] = [1.0 / 256.0, 1.0 / 255.0, 1e-2, 1e-3, 1e-4];

/// A score is a whole number of steps to so much of a step: 32 bits hold 1/255 as exactly as that.
const STEP_ROUNDING: f64 = 1e-3;

/// What the probabilities of all classes may add up to. Where all are rounded to steps each is off by half a step, so that many
/// of them make a sum that is far from 1; those that were rounded to 0 make it no larger.
pub fn sums(scores: impl Iterator<Item = f64> + Clone) -> RangeInclusive<f64> {
    let is_step = |step: &&f64| {
        scores.clone().all(|score| {
            let steps = score / **step;
            (steps - steps.round()).abs() < STEP_ROUNDING
        })
    };
    let step = STEPS.iter().find(is_step).copied().unwrap_or_default();
    let off = |count: usize| ROUNDING + count as f64 * step / 2.0;
    1.0 - off(scores.clone().count())..=1.0 + off(scores.filter(|score| *score != 0.0).count())
}

impl Scores {
    /// The answer of a model that scores every class: `scored` in the model's order.
    ///
    /// # Errors
    /// A score is no probability, or all of them are equal.
    pub fn of_all(scored: Vec<ClassScore>) -> Result<Self, ScoresError> {
        let count = scored.len();
        let first = scored.first().map(|one| one.score);
        if count > 1 && scored.iter().all(|one| Some(one.score) == first) {
            return Err(ScoresError::AllEqual(count));
        }
        Self::new(scored, None)
    }

    /// The answer of a model that names its best classes alone; of all others it is only known what is left of 1.
    ///
    /// # Errors
    /// A score is no probability.
    pub fn of_best(scored: Vec<ClassScore>) -> Result<Self, ScoresError> {
        let sum: f64 = scored.iter().map(|one| one.score).sum();
        Self::new(scored, Some((1.0 - sum).max(0.0)))
    }

    fn new(mut scored: Vec<ClassScore>, left: Option<f64>) -> Result<Self, ScoresError> {
        if scored.is_empty() {
            return Err(ScoresError::Empty);
        }
        for one in &mut scored {
            if !one.score.is_finite() {
                return Err(ScoresError::NonFinite);
            }
            if !(-ROUNDING..=1.0 + ROUNDING).contains(&one.score) {
                return Err(ScoresError::OutOfRange(one.score));
            }
            one.score = one.score.clamp(0.0, 1.0);
        }
        let scores = scored.iter().map(|one| one.score);
        let (sum, sums) = (scores.clone().sum::<f64>(), sums(scores));
        let is_short = left.is_none() && sum < *sums.start();
        if sum > *sums.end() || is_short {
            return Err(ScoresError::Sum(sum));
        }
        // The sort is stable: of equal scores the one that the model counts first stays first.
        scored.sort_by(|one, other| other.score.total_cmp(&one.score));
        let rest_of = |scored: &[ClassScore]| scored.iter().skip(KEPT_CLASSES).map(|one| one.score).sum::<f64>();
        let cut = rest_of(&scored);
        let others = if left.is_some() { 0 } else { scored.len().saturating_sub(KEPT_CLASSES) };
        scored.truncate(KEPT_CLASSES);
        Ok(Self { best: scored, rest: cut + left.unwrap_or(0.0), others })
    }

    /// From what was kept; `None` where it cannot have been.
    pub(crate) fn kept(best: Vec<ClassScore>, rest: f64, others: usize) -> Option<Self> {
        let is_share = |score: f64| (0.0..=1.0).contains(&score);
        let is_falling = best.windows(2).all(|pair| pair[0].score >= pair[1].score);
        let is_sane = !best.is_empty()
            && best.len() <= KEPT_CLASSES
            && is_falling
            && best.iter().all(|one| is_share(one.score))
            && rest.is_finite()
            && rest >= 0.0;
        is_sane.then_some(Self { best, rest, others })
    }

    /// The best classes, by falling score.
    pub fn best(&self) -> &[ClassScore] {
        &self.best
    }

    /// The class that the model says, with its score.
    ///
    /// # Panics
    /// Never: there is at least one.
    pub fn top(&self) -> ClassScore {
        *self.best.first().expect("answers have a class")
    }

    /// The scores of all classes but the best together, and how many they are; 0 where the model does not tell.
    pub fn rest(&self) -> (f64, usize) {
        (self.rest, self.others)
    }

    /// The place of a category among the classes, from 0; `None` where it is not among the best.
    pub fn rank(&self, category: u64) -> Option<usize> {
        self.best.iter().position(|one| one.class == ScoredClass::Category(category))
    }

    /// The probability of a category. One that is not among the best is given an even share of the rest; `None` where it is
    /// not known how many share it.
    pub fn probability(&self, category: u64) -> Option<f64> {
        match self.rank(category) {
            Some(rank) => Some(self.best[rank].score),
            None => (self.others > 0).then(|| self.rest / self.others as f64),
        }
    }
}

/// Scores of which several are of one class, put together at the place of the first of them: a model may tell kinds apart
/// for which a dataset has one name.
pub fn merged(scored: Vec<ClassScore>) -> Vec<ClassScore> {
    let mut places: BTreeMap<ScoredClass, usize> = BTreeMap::new();
    let mut merged: Vec<ClassScore> = Vec::with_capacity(scored.len());
    for one in scored {
        match places.get(&one.class) {
            Some(&at) => merged[at].score += one.score,
            None => {
                places.insert(one.class, merged.len());
                merged.push(one);
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(scores: &[f64]) -> Vec<ClassScore> {
        let of = |(at, &score): (usize, &f64)| ClassScore { class: ScoredClass::Category(at as u64), score };
        scores.iter().enumerate().map(of).collect()
    }

    #[test]
    fn of_equal_scores_the_first_class_is_the_better() {
        let scores = Scores::of_all(scored(&[0.2, 0.4, 0.4])).unwrap();
        assert_eq!([1, 2, 0].map(|id| scores.rank(id)), [Some(0), Some(1), Some(2)]);
        assert_eq!(scores.top().class, ScoredClass::Category(1));
    }

    #[test]
    fn a_class_that_is_not_kept_shares_what_is_left() {
        let mut all = vec![0.5];
        all.extend([0.5 / 99.0; 99]);
        let scores = Scores::of_all(scored(&all)).unwrap();
        assert_eq!((scores.best().len(), scores.rest().1), (KEPT_CLASSES, 52));
        assert!((scores.probability(99).unwrap() - 0.5 / 99.0).abs() < 1e-12);
        let few = Scores::of_best(scored(&[0.5, 0.25])).unwrap();
        assert_eq!((few.rest(), few.probability(7)), ((0.25, 0), None));
    }

    #[test]
    fn what_are_no_probabilities_is_an_error() {
        let error = |scores: &[f64]| Scores::of_all(scored(scores)).unwrap_err();
        assert_eq!(error(&[]), ScoresError::Empty);
        assert_eq!(error(&[f64::NAN, 0.5]), ScoresError::NonFinite);
        assert_eq!(error(&[3.5, -1.0]), ScoresError::OutOfRange(3.5));
        assert_eq!(error(&[0.9, 0.8, 0.7]), ScoresError::Sum(0.9 + 0.8 + 0.7));
        assert_eq!(error(&[0.25; 4]), ScoresError::AllEqual(4));
    }

    #[test]
    fn a_sum_may_be_off_by_as_much_as_steps_explain() {
        // A softmax of 8 bits: 1,000 classes, of which 100 were given a step that they have half of.
        let mut of_8_bits = vec![200.0 / 256.0];
        of_8_bits.extend([1.0 / 256.0; 100]);
        of_8_bits.extend([0.0; 899]);
        assert!(Scores::of_all(scored(&of_8_bits)).is_ok());
        // As far off, in no steps: sigmoids of 1,000 classes that exclude none.
        let by_themselves: Vec<f64> = of_8_bits.iter().map(|score| score * 0.999_9 + 1.23e-6).collect();
        assert!(matches!(Scores::of_all(scored(&by_themselves)), Err(ScoresError::Sum(sum)) if sum > 1.17));
        // Seven sevenths of three digits.
        assert!(Scores::of_all(scored(&[0.143; 6].into_iter().chain([0.142]).collect::<Vec<_>>())).is_ok());
        // Yes and no of each class by itself.
        let mut yes_and_no = vec![0.0; 998];
        yes_and_no.extend([1.0, 1.0]);
        assert_eq!(Scores::of_all(scored(&yes_and_no)), Err(ScoresError::Sum(2.0)));
        assert_eq!(Scores::of_all(scored(&[0.5, 0.3])), Err(ScoresError::Sum(0.8)));
        assert!(Scores::of_best(scored(&[0.5, 0.3])).is_ok());
    }

    #[test]
    fn kinds_of_one_class_are_put_together() {
        let mut kinds = scored(&[0.3, 0.4, 0.3]);
        kinds[2].class = ScoredClass::Category(0);
        let scores = Scores::of_all(merged(kinds)).unwrap();
        assert_eq!((scores.best().len(), scores.top().class), (2, ScoredClass::Category(0)));
    }
}
