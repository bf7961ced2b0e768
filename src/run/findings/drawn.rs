//! Draws: the figures of cells on resampled images, of the metrics that somebody asks for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::score::{rounds, silent_stability, with_cell};
use super::slices::{SliceFigures, slice_figures};
use crate::eval::Resamples;
use crate::failure::Measured;
use crate::gate::Extreme;
use crate::metric::{self, Metric, Source};
use crate::plan::{Case, Plan};
use crate::run::context::Context;
use crate::run::execute::Predictions;
use crate::score::{Scorecard, Values};
use crate::slice::SliceName;
use crate::spec::{Bound, Rule};

/// Figures on resampled images, resample by resample, by cell and by the metric's position in [`metric::ALL`].
pub struct Drawn {
    draws: BTreeMap<Wanted, Vec<Values>>,
    /// On slices that cases name, by the slice's name too.
    slices: BTreeMap<(Wanted, String), Measured<SliceFigures>>,
    /// What a model that finds nothing would be given, where cases are on the agreement with the clean answers.
    silent: BTreeMap<(Wanted, Option<String>), Extreme>,
    /// Whether records are to hold those of every category, too.
    pub is_whole: bool,
}

/// A cell's position in the plan, and a metric's in [`metric::ALL`].
pub type Wanted = (usize, usize);

/// The seed of the resamples: the same for every run, so that figures of different versions can be paired.
pub const SEED: u64 = 0;

impl Drawn {
    /// None drawn yet.
    pub fn new(is_whole: bool) -> Self {
        Self { draws: BTreeMap::new(), slices: BTreeMap::new(), silent: BTreeMap::new(), is_whole }
    }

    /// The draws of a metric of a cell, if they were made.
    pub fn of(&self, cell: usize, metric: &Metric) -> Option<&[Values]> {
        self.draws.get(&(cell, metric::position(metric))).map(Vec::as_slice)
    }

    /// The figures of a metric of a cell on a slice that a case names.
    pub fn on_slice(&self, cell: usize, metric: &Metric, slice: &SliceName) -> &Measured<SliceFigures> {
        let key = (wanted_of(cell, metric), slice.to_string());
        self.slices.get(&key).expect("the slices of all cases are measured before they are judged")
    }

    /// Measures the slices that `cases` name.
    pub fn measure_slices(
        &mut self,
        plan: &Plan,
        predictions: &Predictions,
        scorecard: &Scorecard,
        cases: &[Case],
        context: &Context<'_>,
    ) {
        let mut missing: Vec<(Wanted, &SliceName)> = Vec::new();
        let mut seen: HashSet<(Wanted, String)> = HashSet::new();
        for (case, slice) in cases.iter().filter_map(|case| Some((case, case.slice.as_ref()?))) {
            for wanted in case.every_cell().map(|cell| wanted_of(cell, case.read)) {
                let key = (wanted, slice.to_string());
                if !self.slices.contains_key(&key) && seen.insert(key) {
                    missing.push((wanted, slice));
                }
            }
        }
        let measure = |&((cell, metric), slice): &(Wanted, &SliceName)| {
            let figures = slice_figures(plan, predictions, scorecard, (cell, metric::ALL[metric], slice), SEED);
            (((cell, metric), slice.to_string()), figures)
        };
        let measured: Vec<_> = context.threads.spread(|| missing.par_iter().map(measure).collect());
        self.slices.extend(measured);
    }

    /// Measures what a model that finds nothing would be given, on what `cases` read of the agreement with the clean
    /// answers: of images in which it found nothing before, silence is agreement. Their slices are measured before.
    pub fn measure_silence(&mut self, plan: &Plan, predictions: &Predictions, cases: &[Case], context: &Context<'_>) {
        let mut wanted: BTreeMap<(Wanted, Option<String>), bool> = BTreeMap::new();
        for case in cases.iter().filter(|case| matches!(case.read.source, Source::Agreement(_))) {
            for &cell in &case.cells {
                let key = (wanted_of(cell, case.read), case.slice.as_ref().map(ToString::to_string));
                *wanted.entry(key).or_default() |= case.claim.rule != Rule::Point;
            }
        }
        let measure = |(key, needs_draws): ((Wanted, Option<String>), bool)| {
            let ((cell, metric), slice) = &key;
            let keeps = match slice {
                None => vec![true; plan.images(plan.cells[*cell].dataset)],
                Some(slice) => self.slices.get(&((*cell, *metric), slice.clone()))?.value()?.slice.has.clone(),
            };
            let stability = silent_stability(plan, predictions, *cell)?;
            let count = if needs_draws { plan.resamples } else { 0 };
            let measured = with_cell(plan, predictions, *cell, Some(&stability), |tables, data| {
                let resamples = Resamples::new(data.images.len(), count, SEED);
                Measured::Value(tables.on_images(metric::ALL[*metric], &keeps, &resamples).ok())
            });
            let (values, draws) = measured.value()?.clone()?;
            let draws = needs_draws.then(|| draws.into_iter().map(|values| values.all).collect());
            Some((key, Extreme { figure: values.all?, draws }))
        };
        let measured: Vec<_> = context.threads.spread(|| wanted.into_par_iter().filter_map(measure).collect());
        self.silent.extend(measured);
    }

    /// What a model that finds nothing would be given.
    pub fn silent(&self, cell: usize, metric: &Metric, slice: Option<&SliceName>) -> Option<&Extreme> {
        self.silent.get(&(wanted_of(cell, metric), slice.map(ToString::to_string)))
    }

    /// Every metric drawn of a cell.
    pub fn metrics(&self, cell: usize) -> impl Iterator<Item = (&'static Metric, &[Values])> {
        let of_cell = self.draws.range((cell, 0)..(cell + 1, 0));
        of_cell.map(|((_, metric), draws)| (metric::ALL[*metric], draws.as_slice()))
    }

    /// Makes what is wanted and not there yet; whether there was any.
    pub fn draw(
        &mut self,
        plan: &Plan,
        predictions: &Predictions,
        scorecard: &Scorecard,
        wanted: BTreeSet<Wanted>,
        context: &Context<'_>,
    ) -> bool {
        let missing: Vec<Wanted> = wanted.into_iter().filter(|wanted| !self.draws.contains_key(wanted)).collect();
        let draw = |&(cell, metric): &Wanted| {
            let stability = scorecard.cells[cell].value()?.stability.as_deref();
            let drawn = with_cell(plan, predictions, cell, stability, |tables, data| {
                let resamples = Resamples::new(data.images.len(), plan.resamples, SEED);
                Measured::Value(tables.draws(metric::ALL[metric], &resamples).ok())
            });
            match drawn {
                Measured::Value(draws) => Some(((cell, metric), draws?)),
                Measured::Failed(_) | Measured::Blocked(_) => None,
            }
        };
        let rounds = rounds(predictions, &missing, |&(cell, _)| cell).into_iter();
        let draw_round = |round: &[Wanted]| round.par_iter().filter_map(draw).collect::<Vec<_>>();
        let drawn: Vec<(Wanted, Vec<Values>)> = context.threads.spread(|| rounds.flat_map(draw_round).collect());
        let is_more = !drawn.is_empty();
        self.draws.extend(drawn);
        is_more
    }
}

/// A metric of a cell.
pub fn wanted_of(cell: usize, metric: &Metric) -> Wanted {
    (cell, metric::position(metric))
}

/// What the rules of the plan's cases need; what may become a baseline's is among it.
pub fn wanted_by_rules(plan: &Plan) -> BTreeSet<Wanted> {
    let needs = |case: &&Case| case.claim.rule != Rule::Point || case.claim.bound == Bound::MaxRegression;
    plan.cases.iter().filter(needs).flat_map(wanted_by).collect()
}

/// Every figure that cases and tables tell.
pub fn wanted_by_all(plan: &Plan) -> BTreeSet<Wanted> {
    let is_clean = |cell: usize| plan.conditions[plan.cells[cell].condition].condition.is_clean();
    let tables = (0..plan.cells.len()).map(|cell| wanted_of(cell, plan.metric));
    let affected = (0..plan.cells.len()).filter(|&cell| !is_clean(cell)).map(|cell| wanted_of(cell, metric::AFFECTED));
    plan.cases.iter().flat_map(wanted_by).chain(tables).chain(affected).collect()
}

/// What one case reads of whole datasets.
pub fn wanted_by(case: &Case) -> Vec<Wanted> {
    let cells = case.every_cell().filter(|_| case.metric.data().is_none() && case.slice.is_none());
    cells.map(|cell| (cell, metric::position(case.read))).collect()
}
