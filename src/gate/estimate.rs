//! Estimates: a mean of figures, or what it gained over another's, and where it lies. Nothing is claimed of it, so there is
//! no verdict.

use std::cmp::Ordering;

use super::evidence::SideValues;
use super::unseen::unseen_gain;
use super::weigh::Resampled;
use super::{Combine, Evidence, Other, Side, Unjudged, level};
use crate::eval::Interval;
use crate::failure::FailureKind;
use crate::metric::Better;

/// What is to be estimated: of one side its figure, of two what ours gained over the other's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// How the readings become one figure.
    pub combine: Combine,
    /// Which way the figure is better.
    pub better: Better,
    /// Of the interval, between 0 and 1.
    pub confidence: f64,
}

/// A figure or a gain.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The figure, or the gain: positive where ours is better.
    pub value: f64,
    /// Our figure.
    pub figure: f64,
    /// The other one's.
    pub other: Option<f64>,
    /// Where the value lies, by resampling images, or why that cannot be told.
    pub interval: Result<Interval, Unjudged>,
}

impl Asked {
    fn of(&self, ours: &SideValues<'_>, other: Option<&SideValues<'_>>) -> Option<(f64, f64, Option<f64>)> {
        let figure = ours.summary(self.combine)?;
        let Some(other) = other else { return Some((figure, figure, None)) };
        let other = other.summary(self.combine)?;
        Some((-self.better.loss(other, figure), figure, Some(other)))
    }
}

impl Estimate {
    /// Whether a gain is shown to be one (`Greater`), or a loss (`Less`), or neither.
    ///
    /// # Errors
    /// There is no interval, or so few images cannot show it.
    pub fn sign(&self, asked: &Asked, images: usize) -> Result<Ordering, Unjudged> {
        let interval = self.interval.as_ref().map_err(Clone::clone)?;
        let sign = if interval.low > 0.0 {
            Ordering::Greater
        } else if interval.high < 0.0 {
            Ordering::Less
        } else {
            return Ok(Ordering::Equal);
        };
        match self
            .opposite(asked.better, sign)
            .and_then(|far| unseen_gain(self.value, far, images, level(asked.confidence)))
        {
            Some(reason) => Err(Unjudged::error(FailureKind::Vacuous, reason)),
            None => Ok(sign),
        }
    }

    /// The gain on images of another kind that speaks most against `sign`: of a model that finds nothing, or of one without
    /// a fault; `None` where there is no end to that.
    fn opposite(&self, better: Better, sign: Ordering) -> Option<f64> {
        let figure = match (better, sign) {
            (Better::Higher, Ordering::Less) => 1.0,
            (Better::Higher, _) | (Better::Lower, Ordering::Less) => 0.0,
            (Better::Lower, _) => return None,
        };
        Some(-better.loss(self.other?, figure))
    }
}

/// Estimates what is asked for.
///
/// # Errors
/// A figure is missing, or there is nothing to compare with.
pub fn estimate(asked: &Asked, evidence: &Evidence) -> Result<Estimate, Unjudged> {
    let other = match &evidence.other {
        Some(Other::Side(other)) => Some(other),
        Some(Other::Missing(reason)) => return Err(Unjudged::skipped(reason)),
        Some(Other::Incomparable(failure)) => return Err(Unjudged::error(failure.kind, failure.message.clone())),
        None => None,
    };
    let (ours, theirs) = (evidence.ours.point()?, other.map(Side::point).transpose()?);
    let nothing = || Unjudged::error(FailureKind::Vacuous, "there is nothing to compare with");
    let (value, figure, of_other) = asked.of(&ours, theirs.as_ref()).ok_or_else(nothing)?;
    let interval = interval(asked, value, (&evidence.ours, other), evidence.images);
    Ok(Estimate { value, figure, other: of_other, interval })
}

fn interval(
    asked: &Asked,
    value: f64,
    (ours, other): (&Side, Option<&Side>),
    images: usize,
) -> Result<Interval, Unjudged> {
    if ours.is_undrawn() || other.is_some_and(Side::is_undrawn) {
        return Err(Unjudged::error(FailureKind::Vacuous, "no resamples were drawn"));
    }
    // As losses, which is what gates weigh: a quantile of what is negated is not to the last digit the negated quantile.
    let lost = |ours: &SideValues<'_>, other: Option<&SideValues<'_>>| Some(vec![-asked.of(ours, other)?.0]);
    let resampled = Resampled::new(ours, other, lost);
    if let Some(unjudged) = resampled.undefined(images) {
        return Err(unjudged);
    }
    let intervals = resampled.intervals(&[-value], level(asked.confidence), other.is_none());
    let lost = intervals.and_then(|intervals| intervals.first().copied());
    let lost = lost.ok_or_else(|| Unjudged::error(FailureKind::Vacuous, "no resamples were drawn"))?;
    // From 0, as there is no gain of -0.
    Ok(Interval { low: 0.0 - lost.high, high: 0.0 - lost.low })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;
    use crate::failure::Measured;
    use crate::gate::{Outcome, Reading};

    /// A figure that is the same on every resample: only the number of images is left to doubt.
    fn side(figure: f64) -> Side {
        let reading = Reading {
            condition: ConditionName("blur@1".to_owned()),
            perturbation: "blur".to_owned(),
            groups: Vec::new(),
            alexnet: None,
            figure: Measured::Value(Some(figure)),
            draws: Some(vec![Some(figure); 400]),
            extreme: None,
        };
        Side { clean: None, readings: vec![reading] }
    }

    fn sign(better: Better, (ours, theirs): (f64, f64), images: usize) -> Result<Ordering, Unjudged> {
        let asked = Asked { combine: Combine::Mean, better, confidence: 0.95 };
        let gain = estimate(&asked, &Evidence { ours: side(ours), other: Some(Other::Side(side(theirs))), images })?;
        assert_eq!((gain.figure, gain.other), (ours, Some(theirs)));
        gain.sign(&asked, images)
    }

    #[test]
    fn a_gain_and_a_loss_take_as_many_images_as_hold_one_that_would_undo_them() {
        // 0.75 over 0.5 is undone where nothing is found on a third of all images: 2/3 to the 10th is the first below 0.025.
        assert!(sign(Better::Higher, (0.75, 0.5), 9).unwrap_err().reason.contains("take 10 images or more"));
        assert_eq!(sign(Better::Higher, (0.75, 0.5), 10), Ok(Ordering::Greater));
        // 0.25 under 0.5 by a model without a fault on a third.
        assert_eq!(sign(Better::Higher, (0.25, 0.5), 9).unwrap_err().outcome, Outcome::Error(FailureKind::Vacuous));
        assert_eq!(sign(Better::Higher, (0.25, 0.5), 10), Ok(Ordering::Less));
        assert_eq!(sign(Better::Higher, (0.5, 0.5), 1), Ok(Ordering::Equal));
        // Of a count less is better, and faults have no end: no image is known that undoes a gain for certain.
        assert_eq!(sign(Better::Lower, (0.25, 0.5), 1), Ok(Ordering::Greater));
    }

    #[test]
    fn a_figure_has_an_interval_and_none_without_resamples() {
        let asked = Asked { combine: Combine::Mean, better: Better::Higher, confidence: 0.95 };
        let alone = |ours| estimate(&asked, &Evidence { ours, other: None, images: 9 }).unwrap();
        assert_eq!(alone(side(0.5)).interval, Ok(Interval { low: 0.5, high: 0.5 }));
        let mut undrawn = side(0.5);
        undrawn.readings[0].draws = None;
        assert!(alone(undrawn).interval.unwrap_err().reason.contains("no resamples"));
    }
}
