//! Robustness: one figure of all conditions, and where each ladder of severities breaks a model.

use std::collections::{BTreeMap, BTreeSet};

use super::all::Findings;
use super::evidence::reading;
use crate::condition::{Condition, Level, Severity};
use crate::detection::Category;
use crate::eval::Interval;
use crate::failure::Measured;
use crate::gate::{Asked, Combine, Evidence, Side, combined, estimate};
use crate::metric::{self, Better, Metric, alexnet};
use crate::perturb::Group;
use crate::position::{CellAt, DatasetAt, ModelAt};
use crate::record::{BreakingPoint, CategoryMean, GroupRecord, RobustnessRecord};
use crate::score::CellScore;
use crate::spec::Choice as _;

/// The share of its clean value to which a figure falls where it breaks.
const BROKEN: f64 = 0.5;

/// The robustness of every model on every dataset that the plan has both clean and perturbed.
pub fn robustness(findings: &Findings<'_>) -> Vec<RobustnessRecord> {
    let mut records = Vec::new();
    for model in findings.plan.models.positions() {
        for dataset in findings.plan.datasets.positions() {
            records.extend(LadderSurvey { findings, model, dataset }.record());
        }
    }
    records
}

/// Looks at a model on a dataset.
struct LadderSurvey<'a> {
    findings: &'a Findings<'a>,
    model: ModelAt,
    dataset: DatasetAt,
}

impl LadderSurvey<'_> {
    fn record(&self) -> Option<RobustnessRecord> {
        let plan = self.findings.plan;
        let clean = plan.clean_cell(self.model, self.dataset)?;
        let figures = self.side(plan.metric, Some(clean), None, None);
        let affected = self.side(metric::AFFECTED, None, None, None);
        if figures.readings.is_empty() {
            return None;
        }
        let group = |(word, group): &(&str, Group)| {
            let affected = self.side(metric::AFFECTED, None, Some(*group), None);
            let figures = self.side(plan.metric, None, Some(*group), None);
            (!affected.readings.is_empty()).then(|| GroupRecord {
                group: (*word).to_owned(),
                affected: combined(&affected, Combine::Mean),
                figure: combined(&figures, Combine::Mean),
                affected_interval: self.interval(affected),
                interval: self.interval(figures),
            })
        };
        Some(RobustnessRecord {
            model: plan.models[self.model].name.clone(),
            dataset: plan.datasets[self.dataset].name.clone(),
            mpc: combined(&figures, Combine::Mean),
            rpc: combined(&figures, Combine::ShareOfClean),
            mce: self.corruption_error(clean, Combine::CorruptionError),
            relative_mce: self.corruption_error(clean, Combine::RelativeCorruptionError),
            risk: combined(&affected, Combine::Groups),
            groups: Group::ALL.iter().filter_map(group).collect(),
            categories: self.categories(clean),
            breaking_points: self.breaking_points(clean),
        })
    }

    /// A corruption error of those conditions that are ImageNet-C's, where all of them are there. Of two perturbations of a kind
    /// the first that has all severities counts.
    fn corruption_error(&self, clean: CellAt, combine: Combine) -> Option<f64> {
        let plan = self.findings.plan;
        if !metric::TOP1.is_of(plan.task) {
            return None;
        }
        let mut levels: BTreeMap<(&str, &str), BTreeSet<Severity>> = BTreeMap::new();
        for (cell, condition) in self.cells() {
            if let Some((kind, severity)) = plan.condition_of(cell).imagenet_c() {
                levels.entry((kind, condition.perturbation())).or_default().insert(severity);
            }
        }
        let whole = |wanted: &'static str| {
            let here = levels
                .iter()
                .filter(|((kind, _), severities)| *kind == wanted && severities.len() == Severity::ALL.len());
            here.map(|((_, perturbation), _)| (*perturbation).to_owned()).next()
        };
        let chosen: Vec<String> = alexnet::corruptions().map(whole).collect::<Option<_>>()?;
        let mut found = self.side(metric::TOP1, Some(clean), None, None);
        found.readings.retain(|reading| reading.alexnet.is_some() && chosen.contains(&reading.perturbation));
        combined(&found, combine)
    }

    /// The perturbed cells, with their positions.
    fn cells(&self) -> impl Iterator<Item = (CellAt, &Condition)> {
        let here = self.findings.plan.cells_of(self.model, self.dataset);
        here.map(|at| (at, &self.findings.plan.condition_of(at).condition))
            .filter(|(_, condition)| !condition.is_clean())
    }

    /// The means of the figure of tables by category, where single categories have it.
    fn categories(&self, clean: CellAt) -> Vec<CategoryMean> {
        let metric = self.findings.plan.metric;
        let data = self.findings.plan.datasets[self.dataset].state.as_ref().ok().filter(|_| metric.is_per_category());
        let categories = data.map(|data| data.categories.as_slice()).unwrap_or_default();
        let mean = |(at, category): (usize, &Category)| CategoryMean {
            category: category.name.clone(),
            clean: self.findings.scorecard.cells[clean].value().and_then(|score| score.figure(metric, Some(at))),
            figure: combined(&self.side(metric, None, None, Some(at)), Combine::Mean),
        };
        categories.iter().enumerate().map(mean).collect()
    }

    fn side(&self, metric: &Metric, clean: Option<CellAt>, group: Option<Group>, category: Option<usize>) -> Side {
        let condition = |cell: CellAt| self.findings.plan.condition_of(cell);
        let counts = |cell: CellAt| group.is_none_or(|group| condition(cell).is_in(group));
        let read = |cell: CellAt| {
            let figure =
                self.findings.scorecard.cells[cell].and_then(|score| Measured::Value(score.figure(metric, category)));
            let draws = self.findings.drawn.of(cell, metric).filter(|_| category.is_none());
            reading(
                self.findings.plan,
                cell,
                figure,
                draws.map(|draws| draws.iter().map(|values| values.all).collect()),
            )
        };
        let cells = self.cells().map(|(cell, _)| cell).filter(|&cell| counts(cell));
        Side { clean: clean.map(read), readings: cells.map(read).collect() }
    }

    /// Where the mean of a side lies, if all of it was drawn.
    fn interval(&self, ours: Side) -> Option<Interval> {
        let (combine, better) = (Combine::Mean, Better::Higher);
        let asked = Asked { combine, better, confidence: self.findings.plan.confidence };
        let images = self.findings.plan.images(self.dataset);
        estimate(&asked, &Evidence { ours, other: None, images }).ok()?.interval.ok()
    }

    /// The breaking points of perturbations with more than one severity.
    fn breaking_points(&self, clean: CellAt) -> Vec<BreakingPoint> {
        let mut ladders: Vec<(&str, Vec<(Severity, CellAt)>)> = Vec::new();
        for (cell, condition) in self.cells() {
            let Condition::Perturbed { perturbation, level: Level::Severity(severity) } = condition else { continue };
            match ladders.iter_mut().find(|(name, _)| name == perturbation) {
                Some((_, steps)) => steps.push((*severity, cell)),
                None => ladders.push((perturbation, vec![(*severity, cell)])),
            }
        }
        let ladders = ladders.into_iter().filter(|(_, steps)| steps.len() > 1);
        ladders.filter_map(|(name, steps)| self.breaking_point(clean, name, steps)).collect()
    }

    fn breaking_point(
        &self,
        clean: CellAt,
        perturbation: &str,
        mut steps: Vec<(Severity, CellAt)>,
    ) -> Option<BreakingPoint> {
        steps.sort_by_key(|(severity, _)| *severity);
        let score = |cell: CellAt| self.findings.scorecard.cells[cell].value();
        let before = score(clean)?;
        let scores: Vec<(Severity, &CellScore)> =
            steps.iter().map(|&(severity, cell)| Some((severity, score(cell)?))).collect::<Option<_>>()?;
        let figure = |score: &CellScore| score.figure(self.findings.plan.metric, None);
        let curve = scores.iter().map(|(severity, score)| Some((f64::from(severity.value()), figure(score)?)));
        let curve: Vec<(f64, f64)> = curve.collect::<Option<_>>()?;
        let mut first_lost: BTreeMap<String, usize> = BTreeMap::new();
        // None are known of images without labels.
        for (at, image) in before.images.iter().enumerate() {
            let lost = scores.iter().find(|(_, score)| score.images[at].lost() > image.lost());
            if let Some((severity, _)) = lost {
                *first_lost.entry(severity.to_string()).or_default() += 1;
            }
        }
        Some(BreakingPoint {
            perturbation: perturbation.to_owned(),
            severity: crossing(figure(before)?, &curve),
            first_lost,
        })
    }
}

/// Where a curve that starts at `clean` for severity 0 first falls to half of it, between steps by a straight line.
fn crossing(clean: f64, curve: &[(f64, f64)]) -> Option<f64> {
    let threshold = BROKEN * clean;
    let mut last = (0.0, clean);
    for &(severity, figure) in curve {
        if figure <= threshold {
            let share = if last.1 > figure { (last.1 - threshold) / (last.1 - figure) } else { 0.0 };
            return Some(last.0 + share * (severity - last.0));
        }
        last = (severity, figure);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_breaks_where_it_crosses_half() {
        assert_eq!(crossing(0.8, &[(1.0, 0.6), (3.0, 0.2)]), Some(2.0));
        assert_eq!(crossing(0.8, &[(1.0, 0.2)]), Some(2.0 / 3.0));
        assert_eq!(crossing(0.8, &[(1.0, 0.7), (5.0, 0.5)]), None);
    }
}
