//! What a probe came to: the figure of every preprocessing, and which one to take.

use crate::eval::Interval;

/// What came of one model on one dataset.
pub struct Probe {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
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
}

/// One preprocessing.
pub struct Trial {
    /// The lines that set it in a spec; none for the configured one.
    pub lines: Vec<String>,
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
    /// not tell from the best, the one that changes least.
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
        let better: Vec<&Trial> = self.others.iter().filter(is_better).collect();
        let is_best = |trial: &&&Trial| trial.is_as_good;
        better.iter().filter(is_best).min_by_key(|trial| trial.lines.len()).or(better.first()).copied()
    }

    /// The best of those that do better than the configured one by no more than chance explains, where none is better
    /// beyond it.
    pub fn untold(&self) -> Option<&Trial> {
        let now = self.configured.found.as_ref().ok()?;
        let is_above = |trial: &&Trial| trial.found.as_ref().is_ok_and(|found| found > now) && trial.gain.is_some();
        self.others
            .iter()
            .find(is_above)
            .filter(|_| self.better().is_none() && self.as_one.is_none() && self.objects > 0)
    }
}

impl Trial {
    /// One that has no figure, and why.
    pub fn without(lines: Vec<String>, why: &str) -> Self {
        Self { lines, found: Err(why.to_owned()), images: 0, gain: None, is_as_good: false }
    }
}
