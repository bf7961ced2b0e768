//! How a graph is filled and read, as a section says it whatever runs the graph.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::activation::Activation;
use super::decoders::{self, Decoder};
use super::families::Family;
use super::inputs::{InputSize, MAX_SIDE, Order};
use super::labels;
use super::overrides::Overrides;
use super::preprocess::{Channels, Placement, Resize};
use crate::detection::Size;
use crate::entry::{Entry, find};
use crate::file;
use crate::predict::naming::RENAME;
use crate::resizing::Filter;
use crate::spec::{
    Choice, Diagnostic, Key, Literal, Mistake, PathKind, Scalar, Source, TableReader, Value, ValueShape, deserialize,
    existing_path, list_of,
};

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

/// Class names in a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// In the model's order.
    pub names: Vec<String>,
    /// Whether the list is COCO's by category id, whose first is 1.
    pub is_by_id: bool,
    /// Whether they are of a file, where a name may stand twice.
    pub is_of_file: bool,
}

fn known_labels() -> Vec<Entry> {
    let coco = Entry { name: "coco", summary: "COCO's 80 classes" };
    vec![coco, Entry { name: "coco91", summary: "COCO's classes by category id, 1 to 90" }]
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
            ValueShape::Either(&[ValueShape::One(Scalar::Words(known_labels)), ValueShape::TEXTS]),
            "the class names in the model's order, or a list known by name; read from the file where none are given",
        ),
        Key::new(
            "labels_file",
            ValueShape::PATH,
            "a file with the class names in the model's order, one a line, instead of `labels`",
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
        let labels = read_names(source, options);
        let rename = options.with(RENAME.name, deserialize).map(Spanned::into_inner).unwrap_or_default();
        let first_label = options.integer("first_label");
        let batch = options.integer("batch").unwrap_or(1);
        let layout = options.choice("layout");
        let input_size = options.with("input_size", read_size).map(Spanned::into_inner);
        let family = options.choice("preprocess");
        let placement = options.choice("placement");
        let (short_side, resize) = read_resizing(options);
        let overrides = Overrides {
            family,
            placement,
            resize,
            short_side,
            crop_share: options.number("crop_pct"),
            crop: options.with("crop", read_crop).map(Spanned::into_inner),
            channels: options.choice("channels"),
            scale: options.number("scale"),
            mean: options.with("mean", |value| read_three(value, f32::is_finite)).map(Spanned::into_inner),
            std: options.with("std", |value| read_three(value, |std| std > 0.0)).map(Spanned::into_inner),
            pad: options.with("pad", read_pad).map(Spanned::into_inner),
        };
        refuse_words_of_libraries(options);
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

/// The side in pixels and the filter that `resize` and `filter` say.
fn read_resizing(options: &mut TableReader<'_, '_, '_>) -> (Option<u32>, Option<Resize>) {
    let resize = options.with("resize", read_resize);
    let filter = options.spanned_choice::<Filter>("filter");
    if let (Some(resize), Some(filter)) = (&resize, &filter)
        && let Resizing::Word(_) = resize.get_ref()
    {
        let message = format!("`resize` and `filter` in {} both name a filter", options.table().title);
        options.wrong(Diagnostic::new(filter.span(), message).help("leave out one of both"));
    }
    let filter = filter.map(|filter| Resize::from(filter.into_inner()));
    match resize.map(Spanned::into_inner) {
        Some(Resizing::Side(side)) => (Some(side), filter),
        Some(Resizing::Word(word)) => (None, filter.or(Some(word))),
        None => (None, filter),
    }
}

/// What timm's data configs and Hugging Face's image processors call what has another name here, and what to write.
const WORDS_OF_LIBRARIES: &[(&str, &str)] = &[
    ("interpolation", "write `filter`: \"bicubic\", \"bilinear\" (as Pillow) or \"linear\" (as OpenCV)"),
    ("resample", "write `filter`: 2 is \"bilinear\", 3 is \"bicubic\""),
    ("crop_mode", "write `placement`: \"center\" is \"crop\", \"squash\" is \"stretch\", \"border\" is \"letterbox\""),
    ("crop_size", "write `crop`, or leave it out where it is the input's size"),
    ("crop_ratio", "write `crop_pct`"),
    ("size", "write `resize`, the short side in pixels before the middle is cut out"),
    ("img_size", "write `input_size`, where the file leaves its input's size open"),
    ("image_mean", "write `mean`"),
    ("image_std", "write `std`"),
    ("rescale_factor", "write `scale`, what pixel values are divided by: 255 for 1/255"),
];

fn refuse_words_of_libraries(options: &mut TableReader<'_, '_, '_>) {
    let table = options.table();
    for (key, _) in table.entries() {
        let Some((word, help)) = WORDS_OF_LIBRARIES.iter().find(|(word, _)| word == key.get_ref()) else { continue };
        let message = format!("`{word}` in {} has another name here", table.title);
        options.refuse(key.get_ref(), Diagnostic::new(key.span(), message).help(*help));
    }
}

fn read_crop(value: &Value<'_>) -> Result<u32, Mistake> {
    if let Ok(share) = deserialize::<f64>(value)
        && (0.0..1.0).contains(&share)
    {
        let help = format!("a share of the short side is written `crop_pct = {share}`");
        return Err(Mistake::expected("a side in pixels", value).help(help));
    }
    let side: i64 = deserialize(value)?;
    let side = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
    side.ok_or_else(|| Mistake::new(format!("expected 1 to {MAX_SIDE} pixels")))
}

/// What `resize` says.
enum Resizing {
    Side(u32),
    Word(Resize),
}

fn read_resize(value: &Value<'_>) -> Result<Resizing, Mistake> {
    let help = "write the short side in pixels, or a filter: \"linear\" or \"antialias\"";
    if let DeValue::String(word) = value.get_ref() {
        let known = Resize::ALL.iter().find(|(known, _)| known == word);
        return known
            .map(|(_, resize)| Resizing::Word(*resize))
            .ok_or_else(|| Mistake::new(format!("unknown value `{word}`")).help(help));
    }
    let side: i64 =
        deserialize(value).map_err(|_| Mistake::expected("a side in pixels, or a filter", value).help(help))?;
    let side = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
    side.map(Resizing::Side).ok_or_else(|| Mistake::new(format!("expected 1 to {MAX_SIDE} pixels")).help(help))
}

/// The names of `labels` or `labels_file`.
fn read_names(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Labels> {
    let labels = options.with("labels", read_labels);
    let written = options.optional::<String>("labels_file");
    if let (Some(_), Some(file)) = (&labels, &written) {
        let message = format!("`labels` and `labels_file` in {} both name the classes", options.table().title);
        options.wrong(Diagnostic::new(file.span(), message).help("leave out one of both"));
    }
    let Some(written) = written else { return labels.map(Spanned::into_inner) };
    let path = existing_path(source, &written, PathKind::File, "file of class names", options)?;
    let read = file::read(&path, file::MOST_OF_A_TEXT).map_err(|error| error.to_string());
    match read.and_then(|bytes| labels::from_lines(&bytes)) {
        Ok(names) => Some(Labels { names, is_by_id: false, is_of_file: true }),
        Err(why) => {
            options.wrong(Diagnostic::new(written.span(), format!("{}: {why}", path.display())));
            None
        }
    }
}

fn read_labels(value: &Value<'_>) -> Result<Labels, Mistake> {
    let named = |names: Vec<String>, is_by_id: bool| Ok(Labels { names, is_by_id, is_of_file: false });
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

const LEVEL: ValueShape = ValueShape::integer(0, 255);

fn read_outputs(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    let names: Vec<String> = deserialize(value)?;
    if names.is_empty() { Err(Mistake::new("the list is empty").help("name at least one output")) } else { Ok(names) }
}

/// A grey level, or a colour.
fn read_pad(value: &Value<'_>) -> Result<[u8; 3], Mistake> {
    let wrong = || Mistake::new("expected a grey level 0 to 255, or three numbers for red, green and blue");
    if matches!(value.get_ref(), DeValue::Integer(_)) {
        let level: u8 = deserialize(value).map_err(|_| wrong())?;
        return Ok([level; 3]);
    }
    let colour: Vec<u8> = deserialize(value).map_err(|_| wrong())?;
    <[u8; 3]>::try_from(colour).map_err(|_| wrong())
}

const SIDE: ValueShape = ValueShape::integer(1, MAX_SIDE as i64);

const THREE: ValueShape = ValueShape::List { of: Scalar::NUMBER, min: 3, max: Some(3) };

const LABELS_HELP: &str = "write the class names in the model's order: `labels = [\"cat\", \"dog\"]`";

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

fn read_three(value: &Value<'_>, allowed: fn(f32) -> bool) -> Result<[f32; 3], Mistake> {
    let numbers: Vec<f32> = deserialize(value)?;
    let three = <[f32; 3]>::try_from(numbers).map_err(|_| Mistake::new("expected three numbers, one per channel"))?;
    if three.into_iter().all(allowed) { Ok(three) } else { Err(Mistake::new("a number is out of range")) }
}
