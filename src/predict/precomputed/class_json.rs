//! JSON files of classes: a list of `{image, label, score}` or of `{image, scores}`, the same an object a line or in a table,
//! or `{file: {label: score}}`. Rows are handed on one by one: a file of a thousand scores for each of 50,000 images is never
//! in memory as a tree.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::class_rows::{ClassRow, RowClass, RowTold, TakeRows};
use super::pictures::Called;
use crate::answer::{ClassScore, ScoredClass, Scores};
use crate::json::{Id, JsonError, Name, other_kind, without_mark};
use crate::predict::naming::Class;
use crate::predict::scored::FoundClasses;
use crate::predict::scored_json::{self, Places};

/// What a file may be, for messages.
const EXPECTED: &str = "expected a list of `{\"file_name\": \"a.jpg\", \"label\": \"cat\", \"score\": 0.9}` or of \
                        `{\"file_name\": \"a.jpg\", \"scores\": [0.9, 0.1]}`, one a line, a table with that list as \
                        `predictions`, or `{\"a.jpg\": {\"cat\": 0.9, \"dog\": 0.1}}`";

/// The keys under which a table may have its list.
const LISTS: [&str; 4] = ["predictions", "results", "annotations", "images_scores"];

/// A row as it is written.
#[derive(Deserialize)]
struct Item {
    image_id: Option<Id>,
    #[serde(alias = "file", alias = "filename", alias = "image", alias = "path")]
    file_name: Option<String>,
    category_id: Option<Id>,
    #[serde(alias = "category_name", alias = "class", alias = "class_name", alias = "category")]
    label: Option<Name>,
    #[serde(alias = "confidence", alias = "probability")]
    score: Option<f64>,
    #[serde(alias = "probabilities", alias = "predictions")]
    scores: Option<Told>,
    labels: Option<Vec<Name>>,
    /// What windtunnel's own files have.
    rest: Option<f64>,
    others: Option<usize>,
}

/// Scores of a row: numbers, which are many, or anything else.
enum Told {
    Each(Vec<f64>),
    Else(Json),
}

/// What a table says beside its list.
#[derive(Deserialize)]
struct Head {
    #[serde(alias = "classes", alias = "names")]
    labels: Option<Vec<Name>>,
    predictions: Option<IgnoredAny>,
    results: Option<IgnoredAny>,
    annotations: Option<IgnoredAny>,
    images_scores: Option<IgnoredAny>,
    images: Option<Vec<HeadImage>>,
    categories: Option<Vec<HeadCategory>>,
    /// What a single row has.
    #[serde(alias = "score", alias = "confidence", alias = "probability", alias = "probabilities")]
    scores: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct HeadImage {
    id: Id,
    file_name: Option<String>,
}

#[derive(Deserialize)]
struct HeadCategory {
    id: Id,
    name: Name,
}

/// What numbers in rows are called.
#[derive(Default)]
struct Names {
    images: HashMap<Id, String>,
    categories: HashMap<Id, String>,
}

/// Hands the rows of a file to `to`.
///
/// # Errors
/// The file is none, or a row is no answer; the message names the row.
pub fn read(bytes: &[u8], to: &mut impl TakeRows) -> Result<(), JsonError> {
    if let Some(kind) = other_kind(bytes) {
        return Err(JsonError::Syntax(kind.to_owned()));
    }
    let text = without_mark(bytes).trim_ascii_start();
    if text.first() == Some(&b'[') {
        return Rows { names: &Names::default(), to, count: 0, wrong: None }.list(bytes);
    }
    let mut objects = serde_json::Deserializer::from_slice(without_mark(bytes)).into_iter::<IgnoredAny>();
    let has_first = matches!(objects.next(), Some(Ok(_)));
    let is_of_lines = has_first && matches!(objects.next(), Some(Ok(_)));
    // What is broken has its place told by the reader of a table.
    let head = (!is_of_lines).then(|| crate::json::from_bytes::<Head>(bytes));
    match head {
        None => Rows { names: &Names::default(), to, count: 0, wrong: None }.lines(bytes),
        // The same words may be names of files.
        Some(Ok(head)) if head.scores.is_some() => {
            Rows { names: &Names::default(), to, count: 0, wrong: None }.lines(bytes)
        }
        Some(Ok(head)) if head.is_table() => {
            let names = Names {
                images: head.images.into_iter().flatten().filter_map(|one| Some((one.id, one.file_name?))).collect(),
                categories: head.categories.into_iter().flatten().map(|one| (one.id, one.name.0)).collect(),
            };
            if let Some(labels) = head.labels {
                to.classes(labels.into_iter().map(|name| name.0).collect()).map_err(JsonError::Syntax)?;
            }
            Rows { names: &names, to, count: 0, wrong: None }.table(bytes)
        }
        Some(Ok(_) | Err(_)) => Rows { names: &Names::default(), to, count: 0, wrong: None }.files(bytes),
    }
}

impl Head {
    fn is_table(&self) -> bool {
        [&self.predictions, &self.results, &self.annotations, &self.images_scores].into_iter().any(Option::is_some)
    }
}

/// Takes rows as they are read.
struct Rows<'a, T> {
    names: &'a Names,
    to: &'a mut T,
    count: usize,
    /// What is wrong with a row, where it is not its JSON.
    wrong: Option<String>,
}

impl<T: TakeRows> Rows<'_, T> {
    fn list(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = List(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    fn table(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = Table(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    fn files(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = Files(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    fn lines(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        for (at, line) in without_mark(bytes).split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let item = crate::json::from_bytes::<Item>(line).map_err(|error| match error {
                JsonError::NotFinite { .. } => JsonError::NotFinite { place: format!("line {}", at + 1) },
                JsonError::Syntax(reason) => JsonError::Syntax(format!("line {}: {reason}; {EXPECTED}", at + 1)),
            })?;
            self.take(item).map_err(|what| JsonError::Syntax(format!("line {}: {what}", at + 1)))?;
        }
        self.end(bytes, Ok(()))
    }

    /// What was read, in the words of this house.
    fn end(self, bytes: &[u8], read: Result<(), serde_json::Error>) -> Result<(), JsonError> {
        match (self.wrong, read) {
            (Some(wrong), _) => Err(JsonError::Syntax(wrong)),
            (None, Err(_)) if crate::json::from_bytes::<IgnoredAny>(bytes).is_err() => {
                crate::json::from_bytes::<IgnoredAny>(bytes).map(|_| ())
            }
            (None, Err(error)) => Err(JsonError::Syntax(format!("row {}: {error}; {EXPECTED}", self.count))),
            (None, Ok(())) if self.count == 0 => {
                Err(JsonError::Syntax("it has no rows: each image has an answer".to_owned()))
            }
            (None, Ok(())) => Ok(()),
        }
    }

    fn take(&mut self, item: Item) -> Result<(), String> {
        let row = self.row(item)?;
        self.count += 1;
        self.to.row(row)
    }

    fn row(&self, item: Item) -> Result<ClassRow, String> {
        let Item { image_id, file_name, category_id, label, score, scores, labels, rest, others } = item;
        if image_id.is_none() && file_name.is_none() {
            return Err("it has neither an `image_id` nor a `file_name`".to_owned());
        }
        let file_name = file_name.or_else(|| self.names.images.get(image_id.as_ref()?).cloned());
        let named = category_id.as_ref().and_then(|id| self.names.categories.get(id)).cloned();
        let class = label.map(|name| name.0).or(named).map(RowClass::Told).or(category_id.map(RowClass::Id));
        let told = match (scores, class, score) {
            (Some(scores), _, _) => told(scores, labels, rest, others)?,
            (None, Some(class), Some(score)) => RowTold::Some(vec![(class, score)]),
            (None, Some(_), None) => {
                return Err("it has no `score`: write the probability of the class; where the model tells its answer \
                            alone, 1"
                    .to_owned());
            }
            (None, None, _) => return Err("it has neither `scores` nor a `label` or `category_id`".to_owned()),
        };
        Ok(ClassRow { called: Called { image_id, file_name }, told })
    }
}

/// What a row says in `scores`.
fn told(scores: Told, labels: Option<Vec<Name>>, rest: Option<f64>, others: Option<usize>) -> Result<RowTold, String> {
    const PLACES: Places<'_> = Places { class: Some("/label"), score: "/score" };
    let each = match (scores, rest) {
        (Told::Each(each), _) => each,
        (Told::Else(list), Some(rest)) => return kept(list, rest, others.unwrap_or(0)),
        (Told::Else(Json::Object(fields)), None) => {
            return named(&Json::Object(fields), Places { class: None, ..PLACES });
        }
        (Told::Else(list), None) => return named(&list, PLACES),
    };
    let Some(labels) = labels else { return Ok(RowTold::Each(each)) };
    if labels.len() != each.len() {
        return Err(format!("it has {} `scores` for {} `labels`", each.len(), labels.len()));
    }
    Ok(RowTold::Some(labels.into_iter().map(|name| RowClass::Told(name.0)).zip(each).collect()))
}

fn named(list: &Json, places: Places<'_>) -> Result<RowTold, String> {
    match scored_json::found(list, places)? {
        FoundClasses::Each(each) => Ok(RowTold::Each(each)),
        FoundClasses::Listed(listed) => {
            let class = |class: Class| match class {
                Class::Name(name) => RowClass::Told(name),
                Class::Number(number) => RowClass::Told(number.to_string()),
            };
            Ok(RowTold::Some(listed.into_iter().map(|one| (class(one.class), one.score)).collect()))
        }
    }
}

/// A class in windtunnel's own files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptClass {
    category_id: Option<u64>,
    other: Option<u64>,
    score: f64,
    /// For people.
    #[serde(rename = "label")]
    _label: Option<String>,
}

fn kept(list: Json, rest: f64, others: usize) -> Result<RowTold, String> {
    let classes: Vec<KeptClass> =
        serde_json::from_value(list).map_err(|error| format!("`scores` beside a `rest`: {error}"))?;
    let one = |kept: &KeptClass| {
        let class = match (kept.category_id, kept.other) {
            (Some(id), None) => ScoredClass::Category(id),
            (None, Some(number)) => ScoredClass::Other(number),
            _ => return Err("a class has either a `category_id` or the number of an `other`".to_owned()),
        };
        Ok(ClassScore { class, score: kept.score })
    };
    let best = classes.iter().map(one).collect::<Result<Vec<_>, String>>()?;
    let classes: std::collections::BTreeSet<ScoredClass> = best.iter().map(|one| one.class).collect();
    let is_once = classes.len() == best.len() && rest <= 1.0;
    Scores::kept(best, rest, others).filter(|_| is_once).map(RowTold::Kept).ok_or_else(|| {
        "its `scores` beside a `rest` are none that windtunnel writes: from the highest down, each 0..1".to_owned()
    })
}

struct List<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for List<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for List<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element::<Item>()? {
            let at = self.0.count;
            self.0.take(item).map_err(|what| told_apart(self.0, &at.to_string(), &what))?;
        }
        Ok(())
    }
}

/// Keeps what is wrong with a row in its own words.
fn told_apart<T, E: de::Error>(rows: &mut Rows<'_, T>, row: &str, what: &str) -> E {
    let what = format!("row {row}: {what}");
    rows.wrong = Some(what.clone());
    E::custom(what)
}

struct Table<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for Table<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for Table<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with a list of rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<(), A::Error> {
        while let Some(key) = table.next_key::<String>()? {
            if LISTS.contains(&key.as_str()) {
                table.next_value_seed(List(&mut *self.0))?;
            } else {
                table.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Files<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for Files<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for Files<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with the scores of each file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<(), A::Error> {
        while let Some(file_name) = table.next_key::<String>()? {
            let scores: Told = table.next_value()?;
            let called = Called { image_id: None, file_name: Some(file_name.clone()) };
            let row = told(scores, None, None, None).map(|told| ClassRow { called, told });
            let taken = row.and_then(|row| self.0.to.row(row));
            taken.map_err(|what| told_apart(self.0, &format!("`{file_name}`"), &what))?;
            self.0.count += 1;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToldVisitor)
    }
}

struct ToldVisitor;

impl<'de> Visitor<'de> for ToldVisitor {
    type Value = Told;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scores of classes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Told, A::Error> {
        let mut numbers: Vec<f64> = Vec::new();
        while let Some(entry) = list.next_element::<Entry>()? {
            match entry {
                Entry::Number(number) => numbers.push(number),
                Entry::Else(first) => {
                    let mut all: Vec<Json> = numbers.into_iter().map(Json::from).chain([first]).collect();
                    while let Some(next) = list.next_element::<Json>()? {
                        all.push(next);
                    }
                    return Ok(Told::Else(Json::Array(all)));
                }
            }
        }
        Ok(Told::Each(numbers))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Told, A::Error> {
        Json::deserialize(de::value::MapAccessDeserializer::new(table)).map(Told::Else)
    }
}

/// A number, without the detour of a tree; or anything else.
enum Entry {
    Number(f64),
    Else(Json),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a score, or a class with its score")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Entry, E> {
        Ok(Entry::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Entry, E> {
        Ok(Entry::Number(number as f64))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Entry, E> {
        Ok(Entry::Number(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Entry, E> {
        Ok(text.trim().parse().map_or_else(|_| Entry::Else(Json::from(text)), Entry::Number))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Entry, E> {
        Ok(Entry::Else(Json::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Entry, A::Error> {
        Json::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Entry::Else)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Entry, A::Error> {
        Json::deserialize(de::value::MapAccessDeserializer::new(table)).map(Entry::Else)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Taken {
        classes: Vec<String>,
        rows: Vec<ClassRow>,
    }

    impl TakeRows for Taken {
        fn classes(&mut self, names: Vec<String>) -> Result<(), String> {
            self.classes = names;
            Ok(())
        }

        fn row(&mut self, row: ClassRow) -> Result<(), String> {
            self.rows.push(row);
            Ok(())
        }
    }

    fn taken(text: &str) -> Result<Taken, String> {
        let mut taken = Taken::default();
        read(text.as_bytes(), &mut taken).map(|()| taken).map_err(|error| error.to_string())
    }

    fn some(classes: &[(&str, f64)]) -> RowTold {
        RowTold::Some(classes.iter().map(|(name, score)| (RowClass::Told((*name).to_owned()), *score)).collect())
    }

    #[test]
    fn every_form_says_the_same() {
        let both = some(&[("cat", 0.9), ("dog", 0.1)]);
        let each = RowTold::Each(vec![0.9, 0.1]);
        for (text, told) in [
            (r#"[{"file_name": "a.jpg", "label": "cat", "score": 0.9}]"#, some(&[("cat", 0.9)])),
            (r#"[{"file": "a.jpg", "class": "cat", "confidence": 0.9}]"#, some(&[("cat", 0.9)])),
            (r#"[{"file": "a.jpg", "scores": [0.9, 0.1]}]"#, each.clone()),
            (r#"[{"file": "a.jpg", "scores": [0.9, 0.1], "labels": ["cat", "dog"]}]"#, both.clone()),
            (r#"[{"file": "a.jpg", "scores": {"cat": 0.9, "dog": 0.1}}]"#, both.clone()),
            (
                r#"[{"file": "a.jpg", "scores": [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.1}]}]"#,
                both.clone(),
            ),
            (r#"{"file": "a.jpg", "scores": [0.9, 0.1]}"#, each.clone()),
            (r#"{"results": [{"file": "a.jpg", "scores": [0.9, 0.1]}], "labels": ["cat", "dog"]}"#, each.clone()),
            (r#"{"a.jpg": {"cat": 0.9, "dog": 0.1}}"#, both),
            (r#"{"a.jpg": [0.9, 0.1]}"#, each),
            (
                r#"{"images": [{"id": 7, "file_name": "a.jpg"}], "categories": [{"id": 3, "name": "cat"}],
                    "annotations": [{"image_id": 7, "category_id": 3, "score": 0.9}]}"#,
                some(&[("cat", 0.9)]),
            ),
        ] {
            let taken = taken(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((taken.rows.len(), &taken.rows[0].told), (1, &told), "{text}");
            assert_eq!(taken.rows[0].called.file_name.as_deref(), Some("a.jpg"), "{text}");
            assert_eq!(taken.classes.is_empty(), !text.contains("\"results\""));
        }
        let line = r#"{"file": "a.jpg", "scores": [0.9, 0.1]}"#;
        assert_eq!(taken(&format!("\u{feff}{line}\r\n\n{line}\n")).unwrap().rows.len(), 2);
        let ids = taken(r#"[{"image_id": 7, "category_id": 3, "score": 0.9}]"#).unwrap();
        assert_eq!(ids.rows[0].told, RowTold::Some(vec![(RowClass::Id(Id::Number(3)), 0.9)]));
    }

    #[test]
    fn what_windtunnel_has_written_it_reads_again() {
        let text = r#"[{"image_id": 7, "scores": [{"category_id": 3, "label": "cat", "score": 0.9},
            {"other": 17, "score": 0.05}], "rest": 0.05, "others": 936}]"#;
        let RowTold::Kept(scores) = &taken(text).unwrap().rows[0].told else { panic!("it is kept") };
        assert_eq!((scores.rest(), scores.best()[1].class), ((0.05, 936), ScoredClass::Other(17)));
        let error = taken(&text.replace("0.05}]", "0.95}]")).err().unwrap();
        assert!(error.starts_with("row 0: its `scores` beside a `rest` are none"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place() {
        for (text, said) in [
            ("", "it is empty"),
            ("[]", "it has no rows: each image has an answer"),
            ("{}", "it has no rows"),
            (r#"[{"file": "a.jpg", "label": "cat"}]"#, "row 0: it has no `score`: write the probability"),
            (r#"[{"file": "a.jpg", "score": 0.9}]"#, "row 0: it has neither `scores` nor a `label`"),
            (r#"[{"label": "cat", "score": 0.9}]"#, "row 0: it has neither an `image_id` nor a `file_name`"),
            (r#"[{"file": "a.jpg", "scores": [0.9], "labels": []}]"#, "row 0: it has 1 `scores` for 0 `labels`"),
            (r#"[{"file": "a.jpg", "scores": [[0.9]]}]"#, "a list within a list"),
            (r#"[{"file": "a.jpg", "scores": [NaN]}]"#, "a number is NaN or infinite"),
            (r#"[{"file": "a.jpg", "scores": [0.9]}"#, "it ends in the middle"),
            (r#"{"a.jpg": {"cat": "high"}}"#, "row `a.jpg`: `cat` has no score but \"high\""),
            (r#"{"a.jpg": 0.9}"#, "row 0: invalid type"),
        ] {
            let error = taken(text).err().unwrap_or_else(|| panic!("{text} is read"));
            assert!(error.contains(said), "`{said}` is not in: {error}");
        }
    }
}
