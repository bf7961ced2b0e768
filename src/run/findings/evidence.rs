//! Evidence: the figures that a case is judged on, as they were measured and as they were drawn.

use super::all::Findings;
use super::drawn::SEED;
use super::provenance::identity;
use crate::baseline::Baseline;
use crate::condition::ConditionName;
use crate::eval::Resamples;
use crate::failure::{Failure, FailureKind, Measured};
use crate::gate::{Evidence, Extreme, Other, Reading, Side};
use crate::metric::{Better, Metric, Origin, Speed, alexnet};
use crate::plan::{Against, Case, Plan};
use crate::position::CellAt;
use crate::score::{Values, common};
use crate::slice::SliceName;
use crate::spec::Bound;

/// The evidence of one case.
pub struct Testimony {
    /// The figures.
    pub evidence: Evidence,
    /// Where a comparison had to be taken over fewer categories than the cells have (a perturbation can move all objects
    /// of a category out of the pictures): how many, of how many.
    pub categories: Option<(usize, usize)>,
}

impl Findings<'_> {
    /// The evidence of `case`.
    pub fn testify(&self, case: &Case) -> Testimony {
        if case.metric.data().is_some() {
            return Testimony { categories: None, evidence: self.of_data(case) };
        }
        if let Some(which) = case.read.speed() {
            return Testimony { categories: None, evidence: self.of_times(case, which) };
        }
        if case.read.parity().is_some() {
            return Testimony { categories: None, evidence: self.of_pairs(case) };
        }
        let category = self.category(case);
        let cells: Vec<CellAt> = case.every_cell().collect();
        // A mean over conditions that is compared with nothing may be over all that each has.
        let is_compared = case.clean.is_some() || matches!(case.other, Some(Against::Reference { .. }));
        let (readings, categories) = self.readings(case.read, case.slice.as_ref(), category, &cells, is_compared);
        Testimony { categories, evidence: self.sides(case, readings) }
    }

    /// The one figure of a dataset.
    fn of_data(&self, case: &Case) -> Evidence {
        let figure = match self.scorecard.data.get(&case.id) {
            Some(data) => data.figure.clone(),
            None => Measured::Blocked("it was not looked at".to_owned()),
        };
        let reading = Reading {
            condition: ConditionName(case.on.clone()),
            perturbation: case.on.clone(),
            groups: Vec::new(),
            alexnet: None,
            figure,
            draws: None,
            extreme: None,
        };
        let images = self.plan.images(case.dataset);
        Evidence { ours: Side { clean: None, readings: vec![reading] }, other: None, images }
    }

    /// How fast a model is, and the reference beside it: the same resamples of the calls, which were made in turn, pair both.
    fn of_times(&self, case: &Case, which: Speed) -> Evidence {
        let side = |cell: CellAt| {
            let (model, dataset) = (self.plan.cells[cell].model, self.plan.cells[cell].dataset);
            let not_timed = Measured::Failed(Failure::new(FailureKind::Inference, NOT_TIMED.to_owned()));
            let timed = self.predictions.times.get(&(model, dataset)).unwrap_or(&not_timed);
            let figure = |weights: &[u32]| timed.value()?.calls.figure(which, weights);
            let count = timed.value().map_or(0, |timed| timed.calls.count());
            let resamples = Resamples::new(count, self.plan.resamples, SEED);
            let draws = timed.value().map(|_| resamples.iter().map(|weights| figure(&weights)).collect());
            let value = timed.and_then(|_| Measured::Value(figure(&vec![1; count])));
            let reading = Reading { extreme: self.extreme(case, cell), ..reading(self.plan, cell, value, draws) };
            (Side { clean: None, readings: vec![reading] }, count)
        };
        // One cell: such checks are on clean images alone.
        let (ours, count) = side(case.cells[0]);
        let other = case.reference_cell(case.cells[0]).map(|cell| Other::Side(side(cell).0));
        Evidence { ours, other, images: count }
    }

    /// The figures of a model beside the reference: each is of both, so that there is no other side.
    fn of_pairs(&self, case: &Case) -> Evidence {
        let category = self.category(case);
        let read = |&cell: &CellAt| {
            let figures =
                self.drawn.of_pair(case, cell).expect("pairs of all cases are measured before they are judged");
            let figure = figures.and_then(|figures| Measured::Value(figures.values.figure(category)));
            let draws = figures.value().map(|figures| figures.draws.clone());
            Reading { extreme: self.extreme(case, cell), ..reading(self.plan, cell, figure, draws) }
        };
        // A mean over conditions rests on no more images than the least of them.
        let images = case.cells.iter().filter_map(|&cell| Some(self.drawn.of_pair(case, cell)?.value()?.images)).min();
        Evidence {
            ours: Side { clean: None, readings: case.cells.iter().map(read).collect() },
            other: None,
            images: images.unwrap_or_default(),
        }
    }

    /// What is read of each of `cells`, on a slice or on the whole; where they are compared, over the categories that all
    /// of them have, with the
    /// number of those, of how many, where they are not the same in all.
    pub fn readings(
        &self,
        metric: &Metric,
        slice: Option<&SliceName>,
        category: Option<usize>,
        cells: &[CellAt],
        is_compared: bool,
    ) -> (Vec<Reading>, Option<(usize, usize)>) {
        let point: Vec<&Values> = cells.iter().filter_map(|&cell| self.values(cell, metric, slice)).collect();
        let is_shared = is_compared && metric.is_mean_over_categories() && category.is_none();
        let shared = is_shared.then(|| common(point.iter().copied())).flatten();
        let number = |values: &Values| figure(values, category, shared.as_deref());
        let draws = self.draws(metric, slice, cells, category, is_shared);
        let readings = cells.iter().zip(draws).map(|(&cell, draws)| {
            let figure = match slice {
                None => self.scorecard.cells[cell].and_then(|score| Measured::Value(number(score.values(metric)))),
                Some(slice) => {
                    self.drawn.on_slice(cell, metric, slice).and_then(|found| Measured::Value(number(&found.values)))
                }
            };
            reading(self.plan, cell, figure, draws)
        });
        let all = point.iter().map(|values| values.measured().len()).max();
        (readings.collect(), shared.as_ref().map(Vec::len).zip(all))
    }

    /// What was measured of a cell.
    fn values(&self, cell: CellAt, metric: &Metric, slice: Option<&SliceName>) -> Option<&Values> {
        match slice {
            None => Some(self.scorecard.cells[cell].value()?.values(metric)),
            Some(slice) => Some(&self.drawn.on_slice(cell, metric, slice).value()?.values),
        }
    }

    /// Deals the readings, which are in the order of [`Case::every_cell`], to the sides of the case.
    fn sides(&self, case: &Case, readings: Vec<Reading>) -> Evidence {
        let mut rest = readings.into_iter();
        let mut side = |cells: usize, has_clean: bool| {
            let readings: Vec<Reading> = rest.by_ref().take(cells).collect();
            Side { clean: if has_clean { rest.next() } else { None }, readings }
        };
        let mut ours = side(case.cells.len(), case.clean.is_some());
        for (reading, &cell) in ours.readings.iter_mut().zip(&case.cells) {
            reading.extreme = self.extreme(case, cell);
        }
        let other = match &case.other {
            None => None,
            Some(Against::Reference { cells, clean, .. }) => Some(Other::Side(side(cells.len(), clean.is_some()))),
            Some(Against::Baseline) => {
                rounded(&mut ours);
                Some(self.accepted(case))
            }
        };
        Evidence { ours, other, images: self.images(case) }
    }

    /// Images that a case is measured on.
    fn images(&self, case: &Case) -> usize {
        let is_of_slice = case.slice.is_some();
        let in_slice =
            case.cells.first().filter(|_| is_of_slice).and_then(|&cell| Some(self.drawn.slice(case, cell)?.images()));
        in_slice.unwrap_or_else(|| self.plan.images(case.dataset))
    }

    /// The figure of a model that breaks the bound of `case` as far as any can, or finds nothing; `None` where there is no end to
    /// that.
    fn extreme(&self, case: &Case, cell: CellAt) -> Option<Extreme> {
        let metric = case.read;
        let is_from_below = match case.claim.bound {
            // Of a loss that is made of gains (`mce` of `top1`) the other end is read.
            Bound::Min => metric.better == case.metric.better,
            Bound::Max => metric.better != case.metric.better,
            Bound::MaxDrop
            | Bound::MaxRelativeDrop
            | Bound::MaxRegression
            | Bound::MaxRelativeRegression
            | Bound::MinGain => metric.better == Better::Higher,
        };
        let is_disagreement = is_from_below == (metric.better == Better::Higher);
        match metric.origin {
            // Silence is the loss that such a check is there to find, and agrees with silence.
            Origin::Agreement(_) if is_disagreement => self.drawn.silent(cell, metric, case.slice.as_ref()).cloned(),
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_)
                if is_from_below =>
            {
                Some(Extreme { figure: 0.0, draws: None, is_worst: true })
            }
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => {
                metric.most.is_finite().then_some(Extreme { figure: metric.most, draws: None, is_worst: true })
            }
        }
    }

    /// The position of the one category that a case is about.
    pub(super) fn category(&self, case: &Case) -> Option<usize> {
        let data = self.plan.datasets[case.dataset].state.as_ref().ok()?;
        let name = case.category.as_ref()?;
        data.categories.iter().position(|category| category.name == *name)
    }

    /// The figure of each cell on resampled images. Where cells are compared, in each resample over the categories that
    /// all of them have there.
    fn draws(
        &self,
        metric: &Metric,
        slice: Option<&SliceName>,
        cells: &[CellAt],
        category: Option<usize>,
        is_shared: bool,
    ) -> Vec<Option<Vec<Option<f64>>>> {
        let draws = |&cell: &CellAt| match slice {
            None => self.drawn.of(cell, metric),
            Some(slice) => Some(self.drawn.on_slice(cell, metric, slice).value()?.draws.as_slice()),
        };
        let drawn: Option<Vec<&[Values]>> = cells.iter().map(draws).collect();
        let Some(drawn) = drawn.filter(|drawn| !drawn.is_empty()) else { return vec![None; cells.len()] };
        let count = drawn.iter().map(|draws| draws.len()).min().unwrap_or(0);
        let mut figures = vec![Vec::with_capacity(count); cells.len()];
        for at in 0..count {
            let shared = is_shared.then(|| common(drawn.iter().map(|draws| &draws[at]))).flatten();
            for (figures, draws) in figures.iter_mut().zip(&drawn) {
                figures.push(figure(&draws[at], category, shared.as_deref()));
            }
        }
        figures.into_iter().map(Some).collect()
    }

    /// The accepted figures of a case.
    fn accepted(&self, case: &Case) -> Other {
        let baseline = match &self.plan.baseline.state {
            Ok(Some(baseline)) => baseline,
            Ok(None) => return self.missing("there is no baseline yet"),
            Err(failure) => return Other::Incomparable(failure.clone()),
        };
        let mut readings = Vec::new();
        for &cell in &case.cells {
            match self.accepted_reading(case, cell, baseline) {
                Ok(reading) => readings.push(reading),
                Err(other) => return *other,
            }
        }
        let clean = match case.clean.map(|clean| self.accepted_reading(case, clean, baseline)) {
            Some(Err(other)) => return *other,
            Some(Ok(reading)) => Some(reading),
            None => None,
        };
        Other::Side(Side { clean, readings })
    }

    fn accepted_reading(&self, case: &Case, cell: CellAt, baseline: &Baseline) -> Result<Reading, Box<Other>> {
        let plan = self.plan;
        let key = plan.figure_key(case, cell);
        let Some(entry) = baseline.entries.get(&key) else {
            return Err(Box::new(self.missing(&format!("the baseline has no figure for {key}"))));
        };
        let now = identity(self, cell, case.read);
        if let Some(unlike) = now.and_then(|now| entry.identity.unlike(&now)) {
            let message = format!("{}: run `windtunnel baseline accept` on a run of the accepted model", unlike.told());
            return Err(Box::new(Other::Incomparable(Failure::new(FailureKind::Baseline, message))));
        }
        Ok(reading(plan, cell, Measured::Value(Some(entry.value)), baseline.draws(&key)))
    }

    fn missing(&self, what: &str) -> Other {
        let path = &self.plan.baseline.path;
        let message = format!(
            "{what} ({path}): run `windtunnel baseline accept` to make this run's figures the baseline (`require_baseline = true` makes this an error)"
        );
        if self.plan.baseline.is_required {
            Other::Incomparable(Failure::new(FailureKind::Baseline, message))
        } else {
            Other::Missing(message)
        }
    }
}

/// Why a model has no times after a merge.
const NOT_TIMED: &str = "its calls were not timed: that is done where models run, not where shards are put together";

/// A figure of a cell, with what its condition is called and the groups it is in.
pub fn reading(plan: &Plan, cell: CellAt, figure: Measured<Option<f64>>, draws: Option<Vec<Option<f64>>>) -> Reading {
    let condition = plan.condition_of(cell);
    let perturbation = condition.condition.perturbation().to_owned();
    let groups = condition.group_names();
    let alexnet = condition.imagenet_c().and_then(|(kind, _)| alexnet::mean_error(kind));
    let condition = ConditionName::from(&condition.condition);
    Reading { condition, perturbation, groups, alexnet, figure, draws, extreme: None }
}

/// Rounds what was drawn as a baseline rounds it, so that what is equal there is equal here.
fn rounded(side: &mut Side) {
    let round = |draw: &mut f64| *draw = f64::from(*draw as f32);
    for reading in side.clean.iter_mut().chain(&mut side.readings) {
        reading.draws.iter_mut().flatten().flatten().for_each(round);
        reading.extreme.iter_mut().filter_map(|extreme| extreme.draws.as_mut()).flatten().flatten().for_each(round);
    }
}

fn figure(values: &Values, category: Option<usize>, shared: Option<&[usize]>) -> Option<f64> {
    match (shared, category) {
        (Some(shared), _) => values.mean_over(shared),
        (None, None) => values.all,
        (None, Some(at)) => values.per_category.get(at).copied().flatten(),
    }
}
