//! A file of results as it is written: COCO's list (cocodataset.org/#format-results), the same an object a line, or a
//! table that holds such a list, as `FiftyOne` and others write it: with the names of images and categories beside it.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::detection::BBox;
use crate::json::{self, Id, JsonError, Name, WrongItem, first_wrong, other_kind};
use crate::predict::PredictorError;
use crate::predict::found::share;

/// A detection.
#[derive(Debug, Clone)]
pub struct RawResult {
    /// What the tool calls the image.
    pub image_id: Option<Id>,
    /// The image's file, which Ultralytics and others write beside the id.
    pub file_name: Option<String>,
    /// Which class.
    pub class: ResultClass,
    /// Where, pixels.
    pub bbox: [f64; 4],
    /// Confidence.
    pub score: f64,
}

/// What a result says of its class: a number, a name, or both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultClass {
    /// `category_id`
    pub number: Option<u64>,
    /// What the file says that the number is called, or what it says in its place.
    pub name: Option<String>,
}

impl fmt::Display for ResultClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.number) {
            (Some(name), _) => write!(f, "`{name}`"),
            (None, Some(number)) => number.fmt(f),
            (None, None) => f.write_str("none"),
        }
    }
}

/// A detection as it is written.
#[derive(Deserialize)]
struct Item {
    image_id: Option<Id>,
    file_name: Option<String>,
    category_id: Option<Id>,
    category_name: Option<String>,
    bbox: Option<[f64; 4]>,
    score: Option<f64>,
    /// What Ultralytics' and Roboflow's tools call it.
    confidence: Option<f64>,
}

/// A table with a list of them.
#[derive(Deserialize)]
struct ResultTable {
    predictions: Option<Vec<Item>>,
    results: Option<Vec<Item>>,
    detections: Option<Vec<Item>>,
    annotations: Option<Vec<Item>>,
    images: Option<Vec<ResultImage>>,
    categories: Option<Vec<ResultCategory>>,
    /// What a single result has.
    bbox: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ResultImage {
    id: Id,
    file_name: Option<String>,
}

#[derive(Deserialize)]
struct ResultCategory {
    id: Id,
    name: Name,
}

/// The keys under which a table may have its list.
const LISTS: [&str; 4] = ["predictions", "results", "detections", "annotations"];

/// What a file may be, for messages.
const EXPECTED: &str = "expected a list of `{\"image_id\": 1, \"category_id\": 1, \"bbox\": [x, y, width, height], \
                        \"score\": 0.9}`, one a line, or a table with that list as `annotations` or `predictions`";

/// Reads a file of results, whose scores are to be divided by `score_scale`.
///
/// # Errors
/// It is none, or holds numbers that are no detection's.
pub fn read(path: &Path, bytes: &[u8], score_scale: f64) -> Result<Vec<RawResult>, PredictorError> {
    let fail = |what: String| PredictorError::Load(format!("{}: {what}", path.display()));
    let not_finite = |what: String| PredictorError::NonFinite(format!("{}: {what}", path.display()));
    let (items, names) = items(bytes).map_err(|error| match error {
        JsonError::NotFinite { .. } => not_finite(error.to_string()),
        JsonError::Syntax(reason) => fail(format!("it holds no COCO results: {reason}")),
    })?;
    let mut results = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let what = |what: &str| fail(format!("result {index} has {what}"));
        let bbox = item.bbox.ok_or_else(|| what("no `bbox`: write the upright box of each object"))?;
        let score = item.score.or(item.confidence).ok_or_else(|| {
            what("no `score`: is the file one of labels? Name what a model has found, with its confidence")
        })?;
        let sides = BBox::from(bbox);
        if !sides.is_finite() || !sides.area().is_finite() || !score.is_finite() {
            let what = "a number that is not finite, or a box of no finite area";
            return Err(not_finite(format!("result {index} has {what}")));
        }
        let score = share(score / score_scale).ok_or_else(|| what(&out_of_range(score, score_scale)))?;
        if item.image_id.is_none() && item.file_name.is_none() {
            return Err(fail(format!("result {index} has neither an `image_id` nor a `file_name`")));
        }
        let class = names.class(&item).ok_or_else(|| what("neither a `category_id` nor a `category_name`"))?;
        let file_name = item.file_name.or_else(|| names.images.get(item.image_id.as_ref()?).cloned());
        results.push(RawResult { image_id: item.image_id, file_name, class, bbox, score });
    }
    Ok(results)
}

fn out_of_range(score: f64, scale: f64) -> String {
    let way_out = if score < 0.0 {
        "is an activation missing?"
    } else if score / scale > 1.0 && score <= 100.0 {
        "where scores are in per cent, set `score_scale = 100`"
    } else {
        "set `score_scale` to the highest that there can be, or write the model's own scores as shares"
    };
    format!("score {score}; a score of 0..{scale} is expected: {way_out}")
}

/// What a table says that numbers are called.
#[derive(Default)]
struct Names {
    images: HashMap<Id, String>,
    categories: HashMap<Id, String>,
}

impl Names {
    fn class(&self, item: &Item) -> Option<ResultClass> {
        let told = item.category_id.as_ref().and_then(|id| self.categories.get(id));
        let (number, written) = match &item.category_id {
            Some(Id::Number(number)) => (Some(*number), None),
            Some(Id::Text(text)) => (None, Some(text)),
            None => (None, None),
        };
        let name = item.category_name.as_ref().or(told).or(written).cloned();
        (number.is_some() || name.is_some()).then_some(ResultClass { number, name })
    }
}

/// The results of a file in whichever form, and the names beside them.
fn items(bytes: &[u8]) -> Result<(Vec<Item>, Names), JsonError> {
    if other_kind(bytes) == Some("it is empty") {
        return Err(JsonError::Syntax("it is empty: where a model found nothing, write `[]`".to_owned()));
    }
    if json::without_mark(bytes).trim_ascii_start().first() != Some(&b'{') {
        return Ok((typed(bytes, None, "result")?, Names::default()));
    }
    if is_of_lines(bytes) {
        return Ok((lines(bytes)?, Names::default()));
    }
    let table = json::from_bytes::<ResultTable>(bytes).map_err(|error| {
        let result = LISTS.iter().find_map(|list| located::<Item>(bytes, Some(list), "result"));
        let image = || located::<ResultImage>(bytes, Some("images"), "image");
        let category = || located::<ResultCategory>(bytes, Some("categories"), "category");
        plainer(error, result.or_else(image).or_else(category))
    })?;
    let ResultTable { predictions, results, detections, annotations, images, categories, bbox } = table;
    if bbox.is_some() {
        return Ok((lines(bytes)?, Names::default()));
    }
    let Some(items) = predictions.or(results).or(detections).or(annotations) else {
        return Err(JsonError::Syntax(format!("it is a table without `{}`: {EXPECTED}", LISTS.join("`, `"))));
    };
    let names = Names {
        images: images.into_iter().flatten().filter_map(|image| Some((image.id, image.file_name?))).collect(),
        categories: categories.into_iter().flatten().map(|category| (category.id, category.name.0)).collect(),
    };
    Ok((items, names))
}

fn typed<T: DeserializeOwned>(bytes: &[u8], list: Option<&str>, what: &str) -> Result<Vec<T>, JsonError> {
    json::from_bytes(bytes).map_err(|error| plainer(error, located::<T>(bytes, list, what)))
}

/// An error that names the item, where that can be told.
fn plainer(error: JsonError, located: Option<String>) -> JsonError {
    match (error, located) {
        (JsonError::Syntax(_), Some(reason)) => JsonError::Syntax(format!("{reason}; {EXPECTED}")),
        (JsonError::Syntax(reason), None)
            if ["invalid type", "expected value at"].iter().any(|is| reason.starts_with(is)) =>
        {
            JsonError::Syntax(format!("{reason}; {EXPECTED}"))
        }
        (error, _) => error,
    }
}

fn located<T: DeserializeOwned>(bytes: &[u8], list: Option<&str>, what: &str) -> Option<String> {
    let WrongItem { index, reason, .. } = first_wrong::<T>(bytes, list)?;
    Some(format!("{what} {index} of the file: {reason}"))
}

/// Whether there is something after the first object: JSON lines.
fn is_of_lines(bytes: &[u8]) -> bool {
    let bytes = json::without_mark(bytes);
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let is_first = matches!(stream.next(), Some(Ok(_)));
    is_first && bytes.get(stream.byte_offset()..).is_some_and(|rest| !rest.trim_ascii().is_empty())
}

fn lines(bytes: &[u8]) -> Result<Vec<Item>, JsonError> {
    let lines = json::without_mark(bytes).split(|byte| *byte == b'\n').enumerate();
    let filled = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let read = |(index, line)| {
        json::from_bytes::<Item>(line).map_err(|error| match error {
            JsonError::NotFinite { .. } => JsonError::NotFinite { place: format!("line {}", index + 1) },
            JsonError::Syntax(reason) => JsonError::Syntax(format!("line {}: {reason}; {EXPECTED}", index + 1)),
        })
    };
    filled.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Result<Vec<RawResult>, String> {
        read(Path::new("r.json"), text.as_bytes(), 1.0).map_err(|error| error.to_string())
    }

    const RESULT: &str = r#"{"image_id": 7, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}"#;

    fn class(number: Option<u64>, name: Option<&str>) -> ResultClass {
        ResultClass { number, name: name.map(str::to_owned) }
    }

    #[test]
    fn a_list_a_table_and_lines_say_the_same() {
        let lists = LISTS.map(|list| format!("{{\"info\": {{}}, \"{list}\": [{RESULT}]}}"));
        let others = [format!("[{RESULT}]"), RESULT.to_owned(), format!("\u{feff}{RESULT}\r\n\r\n")];
        for text in lists.iter().chain(&others) {
            let results = read_all(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(results.len(), 1, "{text}");
            assert_eq!((&results[0].image_id, &results[0].class), (&Some(Id::Number(7)), &class(Some(2), None)));
        }
        assert_eq!(read_all(&format!("{RESULT}\n{RESULT}\n")).unwrap().len(), 2);
        assert_eq!(read_all("[]").unwrap().len(), 0);
    }

    #[test]
    fn names_beside_the_results_say_what_their_numbers_are() {
        let table = format!(
            r#"{{"images": [{{"id": 7, "file_name": "data/a.jpg"}}], "categories": [{{"id": 2, "name": "dog"}}],
                "annotations": [{RESULT}]}}"#
        );
        let results = read_all(&table).unwrap();
        assert_eq!(results[0].file_name.as_deref(), Some("data/a.jpg"));
        assert_eq!(results[0].class, class(Some(2), Some("dog")));
        let named = read_all(&format!("[{}]", RESULT.replace(": 2,", ": \"dog\","))).unwrap();
        assert_eq!(named[0].class, class(None, Some("dog")));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place() {
        let error = |text: &str| read_all(text).unwrap_err();
        let three = RESULT.replace(", 4]", "]");
        for (text, said) in [
            (
                format!("[{RESULT}, {three}]"),
                "result 1 of the file: invalid length 3, expected a list of length 4; expected",
            ),
            (format!("{{\"annotations\": [{RESULT}, {three}]}}"), "result 1 of the file: invalid length 3"),
            (format!("{RESULT}\n{three}"), "line 2: invalid length 3"),
            (
                "{\"images\": []}".to_owned(),
                "it is a table without `predictions`, `results`, `detections`, `annotations`",
            ),
            (String::new(), "it is empty: where a model found nothing, write `[]`"),
            (
                format!("[{}]", RESULT.replace(", \"score\": 0.5", "")),
                "result 0 has no `score`: is the file one of labels?",
            ),
            (format!("[{}]", RESULT.replace("0.5", "50")), "where scores are in per cent, set `score_scale = 100`"),
            (
                format!("[{}]", RESULT.replace("\"category_id\": 2, ", "")),
                "neither a `category_id` nor a `category_name`",
            ),
            ("7".to_owned(), "it holds no COCO results: invalid type: integer `7`, expected a sequence"),
        ] {
            assert!(error(&text).contains(said), "`{said}` is not in: {}", error(&text));
        }
        let percent = RESULT.replace("0.5", "50");
        let scaled = read(Path::new("r.json"), format!("[{percent}]").as_bytes(), 100.0).unwrap();
        assert_eq!(scaled[0].score.to_bits(), 0.5_f64.to_bits());
    }
}
