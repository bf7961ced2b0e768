//! The classes of a picture where they stand in JSON, in each of the shapes that servers and programs have for them.

use serde_json::Value as Json;

use super::naming::Class;
use super::scored::{FoundClass, FoundClasses, NO_CLASS};
use super::wire::{number, shown};

/// Where the class and the score of an entry stand, as JSON pointers.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The class; `None` where it is the name of the field that holds the score.
    pub class: Option<&'a str>,
    /// The score: in an entry, or in the value of a field with the class's name.
    pub score: &'a str,
}

/// The classes in `value`: a list of numbers, a list of entries, an entry by itself, a list of classes beside one of
/// scores, or fields with the classes' names.
///
/// # Errors
/// It is none of these; the message says what stands there.
pub fn found(value: &Json, places: Places<'_>) -> Result<FoundClasses, String> {
    match (value, places.class) {
        (Json::Null, _) => Err(NO_CLASS.to_owned()),
        (Json::Array(list), _) if list.is_empty() => Err(NO_CLASS.to_owned()),
        (Json::Array(list), _) if list.iter().all(|one| number(one).is_some()) => {
            Ok(FoundClasses::Each(list.iter().filter_map(number).collect()))
        }
        (Json::Array(list), _) if list.iter().all(Json::is_array) => {
            Err(format!("there is a list within a list: add `0` to the path for the first: {}", shown(value)))
        }
        (Json::Array(list), Some(class)) => {
            list.iter().map(|one| entry(one, class, places.score)).collect::<Result<_, _>>().map(FoundClasses::Listed)
        }
        (Json::Array(list), None) => {
            let fields = list.iter().map(|one| match one.as_object().map(|fields| (fields.len(), fields)) {
                Some((1, fields)) => by_name(fields, places.score),
                Some(_) | None => Err(wrong(one, "single field with the name of a class", "")),
            });
            Ok(FoundClasses::Listed(fields.collect::<Result<Vec<_>, _>>()?.concat()))
        }
        (Json::Object(fields), None) if fields.is_empty() => Err(NO_CLASS.to_owned()),
        (Json::Object(fields), None) => by_name(fields, places.score).map(FoundClasses::Listed),
        (Json::Object(_), Some(class)) => match (value.pointer(class), value.pointer(places.score)) {
            (Some(Json::Array(classes)), Some(Json::Array(scores))) => side_by_side(classes, scores),
            _ => entry(value, class, places.score).map(|one| FoundClasses::Listed(vec![one])),
        },
        (Json::Bool(_) | Json::Number(_) | Json::String(_), _) => {
            Err(format!("there are no scores of classes, but {}", shown(value)))
        }
    }
}

fn entry(value: &Json, class: &str, score: &str) -> Result<FoundClass, String> {
    let named = value.pointer(class).and_then(of_class).ok_or_else(|| wrong(value, "class name or number", class))?;
    match value.pointer(score).map(number) {
        Some(Some(score)) => Ok(FoundClass { class: named, score }),
        Some(None) => Err(wrong(value, "number", score)),
        None => Err(format!("{}; a class without a score is no answer", wrong(value, "score", score))),
    }
}

/// A class by its name or its number.
pub fn of_class(value: &Json) -> Option<Class> {
    match value {
        Json::String(name) => Some(Class::Name(name.clone())),
        other => {
            let number = other.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
            Some(Class::Number(number as usize))
        }
    }
}

fn by_name(fields: &serde_json::Map<String, Json>, score: &str) -> Result<Vec<FoundClass>, String> {
    let one = |(name, value): (&String, &Json)| {
        let own = number(value).or_else(|| number(value.pointer(score)?));
        let score = own.ok_or_else(|| format!("`{name}` has no score but {}", shown(value)))?;
        Ok(FoundClass { class: Class::Name(name.clone()), score })
    };
    fields.iter().map(one).collect()
}

fn side_by_side(classes: &[Json], scores: &[Json]) -> Result<FoundClasses, String> {
    if classes.len() != scores.len() {
        return Err(format!("there are {} classes, but {} scores", classes.len(), scores.len()));
    }
    let one = |(class, score): (&Json, &Json)| {
        let named = of_class(class).ok_or_else(|| format!("{} is no class name or number", shown(class)))?;
        let score = number(score).ok_or_else(|| format!("{} is no score", shown(score)))?;
        Ok(FoundClass { class: named, score })
    };
    let listed: Vec<FoundClass> = classes.iter().zip(scores).map(one).collect::<Result<_, String>>()?;
    if listed.is_empty() { Err(NO_CLASS.to_owned()) } else { Ok(FoundClasses::Listed(listed)) }
}

fn wrong(value: &Json, expected: &str, path: &str) -> String {
    let place = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
    format!("there is no {expected}{place}: {}", shown(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Json, class: Option<&str>, score: &str) -> Result<FoundClasses, String> {
        found(value, Places { class, score })
    }

    fn listed(classes: &[(&str, f64)]) -> FoundClasses {
        let one = |(name, score): &(&str, f64)| FoundClass { class: Class::Name((*name).to_owned()), score: *score };
        FoundClasses::Listed(classes.iter().map(one).collect())
    }

    #[test]
    fn each_shape_says_the_same() {
        let wanted = listed(&[("cat", 0.9), ("dog", 0.1)]);
        for (value, class, score) in [
            (json!([{"label": "cat", "score": 0.9}, {"label": "dog", "score": "0.1"}]), Some("/label"), "/score"),
            (json!({"cat": 0.9, "dog": 0.1}), None, "/score"),
            (json!([{"cat": 0.9}, {"dog": 0.1}]), None, "/score"),
            (json!({"cat": {"confidence": 0.9}, "dog": {"confidence": 0.1}}), None, "/confidence"),
            (json!({"labels": ["cat", "dog"], "scores": [0.9, 0.1]}), Some("/labels"), "/scores"),
        ] {
            assert_eq!(read(&value, class, score), Ok(wanted.clone()), "{value}");
        }
        assert_eq!(read(&json!([0.9, "0.1"]), Some("/label"), "/score"), Ok(FoundClasses::Each(vec![0.9, 0.1])));
        let top = json!({"top": "cat", "confidence": 0.9});
        assert_eq!(read(&top, Some("/top"), "/confidence"), Ok(listed(&[("cat", 0.9)])));
    }

    #[test]
    fn what_is_no_scores_is_said() {
        let error = |value: Json, class| read(&value, class, "/score").unwrap_err();
        for (value, class, said) in [
            (json!([]), Some("/label"), "has no class"),
            (json!({}), None, "has no class"),
            (json!(null), None, "has no class"),
            (json!([[0.1, 0.9]]), Some("/label"), "a list within a list: add `0`"),
            (json!([{"label": "cat"}]), Some("/label"), "a class without a score is no answer"),
            (json!([{"score": 0.9}]), Some("/label"), "no class name or number at `/label`"),
            (json!([{"label": -1, "score": 0.9}]), Some("/label"), "no class name or number"),
            (json!({"cat": "high"}), None, "`cat` has no score but \"high\""),
            (json!([{"cat": 0.9, "dog": 0.1}]), None, "no single field"),
            (json!("cat"), Some("/label"), "no scores of classes, but \"cat\""),
            (json!({"label": ["cat"], "score": []}), Some("/label"), "1 classes, but 0 scores"),
            (json!([0.9, "high"]), Some("/label"), "no class name or number"),
        ] {
            assert!(error(value.clone(), class).contains(said), "`{said}` is not in: {}", error(value, class));
        }
    }
}
