//! Weigh: what the resamples say of how far a claim's bound is broken.

use super::evidence::{Reading, Side, SideValues};
use super::{Claim, Ground, Unjudged};
use crate::eval::{Interval, Joint, p_value};
use crate::spec::{Bound, Rule};

/// The least share of resamples that must have a figure for an interval to mean something.
const MIN_DEFINED: f64 = 0.95;

/// By how much the bound is broken on the resamples that have a figure: a list for each quantity of the claim.
#[derive(Debug)]
pub(super) struct Resampled {
    excesses: Vec<Vec<f64>>,
    /// Resamples, with those that have no figure.
    drawn: usize,
}

/// What resamples say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weight {
    /// Where the excess lies; of several quantities, the largest one's.
    pub excess: Interval,
    /// How compatible the resamples are with the bound being held.
    pub holds: f64,
    /// How compatible they are with it being broken.
    pub breaks: f64,
}

impl Weight {
    /// Whether `rule` finds the bound broken, before any correction; `None` where it does not ask.
    pub fn is_broken(&self, rule: Rule, rounding: f64) -> Option<bool> {
        match rule {
            Rule::Point => None,
            Rule::Significant => Some(self.excess.low > rounding),
            Rule::NonInferior => Some(self.excess.high > rounding),
        }
    }
}

/// Whether a p-value is as small as a level asks: the quotients behind both are not exact.
pub(super) fn is_within(p_value: f64, level: f64) -> bool {
    p_value <= level * (1.0 + 1e-9)
}

impl Resampled {
    /// What `excesses_of` says of our side and the other, if there is one, resample by resample.
    pub fn new(
        ours: &Side,
        other: Option<&Side>,
        excesses_of: impl Fn(&SideValues<'_>, Option<&SideValues<'_>>) -> Option<Vec<f64>>,
    ) -> Self {
        let drawn = resamples(ours).into_iter().chain(other.and_then(resamples)).min().unwrap_or(0);
        let mut excesses: Vec<Vec<f64>> = Vec::new();
        for at in 0..drawn {
            let number = |reading: &Reading| reading.draws.as_ref()?.get(at).copied().flatten();
            let found = || {
                let theirs = match other {
                    Some(side) => Some(side.values(number)?),
                    None => None,
                };
                excesses_of(&ours.values(number)?, theirs.as_ref())
            };
            let Some(found) = found().filter(|found| found.iter().all(|excess| excess.is_finite())) else {
                continue;
            };
            excesses.resize_with(found.len(), Vec::new);
            for (excesses, excess) in excesses.iter_mut().zip(found) {
                excesses.push(excess);
            }
        }
        Self { excesses, drawn }
    }

    /// How many have a figure.
    pub fn defined(&self) -> usize {
        self.excesses.first().map_or(0, Vec::len)
    }

    /// How many there are, with those that have no figure.
    pub fn drawn(&self) -> usize {
        self.drawn
    }

    /// Whether so many have a figure that an interval means something.
    fn is_enough(&self) -> bool {
        self.defined() > 0 && self.defined() as f64 >= MIN_DEFINED * self.drawn as f64
    }

    /// Why too few have a figure, if so.
    pub fn undefined(&self, images: usize) -> Option<Unjudged> {
        if self.is_enough() {
            return None;
        }
        let more = match self.images_until_enough(images) {
            Some(more) => format!("about {more} images like these {images}"),
            None => "more images".to_owned(),
        };
        let (drawn, missing) = (self.drawn, self.drawn - self.defined());
        let reason = format!("in {missing} of {drawn} resamples there is nothing to measure it on: take {more}");
        Some(Unjudged::barren(Ground::FewImages, reason))
    }

    /// The interval of each, whose number on the images themselves is in `measured`, with a share `tail` on each side.
    /// Figures by themselves are given the bias-corrected interval, differences the percentile interval: see [`Interval`].
    pub fn intervals(&self, measured: &[f64], tail: f64, is_figure: bool) -> Option<Vec<Interval>> {
        let interval = |(excesses, measured): (&Vec<f64>, &f64)| {
            if is_figure {
                Interval::bias_corrected(excesses, *measured, 1.0 - 2.0 * tail)
            } else {
                Interval::percentile(excesses, 1.0 - 2.0 * tail)
            }
        };
        self.excesses.iter().zip(measured).map(interval).collect()
    }

    /// How many of `images` like these it takes until it is enough. What an image has to have for a figure is missing in a
    /// resample with the probability `exp(-k)`, if `k` images have it. `None` where no resample has a figure.
    fn images_until_enough(&self, images: usize) -> Option<usize> {
        let missing = (self.drawn - self.defined()) as f64 / self.drawn as f64;
        let (now, wanted) = (-missing.ln(), -(1.0 - MIN_DEFINED).ln());
        (now > 0.0 && now.is_finite()).then(|| at_least(images, wanted / now))
    }

    /// What they say where the bound is broken by `measured` on the images themselves (one number for each quantity), with
    /// an interval that leaves a share `tail` on each side.
    pub fn weigh(&self, claim: &Claim, measured: &[f64], tail: f64, rounding: f64) -> Option<Weight> {
        let intervals = self.intervals(measured, tail, matches!(claim.bound, Bound::Min | Bound::Max))?;
        let contradicting = |excesses: &Vec<f64>| p_value(&excesses.iter().map(|e| -e).collect::<Vec<_>>(), -rounding);
        if let ([interval], [excesses]) = (intervals.as_slice(), self.excesses.as_slice()) {
            let (holds, breaks) = (p_value(excesses, rounding), contradicting(excesses));
            return Some(Weight { excess: *interval, holds, breaks });
        }
        let joint = Joint::new(&self.excesses, rounding);
        let center = |(mean, measured): (&f64, &f64)| match claim.bound {
            // Less what the resamples lie beside the measured number: the bias, as above.
            Bound::Min | Bound::Max => 2.0 * measured - mean,
            _ => *mean,
        };
        let centers: Vec<f64> = joint.means().iter().zip(measured).map(center).collect();
        // That all quantities hold is shown where each is shown to hold by itself (R. L. Berger 1982, "Multiparameter
        // hypothesis testing and acceptance sampling"): no correction is due on that side.
        let high = intervals.iter().map(|interval| interval.high).reduce(f64::max)?;
        Some(Weight {
            excess: Interval { low: joint.low(&centers, tail)?.min(high), high },
            holds: joint.p_value(&centers, rounding),
            breaks: self.excesses.iter().map(contradicting).reduce(f64::max)?,
        })
    }
}

/// Resamples that all readings of a side have.
fn resamples(side: &Side) -> Option<usize> {
    side.all().filter_map(|reading| Some(reading.draws.as_ref()?.len())).min()
}

/// `times` as many as `images`, and more than those.
pub(super) fn at_least(images: usize, times: f64) -> usize {
    ((images as f64 * times).ceil() as usize).max(images + 1)
}
