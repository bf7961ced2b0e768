//! How a graph is filled and read, as a section says it whatever runs the graph.

mod names;
mod pixels;

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

pub use self::names::Labels;
use super::activation::Activation;
use super::decoders::{self, Decoder};
use super::families::Family;
use super::inputs::{InputSize, MAX_SIDE, Order};
use super::overrides::Overrides;
use super::preprocess::{Channels, Placement, Resize};
use crate::detection::Size;
use crate::entry::{Entry, find};
use crate::predict::naming::RENAME;
use crate::resizing::Filter;
use crate::spec::{Key, Literal, Mistake, Scalar, Source, TableReader, Value, ValueShape, deserialize, list_of};

/// How a graph's input is filled and its outputs are read, whatever runs it.
pub struct NetworkOptions {
    /// The output layout; chosen from the outputs where `None`.
    pub decoder: Option<&'static Decoder>,
    /// The outputs that are used; where `None`, all but maps beside finished boxes.
    pub outputs: Option<Vec<String>>,
    /// The class names; read from the file where `None`.
    pub labels: Option<Labels>,
    /// What the dataset calls classes otherwise, by the model's names.
    pub rename: BTreeMap<String, String>,
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
    /// How probabilities are made of a classifier's outputs; told by their values where `None`.
    pub activation: Option<Activation>,
    /// Confidence floor.
    pub confidence: Option<f64>,
    /// IoU of the non-maximum suppression.
    pub iou: Option<f64>,
    /// Detections kept per image.
    pub max_detections: Option<usize>,
}

fn known_decoders() -> Vec<Entry> {
    decoders::ALL.iter().map(|decoder| decoder.entry).collect()
}

fn known_sizes() -> Vec<Entry> {
    vec![Entry { name: "picture", summary: "that of each picture" }]
}

impl NetworkOptions {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[
        Key::new(
            "decoder",
            ValueShape::One(Scalar::Words(known_decoders)),
            "what the numbers of the outputs mean; chosen from the outputs where none is given",
        ),
        Key::new(
            "outputs",
            ValueShape::TEXTS,
            "the names of the outputs that hold boxes, classes and scores, where others stand beside them",
        ),
        Key::new(
            "labels",
            ValueShape::Either(&[ValueShape::One(Scalar::Words(names::known)), ValueShape::TEXTS]),
            "the class names in the model's order, or a list known by name; read from the file where none are given",
        ),
        Key::new(
            "labels_file",
            ValueShape::PATH,
            "a file with the class names in the model's order, one a line or a JSON list, instead of `labels`",
        ),
        RENAME,
        Key::new(
            "first_label",
            ValueShape::integer(0, 1),
            "the number of the first class: 1 where 0 is the background; the decoder's where none is given",
        ),
        Key::new("batch", ValueShape::COUNT, "pictures per call").or(Literal::Integer(1)),
        Key::new(
            "layout",
            ValueShape::choice::<Order>(),
            "how the values lie in the input; told by its shape where none is given",
        ),
        Key::new(
            "input_size",
            ValueShape::Either(&[
                SIDE,
                ValueShape::List { of: Scalar::Integer { min: 1, max: MAX_SIDE as i64 }, min: 1, max: Some(2) },
                ValueShape::One(Scalar::Words(known_sizes)),
            ]),
            "the input's size in pixels, for files that leave it open: a side, [width, height], or \"picture\"",
        ),
        Key::new(
            "preprocess",
            ValueShape::choice::<Family>(),
            "of classifiers: the family whose way of making pictures ready is taken; the keys below go before it; told by \
             files of Ultralytics",
        ),
        Key::new(
            "placement",
            ValueShape::choice::<Placement>(),
            "how a picture is fitted into the input; the decoder's, or as the file says, where none is given",
        ),
        Key::new(
            "resize",
            ValueShape::Either(&[SIDE, ValueShape::choice::<Resize>()]),
            "of classifiers: the short side in pixels before the middle is cut out; a word is the filter, as of `filter`",
        ),
        Key::new(
            "crop_pct",
            ValueShape::number(0.1, 1.0),
            "of classifiers: the share of the short side that is cut out as the middle, timm's `crop_pct`: another way to \
             say `resize`, of which it makes the input's side divided by the share, rounded down",
        ),
        Key::new(
            "crop",
            SIDE,
            "of classifiers: the side in pixels of the middle that is cut out; the input's where none is given",
        ),
        Key::new(
            "filter",
            ValueShape::choice::<Filter>(),
            "how a picture is resized; the family's or the decoder's where none is given",
        ),
        Key::new(
            "channels",
            ValueShape::choice::<Channels>(),
            "the order of colours; the decoder's where none is given",
        ),
        Key::new(
            "scale",
            ValueShape::number(1e-6, 1e6),
            "what the pixel values 0..=255 are divided by: 255 makes shares of them, 1 leaves them; the decoder's \
             where none is given",
        ),
        Key::new(
            "mean",
            THREE,
            "taken off each channel after the division by `scale`, in its unit; the decoder's where none is given",
        ),
        Key::new(
            "std",
            THREE,
            "what each channel is divided by at last: (pixel / scale - mean) / std; the decoder's where none is given",
        ),
        Key::new(
            "pad",
            ValueShape::Either(&[
                LEVEL,
                ValueShape::List { of: Scalar::Integer { min: 0, max: 255 }, min: 3, max: Some(3) },
            ]),
            "the colour around a picture that does not fill the input: a grey level 0 to 255, or red, green and blue",
        )
        .or(Literal::Integer(114)),
        Key::new(
            "activation",
            ValueShape::choice::<Activation>(),
            "what a classifier's outputs are; told by their values where those show it",
        ),
        Key::new(
            "confidence",
            ValueShape::SHARE,
            "objects of a lower score are left out; the decoder's where none is given",
        ),
        Key::new("iou", ValueShape::SHARE, "of the non-maximum suppression; the decoder's where none is given"),
        Key::new("max_detections", ValueShape::COUNT, "objects kept per picture; the decoder's where none is given"),
    ];

    /// A section that says nothing.
    #[cfg(any(test, feature = "fuzzing"))]
    pub fn unsaid() -> Self {
        Self {
            decoder: None,
            outputs: None,
            labels: None,
            rename: BTreeMap::new(),
            first_label: None,
            input_size: None,
            layout: None,
            batch: 1,
            overrides: Overrides::default(),
            activation: None,
            confidence: None,
            iou: None,
            max_detections: None,
        }
    }

    /// The class names that are set, in the model's order, and the number of the first.
    pub fn numbered(&self) -> Option<(Vec<String>, usize)> {
        let labels = self.labels.as_ref()?;
        let first = self.first_label.unwrap_or(usize::from(labels.is_by_id));
        Some((labels.names.clone(), first))
    }

    /// Reads everything of a section but where the graph is.
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Self {
        let decoder = options.with("decoder", read_decoder).map(Spanned::into_inner);
        let outputs = options.with("outputs", read_outputs).map(Spanned::into_inner);
        let labels = names::read(source, options);
        let rename = options.with(RENAME.name, deserialize).map(Spanned::into_inner).unwrap_or_default();
        let first_label = options.integer("first_label");
        let batch = options.integer("batch").unwrap_or(1);
        let layout = options.choice("layout");
        let input_size = options.with("input_size", read_size).map(Spanned::into_inner);
        let overrides = pixels::read(options);
        let activation = options.choice("activation");
        let confidence = options.number("confidence");
        let iou = options.number("iou");
        let max_detections = options.integer("max_detections");
        Self {
            decoder,
            outputs,
            labels,
            rename,
            first_label,
            input_size,
            layout,
            batch,
            overrides,
            activation,
            confidence,
            iou,
            max_detections,
        }
    }
}

fn read_decoder(value: &Value<'_>) -> Result<&'static Decoder, Mistake> {
    let name: String = deserialize(value)?;
    find(decoders::ALL, &name)
        .map_err(|not_found| Mistake::new(format!("unknown decoder `{name}`")).help(not_found.help()))
}

const LEVEL: ValueShape = ValueShape::integer(0, 255);

fn read_outputs(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    let names: Vec<String> = deserialize(value)?;
    if names.is_empty() { Err(Mistake::new("the list is empty").help("name at least one output")) } else { Ok(names) }
}

const SIDE: ValueShape = ValueShape::integer(1, MAX_SIDE as i64);

const THREE: ValueShape = ValueShape::List { of: Scalar::NUMBER, min: 3, max: Some(3) };

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
        // As timm prints it: the channels first.
        [1 | 3, height, width] => Err(Mistake::new("expected [width, height], without the channels")
            .help(format!("write `input_size = [{width}, {height}]`"))),
        _ => Err(Mistake::new(format!("expected one side or [width, height], in pixels, up to {MAX_SIDE}"))),
    }
}

const SIZE_HELP: &str = "write `[width, height]` in pixels, or \"picture\" to give every picture at its own size";
