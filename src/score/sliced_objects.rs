//! Figures of a cell of objects on slices of it, and on all that is not in them.

use std::sync::OnceLock;

use super::side::Side;
use super::{CellData, Objects, Values};
use crate::detection::{BBox, Size};
use crate::eval::{MatchTable, Parts, Resamples, Unscorable, View};
use crate::slice::{Attribute, Classes, Extent, Slice};

/// The tables of a cell that the figures of its slices come from.
pub(super) struct SlicedObjects {
    images: usize,
    all: MatchTable,
    /// By attribute: its classes of objects, or all but each of them.
    of_objects: Vec<(&'static Attribute, Side, MatchTable)>,
    /// The figures of every category on resampled images, by slot of the figure.
    whole: OnceLock<(usize, Vec<Vec<Option<f64>>>)>,
}

/// The classes of an attribute, or all but each of them, where images are seen in frames of these sizes.
struct InClasses<'a> {
    classes: &'a Classes,
    frames: &'a [Size],
    side: Side,
}

impl Parts for InClasses<'_> {
    fn count(&self) -> usize {
        self.classes.words.len()
    }

    fn has(&self, part: usize, image: usize, bbox: &BBox, area: f64) -> bool {
        (self.classes.holds)(part, bbox, area, self.frames[image]) == (self.side == Side::Inside)
    }
}

impl SlicedObjects {
    /// Matches the detections of a cell for slices by `attributes`. `frames` are the sizes of its pictures.
    ///
    /// # Errors
    /// See [`MatchTable::build`].
    pub fn build(
        data: &CellData<'_>,
        objects: &Objects<'_>,
        frames: &[Size],
        attributes: &[&'static Attribute],
    ) -> Result<Self, Unscorable> {
        let CellData { images, categories, .. } = *data;
        let Objects { annotations, detections, .. } = *objects;
        let params = objects.params(data);
        let mut of_objects = Vec::new();
        for attribute in attributes.iter().copied() {
            for (classes, side) in attribute.classes().into_iter().flat_map(|classes| SIDES.map(|side| (classes, side)))
            {
                let parts = InClasses { classes, frames, side };
                let table = MatchTable::build_in(&parts, &params, images, categories, annotations, detections)?;
                of_objects.push((attribute, side, table));
            }
        }
        Ok(Self {
            images: images.len(),
            all: MatchTable::build_with(&params, images, categories, annotations, detections)?,
            of_objects,
            whole: OnceLock::new(),
        })
    }

    /// A COCO figure (by its slot) on a side of a slice.
    ///
    /// # Panics
    /// The slice is of objects, by an attribute that the tables were not built for.
    pub fn values(&self, slot: usize, slice: &Slice, side: Side) -> Values {
        let once = vec![1; self.images];
        match slice.extent {
            Extent::Category(at) => of_category(&self.all.weighted(slot, &once), at, side),
            Extent::Images | Extent::Objects(_) => weighted(&self.view(slot, slice, side), &once),
        }
    }

    /// The same on resampled images, resample by resample.
    ///
    /// # Panics
    /// See [`Self::values`]; or another slot is asked for than before.
    pub fn draws(&self, slot: usize, slice: &Slice, side: Side, resamples: &Resamples) -> Vec<Values> {
        match slice.extent {
            Extent::Category(at) => {
                let draw = || {
                    let view = self.all.view(slot);
                    (slot, resamples.iter().map(|weights| view.weighted(&weights)).collect())
                };
                let (of_slot, whole) = self.whole.get_or_init(draw);
                assert_eq!(*of_slot, slot, "tables are asked for one figure");
                whole.iter().map(|values| of_category(values, at, side)).collect()
            }
            Extent::Images | Extent::Objects(_) => {
                let view = self.view(slot, slice, side);
                resamples.iter().map(|weights| weighted(&view, &weights)).collect()
            }
        }
    }

    fn view(&self, slot: usize, slice: &Slice, side: Side) -> View {
        match slice.extent {
            Extent::Objects(class) => {
                let of_side =
                    |(attribute, of, _): &&(&Attribute, Side, _)| *attribute == slice.name.attribute && *of == side;
                let table = self.of_objects.iter().find(of_side).map(|(_, _, table)| table);
                table.expect("the tables are built for the attributes of all slices").view_of(slot, class, |_| true)
            }
            // Part 0 of COCO's area ranges has objects of all sizes.
            Extent::Images | Extent::Category(_) => {
                self.all.view_of(slot, 0, |image| slice.has[image] == (side == Side::Inside))
            }
        }
    }
}

const SIDES: [Side; 2] = [Side::Inside, Side::Outside];

fn weighted(view: &View, weights: &[u32]) -> Values {
    Values::mean_of(view.weighted(weights))
}

/// The figures of one category, or of all others.
fn of_category(per_category: &[Option<f64>], at: usize, side: Side) -> Values {
    let is_in = |other: usize| (other == at) == (side == Side::Inside);
    let kept = per_category.iter().enumerate().map(|(other, value)| value.filter(|_| is_in(other)));
    Values::mean_of(kept.collect())
}
