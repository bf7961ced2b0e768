//! From which score to count what a model finds, so that precision, recall or F1 are what is wanted.

use super::calibration::Graded;
use super::operating::Counts;

/// What is wanted of the detections that count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// The best F1.
    F1,
    /// At least this precision, 0..=1, with as much recall as there is.
    Precision(f64),
    /// At least this recall, 0..=1, with as much precision as there is.
    Recall(f64),
}

impl Goal {
    /// The figure that it is about; `None` with nothing to measure it on.
    pub fn figure(self, counts: &Counts) -> Option<f64> {
        match self {
            Self::F1 => counts.f1(),
            Self::Precision(_) => counts.precision(),
            Self::Recall(_) => counts.recall(),
        }
    }

    /// What the figure is to be at least; `None` for the best there is.
    pub fn least(self) -> Option<f64> {
        match self {
            Self::F1 => None,
            Self::Precision(least) | Self::Recall(least) => Some(least),
        }
    }

    /// What is made as large as it can be where the goal is met; `None` where it is not.
    fn worth(self, counts: &Counts) -> Option<f64> {
        let is_met = self.least().is_none_or(|least| self.figure(counts).is_some_and(|figure| figure >= least));
        let worth = match self {
            Self::F1 => counts.f1(),
            Self::Precision(_) => counts.recall(),
            Self::Recall(_) => counts.precision(),
        };
        worth.filter(|_| is_met)
    }
}

/// The detections of one category, each right or not, and how many objects of it each image has.
///
/// Which object a detection finds is decided among those of a higher score alone (see [`super::match_claims`]), so one matching
/// tells what is right at every threshold.
#[derive(Debug, Clone)]
pub struct RankedClaims {
    /// By falling score.
    claims: Vec<Graded>,
    objects: Vec<u32>,
}

/// A threshold with what it comes to on the images that it was chosen on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Detections of at least this score count.
    pub threshold: f64,
    /// What they are.
    pub counts: Counts,
}

impl RankedClaims {
    /// `objects` are those that are to be found, per image.
    pub fn new(mut claims: Vec<Graded>, objects: Vec<u32>) -> Self {
        claims.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.image.cmp(&other.image)));
        Self { claims, objects }
    }

    /// How many objects there are when image `i` counts `weights[i]` times.
    pub fn objects(&self, weights: &[u32]) -> u64 {
        self.objects.iter().zip(weights).map(|(&objects, &weight)| u64::from(objects) * u64::from(weight)).sum()
    }

    /// The threshold that meets `goal` best; the highest of several. `None` where none does, or there are no objects.
    pub fn cut(&self, goal: Goal, weights: &[u32]) -> Option<Cut> {
        let mut best: Option<(f64, Step)> = None;
        for step in self.steps(weights) {
            let Some(worth) = goal.worth(&step.counts) else { continue };
            if best.is_none_or(|(most, _)| worth > most) {
                best = Some((worth, step));
            }
        }
        best.map(|(_, step)| Cut { threshold: short(step.below, step.score), counts: step.counts })
    }

    /// The most that the figure of `goal` reaches at any threshold.
    pub fn most(&self, goal: Goal, weights: &[u32]) -> Option<f64> {
        self.steps(weights).filter_map(|step| goal.figure(&step.counts)).reduce(f64::max)
    }

    /// What detections of at least `threshold` come to.
    pub fn counts(&self, threshold: f64, weights: &[u32]) -> Counts {
        let counted = self.claims.iter().take_while(|claim| claim.score >= threshold);
        let objects = self.objects(weights);
        counted.fold(Counts { missed: objects, ..Counts::default() }, |counts, claim| add(counts, claim, weights))
    }

    /// Every score that a threshold can be at, falling, where any detection of it has weight.
    fn steps(&self, weights: &[u32]) -> impl Iterator<Item = Step> {
        let mut counts = Counts { missed: self.objects(weights), ..Counts::default() };
        let has_objects = counts.missed > 0;
        let mut steps = self.claims.chunk_by(|one, other| one.score == other.score).peekable();
        std::iter::from_fn(move || {
            let alike = steps.next()?;
            let before = counts;
            counts = alike.iter().fold(counts, |counts, claim| add(counts, claim, weights));
            let below = steps.peek().map_or(0.0, |next| next[0].score);
            Some((counts != before).then_some(Step { score: alike[0].score, below, counts }))
        })
        .flatten()
        .filter(move |_| has_objects)
    }
}

/// A score that a threshold can be at.
#[derive(Debug, Clone, Copy)]
struct Step {
    score: f64,
    /// The next lower one; 0 below the last.
    below: f64,
    counts: Counts,
}

fn add(mut counts: Counts, claim: &Graded, weights: &[u32]) -> Counts {
    let weight = u64::from(weights[claim.image]);
    if claim.is_right {
        counts.right += weight;
        counts.missed -= weight;
    } else {
        counts.wrong += weight;
    }
    counts
}

/// Digits enough for any double.
const MOST_DIGITS: i32 = 17;

/// The number of the fewest decimals, two at least, that is at most `score` and above `below`: it parts the same detections.
fn short(below: f64, score: f64) -> f64 {
    let rounded = |digits: i32| {
        let tens = 10_f64.powi(digits);
        (score * tens).floor() / tens
    };
    (2..MOST_DIGITS).map(rounded).find(|&number| number > below && number <= score).unwrap_or(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two images: three objects in the first, one in the second.
    fn ranked() -> RankedClaims {
        let graded = |image, score, is_right| Graded { image, score, is_right };
        let claims = vec![
            graded(0, 0.9, true),
            graded(1, 0.8, false),
            graded(0, 0.8, true),
            graded(1, 0.613, true),
            graded(0, 0.611, false),
            graded(0, 0.2, true),
        ];
        RankedClaims::new(claims, vec![3, 1])
    }

    fn cut(goal: Goal, weights: [u32; 2]) -> Option<(f64, [u64; 3])> {
        let Cut { threshold, counts } = ranked().cut(goal, &weights)?;
        Some((threshold, [counts.right, counts.wrong, counts.missed]))
    }

    #[test]
    fn a_goal_is_met_with_as_much_of_the_other_figure_as_there_is() {
        // By falling score 1/1, 2/3, 3/4, 3/5 and 4/6 are right, of 4 objects.
        assert_eq!(cut(Goal::Precision(0.7), [1, 1]), Some((0.613, [3, 1, 1])));
        assert_eq!(cut(Goal::Precision(0.76), [1, 1]), Some((0.9, [1, 0, 3])));
        assert_eq!(cut(Goal::Recall(0.7), [1, 1]), Some((0.613, [3, 1, 1])));
        assert_eq!(cut(Goal::Recall(1.0), [1, 1]), Some((0.2, [4, 2, 0])));
        // F1 6/8 and then 8/10.
        assert_eq!(cut(Goal::F1, [1, 1]), Some((0.2, [4, 2, 0])));
    }

    #[test]
    fn what_cannot_be_met_has_no_threshold() {
        let late = RankedClaims::new(vec![Graded { image: 0, score: 0.5, is_right: false }], vec![1]);
        assert_eq!(late.cut(Goal::Precision(0.1), &[1]), None);
        assert_eq!((late.most(Goal::Precision(0.1), &[1]), late.most(Goal::Recall(0.1), &[1])), (Some(0.0), Some(0.0)));
        // Without objects any threshold would do.
        assert_eq!(RankedClaims::new(late.claims, vec![0]).cut(Goal::Recall(0.0), &[1]), None);
    }

    #[test]
    fn weights_count_images_and_a_threshold_is_at_a_score_that_is_there() {
        assert_eq!(cut(Goal::Precision(0.9), [1, 0]), Some((0.8, [2, 0, 1])));
        assert_eq!(cut(Goal::F1, [0, 3]), Some((0.613, [3, 3, 0])));
        assert_eq!(cut(Goal::F1, [0, 0]), None);
    }

    #[test]
    fn a_threshold_counts_what_it_was_chosen_for() {
        let ranked = ranked();
        for goal in [Goal::F1, Goal::Precision(0.7), Goal::Precision(1.0), Goal::Recall(0.5), Goal::Recall(0.9)] {
            let cut = ranked.cut(goal, &[1, 1]).unwrap();
            assert_eq!(ranked.counts(cut.threshold, &[1, 1]), cut.counts, "{goal:?}");
        }
    }

    #[test]
    fn thresholds_are_as_short_as_tells_them_apart() {
        assert_eq!(short(0.41, 0.434), 0.43);
        assert_eq!(short(0.4305, 0.4341), 0.434);
        assert_eq!(short(0.0, 0.003), 0.003);
        assert_eq!(short(0.1, 0.1_f64.next_up()), 0.1_f64.next_up());
    }
}
