//! Quantities: the numbers that a threshold is held against, from the figures of one side or of both.

use super::evidence::SideValues;
use super::{Claim, Combine};
use crate::spec::Bound;

/// A quantity, and what it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quantity {
    /// What the threshold is held against.
    pub value: f64,
    /// The figure of the model that the claim is about.
    pub figure: f64,
    /// The other one's, where it is compared with.
    pub other: Option<f64>,
}

/// The quantity of a claim, or that of each condition where the worst of them counts; `None` where one is undefined, or
/// where there is none.
pub(super) fn quantities(
    claim: &Claim,
    ours: &SideValues<'_>,
    other: Option<&SideValues<'_>>,
) -> Option<Vec<Quantity>> {
    if claim.combine != Combine::Worst {
        let figure = |values: &SideValues<'_>| values.summary(claim.combine);
        let other = match other {
            Some(other) => Some(figure(other)?),
            None => None,
        };
        return Some(vec![quantity(claim, ours.clean, figure(ours)?, other)?]);
    }
    let others = other.map(|other| &other.figures);
    let of_condition = |(at, (_, figure)): (usize, &(_, f64))| {
        quantity(claim, ours.clean, *figure, others.and_then(|others| Some(others.get(at)?.1)))
    };
    let found: Option<Vec<Quantity>> = ours.figures.iter().enumerate().map(of_condition).collect();
    found.filter(|found| !found.is_empty())
}

fn quantity(claim: &Claim, clean: Option<f64>, figure: f64, other: Option<f64>) -> Option<Quantity> {
    Some(Quantity { value: quantity_of(claim, clean, figure, other)?, figure, other })
}

/// What the threshold is held against, of a figure and those that it is compared with.
pub(super) fn quantity_of(claim: &Claim, clean: Option<f64>, figure: f64, other: Option<f64>) -> Option<f64> {
    let loss = |from: f64| claim.better.loss(from, figure);
    Some(match claim.bound {
        Bound::Min | Bound::Max => figure,
        Bound::MaxDrop => loss(clean?),
        Bound::MaxRelativeDrop => loss(clean?) / clean.filter(|clean| *clean > 0.0)?,
        Bound::MaxRegression => loss(other?),
        Bound::MaxRelativeRegression => loss(other?) / other.filter(|other| *other > 0.0)?,
        Bound::MinGain => -loss(other?),
    })
}

/// The position of the quantity that breaks the bound most, or comes nearest to it: the first of equal ones.
pub(super) fn worst(claim: &Claim, quantities: &[Quantity]) -> usize {
    let excess = |at: usize| claim.excess(quantities[at].value);
    (1..quantities.len()).fold(0, |worst, at| if excess(at) > excess(worst) { at } else { worst })
}
