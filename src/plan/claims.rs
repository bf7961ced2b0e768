//! What a check claims of each case: its thresholds laid out by level, and those refused that could not tell a good
//! model from a bad one.

use toml::Spanned;

use super::Plan;
use super::model::CLEAN_CONDITION;
use super::reads::Reads;
use crate::condition::{Condition, Level};
use crate::gate::{Claim, Combine};
use crate::metric::{Better, Metric, Summary};
use crate::spec::{Aggregate, Bound, CheckSpec, Diagnostic, Diagnostics, Rule, Span, Thresholds};

/// Reads the bounds of one check.
pub struct Bounder<'a> {
    /// The plan, with its conditions.
    pub plan: &'a Plan,
    /// The check.
    pub check: &'a CheckSpec,
    /// Its metric.
    pub metric: &'static Metric,
    /// Where mistakes go.
    pub diagnostics: &'a mut Diagnostics,
}

impl Bounder<'_> {
    /// The claim of each case; `None` where the thresholds are wrong.
    pub fn claims<'r>(
        &mut self,
        bound: Bound,
        thresholds: &Spanned<Thresholds>,
        reads: &'r [Reads],
    ) -> Option<Vec<(&'r Reads, Claim)>> {
        // It would be 0 whatever the model does: a check that cannot fail.
        if bound.is_against_clean() && reads.iter().any(|reads| reads.conditions.contains(&CLEAN_CONDITION)) {
            let message = format!("`{bound}` of {} compares clean images with clean images", self.check.title);
            let help = "use `min` or `max` on clean images";
            self.diagnostics.push(Diagnostic::new(thresholds.span(), message).help(help));
            return None;
        }
        if bound.is_against_clean() && self.metric.is_relative_to_clean() {
            let message = format!(
                "`{bound}` of {}: `{}` compares with clean images by itself",
                self.check.title, self.metric.name
            );
            let help = "use `min` or `max`, or `max_regression` against the baseline";
            self.diagnostics.push(Diagnostic::new(thresholds.span(), message).help(help));
            return None;
        }
        // A metric that is one figure of many conditions says how itself; `aggregate` beside it was refused.
        let combine = match (self.metric.summary(), self.check.aggregate) {
            (Some(Summary::Risk), _) => Combine::Groups,
            (Some(Summary::Rpc), _) => Combine::ShareOfClean,
            (Some(Summary::Mce), _) => Combine::CorruptionError,
            (Some(Summary::RelativeMce), _) => Combine::RelativeCorruptionError,
            (None, Some(Aggregate::Worst)) => Combine::Worst,
            (Some(Summary::Mpc), _) | (None, Some(Aggregate::Mean) | None) => Combine::Mean,
        };
        let rule = self.check.rule.as_ref().map_or(own_rule(bound), |rule| *rule.get_ref());
        let (better, confidence) = (self.metric.better, self.plan.confidence);
        let claim = |threshold| Claim { bound, threshold, combine, better, rule, confidence };
        match thresholds.get_ref() {
            Thresholds::One(threshold) => {
                self.refuse_vacuous(bound, *threshold, &thresholds.span())?;
                Some(reads.iter().map(|reads| (reads, claim(*threshold))).collect())
            }
            Thresholds::PerLevel(levels) => {
                let per_level = self.per_level(bound, levels, reads, &thresholds.span())?;
                Some(reads.iter().zip(per_level.into_iter().map(claim)).collect())
            }
        }
    }

    /// The threshold of each of `reads`, where they are given by level: each level exactly once.
    fn per_level(
        &mut self,
        bound: Bound,
        levels: &[(Spanned<String>, f64)],
        reads: &[Reads],
        span: &Span,
    ) -> Option<Vec<f64>> {
        if self.check.aggregate.is_some() || self.metric.summary().is_some() {
            let message =
                format!("`{bound}` of {} is given by level, but the check makes one figure of all", self.check.title);
            let help = "give one number, or remove `aggregate`";
            self.diagnostics.push(Diagnostic::new(span.clone(), message).help(help));
            return None;
        }
        let level_of = |reads: &Reads| match &self.plan.conditions[reads.conditions[0]].condition {
            Condition::Perturbed { level, .. } => Some(*level),
            Condition::Clean => None,
        };
        let wanted: Vec<Option<Level>> = reads.iter().map(level_of).collect();
        let is_at = |name: &str, level: &Option<Level>| level.is_some_and(|level| level.is_called(name));
        for (name, _) in levels.iter().filter(|(name, _)| !wanted.iter().any(|level| is_at(name.get_ref(), level))) {
            let there = reads.iter().map(|reads| reads.on.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!(
                "`{bound}` of {} has a threshold for level `{}`, which it does not read",
                self.check.title,
                name.get_ref()
            );
            self.diagnostics.push(Diagnostic::new(name.span(), message).help(format!("it reads {there}")));
        }
        // `1` and `1.0` are one level: of two thresholds for it neither is meant more than the other.
        for level in &wanted {
            let mut named = levels.iter().filter(|(name, _)| is_at(name.get_ref(), level));
            if let (Some((one, _)), Some((other, _))) = (named.next(), named.next()) {
                let message = format!("`{}` and `{}` are the same level", one.get_ref(), other.get_ref());
                self.diagnostics.push(Diagnostic::new(other.span(), message).help("keep one of them"));
                return None;
            }
        }
        let mut found = Vec::with_capacity(reads.len());
        for (reads, level) in reads.iter().zip(&wanted) {
            match levels.iter().find(|(name, _)| is_at(name.get_ref(), level)) {
                Some((_, threshold)) => found.push(*threshold),
                None => {
                    let message = format!("`{bound}` of {} has no threshold for {}", self.check.title, reads.on);
                    let help = "give one for every level, or name the levels to check: `on = [\"blur@1\", ...]`";
                    self.diagnostics.push(Diagnostic::new(span.clone(), message).help(help));
                }
            }
        }
        for threshold in &found {
            self.refuse_vacuous(bound, *threshold, span)?;
        }
        (found.len() == reads.len()).then_some(found)
    }

    /// Refuses thresholds that every figure meets, or none can.
    fn refuse_vacuous(&mut self, bound: Bound, threshold: f64, span: &Span) -> Option<()> {
        let (least, most) = match bound {
            Bound::Min | Bound::Max => (0.0, self.metric.most),
            Bound::MaxDrop | Bound::MaxRegression | Bound::MinGain => (-self.metric.most, self.metric.most),
            Bound::MaxRelativeDrop | Bound::MaxRelativeRegression if self.metric.better == Better::Lower => {
                (-1.0, f64::INFINITY)
            }
            Bound::MaxRelativeDrop | Bound::MaxRelativeRegression => (-1.0, 1.0),
        };
        // At its limit a bound holds, so a lowest one is met by all at its least, a highest one at its most.
        let allowed = match bound {
            Bound::Min => threshold > least && threshold <= most,
            Bound::Max => threshold >= least && threshold < most,
            _ => threshold > least && threshold < most,
        };
        if allowed {
            return Some(());
        }
        let message =
            format!("`{bound} = {threshold}` of {} could never tell a good model from a bad one", self.check.title);
        let help = if most == 1.0 && threshold > 1.0 && threshold <= 100.0 {
            format!("figures are shares, 0..1: did you mean {}?", threshold / 100.0)
        } else {
            let range = match bound {
                Bound::Min => format!("above {least} and at most {most}"),
                Bound::Max if most.is_finite() => format!("at least {least} and below {most}"),
                Bound::Max => format!("at least {least}"),
                _ if most.is_finite() => format!("above {least} and below {most}"),
                _ => format!("above {least}"),
            };
            let figures = if most == 1.0 { "figures are shares, 0..1: " } else { "" };
            format!("{figures}`{bound}` must be {range}")
        };
        self.diagnostics.push(Diagnostic::new(span.clone(), message).help(help));
        None
    }
}

/// That a check has failed where it would warn.
pub fn never_warns(
    check: &CheckSpec,
    warn: &Spanned<Thresholds>,
    (bound, threshold, near): (Bound, f64, f64),
) -> Diagnostic {
    let message = format!("{} fails at `{bound} = {threshold}` before it could warn at {near}", check.title);
    let side = if matches!(bound, Bound::Min | Bound::MinGain) { "above" } else { "below" };
    Diagnostic::new(warn.span(), message).help(format!("set `warn` {side} {threshold}, or remove it"))
}

/// The rule of a bound whose check names none: a regression is judged against noise, all else by its number.
fn own_rule(bound: Bound) -> Rule {
    match bound {
        Bound::MaxRegression | Bound::MaxRelativeRegression => Rule::Significant,
        Bound::Min | Bound::Max | Bound::MaxDrop | Bound::MaxRelativeDrop | Bound::MinGain => Rule::Point,
    }
}
