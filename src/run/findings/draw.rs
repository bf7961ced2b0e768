//! Draw: what is wanted of resamples and of slices is measured, once for each cell however many metrics ask.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::all::Findings;
use super::cell::{silent_stability, with_cell};
use super::drawn::{SEED, Wanted, wanted_of};
use super::score::rounds;
use super::slices::slice_figures;
use crate::eval::Resamples;
use crate::failure::Measured;
use crate::gate::Extreme;
use crate::metric::{self, Metric, Origin};
use crate::plan::Case;
use crate::position::CellAt;
use crate::run::context::Context;
use crate::score::Values;
use crate::slice::SliceName;
use crate::spec::Rule;

impl Findings<'_> {
    /// Makes what is wanted and not there yet; whether there was any.
    pub fn draw(&mut self, wanted: BTreeSet<Wanted>, context: &Context<'_>) -> bool {
        let mut missing: BTreeMap<CellAt, Vec<usize>> = BTreeMap::new();
        for (cell, metric) in wanted.into_iter().filter(|wanted| !self.drawn.draws.contains_key(wanted)) {
            missing.entry(cell).or_default().push(metric);
        }
        let missing: Vec<(CellAt, Vec<usize>)> = missing.into_iter().collect();
        let draw = |(cell, metrics): &(CellAt, Vec<usize>)| self.draws_of(*cell, metrics);
        let rounds = rounds(&self.predictions, &missing, |(cell, _)| *cell).into_iter();
        let draw_round = |round: &[(CellAt, Vec<usize>)]| round.par_iter().flat_map_iter(draw).collect::<Vec<_>>();
        let drawn: Vec<(Wanted, Vec<Values>)> = context.threads.spread(|| rounds.flat_map(draw_round).collect());
        let is_more = !drawn.is_empty();
        self.drawn.draws.extend(drawn);
        is_more
    }

    /// The draws of some metrics of a cell; nothing where it was not measured.
    fn draws_of(&self, cell: CellAt, metrics: &[usize]) -> Vec<(Wanted, Vec<Values>)> {
        let Some(score) = self.scorecard.cells[cell].value() else { return Vec::new() };
        // One look for all metrics of the cell: its labels are moved and its tables built once.
        let drawn = with_cell(self, cell, score.stability.as_deref(), |tables, data| {
            let resamples = Resamples::new(data.images.len(), self.plan.resamples, SEED);
            let asked: Vec<&Metric> = metrics.iter().map(|&at| metric::ALL[at]).collect();
            let draws = tables
                .draws_made(&asked, &resamples, |metric, values| self.read_of(metric, values))
                .unwrap_or_default();
            Measured::Value(metrics.iter().map(|&at| (cell, at)).zip(draws).collect())
        });
        match drawn {
            Measured::Value(draws) => draws,
            Measured::Failed(_) | Measured::Blocked(_) => Vec::new(),
        }
    }

    /// What is read of a draw: without those of each category where nobody reads them. Of 1,000 classes in 76 cells they
    /// take more memory than all answers.
    pub fn read_of(&self, metric: &Metric, values: Values) -> Values {
        let is_read = |case: &Case| case.category.is_some() && case.read == metric;
        // Cells are compared over the categories that all have in a draw. Of objects some leave the picture; the class of a
        // whole picture stays, so that the cells of a dataset have the same in each draw.
        let is_compared = metric.is_mean_over_categories() && !matches!(metric.origin, Origin::Classes(_));
        if is_compared || self.drawn.is_whole || self.plan.cases.iter().any(is_read) {
            return values;
        }
        Values { per_category: Vec::new(), ..values }
    }

    /// Measures the slices that `cases` name.
    pub fn measure_slices(&mut self, cases: &[Case], context: &Context<'_>) {
        let mut missing: Vec<(Wanted, &SliceName)> = Vec::new();
        let mut seen: HashSet<(Wanted, String)> = HashSet::new();
        let of_cells = cases.iter().filter(|case| case.read.is_of_cells());
        for (case, slice) in of_cells.filter_map(|case| Some((case, case.slice.as_ref()?))) {
            for wanted in case.every_cell().map(|cell| wanted_of(cell, case.read)) {
                let key = (wanted, slice.to_string());
                if !self.drawn.slices.contains_key(&key) && seen.insert(key) {
                    missing.push((wanted, slice));
                }
            }
        }
        let measure = |&((cell, metric), slice): &(Wanted, &SliceName)| {
            let figures = slice_figures(self, (cell, metric::ALL[metric], slice), SEED);
            (((cell, metric), slice.to_string()), figures)
        };
        let measured: Vec<_> = context.threads.spread(|| missing.par_iter().map(measure).collect());
        self.drawn.slices.extend(measured);
    }

    /// Measures what a model that finds nothing would be given, on what `cases` read of the agreement with the clean
    /// answers: of images in which it found nothing before, silence is agreement. Their slices are measured before.
    pub fn measure_silence(&mut self, cases: &[Case], context: &Context<'_>) {
        let mut wanted: BTreeMap<(Wanted, Option<String>), bool> = BTreeMap::new();
        for case in cases.iter().filter(|case| matches!(case.read.origin, Origin::Agreement(_))) {
            for &cell in &case.cells {
                let key = (wanted_of(cell, case.read), case.slice.as_ref().map(ToString::to_string));
                *wanted.entry(key).or_default() |= case.claim.rule != Rule::Point;
            }
        }
        let measure = |(key, needs_draws): ((Wanted, Option<String>), bool)| {
            let ((cell, metric), slice) = &key;
            let keeps = match slice {
                None => vec![true; self.plan.images(self.plan.cells[*cell].dataset)],
                Some(slice) => self.drawn.slices.get(&((*cell, *metric), slice.clone()))?.value()?.slice.has.clone(),
            };
            let stability = silent_stability(self, *cell)?;
            let count = if needs_draws { self.plan.resamples } else { 0 };
            let measured = with_cell(self, *cell, Some(&stability), |tables, data| {
                let resamples = Resamples::new(data.images.len(), count, SEED);
                Measured::Value(tables.on_images(metric::ALL[*metric], &keeps, &resamples).ok())
            });
            let (values, draws) = measured.value()?.clone()?;
            let draws = needs_draws.then(|| draws.into_iter().map(|values| values.all).collect());
            Some((key, Extreme { figure: values.all?, draws, is_worst: false }))
        };
        let measured: Vec<_> = context.threads.spread(|| wanted.into_par_iter().filter_map(measure).collect());
        self.drawn.silent.extend(measured);
    }
}
