//! Thresholds from what was measured: what the models do now, with room for chance.

use super::{CellRecord, HeldAgainst, Record, draws_name, held_against};
use crate::baseline::decode;
use crate::condition::CLEAN;
use crate::eval::Interval;
use crate::metric::{self, Better, Metric};
use crate::spec::Bound;
use crate::task::Task;

/// Proposed thresholds of the suite's metric, that every model considered would meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The metric's name.
    pub metric: String,
    /// Whether all thresholds rest on intervals.
    pub has_intervals: bool,
    /// The room where one does not.
    pub margin: f64,
    /// The least figure on clean images, with what it rests on.
    pub clean: Option<Proposal>,
    /// What `drops` are held by: losses, or where the metric is a loss itself, as of agreement with the clean answers, the
    /// figure.
    pub bound: Bound,
    /// The largest drop (or the least figure), perturbation by perturbation and level by level.
    pub drops: Vec<(String, Vec<Proposal>)>,
    /// Conditions that leave a model nothing to lose: no drop under them could be exceeded, or a model that finds nothing
    /// would do as well.
    pub left_out: Vec<String>,
}

/// A threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The level; empty for a perturbation with one strength only, and for clean images.
    pub level: String,
    /// Two decimals, rounded towards leniency.
    pub threshold: f64,
    /// What was measured, the worst of the models.
    pub measured: f64,
    /// That model, where there are several.
    pub model: Option<String>,
    /// The lenient end of its interval.
    pub end: Option<f64>,
}

/// Room where there is no interval.
const MARGIN: f64 = 0.02;

/// The same of agreement with the clean answers, which of pictures without labels is all there is: it moves more.
const ROOM: f64 = 0.05;

/// Proposes thresholds from `record`, for one of its models or for all.
pub fn calibrate(record: &Record, model: Option<&str>) -> Calibration {
    let metric = metric::ALL.iter().copied().find(|other| other.name == record.spec.metric);
    let metric = metric.unwrap_or(metric::default_of(Task::default()));
    let cells: Vec<&CellRecord> =
        record.cells.iter().filter(|cell| model.is_none_or(|model| cell.model == model)).collect();
    let look = Look { record, metric, cells: &cells };
    let (mut drops, mut left_out): (Vec<(String, Vec<Proposal>)>, Vec<String>) = (Vec::new(), Vec::new());
    for condition in record.conditions.iter().filter(|condition| condition.name.0 != CLEAN) {
        let (name, level) = condition.name.0.split_once('@').unwrap_or((&condition.name.0, ""));
        let Some(proposal) = look.perturbed(&condition.name.0, level) else {
            left_out.push(condition.name.0.clone());
            continue;
        };
        match drops.iter_mut().find(|(known, _)| known == name) {
            Some((_, levels)) => levels.push(proposal),
            None => drops.push((name.to_owned(), vec![proposal])),
        }
    }
    let clean = look.clean();
    let has_intervals = clean.iter().chain(drops.iter().flat_map(|(_, levels)| levels)).all(|one| one.end.is_some());
    let bound = look.bound();
    let margin = if bound == Bound::MaxDrop { MARGIN } else { ROOM };
    Calibration { metric: metric.name.to_owned(), bound, has_intervals, margin, clean, drops, left_out }
}

/// Looks at the cells of a record.
struct Look<'r> {
    record: &'r Record,
    metric: &'static Metric,
    cells: &'r [&'r CellRecord],
}

impl Calibration {
    /// Whether losses are held, and not figures.
    pub fn is_of_losses(&self) -> bool {
        self.bound == Bound::MaxDrop
    }

    /// Every threshold.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.clean.iter().chain(self.drops.iter().flat_map(|(_, levels)| levels))
    }
}

impl Look<'_> {
    fn figure(&self, cell: &CellRecord) -> Option<f64> {
        cell.figures.get(self.metric.name).copied().flatten()
    }

    /// The model of a cell, where there are several.
    fn several(&self, cell: &CellRecord) -> Option<String> {
        self.cells.iter().any(|other| other.model != cell.model).then(|| cell.model.clone())
    }

    fn draws(&self, cell: &CellRecord) -> Option<Vec<Option<f64>>> {
        decode(cell.draws.get(&draws_name(self.metric.name, None))?)
    }

    fn clean(&self) -> Option<Proposal> {
        let proposal = |cell: &&CellRecord| {
            let measured = self.figure(cell)?;
            let drawn: Vec<f64> = self.draws(cell).into_iter().flatten().flatten().collect();
            let end = Interval::bias_corrected(&drawn, measured, self.record.spec.confidence).map(|i| i.low);
            let threshold = floor(end.unwrap_or(measured - MARGIN)).max(0.01);
            Some(Proposal { level: String::new(), threshold, measured, model: self.several(cell), end })
        };
        let clean = self.cells.iter().filter(|cell| cell.condition.0 == CLEAN).filter_map(proposal);
        clean.min_by(|a, b| a.threshold.total_cmp(&b.threshold))
    }

    fn bound(&self) -> Bound {
        match (held_against(self.metric.name), self.metric.better) {
            (HeldAgainst::CleanAnswers, Better::Higher) => Bound::Min,
            (HeldAgainst::CleanAnswers, Better::Lower) => Bound::Max,
            (HeldAgainst::Labels | HeldAgainst::Reference, _) => Bound::MaxDrop,
        }
    }

    fn perturbed(&self, condition: &str, level: &str) -> Option<Proposal> {
        match (self.bound() == Bound::MaxDrop, self.metric.better) {
            (true, _) => self.drop(condition, level),
            (false, Better::Higher) => self.figure_under(condition, level, 1.0),
            (false, Better::Lower) => self.figure_under(condition, level, -1.0),
        }
    }

    /// The figure itself as the threshold, of a metric of which more (`sign` is 1) or less (-1) is better.
    fn figure_under(&self, condition: &str, level: &str, sign: f64) -> Option<Proposal> {
        let proposal = |cell: &&CellRecord| {
            let measured = self.figure(cell)?;
            let lenient = |interval: Interval| if sign > 0.0 { interval.low } else { -interval.high };
            let end = cell.interval.map(lenient).map(|end| end.min(sign * measured - ROOM / 2.0));
            let threshold = floor(end.unwrap_or(sign * measured - ROOM));
            // A model that finds nothing agrees wherever nothing was found on the clean image.
            let silent = if sign > 0.0 { self.silent(cell)? } else { self.silent(cell)? - 1.0 };
            (threshold > silent).then(|| Proposal {
                level: level.to_owned(),
                threshold: sign * threshold,
                measured,
                model: self.several(cell),
                end: end.map(|end| sign * end),
            })
        };
        let cells = self.cells.iter().filter(|cell| cell.condition.0 == condition && self.figure(cell).is_some());
        let proposals: Vec<Proposal> = cells.map(proposal).collect::<Option<_>>()?;
        proposals.into_iter().min_by(|a, b| (sign * a.threshold).total_cmp(&(sign * b.threshold)))
    }

    /// The share of the clean images of a cell's dataset on which its model finds nothing.
    fn silent(&self, cell: &CellRecord) -> Option<f64> {
        let is_clean = |other: &&CellRecord| {
            other.condition.0 == CLEAN && (&other.model, &other.dataset) == (&cell.model, &cell.dataset)
        };
        let silent = self.record.cells.iter().find(is_clean).and_then(|clean| clean.silent).unwrap_or(0);
        let images = self.record.datasets.iter().find(|dataset| dataset.name == cell.dataset)?.images;
        Some(silent as f64 / images.max(1) as f64)
    }

    fn drop(&self, condition: &str, level: &str) -> Option<Proposal> {
        let proposal = |cell: &&CellRecord| {
            let is_clean = |other: &&&CellRecord| {
                other.condition.0 == CLEAN && (&other.model, &other.dataset) == (&cell.model, &cell.dataset)
            };
            let clean = self.cells.iter().find(is_clean)?;
            let measured = -cell.change?;
            let pairs = self.draws(clean).zip(self.draws(cell));
            let drops: Option<Vec<f64>> = pairs.map(|(clean, cell)| {
                clean.into_iter().zip(cell).filter_map(|(clean, cell)| Some(clean? - cell?)).collect()
            });
            let interval = drops.and_then(|drops| Interval::percentile(&drops, self.record.spec.confidence));
            let end = interval.map(|interval| interval.high.max(measured));
            let threshold = ceil(end.unwrap_or(measured + MARGIN)).max(0.01);
            // A drop to nothing could never be exceeded.
            if threshold >= self.figure(clean)? {
                return None;
            }
            Some(Proposal { level: level.to_owned(), threshold, measured, model: self.several(cell), end })
        };
        let cells = self.cells.iter().filter(|cell| cell.condition.0 == condition && cell.change.is_some());
        let proposals: Vec<Proposal> = cells.map(proposal).collect::<Option<_>>()?;
        proposals.into_iter().max_by(|a, b| a.threshold.total_cmp(&b.threshold))
    }
}

fn floor(value: f64) -> f64 {
    (value * 100.0).floor() / 100.0
}

fn ceil(value: f64) -> f64 {
    (value * 100.0).ceil() / 100.0
}
