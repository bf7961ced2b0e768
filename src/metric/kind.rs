//! What a metric is: its name and definition, where a cell holds its figure, and which way is better.

use super::area::Area;
use crate::entry::{Entry, Named};
use crate::task::Task;

/// A figure that checks may name.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// The name in specs and ids.
    pub name: &'static str,
    /// The full definition, as records state it.
    pub definition: &'static str,
    /// Where its figure comes from.
    pub origin: Origin,
    /// Which way is better.
    pub better: Better,
    /// The largest value it can take; the least is 0.
    pub most: f64,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin {
    /// Objects held against detections.
    Objects(ObjectFigure),
    /// The label of each picture held against the scores of classes.
    Classes(ClassFigure),
    /// The agreement with the model's own answers on the clean images.
    Agreement(Agreement),
    /// The agreement with another model's answers on the same pictures.
    Parity(Parity),
    /// How fast a model answers.
    Speed(Speed),
    /// Several cells together.
    Summary(Summary),
    /// A dataset, whatever the models.
    Data(Data),
}

/// Figures of objects and detections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ObjectFigure {
    /// One of COCO's twelve: a mean over categories.
    Coco {
        /// The place among the twelve, in pycocotools' order.
        slot: usize,
        /// The objects it is measured on.
        area: Area,
    },
    /// Pascal VOC's AP at IoU 0.5: a mean over categories.
    Voc(Points),
    /// A figure of the claims at one confidence.
    Operating(Operating),
    /// Expected calibration error of those claims.
    Ece,
}

/// Figures of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassFigure {
    /// The share of images whose label is among the best classes.
    Top(TopK),
    /// The share of a class's images that are said to be it: a mean over classes.
    Recall,
    /// The share of what is said to be a class that is.
    Precision,
    /// The harmonic mean of both.
    F1,
    /// Negative log-likelihood.
    Nll,
    /// Expected calibration error.
    Ece,
}

/// How many of the best classes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopK {
    /// The best.
    One,
    /// Five.
    Five,
    /// As many as the suite sets.
    Set,
}

/// How VOC interpolates precision over recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Points {
    /// At the recalls 0, 0.1, ..., 1 (VOC 2007).
    Eleven,
    /// At every recall (VOC 2010 to 2012).
    All,
}

/// Figures of the claims (detections of at least `min_confidence`), matched at IoU 0.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operating {
    /// Right claims among claims.
    Precision,
    /// Objects found among objects.
    Recall,
    /// The harmonic mean of both.
    F1,
    /// Claims per image without objects.
    OnEmptyImages,
    /// Claims, per image, of categories that the dataset has no object of.
    OfAbsentCategories,
}

/// Figures of the agreement with the clean answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The mean over images.
    Stability,
    /// The share of images below the strictness.
    Affected,
}

/// Figures of the answers of two models on the same pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// How far they say the same, of answers of a size.
    Agreement(Area),
    /// How far apart the scores of answers are that agree.
    ScoreShift,
}

/// Figures of how fast a model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// The time within which so many of 100 calls are answered.
    Percentile(u8),
    /// Pictures a second.
    Throughput,
}

/// Figures of several cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    /// The mean over perturbations of each one's mean over its levels.
    Mpc,
    /// That as a share of the clean figure.
    Rpc,
    /// The mean over groups of the mean share of affected images.
    Risk,
    /// The mean over ImageNet-C's corruptions of the error beside AlexNet's.
    Mce,
    /// The same of what the error grows by.
    RelativeMce,
}

/// Figures of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Images that another split has, too.
    Leakage,
    /// Images that it has twice.
    Duplicates,
    /// Boxes that cannot be meant.
    InvalidBoxes,
    /// The commonest category beside the rarest.
    ClassImbalance,
    /// Labels that confident detections contradict: the one figure that needs models.
    SuspectLabels,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

impl Metric {
    /// Whether models of a task have it.
    pub fn is_of(&self, task: Task) -> bool {
        match self.origin {
            Origin::Objects(_) | Origin::Data(Data::InvalidBoxes) => match task {
                Task::Detect => true,
                Task::Classify => false,
            },
            Origin::Classes(_) | Origin::Summary(Summary::Mce | Summary::RelativeMce) => match task {
                Task::Detect => false,
                Task::Classify => true,
            },
            // The class of a whole picture has no size.
            Origin::Parity(Parity::Agreement(area)) => task == Task::Detect || area == Area::All,
            Origin::Agreement(_) | Origin::Parity(_) | Origin::Speed(_) | Origin::Summary(_) | Origin::Data(_) => true,
        }
    }

    /// Whether the figure over all categories is the mean over those that have one, each weighing the same.
    pub fn is_mean_over_categories(&self) -> bool {
        matches!(
            self.origin,
            Origin::Objects(ObjectFigure::Coco { .. } | ObjectFigure::Voc(_)) | Origin::Classes(ClassFigure::Recall)
        )
    }

    /// Whether single categories have it.
    pub fn is_per_category(&self) -> bool {
        self.is_mean_over_categories()
            || matches!(
                self.origin,
                Origin::Objects(ObjectFigure::Operating(Operating::Precision | Operating::Recall | Operating::F1))
                    | Origin::Classes(
                        ClassFigure::Top(_) | ClassFigure::Precision | ClassFigure::F1 | ClassFigure::Nll
                    )
                    | Origin::Parity(_)
            )
    }

    /// Whether it is measured on labelled objects.
    pub fn needs_objects(&self) -> bool {
        !matches!(
            self.origin,
            Origin::Agreement(_)
                | Origin::Parity(_)
                | Origin::Speed(_)
                | Origin::Summary(Summary::Risk)
                | Origin::Data(_)
                | Origin::Objects(ObjectFigure::Operating(Operating::OnEmptyImages | Operating::OfAbsentCategories))
        )
    }

    /// Whether it takes somebody to say what is in the images; else it asks a model alone, or looks at the images.
    pub fn needs_labels(&self) -> bool {
        !matches!(
            self.origin,
            Origin::Agreement(_)
                | Origin::Parity(_)
                | Origin::Speed(_)
                | Origin::Summary(Summary::Risk)
                | Origin::Data(Data::Leakage | Data::Duplicates)
        )
    }

    /// Whether it looks at the detections that count, by `min_confidence`, and at no others.
    pub fn is_of_claims(&self) -> bool {
        matches!(
            self.origin,
            Origin::Objects(ObjectFigure::Operating(_) | ObjectFigure::Ece)
                | Origin::Agreement(_)
                | Origin::Parity(_)
                | Origin::Summary(Summary::Risk)
        )
    }

    /// The objects it is measured on.
    pub fn area(&self) -> Area {
        match self.origin {
            Origin::Objects(ObjectFigure::Coco { area, .. }) => area,
            Origin::Objects(ObjectFigure::Voc(_) | ObjectFigure::Operating(_) | ObjectFigure::Ece)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => Area::All,
        }
    }

    /// The figure of several cells that it is, if it is one.
    pub fn summary(&self) -> Option<Summary> {
        match self.origin {
            Origin::Summary(summary) => Some(summary),
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Data(_) => None,
        }
    }

    /// The figure of a dataset that it is, if it is one.
    pub fn data(&self) -> Option<Data> {
        match self.origin {
            Origin::Data(data) => Some(data),
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_) => None,
        }
    }

    /// The figure of two models' answers that it is, if it is one.
    pub fn parity(&self) -> Option<Parity> {
        match self.origin {
            Origin::Parity(parity) => Some(parity),
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => None,
        }
    }

    /// The figure of a model's speed that it is, if it is one.
    pub fn speed(&self) -> Option<Speed> {
        match self.origin {
            Origin::Speed(speed) => Some(speed),
            Origin::Objects(_)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Summary(_)
            | Origin::Data(_) => None,
        }
    }

    /// Whether single cells have it.
    pub fn is_of_cells(&self) -> bool {
        !matches!(self.origin, Origin::Parity(_) | Origin::Speed(_) | Origin::Summary(_) | Origin::Data(_))
    }

    /// Whether it compares with the clean images by itself, so that a drop of it means nothing.
    pub fn is_relative_to_clean(&self) -> bool {
        matches!(
            self.origin,
            Origin::Agreement(_) | Origin::Summary(Summary::Rpc | Summary::Risk | Summary::RelativeMce)
        )
    }
}

impl Better {
    /// By how much `other` is better than `figure`: positive where something was lost.
    pub fn loss(self, other: f64, figure: f64) -> f64 {
        match self {
            Self::Higher => other - figure,
            Self::Lower => figure - other,
        }
    }

    /// The best figure of those from 0 to `most`.
    pub fn best(self, most: f64) -> f64 {
        match self {
            Self::Higher => most,
            Self::Lower => 0.0,
        }
    }

    /// The worse of two figures.
    pub fn worse(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Higher => one.min(other),
            Self::Lower => one.max(other),
        }
    }
}

impl Named for Metric {
    fn entry(&self) -> Entry {
        Entry { name: self.name, summary: self.definition }
    }
}
