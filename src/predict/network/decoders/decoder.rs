//! The seam of the family.

use std::collections::BTreeMap;

use super::super::engine::{Port, Tensor};
use super::super::listing::ListedClass;
use super::super::nms::Candidate;
use super::super::preprocess::Preprocessing;
use super::outputs::Outputs;
use crate::detection::Size;
use crate::entry::{Entry, Named};
use crate::task::Task;

/// An output layout of a family of networks.
pub struct Decoder {
    /// The name and the layout in short.
    pub entry: Entry,
    /// The task of networks that answer so.
    pub task: Task,
    /// The text of the layout's own file, whose header is its page.
    pub source: &'static str,
    /// What the family's own code does where a spec says nothing.
    pub defaults: Defaults,
    /// See [`Self::classes`].
    pub classes: fn(&Outputs<'_>, Size) -> Option<Classes>,
    /// See [`Self::is_evident`].
    pub is_evident: fn(&Trial<'_>) -> bool,
    /// Whether each picture of a batch has a part of every output for its own.
    pub keeps_batches: bool,
    /// What the outputs mean. They are such that [`Self::classes`] accepts them, of one picture, and hold no NaN.
    pub decode: Decode,
}

/// What the outputs of a network hold, and the function that finds it there.
#[derive(Clone, Copy)]
pub enum Decode {
    /// Boxes with a score above a confidence floor, in pixels of an input of a size.
    Objects(fn(&Outputs<'_>, Size, f32) -> Vec<Candidate>),
    /// The output with a logit or a probability for each class of the whole picture.
    Scores(for<'a> fn(&Outputs<'a>) -> Option<&'a Tensor>),
    /// The best classes of the whole picture.
    Listed(fn(&Outputs<'_>) -> Vec<ListedClass>),
}

impl Named for Decoder {
    fn entry(&self) -> Entry {
        self.entry
    }
}

impl Decoder {
    /// How many classes the network tells apart, if outputs of such names and shapes, for an input of `input` pixels,
    /// can be decoded so.
    pub fn classes(&self, outputs: &Outputs<'_>, input: Size) -> Option<Classes> {
        (self.classes)(outputs, input)
    }

    /// Whether outputs that [`Self::classes`] accepted are of this layout without doubt, so that it may be chosen
    /// unasked.
    pub fn is_evident(&self, trial: &Trial<'_>) -> bool {
        (self.is_evident)(trial)
    }
}

/// What a network answered to a grey picture, and what its file says.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// The outputs.
    pub outputs: Outputs<'a>,
    /// The size of the picture.
    pub input: Size,
    /// The inputs.
    pub inputs: &'a [Port],
    /// The file's metadata.
    pub metadata: &'a BTreeMap<String, String>,
}

/// How many classes a network tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes {
    /// So many, each with a name.
    Exactly(usize),
    /// One number per class; the last may be of no class.
    WithSpare(usize),
    /// The outputs say the class of each box, not how many there are.
    Open,
}

impl Classes {
    /// Whether `named` classes can be all of them, where the first is number `first`.
    pub fn allow(self, first: usize, named: usize) -> bool {
        match self {
            Self::Exactly(classes) => first + named == classes,
            Self::WithSpare(columns) => first + named == columns || first + named + 1 == columns,
            Self::Open => true,
        }
    }
}

/// What a family of networks takes and how its answers are thinned out, unless the spec says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// How pictures become the input.
    pub preprocessing: Preprocessing,
    /// Confidence floor.
    pub confidence: f64,
    /// IoU of the non-maximum suppression; `None` where the network needs none.
    pub iou: Option<f64>,
    /// Detections kept per image.
    pub max_detections: usize,
    /// The number that stands for the first class: 1 where 0 is the background.
    pub first_label: usize,
}

impl Defaults {
    /// Ultralytics' `val`: letterbox, RGB / 255, confidence 0.001, IoU 0.7, 300 boxes.
    pub const ULTRALYTICS: Self = Self {
        preprocessing: Preprocessing::LETTERBOX,
        confidence: 0.001,
        iou: Some(0.7),
        max_detections: 300,
        first_label: 0,
    };

    /// Transformers that find a set of boxes: stretched as Pillow does it, RGB / 255, no suppression, 300 boxes. Their
    /// own code has no floor; 0.001 leaves out what no figure notices.
    pub const DETR: Self = Self {
        preprocessing: Preprocessing::STRETCH,
        confidence: 0.001,
        iou: None,
        max_detections: 300,
        first_label: 0,
    };
}
