//! What a probe came to: the figure of every preprocessing, and which one to take.

use crate::eval::Interval;
use crate::task::Task;

/// What came of one model on one dataset.
pub struct Probe {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// What the model is asked.
    pub task: Task,
    /// What the figures are.
    pub figure: &'static str,
    /// How many images were looked at.
    pub images: usize,
    /// The preprocessing of the spec.
    pub configured: Trial,
    /// The others, best first. Those that were left behind on fewer images come last.
    pub others: Vec<Trial>,
    /// How many objects it finds as configured, whatever they are called.
    pub objects: usize,
    /// AP50 as configured with all categories taken as one, where that is much better: boxes are right, and names are not.
    pub as_one: Option<f64>,
    /// Classes of a classifier that are called by the names of others of them, if there are such.
    pub exchange: Option<Exchange>,
}

/// What speaks for exchanged names.
pub struct Exchange {
    /// Which are called what, in words.
    pub told: String,
    /// The share that would be right with the names exchanged, 0..=1.
    pub right: f64,
    /// `labels` with those names exchanged, where the model has such a list.
    pub labels: Option<Vec<String>>,
}

/// One preprocessing.
pub struct Trial {
    /// The lines that set it in a spec; none for the configured one.
    pub lines: Vec<String>,
    /// Whether that is what the spec's `preprocess` is where nothing is set beside it.
    pub is_of_preset: bool,
    /// Its place among all, of which the commoner ones come first.
    pub place: usize,
    /// AP at IoU 0.5 over all categories on the images, or of classes the share that is right, 0..=1; or why there is none.
    pub found: Result<f64, String>,
    /// On how many images.
    pub images: usize,
    /// By how much its figure is above the configured one's on the same images, with allowance for how many were tried;
    /// `None` of the configured one, and where one of both has no figure.
    pub gain: Option<Interval>,
    /// Whether chance does not tell it from the best one.
    pub is_as_good: bool,
}

/// How much better another preprocessing must do to be worth a line in a spec, as AP50 or top-1.
pub const CLEARLY: f64 = 0.02;

/// Images without which no preprocessing is told to be better: resamples of fewer are too much alike.
const LEAST: usize = 8;

impl Probe {
    /// The preprocessing to take instead, if one is better than the configured one beyond chance: of those that chance does
    /// not tell from the best, the one that the spec's `preprocess` is by itself, else the one that changes least, of equal
    /// ones of a classifier the commoner, and of a detector, for which none is commoner, the better.
    pub fn better(&self) -> Option<&Trial> {
        // No preprocessing makes up for wrong names.
        if self.as_one.is_some() {
            return None;
        }
        let found = |trial: &Trial| trial.found.as_ref().ok().copied();
        let now = found(&self.configured);
        let is_better = |trial: &&Trial| match (now, found(trial), trial.gain) {
            (Some(now), Some(then), Some(gain)) => trial.images >= LEAST && gain.low > 0.0 && then > now + CLEARLY,
            (None, Some(then), _) => then > CLEARLY,
            _ => false,
        };
        // Nor for exchanged ones, short of what those would do.
        let would_do = |trial: &&Trial| {
            let is_of_names = trial.lines.iter().all(|line| line.starts_with('#'));
            self.exchange.as_ref().is_none_or(|exchange| is_of_names || found(trial) >= Some(exchange.right))
        };
        let better: Vec<&Trial> = self.others.iter().filter(is_better).filter(would_do).collect();
        let is_best = |trial: &&&Trial| trial.is_as_good;
        let place = |trial: &Trial| match self.task {
            Task::Classify => trial.place,
            Task::Detect => 0,
        };
        let order = |trial: &&&Trial| (!trial.is_of_preset, trial.lines.len(), place(trial));
        better.iter().filter(is_best).min_by_key(order).or(better.first()).copied()
    }

    /// Others than `chosen` that chance does not tell from the best either, those first that change least; at most `count`.
    pub fn rivals(&self, chosen: &Trial, count: usize) -> Vec<&Trial> {
        let mut rivals: Vec<&Trial> = self
            .others
            .iter()
            .filter(|trial| {
                trial.is_as_good && chosen.is_as_good && trial.images == chosen.images && trial.place != chosen.place
            })
            .collect();
        rivals.sort_by_key(|trial| (!trial.is_of_preset, trial.lines.len(), trial.place));
        rivals.truncate(count);
        rivals
    }

    /// Whether the names of a classifier are what is wrong, by the preprocessing of the spec.
    fn has_other_names(&self) -> bool {
        self.as_one.is_some() || self.exchange.is_some()
    }

    /// What the spec's `preprocess` is by itself, if chance does not tell it from the configured one, or the best of those that
    /// do better than the configured one by no more than chance explains, where none is better
    /// beyond it.
    pub fn untold(&self) -> Option<&Trial> {
        let now = self.configured.found.as_ref().ok()?;
        let is_above = |trial: &&Trial| trial.found.as_ref().is_ok_and(|found| found > now) && trial.gain.is_some();
        let is_of_preset = |trial: &&Trial| trial.is_of_preset && trial.gain.is_some_and(|gain| gain.high >= 0.0);
        let of_preset = self.others.iter().find(is_of_preset);
        of_preset
            .or_else(|| self.others.iter().find(is_above))
            .filter(|_| self.better().is_none() && !self.has_other_names() && self.objects > 0)
    }
}

impl Trial {
    /// One that has no figure, and why.
    pub fn without(lines: Vec<String>, why: &str) -> Self {
        Self {
            lines,
            is_of_preset: false,
            place: 0,
            found: Err(why.to_owned()),
            images: 0,
            gain: None,
            is_as_good: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(lines: &[&str], place: usize, found: f64, [low, high]: [f64; 2]) -> Trial {
        Trial {
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            is_of_preset: false,
            place,
            found: Ok(found),
            images: 64,
            gain: Some(Interval { low, high }),
            is_as_good: true,
        }
    }

    fn probe(found: f64, others: Vec<Trial>) -> Probe {
        let configured = Trial { gain: None, is_as_good: false, ..trial(&[], 0, found, [0.0; 2]) };
        let (model, dataset) = ("m".to_owned(), "val".to_owned());
        let exchange = None;
        let task = Task::Classify;
        Probe {
            model,
            dataset,
            task,
            figure: "top-1",
            images: 64,
            configured,
            others,
            objects: 64,
            as_one: None,
            exchange,
        }
    }

    const IMAGENET: [&str; 2] = ["mean = [0.485, 0.456, 0.406]", "std = [0.229, 0.224, 0.225]"];
    const SIGNED: [&str; 2] = ["mean = [0.5, 0.5, 0.5]", "std = [0.5, 0.5, 0.5]"];

    #[test]
    fn of_what_chance_does_not_tell_apart_the_commoner_is_advised_and_what_the_preset_is_before_all() {
        let turned = trial(&["channels = \"bgr\"", "a", "b"], 5, 0.938, [0.055, 0.453]);
        let others = || vec![trial(&SIGNED, 3, 0.922, [0.062, 0.434]), trial(&IMAGENET, 1, 0.906, [0.031, 0.397])];
        let common = probe(0.703, others().into_iter().chain([turned]).collect());
        let better = common.better().unwrap();
        assert_eq!(better.lines, IMAGENET);
        let rivals: Vec<usize> = common.rivals(better, 2).iter().map(|rival| rival.place).collect();
        assert_eq!(rivals, [3, 5], "those that change less are named first");
        let mut own = others();
        own.push(Trial { is_of_preset: true, ..trial(&["scale = 1", "a", "b"], 7, 0.89, [0.01, 0.3]) });
        assert_eq!(probe(0.703, own).better().unwrap().place, 7);
    }

    #[test]
    fn what_the_preset_is_by_itself_is_named_where_chance_does_not_tell_it_from_what_is_set() {
        let own = Trial { is_of_preset: true, ..trial(&IMAGENET, 1, 0.906, [-0.1, 0.06]) };
        let found = probe(0.922, vec![trial(&["channels = \"bgr\""], 5, 0.938, [-0.06, 0.1]), own]);
        assert_eq!(found.untold().unwrap().place, 1);
        let worse = Trial { is_of_preset: true, ..trial(&IMAGENET, 1, 0.5, [-0.5, -0.3]) };
        assert!(probe(0.922, vec![worse]).untold().is_none());
    }

    #[test]
    fn exchanged_names_are_no_matter_of_preprocessing() {
        let exchange = |right| Some(Exchange { told: String::new(), right, labels: None });
        let found =
            |right| Probe { exchange: exchange(right), ..probe(0.5, vec![trial(&IMAGENET, 1, 0.7, [0.1, 0.3])]) };
        assert!(found(0.9).better().is_none() && found(0.6).better().is_some());
    }
}
