//! Figures of a cell on slices of it, and on all that is not in them.

use super::classes::ClassTables;
use super::side::Side;
use super::sliced_objects::SlicedObjects;
use super::{CellData, Content, Values, common};
use crate::detection::Size;
use crate::eval::{Resamples, Unscorable};
use crate::metric::{ClassFigure, Metric, ObjectFigure, Origin};
use crate::slice::{Attribute, Slice};

/// The tables of a cell that the figures of its slices come from.
pub struct SlicedTables(Tables);

enum Tables {
    Objects(Box<SlicedObjects>),
    Classes(ClassTables),
}

/// A figure that slices of all sorts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlicedFigure {
    /// One of COCO's, by its slot.
    Coco(usize),
    /// One of classes.
    Classes(ClassFigure),
}

impl SlicedFigure {
    /// The figure of `metric`; `None` where slices do not have it.
    pub fn of(metric: &Metric) -> Option<Self> {
        match metric.origin {
            Origin::Objects(ObjectFigure::Coco { slot, .. }) => Some(Self::Coco(slot)),
            Origin::Classes(figure) => Some(Self::Classes(figure)),
            Origin::Objects(ObjectFigure::Voc(_) | ObjectFigure::Operating(_) | ObjectFigure::Ece)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => None,
        }
    }
}

impl SlicedTables {
    /// Holds the answers of a cell against its labels for slices by `attributes`. `frames` are the sizes of its pictures.
    ///
    /// # Errors
    /// See [`crate::eval::MatchTable::build`].
    pub fn build(data: &CellData<'_>, frames: &[Size], attributes: &[&'static Attribute]) -> Result<Self, Unscorable> {
        Ok(Self(match &data.content {
            Content::Objects(objects) => {
                Tables::Objects(Box::new(SlicedObjects::build(data, objects, frames, attributes)?))
            }
            Content::Classes(classes) => Tables::Classes(ClassTables::new(data, classes)),
        }))
    }

    /// A figure on a side of a slice; nothing where cells of this sort do not have it.
    ///
    /// # Panics
    /// The slice is of objects, by an attribute that the tables were not built for.
    pub fn values(&self, figure: SlicedFigure, slice: &Slice, side: Side) -> Values {
        match (&self.0, figure) {
            (Tables::Objects(tables), SlicedFigure::Coco(slot)) => tables.values(slot, slice, side),
            (Tables::Classes(tables), SlicedFigure::Classes(figure)) => {
                tables.weighted(figure).values(&kept(vec![1; slice.has.len()], slice, side))
            }
            (Tables::Objects(_), SlicedFigure::Classes(_)) | (Tables::Classes(_), SlicedFigure::Coco(_)) => {
                Values::default()
            }
        }
    }

    /// The same on resampled images, resample by resample.
    ///
    /// # Panics
    /// See [`Self::values`]; or another figure is asked for than before.
    pub fn draws(&self, figure: SlicedFigure, slice: &Slice, side: Side, resamples: &Resamples) -> Vec<Values> {
        match (&self.0, figure) {
            (Tables::Objects(tables), SlicedFigure::Coco(slot)) => tables.draws(slot, slice, side, resamples),
            (Tables::Classes(tables), SlicedFigure::Classes(figure)) => {
                let weighted = tables.weighted(figure);
                resamples.iter().map(|weights| weighted.values(&kept(weights, slice, side))).collect()
            }
            (Tables::Objects(_), SlicedFigure::Classes(_)) | (Tables::Classes(_), SlicedFigure::Coco(_)) => Vec::new(),
        }
    }
}

/// Weights of the images of a side alone: a class is of its whole image, and so is a slice of classes.
fn kept(mut weights: Vec<u32>, slice: &Slice, side: Side) -> Vec<u32> {
    let outside = |has: bool| has != (side == Side::Inside);
    weights.iter_mut().zip(&slice.has).filter(|(_, has)| outside(**has)).for_each(|(weight, _)| *weight = 0);
    weights
}

/// Two figures over the categories that both have. `None` where there is none.
pub fn over_common(before: &Values, after: &Values) -> Option<(f64, f64)> {
    match common([before, after].into_iter()) {
        None => Some((before.all?, after.all?)),
        Some(common) => Some((before.mean_over(&common)?, after.mean_over(&common)?)),
    }
}
