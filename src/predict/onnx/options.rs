//! The options of `kind = "onnx"`.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeValue;

use super::decoders::{self, Decoder};
use super::engines::EngineOptions;
use super::inputs::{InputSize, Order};
use super::labels;
use super::preprocess::{Channels, Placement, Preprocessing, Resize};
use crate::detection::Size;
use crate::entry::find;
use crate::spec::{Mistake, PathKind, Source, TableReader, Value, deserialize, existing_path, list_of};

/// What a `[model.*]` section of this kind says.
pub struct OnnxOptions {
    /// The model file.
    pub path: PathBuf,
    /// What runs it.
    pub engine: EngineOptions,
    /// How its input is filled and its outputs are read.
    pub reading: Reading,
}

/// How a graph's input is filled and its outputs are read, whatever runs it.
pub struct Reading {
    /// The output layout; chosen from the outputs where `None`.
    pub decoder: Option<&'static dyn Decoder>,
    /// The class names; read from the file where `None`.
    pub labels: Option<Labels>,
    /// The number of the first class; the decoder's where `None`.
    pub first_label: Option<usize>,
    /// The input's size, for files that leave it open.
    pub input_size: Option<InputSize>,
    /// How the input's values lie; told by its shape where `None`.
    pub layout: Option<Order>,
    /// Pictures per call.
    pub batch: usize,
    /// What is set of the preprocessing.
    pub overrides: Overrides,
    /// Confidence floor.
    pub confidence: Option<f64>,
    /// IoU of the non-maximum suppression.
    pub iou: Option<f64>,
    /// Detections kept per image.
    pub max_detections: Option<usize>,
}

/// Class names in a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// In the model's order.
    pub names: Vec<String>,
    /// Whether the list is COCO's by category id, whose first is 1.
    pub is_by_id: bool,
}

/// What a spec sets of a decoder's [`Preprocessing`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrides {
    placement: Option<Placement>,
    resize: Option<Resize>,
    channels: Option<Channels>,
    scale: Option<f64>,
    mean: Option<[f32; 3]>,
    std: Option<[f32; 3]>,
}

impl Overrides {
    /// `defaults` with what is set here.
    #[must_use]
    pub fn over(self, defaults: Preprocessing) -> Preprocessing {
        Preprocessing {
            placement: self.placement.unwrap_or(defaults.placement),
            resize: self.resize.unwrap_or(defaults.resize),
            channels: self.channels.unwrap_or(defaults.channels),
            scale: self.scale.map_or(defaults.scale, |scale| scale as f32),
            mean: self.mean.unwrap_or(defaults.mean),
            std: self.std.unwrap_or(defaults.std),
        }
    }
}

impl OnnxOptions {
    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let path = options.required::<String>("path", "path = \"models/a.onnx\"");
        let engine = EngineOptions::read(source, options);
        let reading = Reading::read(options);
        let path = existing_path(source, &path?, PathKind::File, "model file", options)?;
        Some(Self { path, engine: engine?, reading })
    }
}

impl Reading {
    /// Reads everything of a section but where the graph is.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let decoder = options.with("decoder", read_decoder).map(Spanned::into_inner);
        let labels = options.with("labels", read_labels).map(Spanned::into_inner);
        let first_label = options.with("first_label", read_first_label).map(Spanned::into_inner);
        let batch = options.count("batch").unwrap_or(1);
        let layout = options.choice("layout");
        let input_size = options.with("input_size", read_size).map(Spanned::into_inner);
        let overrides = Overrides {
            placement: options.choice("placement"),
            resize: options.choice("resize"),
            channels: options.choice("channels"),
            scale: options.number("scale", 1e-6..=1e6),
            mean: options.with("mean", |value| read_three(value, f32::is_finite)).map(Spanned::into_inner),
            std: options.with("std", |value| read_three(value, |std| std > 0.0)).map(Spanned::into_inner),
        };
        let confidence = options.number("confidence", 0.0..=1.0);
        let iou = options.number("iou", 0.0..=1.0);
        let max_detections = options.count("max_detections");
        Self { decoder, labels, first_label, input_size, layout, batch, overrides, confidence, iou, max_detections }
    }
}

fn read_decoder(value: &Value<'_>) -> Result<&'static dyn Decoder, Mistake> {
    let name: String = deserialize(value)?;
    find(decoders::ALL, &name)
        .map_err(|not_found| Mistake::new(format!("unknown decoder `{name}`")).help(not_found.help()))
}

fn read_labels(value: &Value<'_>) -> Result<Labels, Mistake> {
    let named = |names: Vec<String>, is_by_id: bool| Ok(Labels { names, is_by_id });
    match value.get_ref() {
        DeValue::String(name) if name == "coco" => named(labels::COCO.map(str::to_owned).to_vec(), false),
        DeValue::String(name) if name == "coco91" => named(labels::coco_by_id(), true),
        DeValue::String(_) => {
            Err(Mistake::new("the only lists known by name are \"coco\" and \"coco91\"").help(LABELS_HELP))
        }
        DeValue::Array(_) => named(unique(list_of(value)?)?, false),
        _ => Err(Mistake::expected("a list of class names", value)),
    }
}

/// The name of a class that a network has a place for, but no objects of; it may stand more than once.
const NO_CLASS: &str = "N/A";

/// Two classes of one name could not be told apart.
fn unique(labels: Vec<Spanned<String>>) -> Result<Vec<String>, Mistake> {
    for (index, label) in labels.iter().enumerate() {
        let is_taken = labels[..index].iter().any(|earlier| earlier.get_ref() == label.get_ref());
        if is_taken && label.get_ref() != NO_CLASS {
            return Err(Mistake::new(format!("`{}` stands twice", label.get_ref())).at(label.span()));
        }
    }
    Ok(labels.into_iter().map(Spanned::into_inner).collect())
}

const LABELS_HELP: &str = "write the class names in the model's order: `labels = [\"cat\", \"dog\"]`";

/// Networks count from 0, or from 1 after the background.
fn read_first_label(value: &Value<'_>) -> Result<usize, Mistake> {
    match deserialize(value)? {
        first @ (0 | 1) => Ok(first),
        other => Err(Mistake::new(format!("{other} is neither 0 nor 1, the number of the first class"))),
    }
}

/// The longest side of an input, pixels: beyond every detector, and one picture of it still fits into memory.
pub const MAX_SIDE: u32 = 16_384;

/// `640` for a square, `[width, height]`, or `"picture"`.
fn read_size(value: &Value<'_>) -> Result<InputSize, Mistake> {
    if let DeValue::String(word) = value.get_ref() {
        let wrong = || Mistake::new(format!("unknown size `{word}`")).help(SIZE_HELP);
        return (word == "picture").then_some(InputSize::Picture).ok_or_else(wrong);
    }
    let sides: Vec<Spanned<u32>> = list_of(value)?;
    let sides: Vec<u32> = sides.into_iter().map(Spanned::into_inner).collect();
    let allowed = |side: &u32| (1..=MAX_SIDE).contains(side);
    match sides[..] {
        [side] if allowed(&side) => Ok(InputSize::Fixed(Size { width: side, height: side })),
        [width, height] if allowed(&width) && allowed(&height) => Ok(InputSize::Fixed(Size { width, height })),
        _ => Err(Mistake::new(format!("expected one side or [width, height], in pixels, up to {MAX_SIDE}"))),
    }
}

const SIZE_HELP: &str = "write `[width, height]` in pixels, or \"picture\" to give every picture at its own size";

fn read_three(value: &Value<'_>, allowed: fn(f32) -> bool) -> Result<[f32; 3], Mistake> {
    let numbers: Vec<f32> = deserialize(value)?;
    let three = <[f32; 3]>::try_from(numbers).map_err(|_| Mistake::new("expected three numbers, one per channel"))?;
    if three.into_iter().all(allowed) { Ok(three) } else { Err(Mistake::new("a number is out of range")) }
}
