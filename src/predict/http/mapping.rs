//! What a section says of where in an answer the objects stand, and what their numbers mean; `objects` finds them
//! there.

use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::predict::PredictError;
use crate::predict::box_format::{BoxFormat, Unit};
use crate::predict::scored::{ACTIVATION, SCORE_SCALE};
use crate::predict::wire::shown;
use crate::spec::{Choice, Key, Literal, Mistake, Scalar, TableReader, Value, ValueShape, deserialize};
use crate::task::Task;

/// Paths and meanings. A path is dotted (`outputs.0.boxes`) or a JSON pointer (`/outputs/0/boxes`).
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    pub(super) list: String,
    pub(super) bbox: BoxPath,
    pub(super) format: BoxFormat,
    pub(super) unit: Unit,
    pub(super) score: String,
    /// What scores are divided by.
    pub(super) score_scale: f64,
    pub(super) class: ClassPath,
    /// Where an answer says what went wrong.
    pub error: Option<String>,
}

/// Where the class of an object stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ClassPath {
    At(String),
    /// It is the name of the field that holds the box, or the score of the picture's class, as `TorchServe` says it.
    Key,
}

impl ClassPath {
    /// As a spec writes it.
    pub(super) fn written(&self) -> &str {
        match self {
            Self::At(path) => path,
            Self::Key => KEY_OF_SCORE,
        }
    }
}

/// How a spec says [`ClassPath::Key`].
pub(super) const KEY_OF_SCORE: &str = "*";

/// Four numbers at one place, or each at its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BoxPath {
    Together(String),
    Apart([String; 4]),
}

impl Mapping {
    /// The keys of [`Self::read`]. A path is dotted (`outputs.0.boxes`) or a JSON pointer (`/outputs/0/boxes`).
    pub const KEYS: &'static [Key] = &[
        Key::new(
            "list",
            ValueShape::TEXT,
            "the path of the list of objects in an answer, dotted (outputs.0) or a JSON pointer; or of what holds a \
             list of boxes, one of scores and one of classes. `null` there is no object. With `task = \"classify\"` that \
             of the list of classes, or of scores, or of the object with them; \"\" is the answer itself",
        )
        .required(),
        Key::new(
            "box",
            ValueShape::Either(&[ValueShape::TEXT, ValueShape::List { of: Scalar::Text, min: 4, max: Some(4) }]),
            "the path of the four numbers of a box in an object, or four paths of one number each",
        )
        .or(Literal::Text("bbox"))
        .of(Task::Detect),
        Key::new("box_format", ValueShape::choice::<BoxFormat>(), "what the four numbers are")
            .required()
            .of(Task::Detect),
        Key::new("unit", ValueShape::choice::<Unit>(), "what the four numbers count")
            .or(Literal::Text("pixel"))
            .of(Task::Detect),
        Key::new("score", ValueShape::TEXT, "the path of the confidence in an object").or(Literal::Text("score")),
        SCORE_SCALE,
        ACTIVATION,
        Key::new(
            "class",
            ValueShape::TEXT,
            "the path of the class, a name or a number, in an object; \"*\" where it is the name of the field with the \
             box, or with the class's score",
        )
        .or(Literal::Text("class")),
        Key::new("error", ValueShape::TEXT, "the path in an answer that says what went wrong"),
    ];

    /// Reads `list`, `box`, `box_format`, `unit`, `score`, `score_scale`, `class` and `error`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let list = options.required_with("list", "list = \"predictions\"", read_path);
        let bbox = options.with("box", read_box).map_or_else(
            || options.table().get("box").is_none().then(|| BoxPath::Together(pointer("bbox"))),
            |path| Some(path.into_inner()),
        );
        let format = options.choice("box_format");
        if options.table().get("box_format").is_none() {
            let example = "box_format = \"xyxy\"";
            let message = format!("{} has no `box_format`", options.table().title);
            let help = format!("add `{example}` (corners), `xywh` (corner and size) or `cxcywh` (centre and size)");
            options.wrong(crate::spec::Diagnostic::new(options.table().span.clone(), message).help(help));
        }
        let unit = options.choice("unit").unwrap_or(Unit::Pixel);
        let path = |options: &mut TableReader<'_, '_, '_>, key, default: &str| {
            options.with(key, read_path).map_or_else(|| pointer(default), Spanned::into_inner)
        };
        let score = path(options, "score", "score");
        let score_scale = options.number("score_scale").unwrap_or(1.0);
        let class = match options.with("class", deserialize::<String>).map(Spanned::into_inner) {
            Some(word) if word == KEY_OF_SCORE => ClassPath::Key,
            Some(path) => ClassPath::At(pointer(&path)),
            None => ClassPath::At(pointer("class")),
        };
        if let (ClassPath::Key, Some(bbox)) = (&class, options.table().get("box").map(Spanned::span)) {
            let message = "`box` has no place beside `class = \"*\"`".to_owned();
            let help = "leave `box` out: the box is the value of the field whose name is the class";
            options.refuse("box", crate::spec::Diagnostic::new(bbox, message).help(help));
        }
        let error = options.with("error", read_path).map(Spanned::into_inner);
        let list = list?.into_inner();
        Some(Self { list, bbox: bbox?, format: format?, unit, score, score_scale, class, error })
    }

    /// For the record.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let bbox = match &self.bbox {
            BoxPath::Together(path) => json!(path),
            BoxPath::Apart(paths) => json!(paths),
        };
        let class = self.class.written();
        // Told where it is set, so that answers that are kept stay those of the same settings.
        let scale = (self.score_scale != 1.0).then(|| ("score_scale", json!(self.score_scale)));
        let settings = [
            ("list", json!(self.list)),
            ("box", bbox),
            ("box_format", json!(self.format.word())),
            ("unit", json!(self.unit.word())),
            ("score", json!(self.score)),
            ("class", json!(class)),
            ("error", json!(self.error)),
        ];
        settings.into_iter().chain(scale)
    }
}

pub(super) fn read_path(value: &Value<'_>) -> Result<String, Mistake> {
    Ok(pointer(&deserialize::<String>(value)?))
}

fn read_box(value: &Value<'_>) -> Result<BoxPath, Mistake> {
    if !matches!(value.get_ref(), DeValue::Array(_)) {
        return Ok(BoxPath::Together(read_path(value)?));
    }
    let paths: Vec<String> = deserialize(value)?;
    let paths: Vec<String> = paths.iter().map(|path| pointer(path)).collect();
    <[String; 4]>::try_from(paths).map(BoxPath::Apart).map_err(|_| {
        Mistake::new("expected one path, or four").help("for example `box = [\"x1\", \"y1\", \"x2\", \"y2\"]`")
    })
}

/// Refuses an answer that says what went wrong.
///
/// # Errors
/// It does.
pub(super) fn complaint(answer: &Json, path: Option<&str>) -> Result<(), PredictError> {
    match path.and_then(|path| answer.pointer(path)).filter(|error| is_a_complaint(error)) {
        Some(error) => Err(PredictError::Inference(format!("it says: {}", shown(error)))),
        None => Ok(()),
    }
}

/// Whether an error field says that something went wrong: many servers always send it.
fn is_a_complaint(error: &Json) -> bool {
    !matches!(error, Json::Null | Json::Bool(false)) && error != "" && *error != json!([]) && *error != json!({})
}

/// A dotted path as a JSON pointer (RFC 6901); a pointer stays as it is.
pub(super) fn pointer(path: &str) -> String {
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{}", path.replace('.', "/")) }
}
