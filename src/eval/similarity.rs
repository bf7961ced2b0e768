//! How alike an object and a detection are: what thresholds are held against, one way for each sort of shape.

use crate::detection::{Annotation, Detection};
use crate::task::Task;

/// A way to hold a detection against an object. Matching, rankings and everything after them are the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Similarity {
    /// Intersection over union of the boxes, whatever the shapes inside of them.
    Boxes,
}

impl Similarity {
    /// The way of a task.
    pub fn of(task: Task) -> Self {
        match task {
            // Of a class both boxes are the whole picture.
            Task::Detect | Task::Classify => Self::Boxes,
        }
    }

    /// How alike both are, 0..=1.
    pub fn between(self, object: &Annotation, detection: &Detection) -> f64 {
        match self {
            Self::Boxes => detection.bbox.iou(&object.bbox),
        }
    }

    /// The share of a detection that lies inside of a crowd's region, 0..=1.
    pub fn inside(self, crowd: &Annotation, detection: &Detection) -> f64 {
        match self {
            Self::Boxes => {
                let shared = detection.bbox.intersection(&crowd.bbox);
                if shared == 0.0 { 0.0 } else { shared / detection.bbox.area() }
            }
        }
    }

    /// As pycocotools' `maskUtils.iou`: of a crowd the share of the detection that lies inside.
    pub fn coco(self, object: &Annotation, detection: &Detection) -> f64 {
        if object.iscrowd { self.inside(object, detection) } else { self.between(object, detection) }
    }

    /// What a detection covers, square pixels: whether it is small, medium or large.
    pub fn area(self, detection: &Detection) -> f64 {
        match self {
            Self::Boxes => detection.bbox.area(),
        }
    }
}
