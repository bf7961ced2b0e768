//! The objects of an answer, found where the mapping says they stand.

use serde_json::{Value as Json, json};

use super::mapping::{BoxPath, ClassPath, Mapping, complaint};
use crate::detection::{BBox, Size};
use crate::predict::PredictError;
use crate::predict::found::{FoundObject, share};
use crate::predict::naming::Class;
use crate::predict::scored_json::of_class;
use crate::predict::wire::{number, shown};

impl Mapping {
    /// The objects of an answer about a picture of `size` pixels.
    ///
    /// # Errors
    /// Something does not stand where it should; the message says what stands there.
    pub fn found(&self, answer: &Json, size: Size) -> Result<Vec<FoundObject>, PredictError> {
        complaint(answer, self.error.as_deref())?;
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

    fn one(&self, object: &Json, size: Size) -> Result<FoundObject, PredictError> {
        let score = number_at(object, &self.score)? / self.score_scale;
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
            ClassPath::Key => key_of_box(object)?,
        };
        let bbox = self.bbox(bbox, size);
        if bbox.width < 0.0 || bbox.height < 0.0 {
            let (width, height) = (bbox.width, bbox.height);
            let message = format!(
                "a box is {width} x {height} pixels: is it in another format? `box_format` says what its numbers are"
            );
            return Err(PredictError::Inference(message));
        }
        Ok(FoundObject { class, bbox, score })
    }

    /// The four numbers of a box.
    fn numbers(&self, object: &Json) -> Result<[f64; 4], PredictError> {
        match &self.bbox {
            BoxPath::Apart([a, b, c, d]) => {
                Ok([number_at(object, a)?, number_at(object, b)?, number_at(object, c)?, number_at(object, d)?])
            }
            BoxPath::Together(path) => {
                object.pointer(path).and_then(four).ok_or_else(|| wrong(object, "box of four numbers", path))
            }
        }
    }

    fn bbox(&self, numbers: [f64; 4], size: Size) -> BBox {
        self.format.bbox(self.unit, numbers, size)
    }
}

fn number_at(object: &Json, path: &str) -> Result<f64, PredictError> {
    object.pointer(path).and_then(number).ok_or_else(|| wrong(object, "number", path))
}

/// Four numbers in a list, or as two corners.
fn four(value: &Json) -> Option<[f64; 4]> {
    let numbers = |list: &[Json]| list.iter().map(number).collect::<Option<Vec<f64>>>();
    match value.as_array()?.as_slice() {
        [one, other] => {
            let corners = [numbers(one.as_array()?)?, numbers(other.as_array()?)?].concat();
            <[f64; 4]>::try_from(corners).ok()
        }
        list => <[f64; 4]>::try_from(numbers(list)?).ok(),
    }
}

fn class_at(object: &Json, path: &str) -> Result<Class, PredictError> {
    object.pointer(path).and_then(of_class).ok_or_else(|| wrong(object, "class name or number", path))
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

#[cfg(test)]
mod tests {
    use super::super::mapping::pointer;
    use super::*;
    use crate::predict::box_format::{BoxFormat, Unit};

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
        assert_eq!(
            found[0],
            FoundObject { class: Class::Number(1), bbox: BBox::from([20.0, 10.0, 40.0, 20.0]), score: 0.9 }
        );
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
        let mapping = Mapping { list: String::new(), class: ClassPath::Key, ..plain };
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
    fn what_does_not_stand_in_its_place_is_a_complaint() {
        let mapping = together(BoxFormat::Xyxy, Unit::Pixel);
        let message = |answer: &Json| mapping.found(answer, SIZE).unwrap_err().to_string();
        assert_eq!(message(&json!({})), "the answer has no list of objects at `/out/0`: {}");
        assert!(message(&answer(&json!([1, 2, 3]))).starts_with("the answer has no box of four numbers at `/box`"));
        assert!(message(&json!({"out": [[{"score": "high"}]]})).starts_with("the answer has no number at `/score`"));
        assert_eq!(message(&json!({"error": "bad picture"})), "it says: \"bad picture\"");
    }
}
