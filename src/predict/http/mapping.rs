//! Where in an answer the objects stand, and what their numbers mean.

use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::detection::{BBox, Size};
use crate::predict::PredictError;
use crate::predict::found::Found;
use crate::predict::naming::Class;
use crate::predict::wire::shown;
use crate::spec::{Choice, Key, Literal, Mistake, Scalar, Shape, TableReader, Value, deserialize};

/// Paths and meanings. A path is dotted (`outputs.0.boxes`) or a JSON pointer (`/outputs/0/boxes`).
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    list: String,
    bbox: BoxPath,
    format: BoxFormat,
    unit: Unit,
    score: String,
    class: String,
    /// Where an answer says what went wrong.
    pub error: Option<String>,
}

/// Four numbers at one place, or each at its own.
#[derive(Debug, Clone, PartialEq)]
enum BoxPath {
    Together(String),
    Apart([String; 4]),
}

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BoxFormat {
    /// Left, top, right, bottom.
    Xyxy,
    /// Left, top, width, height.
    Xywh,
    /// Centre, width, height.
    Cxcywh,
}

impl Choice for BoxFormat {
    const ALL: &'static [(&'static str, Self)] =
        &[("xyxy", Self::Xyxy), ("xywh", Self::Xywh), ("cxcywh", Self::Cxcywh)];

    fn summary(self) -> &'static str {
        match self {
            Self::Xyxy => "left, top, right, bottom",
            Self::Xywh => "left, top, width, height",
            Self::Cxcywh => "centre x, centre y, width, height",
        }
    }
}

/// What the numbers of a box count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Pixels of the picture that was sent.
    Pixel,
    /// Shares of its width and height, 0..=1.
    Unit,
}

impl Choice for Unit {
    const ALL: &'static [(&'static str, Self)] = &[("pixel", Self::Pixel), ("unit", Self::Unit)];

    fn summary(self) -> &'static str {
        match self {
            Self::Pixel => "pixels of the picture that was sent",
            Self::Unit => "shares of its width and height, 0..=1",
        }
    }
}

impl Mapping {
    /// The keys of [`Self::read`]. A path is dotted (`outputs.0.boxes`) or a JSON pointer (`/outputs/0/boxes`).
    pub const KEYS: &'static [Key] = &[
        Key::new(
            "list",
            Shape::TEXT,
            "the path of the list of objects in an answer, dotted (outputs.0) or a JSON pointer",
        )
        .required(),
        Key::new(
            "box",
            Shape::Either(&[Shape::TEXT, Shape::List { of: Scalar::Text, min: 4, max: Some(4) }]),
            "the path of the four numbers of a box in an object, or four paths of one number each",
        )
        .or(Literal::Text("bbox")),
        Key::new("box_format", Shape::choice::<BoxFormat>(), "what the four numbers are").required(),
        Key::new("unit", Shape::choice::<Unit>(), "what the four numbers count").or(Literal::Text("pixel")),
        Key::new("score", Shape::TEXT, "the path of the confidence, 0..=1, in an object").or(Literal::Text("score")),
        Key::new("class", Shape::TEXT, "the path of the class, a name or a number, in an object")
            .or(Literal::Text("class")),
        Key::new("error", Shape::TEXT, "the path in an answer that says what went wrong"),
    ];

    /// Reads `list`, `box`, `box_format`, `unit`, `score`, `class` and `error`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let list = required_path(options, "list", "list = \"predictions\"");
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
        let class = path(options, "class", "class");
        let error = options.with("error", read_path).map(Spanned::into_inner);
        Some(Self { list: list?, bbox: bbox?, format: format?, unit, score, class, error })
    }

    /// The objects of an answer about a picture of `size` pixels.
    ///
    /// # Errors
    /// Something does not stand where it should; the message says what stands there.
    pub fn found(&self, answer: &Json, size: Size) -> Result<Vec<Found>, PredictError> {
        if let Some(error) = self.error.as_ref().and_then(|path| answer.pointer(path)).filter(|error| is_told(error)) {
            return Err(PredictError::Inference(format!("it says: {}", shown(error))));
        }
        let Some(Json::Array(objects)) = answer.pointer(&self.list) else {
            return Err(wrong(answer, "list of objects", &self.list));
        };
        objects.iter().map(|object| self.one(object, size)).collect()
    }

    fn one(&self, object: &Json, size: Size) -> Result<Found, PredictError> {
        let score = number(object, &self.score)?;
        let class = match object.pointer(&self.class) {
            Some(Json::String(name)) => Class::Name(name.clone()),
            Some(other) => match other.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0) {
                Some(number) => Class::Number(number as usize),
                None => return Err(wrong(object, "class name or number", &self.class)),
            },
            None => return Err(wrong(object, "class name or number", &self.class)),
        };
        Ok(Found { class, bbox: self.bbox(object, size)?, score })
    }

    fn bbox(&self, object: &Json, size: Size) -> Result<BBox, PredictError> {
        let numbers = match &self.bbox {
            BoxPath::Apart([a, b, c, d]) => {
                [number(object, a)?, number(object, b)?, number(object, c)?, number(object, d)?]
            }
            BoxPath::Together(path) => {
                let four = object.pointer(path).and_then(Json::as_array).and_then(|list| {
                    <[f64; 4]>::try_from(list.iter().map(Json::as_f64).collect::<Option<Vec<f64>>>()?).ok()
                });
                four.ok_or_else(|| wrong(object, "box of four numbers", path))?
            }
        };
        let (width, height) = match self.unit {
            Unit::Pixel => (1.0, 1.0),
            Unit::Unit => (f64::from(size.width), f64::from(size.height)),
        };
        let [a, b, c, d] = [numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height];
        Ok(match self.format {
            BoxFormat::Xyxy => BBox::from_corners(a, b, c, d),
            BoxFormat::Xywh => BBox::from([a, b, c, d]),
            BoxFormat::Cxcywh => BBox::from([a - c / 2.0, b - d / 2.0, c, d]),
        })
    }

    /// For the record.
    pub fn settings(&self) -> [(&'static str, Json); 7] {
        let bbox = match &self.bbox {
            BoxPath::Together(path) => json!(path),
            BoxPath::Apart(paths) => json!(paths),
        };
        [
            ("list", json!(self.list)),
            ("box", bbox),
            ("box_format", json!(self.format.word())),
            ("unit", json!(self.unit.word())),
            ("score", json!(self.score)),
            ("class", json!(self.class)),
            ("error", json!(self.error)),
        ]
    }
}

/// Whether an error field says that something went wrong: many servers always send it.
fn is_told(error: &Json) -> bool {
    !matches!(error, Json::Null | Json::Bool(false)) && error != "" && *error != json!([]) && *error != json!({})
}

fn number(object: &Json, path: &str) -> Result<f64, PredictError> {
    object.pointer(path).and_then(Json::as_f64).ok_or_else(|| wrong(object, "number", path))
}

fn wrong(value: &Json, expected: &str, path: &str) -> PredictError {
    let place = if path.is_empty() { "the top".to_owned() } else { format!("`{path}`") };
    PredictError::Inference(format!("the answer has no {expected} at {place}: {}", shown(value)))
}

fn required_path(options: &mut TableReader<'_, '_, '_>, key: &'static str, example: &str) -> Option<String> {
    if options.table().get(key).is_none() {
        options.required::<String>(key, example);
    }
    options.with(key, read_path).map(Spanned::into_inner)
}

fn read_path(value: &Value<'_>) -> Result<String, Mistake> {
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

/// A dotted path as a JSON pointer (RFC 6901); a pointer stays as it is.
fn pointer(path: &str) -> String {
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{}", path.replace('.', "/")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 200, height: 100 };

    fn mapping(bbox: BoxPath, format: BoxFormat, unit: Unit) -> Mapping {
        let (score, class) = (pointer("score"), pointer("class"));
        Mapping { list: pointer("out.0"), bbox, format, unit, score, class, error: Some(pointer("error")) }
    }

    fn together(format: BoxFormat, unit: Unit) -> Mapping {
        mapping(BoxPath::Together(pointer("box")), format, unit)
    }

    fn answer(bbox: &Json) -> Json {
        json!({"out": [[{"box": bbox, "score": 0.5, "class": "a"}]], "error": null})
    }

    #[test]
    fn every_format_and_unit_gives_the_same_box() {
        let wanted = BBox::from([20.0, 10.0, 40.0, 20.0]);
        for (format, unit, numbers) in [
            (BoxFormat::Xyxy, Unit::Pixel, [20.0, 10.0, 60.0, 30.0]),
            (BoxFormat::Xywh, Unit::Pixel, [20.0, 10.0, 40.0, 20.0]),
            (BoxFormat::Cxcywh, Unit::Pixel, [40.0, 20.0, 40.0, 20.0]),
            (BoxFormat::Cxcywh, Unit::Unit, [0.2, 0.2, 0.2, 0.2]),
        ] {
            let found = together(format, unit).found(&answer(&json!(numbers)), SIZE).unwrap();
            assert_eq!(found[0].bbox, wanted, "{format:?}");
        }
        let apart = ["box.x1", "box.y1", "box.x2", "box.y2"].map(pointer);
        let corners = json!({"x1": 20, "y1": 10, "x2": 60, "y2": 30});
        let found = mapping(BoxPath::Apart(apart), BoxFormat::Xyxy, Unit::Pixel).found(&answer(&corners), SIZE);
        assert_eq!(found.unwrap()[0].bbox, wanted);
    }

    #[test]
    fn what_does_not_stand_in_its_place_is_told() {
        let mapping = together(BoxFormat::Xyxy, Unit::Pixel);
        let message = |answer: &Json| mapping.found(answer, SIZE).unwrap_err().to_string();
        assert_eq!(message(&json!({})), "the answer has no list of objects at `/out/0`: {}");
        assert!(message(&answer(&json!([1, 2, 3]))).starts_with("the answer has no box of four numbers at `/box`"));
        assert!(message(&json!({"out": [[{"score": "high"}]]})).starts_with("the answer has no number at `/score`"));
        assert_eq!(message(&json!({"error": "bad picture"})), "it says: \"bad picture\"");
    }
}
