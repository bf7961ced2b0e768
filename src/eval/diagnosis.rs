//! Why a figure is low, as far as the overlap of boxes and classes shows it: numbers that mean something else than they are
//! taken for. Only for cells where next to nothing is found, and for categories that have changed their names among each
//! other: a diagnosis of a model that works would be noise.

use std::collections::BTreeMap;

use super::per_image::PerImage;
use crate::detection::{Annotation, BBox, Category, Detection, ImageRecord};

/// What the numbers seem to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// What is mistaken.
    pub mistake: Mistake,
    /// Share of the objects that a detection lies on, 0..=1, once the numbers are read so.
    pub found: f64,
    /// Where names are mistaken: ids of categories, each with the one that its objects are called instead.
    pub called: Vec<(u64, u64)>,
}

/// What numbers are mistaken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Categories are counted one lower than the dataset's: from 0 instead of 1.
    CountedFromZero,
    /// Categories are counted one higher than the dataset's: from 1 instead of 0.
    CountedFromOne,
    /// Boxes fit, but their categories are others.
    Categories,
    /// The numbers of boxes are other ones.
    Boxes(Reading),
}

/// What four numbers that were read as left, top, width and height seem to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The order.
    pub form: Form,
    /// Whether they are shares of the picture's width and height instead of pixels.
    pub are_shares: bool,
}

/// An order of the four numbers of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Left, top, width, height.
    Xywh,
    /// Left, top, right, bottom.
    Xyxy,
    /// Centre, width, height.
    Cxcywh,
    /// Top, left, height, width.
    Yxhw,
    /// Top, left, bottom, right.
    Yxyx,
}

const FORMS: [Form; 5] = [Form::Xywh, Form::Xyxy, Form::Cxcywh, Form::Yxhw, Form::Yxyx];

/// Detections of an image that are looked at, those of the highest scores.
const LOOKED_AT: usize = 100;

/// IoU from which a detection lies on an object.
const ON: f64 = 0.5;

/// Share of the objects that are found as the numbers are read, beyond which there is nothing to diagnose.
const NEAR_ZERO: f64 = 0.2;

/// Share of the objects that a detection has to lie on for another reading to be told.
const CONVINCING: f64 = 0.3;

/// Share of the detections on objects whose categories are off alike.
const ALIKE: f64 = 0.8;

/// Objects without which overlap is chance.
const FEW: usize = 2;

/// Objects of a category without which its name is chance.
const NAMED_BY: usize = 5;

/// What the detections of a cell seem to be mistaken for; `None` where nothing can be told. `annotations` and `detections` are
/// per image, in the order of `images`; detections by falling score.
pub fn diagnose(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Option<Diagnosis> {
    let places: BTreeMap<u64, i64> = categories.iter().map(|category| category.id).zip(0..).collect();
    let as_read = look(images, annotations, detections, |bbox, _| *bbox);
    if as_read.objects < FEW {
        return None;
    }
    let on = as_read.share_of(|_, _| true);
    let called = as_read.exchanged();
    if as_read.share_of(|own, other| own == other) > NEAR_ZERO {
        let diagnosis = Diagnosis { mistake: Mistake::Categories, found: on, called };
        return Some(diagnosis).filter(|diagnosis| !diagnosis.called.is_empty());
    }
    if on >= CONVINCING {
        let by = |offset: i64| {
            let place = |id: u64| places.get(&id).copied();
            let is_off = |own: u64, other: u64| place(own).map(|place| place + offset) == place(other);
            let alike = as_read.pairs.iter().filter(|&&(own, other)| is_off(own, other)).count();
            // Most objects can be of one category, which another one has exchanged its name with.
            alike as f64 >= ALIKE * as_read.pairs.len() as f64 && called.iter().all(|&(own, other)| is_off(own, other))
        };
        let mistake = if by(-1) {
            Mistake::CountedFromZero
        } else if by(1) {
            Mistake::CountedFromOne
        } else {
            Mistake::Categories
        };
        return Some(Diagnosis { mistake, found: on, called });
    }
    let readings = FORMS.into_iter().flat_map(|form| [false, true].map(|are_shares| Reading { form, are_shares }));
    let others = readings.filter(|reading| *reading != Reading { form: Form::Xywh, are_shares: false });
    let found = |reading: Reading| {
        look(images, annotations, detections, |bbox, image| reading.of(bbox, image)).share_of(|_, _| true)
    };
    // Of equal ones the first: the simplest.
    let best = others.map(|reading| (reading, found(reading))).fold(None, |best: Option<(Reading, f64)>, other| {
        if best.is_some_and(|(_, found)| found >= other.1) { best } else { Some(other) }
    });
    let (reading, found) = best.filter(|(_, found)| *found >= CONVINCING && *found >= 3.0 * on)?;
    Some(Diagnosis { mistake: Mistake::Boxes(reading), found, called: Vec::new() })
}

/// Objects with the detection that lies on them.
struct Looked {
    objects: usize,
    /// Category of the object, and of the detection on it: of its own category if there is one, else of the highest score.
    pairs: Vec<(u64, u64)>,
    /// Category of the object, and of the detection of the highest score on it, whatever its category.
    named: Vec<(u64, u64)>,
}

impl Looked {
    fn share_of(&self, counts: impl Fn(u64, u64) -> bool) -> f64 {
        let found = self.pairs.iter().filter(|&&(own, other)| counts(own, other)).count();
        if self.objects == 0 { 0.0 } else { found as f64 / self.objects as f64 }
    }

    /// Categories whose objects bear the name of another one, which has lost its own: a wrong order of names. That a van is
    /// called a car, where cars are called cars, too, is a weakness of a model.
    fn exchanged(&self) -> Vec<(u64, u64)> {
        let mut counts: BTreeMap<u64, BTreeMap<u64, usize>> = BTreeMap::new();
        for &(own, other) in &self.named {
            *counts.entry(own).or_default().entry(other).or_default() += 1;
        }
        let called = |own: u64| {
            let names = counts.get(&own)?;
            let all: usize = names.values().sum();
            // Of equal counts the lowest id.
            let (&name, &count) = names.iter().max_by_key(|&(&id, &count)| (count, std::cmp::Reverse(id)))?;
            (all >= NAMED_BY && count as f64 >= ALIKE * all as f64).then_some(name)
        };
        let is_lost = |id: u64| called(id).is_some_and(|name| name != id);
        let of_each = counts.keys().filter_map(|&own| Some((own, called(own)?)));
        of_each.filter(|&(own, name)| own != name && is_lost(name)).collect()
    }
}

fn look(
    images: &[ImageRecord],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
    read: impl Fn(&BBox, &ImageRecord) -> BBox,
) -> Looked {
    let mut looked = Looked { objects: 0, pairs: Vec::new(), named: Vec::new() };
    for (at, image) in images.iter().enumerate() {
        let found = detections.of(at);
        let boxes: Vec<(u64, BBox)> =
            found.iter().take(LOOKED_AT).map(|one| (one.category_id, read(&one.bbox, image))).collect();
        for object in annotations.of(at).iter().filter(|object| !object.iscrowd) {
            looked.objects += 1;
            let on = boxes.iter().filter(|(_, bbox)| bbox.iou(&object.bbox) >= ON);
            // Its own category first: a second detection of another is no mistake.
            let best = on.clone().find(|(category, _)| *category == object.category_id).or(on.clone().next());
            looked.pairs.extend(best.map(|(category, _)| (object.category_id, *category)));
            looked.named.extend(on.clone().next().map(|(category, _)| (object.category_id, *category)));
        }
    }
    looked
}

impl Reading {
    /// The box that four numbers, read as left, top, width and height, would be.
    fn of(self, bbox: &BBox, image: &ImageRecord) -> BBox {
        let [a, b, c, d] = <[f64; 4]>::from(*bbox);
        let read = match self.form {
            Form::Xywh => BBox::from([a, b, c, d]),
            Form::Xyxy => BBox::from_corners(a, b, c, d),
            Form::Cxcywh => BBox::from([a - c / 2.0, b - d / 2.0, c, d]),
            Form::Yxhw => BBox::from([b, a, d, c]),
            Form::Yxyx => BBox::from_corners(b, a, d, c),
        };
        if !self.are_shares {
            return read;
        }
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        BBox { x: read.x * width, y: read.y * height, width: read.width * width, height: read.height * height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::Shape;

    const BOXES: [[f64; 4]; 3] = [[60.0, 30.0, 60.0, 30.0], [100.0, 40.0, 30.0, 50.0], [5.0, 60.0, 25.0, 30.0]];

    /// What is said of detections whose numbers `write` makes of the true ones.
    fn said(write: impl Fn([f64; 4], u64) -> ([f64; 4], u64)) -> Option<Mistake> {
        let image =
            ImageRecord { id: 1, file_name: "a".to_owned(), path: "a".into(), width: 200, height: 100, framing: None };
        let categories: Vec<Category> = (1..4).map(|id| Category { id, name: id.to_string() }).collect();
        let objects = BOXES.iter().zip(1..).map(|(&bbox, category_id)| {
            let bbox = BBox::from(bbox);
            Annotation { category_id, bbox, shape: Shape::Box, area: bbox.area(), iscrowd: false, is_whole: false }
        });
        let annotations = vec![objects.collect::<Vec<_>>()];
        let found = BOXES.iter().zip(1..).map(|(&bbox, category)| {
            let (bbox, category_id) = write(bbox, category);
            Detection { category_id, bbox: BBox::from(bbox), shape: Shape::Box, score: 0.9 }
        });
        // What is of no category of the dataset does not get this far.
        let detections = vec![found.filter(|found| (1..4).contains(&found.category_id)).collect::<Vec<_>>()];
        diagnose(&[image], &categories, &annotations, &detections).map(|diagnosis| diagnosis.mistake)
    }

    #[test]
    fn numbers_that_mean_something_else_are_recognised() {
        let boxes = |form: Form, are_shares: bool| Some(Mistake::Boxes(Reading { form, are_shares }));
        assert_eq!(said(|bbox, category| (bbox, category)), None);
        assert_eq!(said(|[x, y, w, h], category| ([x, y, x + w, y + h], category)), boxes(Form::Xyxy, false));
        let centre = |[x, y, w, h]: [f64; 4]| [x + w / 2.0, y + h / 2.0, w, h];
        assert_eq!(said(|bbox, category| (centre(bbox), category)), boxes(Form::Cxcywh, false));
        assert_eq!(said(|[x, y, w, h], category| ([y, x, y + h, x + w], category)), boxes(Form::Yxyx, false));
        let share = |[x, y, w, h]: [f64; 4]| [x / 200.0, y / 100.0, w / 200.0, h / 100.0];
        assert_eq!(said(|bbox, category| (share(bbox), category)), boxes(Form::Xywh, true));
        assert_eq!(said(|bbox, category| (share(centre(bbox)), category)), boxes(Form::Cxcywh, true));
    }

    #[test]
    fn categories_that_are_counted_otherwise_are_recognised() {
        assert_eq!(said(|bbox, category| (bbox, category + 1)), Some(Mistake::CountedFromOne));
        assert_eq!(said(|bbox, category| (bbox, category - 1)), Some(Mistake::CountedFromZero));
        let turned_round = said(|bbox, category| (bbox, if category == 1 { 3 } else { category - 1 }));
        assert_eq!(turned_round, Some(Mistake::Categories));
        // Boxes on nothing say nothing.
        assert_eq!(said(|_, category| ([150.0, 0.0, 9.0, 9.0], category)), None);
    }

    #[test]
    fn two_exchanged_names_are_no_count_from_one_though_most_objects_are_of_the_first() {
        let image =
            ImageRecord { id: 1, file_name: "a".to_owned(), path: "a".into(), width: 2000, height: 100, framing: None };
        let categories: Vec<Category> = (1..4).map(|id| Category { id, name: id.to_string() }).collect();
        let bbox = |at: u64| BBox::from([20.0 * at as f64, 10.0, 15.0, 15.0]);
        let own = |at: u64| if at < 80 { 1 } else { 2 };
        let object = |at| Annotation {
            category_id: own(at),
            bbox: bbox(at),
            shape: Shape::Box,
            area: 225.0,
            iscrowd: false,
            is_whole: false,
        };
        let found = |at| Detection { category_id: 3 - own(at), bbox: bbox(at), shape: Shape::Box, score: 0.9 };
        let annotations = vec![(0..90).map(object).collect::<Vec<_>>()];
        let detections = vec![(0..90).map(found).collect::<Vec<_>>()];
        let diagnosis = diagnose(&[image], &categories, &annotations, &detections).unwrap();
        assert_eq!((diagnosis.mistake, diagnosis.called), (Mistake::Categories, vec![(1, 2), (2, 1)]));
    }

    /// What is said of ten objects of each of three categories, each called as `name` says.
    fn called(name: impl Fn(u64) -> u64) -> Option<Vec<(u64, u64)>> {
        let image = |id: u64| ImageRecord {
            id,
            file_name: "a".to_owned(),
            path: "a".into(),
            width: 200,
            height: 100,
            framing: None,
        };
        let images: Vec<ImageRecord> = (0..10).map(image).collect();
        let categories: Vec<Category> = (1..4).map(|id| Category { id, name: id.to_string() }).collect();
        let boxes = || BOXES.iter().map(|&bbox| BBox::from(bbox)).zip(1..);
        let objects = boxes().map(|(bbox, category_id)| Annotation {
            category_id,
            bbox,
            shape: Shape::Box,
            area: bbox.area(),
            iscrowd: false,
            is_whole: false,
        });
        let annotations = vec![objects.collect::<Vec<_>>(); 10];
        let found = boxes().map(|(bbox, category)| Detection {
            category_id: name(category),
            bbox,
            shape: Shape::Box,
            score: 0.9,
        });
        let detections = vec![found.collect::<Vec<_>>(); 10];
        let diagnosis = diagnose(&images, &categories, &annotations, &detections)?;
        assert_eq!(diagnosis.mistake, Mistake::Categories);
        Some(diagnosis.called)
    }

    #[test]
    fn names_that_two_categories_have_exchanged_are_told_though_the_third_is_right() {
        let swapped = called(|category| [0, 2, 1, 3][category as usize]);
        assert_eq!(swapped, Some(vec![(1, 2), (2, 1)]));
        assert_eq!(called(|category| category), None);
        // Two categories under one name that is right for one of them: a weak model, no wrong order.
        assert_eq!(called(|category| [0, 2, 2, 3][category as usize]), None);
    }
}
