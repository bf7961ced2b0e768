//! Where in an answer the objects stand, and what their numbers mean.

use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::detection::{BBox, Size};
use crate::predict::PredictError;
use crate::predict::box_format::{BoxFormat, Unit};
use crate::predict::found::{Found, share};
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
    /// What scores are divided by.
    score_scale: f64,
    class: ClassPath,
    /// Where an answer says what went wrong.
    pub error: Option<String>,
}

/// Where the class of an object stands.
#[derive(Debug, Clone, PartialEq)]
enum ClassPath {
    At(String),
    /// It is the name of the field that holds the box, as `TorchServe`'s detectors say it.
    KeyOfBox,
}

/// How a spec says [`ClassPath::KeyOfBox`].
const KEY_OF_BOX: &str = "*";

/// Four numbers at one place, or each at its own.
#[derive(Debug, Clone, PartialEq)]
enum BoxPath {
    Together(String),
    Apart([String; 4]),
}

impl Mapping {
    /// The keys of [`Self::read`]. A path is dotted (`outputs.0.boxes`) or a JSON pointer (`/outputs/0/boxes`).
    pub const KEYS: &'static [Key] = &[
        Key::new(
            "list",
            Shape::TEXT,
            "the path of the list of objects in an answer, dotted (outputs.0) or a JSON pointer; or of what holds a list of \
             boxes, one of scores and one of classes. `null` there is no object",
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
        Key::new("score", Shape::TEXT, "the path of the confidence in an object").or(Literal::Text("score")),
        Key::new("score_scale", Shape::number(1e-6, 1e6), "what scores are divided by: 100 where they are in per cent")
            .or(Literal::Number(1.0)),
        Key::new(
            "class",
            Shape::TEXT,
            "the path of the class, a name or a number, in an object; \"*\" where it is the name of the field with the box",
        )
        .or(Literal::Text("class")),
        Key::new("error", Shape::TEXT, "the path in an answer that says what went wrong"),
    ];

    /// Reads `list`, `box`, `box_format`, `unit`, `score`, `score_scale`, `class` and `error`.
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
        let score_scale = options.number("score_scale").unwrap_or(1.0);
        let class = match options.with("class", deserialize::<String>).map(Spanned::into_inner) {
            Some(word) if word == KEY_OF_BOX => ClassPath::KeyOfBox,
            Some(path) => ClassPath::At(pointer(&path)),
            None => ClassPath::At(pointer("class")),
        };
        if let (ClassPath::KeyOfBox, Some(bbox)) = (&class, options.table().get("box").map(Spanned::span)) {
            let message = "`box` has no place beside `class = \"*\"`".to_owned();
            let help = "leave `box` out: the box is the value of the field whose name is the class";
            options.refuse("box", crate::spec::Diagnostic::new(bbox, message).help(help));
        }
        let error = options.with("error", read_path).map(Spanned::into_inner);
        Some(Self { list: list?, bbox: bbox?, format: format?, unit, score, score_scale, class, error })
    }

    /// The objects of an answer about a picture of `size` pixels.
    ///
    /// # Errors
    /// Something does not stand where it should; the message says what stands there.
    pub fn found(&self, answer: &Json, size: Size) -> Result<Vec<Found>, PredictError> {
        if let Some(error) = self.error.as_ref().and_then(|path| answer.pointer(path)).filter(|error| is_told(error)) {
            return Err(PredictError::Inference(format!("it says: {}", shown(error))));
        }
        match answer.pointer(&self.list) {
            Some(Json::Array(objects)) => objects.iter().map(|object| self.one(object, size)).collect(),
            Some(lists @ Json::Object(_)) => {
                self.objects_of(lists)?.iter().map(|object| self.one(object, size)).collect()
            }
            Some(Json::Null) => Ok(Vec::new()),
            _ => Err(wrong(answer, "list of objects", &self.list)),
        }
    }

    /// Objects out of `lists`, of which each has a value of each object: at the paths, as if each object had its own.
    fn objects_of(&self, lists: &Json) -> Result<Vec<Json>, PredictError> {
        let ClassPath::At(class) = &self.class else { return Err(wrong(lists, "list of objects", "")) };
        let bbox = match &self.bbox {
            BoxPath::Together(path) => std::slice::from_ref(path),
            BoxPath::Apart(paths) => paths.as_slice(),
        };
        let paths = bbox.iter().chain([&self.score, class]);
        let columns: Vec<(&String, &Vec<Json>)> = paths
            .map(|path| match lists.pointer(path) {
                Some(Json::Array(values)) => Ok((path, values)),
                _ => Err(wrong(lists, "list of values", path)),
            })
            .collect::<Result<_, _>>()?;
        let count = columns.first().map_or(0, |(_, values)| values.len());
        if let Some((path, values)) = columns.iter().find(|(_, values)| values.len() != count) {
            let message = format!("the answer has {count} boxes, but {} values at `{path}`", values.len());
            return Err(PredictError::Inference(message));
        }
        let object = |at: usize| {
            let mut object = json!({});
            for (path, values) in &columns {
                set(&mut object, path, &values[at]);
            }
            object
        };
        Ok((0..count).map(object).collect())
    }

    fn one(&self, object: &Json, size: Size) -> Result<Found, PredictError> {
        let score = number(object, &self.score)? / self.score_scale;
        if score > 1.0 && share(score).is_none() {
            let scale = self.score_scale;
            let message = format!(
                "a score is {}, not 0..{scale}: where scores are in per cent, set `score_scale = 100`",
                score * scale
            );
            return Err(PredictError::Inference(message));
        }
        let (class, bbox) = match &self.class {
            ClassPath::At(path) => (class_at(object, path)?, self.numbers(object)?),
            ClassPath::KeyOfBox => key_of_box(object)?,
        };
        let bbox = self.bbox(bbox, size);
        if bbox.width < 0.0 || bbox.height < 0.0 {
            let (width, height) = (bbox.width, bbox.height);
            let message = format!(
                "a box is {width} x {height} pixels: is it in another format? `box_format` says what its numbers are"
            );
            return Err(PredictError::Inference(message));
        }
        Ok(Found { class, bbox, score })
    }

    /// The four numbers of a box.
    fn numbers(&self, object: &Json) -> Result<[f64; 4], PredictError> {
        match &self.bbox {
            BoxPath::Apart([a, b, c, d]) => {
                Ok([number(object, a)?, number(object, b)?, number(object, c)?, number(object, d)?])
            }
            BoxPath::Together(path) => {
                object.pointer(path).and_then(four).ok_or_else(|| wrong(object, "box of four numbers", path))
            }
        }
    }

    fn bbox(&self, numbers: [f64; 4], size: Size) -> BBox {
        self.format.bbox(self.unit, numbers, size)
    }

    /// For the record.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let bbox = match &self.bbox {
            BoxPath::Together(path) => json!(path),
            BoxPath::Apart(paths) => json!(paths),
        };
        let class = match &self.class {
            ClassPath::At(path) => path,
            ClassPath::KeyOfBox => KEY_OF_BOX,
        };
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

/// Whether an error field says that something went wrong: many servers always send it.
fn is_told(error: &Json) -> bool {
    !matches!(error, Json::Null | Json::Bool(false)) && error != "" && *error != json!([]) && *error != json!({})
}

fn number(object: &Json, path: &str) -> Result<f64, PredictError> {
    object.pointer(path).and_then(numeric).ok_or_else(|| wrong(object, "number", path))
}

/// A number, which some servers write as a text.
fn numeric(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Four numbers in a list, or as two corners.
fn four(value: &Json) -> Option<[f64; 4]> {
    let numbers = |list: &[Json]| list.iter().map(numeric).collect::<Option<Vec<f64>>>();
    match value.as_array()?.as_slice() {
        [one, other] => {
            let corners = [numbers(one.as_array()?)?, numbers(other.as_array()?)?].concat();
            <[f64; 4]>::try_from(corners).ok()
        }
        list => <[f64; 4]>::try_from(numbers(list)?).ok(),
    }
}

fn class_at(object: &Json, path: &str) -> Result<Class, PredictError> {
    match object.pointer(path) {
        Some(Json::String(name)) => Ok(Class::Name(name.clone())),
        Some(other) => match other.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0) {
            Some(number) => Ok(Class::Number(number as usize)),
            None => Err(wrong(object, "class name or number", path)),
        },
        None => Err(wrong(object, "class name or number", path)),
    }
}

/// The one field of an object that holds a box: its name and the numbers.
fn key_of_box(object: &Json) -> Result<(Class, [f64; 4]), PredictError> {
    let fields = object.as_object().into_iter().flatten();
    let mut boxes = fields.filter_map(|(name, value)| Some((Class::Name(name.clone()), four(value)?)));
    match (boxes.next(), boxes.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(wrong(object, "field with a box of four numbers", "")),
        (Some(_), Some(_)) => Err(wrong(object, "single field with a box of four numbers", "")),
    }
}

/// Puts `value` at a pointer of objects alone.
fn set(object: &mut Json, path: &str, value: &Json) {
    let mut place = object;
    for part in path.split('/').skip(1) {
        place = &mut place[part];
    }
    *place = value.clone();
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
        let (score, class) = (pointer("score"), ClassPath::At(pointer("class")));
        let (list, error) = (pointer("out.0"), Some(pointer("error")));
        Mapping { list, bbox, format, unit, score, score_scale: 1.0, class, error }
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
            (BoxFormat::Yxyx, Unit::Unit, [0.1, 0.1, 0.3, 0.3]),
            (BoxFormat::Yxyx, Unit::Pixel, [10.0, 20.0, 30.0, 60.0]),
        ] {
            let found = together(format, unit).found(&answer(&json!(numbers)), SIZE).unwrap();
            assert_eq!(found[0].bbox, wanted, "{format:?}");
        }
        let apart = ["box.x1", "box.y1", "box.x2", "box.y2"].map(pointer);
        let corners = json!({"x1": 20, "y1": 10, "x2": 60, "y2": 30});
        let found = mapping(BoxPath::Apart(apart), BoxFormat::Xyxy, Unit::Pixel).found(&answer(&corners), SIZE);
        assert_eq!(found.unwrap()[0].bbox, wanted);
    }

    /// As TensorFlow Serving answers for models of the Object Detection API.
    #[test]
    fn lists_side_by_side_are_objects() {
        let path = |name: &str| pointer(&format!("detection_{name}"));
        let mapping = Mapping {
            list: pointer("predictions.0"),
            score: path("scores"),
            class: ClassPath::At(path("classes")),
            ..mapping(BoxPath::Together(path("boxes")), BoxFormat::Yxyx, Unit::Unit)
        };
        let lists = |scores: Json| {
            json!({"predictions": [{"detection_boxes": [[0.1, 0.1, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0]],
                   "detection_scores": scores, "detection_classes": [1.0, 2.0], "num_detections": 2.0}]})
        };
        let found = mapping.found(&lists(json!([0.9, 0.5])), SIZE).unwrap();
        assert_eq!(found[0], Found { class: Class::Number(1), bbox: BBox::from([20.0, 10.0, 40.0, 20.0]), score: 0.9 });
        assert_eq!((found.len(), &found[1].class), (2, &Class::Number(2)));
        let short = mapping.found(&lists(json!([0.9])), SIZE).unwrap_err().to_string();
        assert_eq!(short, "the answer has 2 boxes, but 1 values at `/detection_scores`");
        assert!(
            mapping
                .found(&lists(json!(0.9)), SIZE)
                .unwrap_err()
                .to_string()
                .contains("no list of values at `/detection_scores`")
        );
    }

    /// As `TorchServe`'s `object_detector` answers.
    #[test]
    fn a_class_may_be_the_name_of_the_field_with_the_box() {
        let plain = together(BoxFormat::Xyxy, Unit::Pixel);
        let mapping = Mapping { list: String::new(), class: ClassPath::KeyOfBox, ..plain };
        let found = mapping.found(
            &json!([{"cat": [20, 10, 60, 30], "score": 0.5}, {"dog": [["1", 2], [3, 4]], "score": "0.25"}]),
            SIZE,
        );
        let found = found.unwrap();
        assert_eq!(
            (&found[0].class, found[0].bbox),
            (&Class::Name("cat".to_owned()), BBox::from([20.0, 10.0, 40.0, 20.0]))
        );
        assert_eq!((&found[1].class, found[1].score), (&Class::Name("dog".to_owned()), 0.25));
        let message = |object: Json| mapping.found(&json!([object]), SIZE).unwrap_err().to_string();
        assert!(message(json!({"score": 0.5})).contains("no field with a box"));
        assert!(message(json!({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4], "score": 0.5})).contains("no single field"));
    }

    #[test]
    fn per_cent_texts_and_nothing_are_understood() {
        let plain = together(BoxFormat::Xyxy, Unit::Pixel);
        let object = json!({"out": [[{"box": ["20", "10", "60", "30"], "score": "50", "class": "a"}]]});
        let told = plain.found(&object, SIZE).unwrap_err().to_string();
        assert_eq!(told, "a score is 50, not 0..1: where scores are in per cent, set `score_scale = 100`");
        let rounded = json!({"out": [[{"box": [20, 10, 60, 30], "score": 1.000_000_1, "class": "a"}]]});
        assert!(plain.found(&rounded, SIZE).is_ok(), "a rounding beyond 1 is 1");
        let found = Mapping { score_scale: 100.0, ..plain.clone() }.found(&object, SIZE).unwrap();
        assert_eq!((found[0].score, found[0].bbox), (0.5, BBox::from([20.0, 10.0, 40.0, 20.0])));
        assert_eq!(plain.found(&json!({"out": [null]}), SIZE).unwrap(), []);
        assert!(plain.found(&json!({"out": []}), SIZE).is_err());
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
