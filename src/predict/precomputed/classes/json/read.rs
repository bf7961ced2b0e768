//! Which form a file has: a list of rows, the same a row a line or in a table, or a table of files.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::rows::TakeRows;
use super::item::Names;
use super::stream::Rows;
use crate::json::{Id, JsonError, Name, other_kind, without_mark};

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
        return Rows::new(&Names::default(), to).list(bytes);
    }
    let mut objects = serde_json::Deserializer::from_slice(without_mark(bytes)).into_iter::<IgnoredAny>();
    let has_first = matches!(objects.next(), Some(Ok(_)));
    let is_of_lines = has_first && matches!(objects.next(), Some(Ok(_)));
    // What is broken has its place told by the reader of a table.
    let head = (!is_of_lines).then(|| crate::json::from_bytes::<Head>(bytes));
    match head {
        None => Rows::new(&Names::default(), to).lines(bytes),
        // The same words may be names of files.
        Some(Ok(head)) if head.scores.is_some() => Rows::new(&Names::default(), to).lines(bytes),
        Some(Ok(head)) if head.is_table() => {
            let names = Names {
                images: head.images.into_iter().flatten().filter_map(|one| Some((one.id, one.file_name?))).collect(),
                categories: head.categories.into_iter().flatten().map(|one| (one.id, one.name.0)).collect(),
            };
            if let Some(labels) = head.labels {
                to.classes(labels.into_iter().map(|name| name.0).collect()).map_err(JsonError::Syntax)?;
            }
            Rows::new(&names, to).table(bytes)
        }
        Some(Ok(_) | Err(_)) => Rows::new(&Names::default(), to).files(bytes),
    }
}

impl Head {
    fn is_table(&self) -> bool {
        [&self.predictions, &self.results, &self.annotations, &self.images_scores].into_iter().any(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::rows::{RowClass, RowTold};
    use super::super::super::taken::{Taken, some};
    use super::*;
    use crate::answer::ScoredClass;
    use crate::json::Id;

    fn taken(text: &str) -> Result<Taken, String> {
        let mut taken = Taken::default();
        read(text.as_bytes(), &mut taken).map(|()| taken).map_err(|error| error.to_string())
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
