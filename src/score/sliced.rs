//! Figures of a cell on slices of it, and on all that is not in them.

use std::sync::OnceLock;

use super::{CellData, Values, common};
use crate::detection::{BBox, Size};
use crate::eval::{MatchTable, Parts, Resamples, View};
use crate::slice::{Attribute, Classes, Extent, Slice};

/// Something of a slice, and of the rest of its dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides<T> {
    /// Of the slice.
    pub inside: T,
    /// Of the rest.
    pub outside: T,
}

/// The tables of a cell that the figures of its slices come from.
pub struct SlicedTables {
    images: usize,
    all: MatchTable,
    /// By attribute: its classes of objects, and all but each of them.
    of_objects: Vec<(&'static Attribute, Sides<MatchTable>)>,
    /// The figures of every category on resampled images, by slot of the figure.
    whole: OnceLock<(usize, Vec<Vec<Option<f64>>>)>,
}

/// The classes of an attribute, or all but each of them, where images are seen in frames of these sizes.
struct InClasses<'a> {
    classes: &'a Classes,
    frames: &'a [Size],
    is_inside: bool,
}

impl Parts for InClasses<'_> {
    fn count(&self) -> usize {
        self.classes.words.len()
    }

    fn has(&self, part: usize, image: usize, bbox: &BBox, area: f64) -> bool {
        (self.classes.holds)(part, bbox, area, self.frames[image]) == self.is_inside
    }
}

impl SlicedTables {
    /// Matches the detections of a cell for slices by `attributes`. `frames` are the sizes of its pictures.
    ///
    /// # Errors
    /// See [`MatchTable::build`].
    pub fn build(data: &CellData<'_>, frames: &[Size], attributes: &[&'static Attribute]) -> Result<Self, String> {
        let CellData { images, categories, annotations, detections, .. } = data;
        let of = |classes: &Classes, is_inside: bool| {
            let parts = InClasses { classes, frames, is_inside };
            MatchTable::build_in(&parts, images, categories, annotations, detections)
        };
        let with_classes = attributes.iter().filter_map(|attribute| Some((*attribute, attribute.classes()?)));
        let of_objects = with_classes.map(|(attribute, classes)| {
            Ok((attribute, Sides { inside: of(classes, true)?, outside: of(classes, false)? }))
        });
        Ok(Self {
            images: images.len(),
            all: MatchTable::build(images, categories, annotations, detections)?,
            of_objects: of_objects.collect::<Result<_, String>>()?,
            whole: OnceLock::new(),
        })
    }

    /// A COCO figure (by its slot) on a slice and on the rest.
    ///
    /// # Panics
    /// The slice is of objects, by an attribute that the tables were not built for.
    #[must_use]
    pub fn values(&self, slot: usize, slice: &Slice) -> Sides<Values> {
        let once = vec![1; self.images];
        match slice.extent {
            Extent::Category(at) => of_category(&self.all.weighted(slot, &once), at),
            Extent::Images | Extent::Objects(_) => {
                let Sides { inside, outside } = self.views(slot, slice);
                Sides { inside: weighted(&inside, &once), outside: weighted(&outside, &once) }
            }
        }
    }

    /// The same on resampled images, resample by resample.
    ///
    /// # Panics
    /// See [`Self::values`]; or another slot is asked for than before.
    #[must_use]
    pub fn draws(&self, slot: usize, slice: &Slice, resamples: &Resamples) -> Sides<Vec<Values>> {
        match slice.extent {
            Extent::Category(at) => {
                let draw = || {
                    let view = self.all.view(slot);
                    (slot, resamples.iter().map(|weights| view.weighted(&weights)).collect())
                };
                let (of_slot, whole) = self.whole.get_or_init(draw);
                assert_eq!(*of_slot, slot, "tables are asked for one figure");
                let (inside, outside) = whole.iter().map(|values| of_category(values, at)).map(pair).unzip();
                Sides { inside, outside }
            }
            Extent::Images | Extent::Objects(_) => {
                let Sides { inside, outside } = self.views(slot, slice);
                let (inside, outside) =
                    resamples.iter().map(|weights| (weighted(&inside, &weights), weighted(&outside, &weights))).unzip();
                Sides { inside, outside }
            }
        }
    }

    fn views(&self, slot: usize, slice: &Slice) -> Sides<View> {
        match slice.extent {
            Extent::Objects(class) => {
                let of_attribute = self.of_objects.iter().find(|(attribute, _)| *attribute == slice.name.attribute);
                let (_, tables) = of_attribute.expect("the tables are built for the attributes of all slices");
                let view = |table: &MatchTable| table.view_of(slot, class, |_| true);
                Sides { inside: view(&tables.inside), outside: view(&tables.outside) }
            }
            // Part 0 of COCO's area ranges has objects of all sizes.
            Extent::Images | Extent::Category(_) => Sides {
                inside: self.all.view_of(slot, 0, |image| slice.has[image]),
                outside: self.all.view_of(slot, 0, |image| !slice.has[image]),
            },
        }
    }
}

/// Two figures over the categories that both have. `None` where there is none.
#[must_use]
pub fn over_common(before: &Values, after: &Values) -> Option<(f64, f64)> {
    match common([before, after].into_iter()) {
        None => Some((before.all?, after.all?)),
        Some(common) => Some((before.mean_over(&common)?, after.mean_over(&common)?)),
    }
}

fn weighted(view: &View, weights: &[u32]) -> Values {
    Values::mean_of(view.weighted(weights))
}

/// The figures of one category, and of all others.
fn of_category(per_category: &[Option<f64>], at: usize) -> Sides<Values> {
    let side = |is_inside: bool| {
        let kept = per_category.iter().enumerate().map(|(other, value)| value.filter(|_| (other == at) == is_inside));
        Values::mean_of(kept.collect())
    };
    Sides { inside: side(true), outside: side(false) }
}

fn pair<T>(sides: Sides<T>) -> (T, T) {
    (sides.inside, sides.outside)
}
