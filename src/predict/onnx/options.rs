//! The options of `kind = "onnx"`.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeValue;

use super::decoders::{self, Decoder};
use super::labels;
use super::preprocess::{Channels, Placement, Preprocessing, Resize};
use crate::detection::Size;
use crate::entry::find;
use crate::spec::{Mistake, PathKind, Source, TableReader, Value, deserialize, existing_path, list_of};

/// What a `[model.*]` section of this kind says.
pub struct OnnxOptions {
    /// The model file.
    pub path: PathBuf,
    /// How its input is filled and its outputs are read.
    pub reading: Reading,
}

/// How a graph's input is filled and its outputs are read, whatever runs it.
pub struct Reading {
    /// The output layout; chosen from the outputs where `None`.
    pub decoder: Option<&'static dyn Decoder>,
    /// The class names; read from the file where `None`.
    pub labels: Option<Vec<String>>,
    /// The input's size, for files that leave it open.
    pub input_size: Option<Size>,
    /// What is set of the preprocessing.
    pub overrides: Overrides,
    /// Confidence floor.
    pub confidence: Option<f64>,
    /// IoU of the non-maximum suppression.
    pub iou: Option<f64>,
    /// Detections kept per image.
    pub max_detections: Option<usize>,
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
    /// For a graph that takes pixels as bytes: as they are, unless the spec says otherwise.
    #[must_use]
    pub fn of_bytes(self) -> Self {
        Self {
            scale: self.scale.or(Some(1.0)),
            mean: self.mean.or(Some([0.0; 3])),
            std: self.std.or(Some([1.0; 3])),
            ..self
        }
    }

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
        let reading = Reading::read(options);
        let path = existing_path(source, &path?, PathKind::File, "model file", options)?;
        Some(Self { path, reading })
    }
}

impl Reading {
    /// Reads everything of a section but where the graph is.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let decoder = options.with("decoder", read_decoder).map(Spanned::into_inner);
        let labels = options.with("labels", read_labels).map(Spanned::into_inner);
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
        Self { decoder, labels, input_size, overrides, confidence, iou, max_detections }
    }
}

fn read_decoder(value: &Value<'_>) -> Result<&'static dyn Decoder, Mistake> {
    let name: String = deserialize(value)?;
    find(decoders::ALL, &name)
        .map_err(|not_found| Mistake::new(format!("unknown decoder `{name}`")).help(not_found.help()))
}

fn read_labels(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    match value.get_ref() {
        DeValue::String(name) if name == "coco" => Ok(labels::COCO.map(str::to_owned).to_vec()),
        DeValue::String(_) => Err(Mistake::new("the only list known by name is \"coco\"").help(LABELS_HELP)),
        DeValue::Array(_) => unique(list_of(value)?),
        _ => Err(Mistake::expected("a list of class names", value)),
    }
}

/// Two classes of one name could not be told apart.
fn unique(labels: Vec<Spanned<String>>) -> Result<Vec<String>, Mistake> {
    for (index, label) in labels.iter().enumerate() {
        if labels[..index].iter().any(|earlier| earlier.get_ref() == label.get_ref()) {
            return Err(Mistake::new(format!("`{}` stands twice", label.get_ref())).at(label.span()));
        }
    }
    Ok(labels.into_iter().map(Spanned::into_inner).collect())
}

const LABELS_HELP: &str = "write the class names in the model's order: `labels = [\"cat\", \"dog\"]`";

/// The longest side of an input, pixels: beyond every detector, and one picture of it still fits into memory.
pub const MAX_SIDE: u32 = 16_384;

/// `640` for a square, or `[width, height]`.
fn read_size(value: &Value<'_>) -> Result<Size, Mistake> {
    let sides: Vec<Spanned<u32>> = list_of(value)?;
    let sides: Vec<u32> = sides.into_iter().map(Spanned::into_inner).collect();
    let allowed = |side: &u32| (1..=MAX_SIDE).contains(side);
    match sides[..] {
        [side] if allowed(&side) => Ok(Size { width: side, height: side }),
        [width, height] if allowed(&width) && allowed(&height) => Ok(Size { width, height }),
        _ => Err(Mistake::new(format!("expected one side or [width, height], in pixels, up to {MAX_SIDE}"))),
    }
}

fn read_three(value: &Value<'_>, allowed: fn(f32) -> bool) -> Result<[f32; 3], Mistake> {
    let numbers: Vec<f32> = deserialize(value)?;
    let three = <[f32; 3]>::try_from(numbers).map_err(|_| Mistake::new("expected three numbers, one per channel"))?;
    if three.into_iter().all(allowed) { Ok(three) } else { Err(Mistake::new("a number is out of range")) }
}
