//! What a section says of where in an answer the classes of a picture stand.

use serde_json::{Value as Json, json};
use toml::Spanned;

use super::mapping::{ClassPath, KEY_OF_SCORE, complaint, pointer, read_path};
use crate::predict::PredictError;
use crate::predict::scored::{FoundClasses, Scoring};
use crate::predict::scored_json::{self, Places};
use crate::predict::wire::shown;
use crate::spec::{TableReader, deserialize};

/// Paths, and what the scores are. A path is dotted (`outputs.0`) or a JSON pointer (`/outputs/0`).
#[derive(Debug, Clone, PartialEq)]
pub struct ClassMapping {
    list: String,
    class: ClassPath,
    score: String,
    /// What the scores are.
    pub scoring: Scoring,
    /// Where an answer says what went wrong.
    pub error: Option<String>,
}

impl ClassMapping {
    /// Reads `list`, `class`, `score`, `score_scale`, `activation` and `error`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let list = options.required_with("list", "list = \"predictions\"", read_path);
        let class = match options.with("class", deserialize::<String>).map(Spanned::into_inner) {
            Some(word) if word == KEY_OF_SCORE => ClassPath::Key,
            Some(path) => ClassPath::At(pointer(&path)),
            None => ClassPath::At(pointer("class")),
        };
        let score = options.with("score", read_path).map_or_else(|| pointer("score"), Spanned::into_inner);
        let scoring = Scoring::read(options);
        let error = options.with("error", read_path).map(Spanned::into_inner);
        Some(Self { list: list?.into_inner(), class, score, scoring, error })
    }

    /// For the record.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let settings = [
            ("list", json!(self.list)),
            ("score", json!(self.score)),
            ("class", json!(self.class.written())),
            ("error", json!(self.error)),
        ];
        settings.into_iter().chain(self.scoring.settings())
    }

    /// The classes of an answer.
    ///
    /// # Errors
    /// They do not stand where they should; the message says what stands there.
    pub fn found(&self, answer: &Json) -> Result<FoundClasses, PredictError> {
        complaint(answer, self.error.as_deref())?;
        let class = match &self.class {
            ClassPath::At(path) => Some(path.as_str()),
            ClassPath::Key => None,
        };
        let place = if self.list.is_empty() { "the top".to_owned() } else { format!("`{}`", self.list) };
        let Some(list) = answer.pointer(&self.list) else {
            let message = format!("the answer has nothing at {place}: {}", shown(answer));
            return Err(PredictError::Inference(message));
        };
        scored_json::found(list, Places { class, score: &self.score })
            .map_err(|what| PredictError::Inference(format!("the answer at {place}: {what}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::naming::Class;
    use crate::predict::scored::FoundClass;

    fn mapping(list: &str, class: &str, score: &str) -> ClassMapping {
        let class = if class == KEY_OF_SCORE { ClassPath::Key } else { ClassPath::At(pointer(class)) };
        let (list, score) = (pointer(list), pointer(score));
        ClassMapping { list, class, score, scoring: Scoring::PLAIN, error: Some(pointer("error")) }
    }

    fn cat_and_dog() -> FoundClasses {
        let one = |(name, score): (&str, f64)| FoundClass { class: Class::Name(name.to_owned()), score };
        FoundClasses::Listed([("cat", 0.9), ("dog", 0.1)].map(one).to_vec())
    }

    /// The replies as each of them documents it.
    #[test]
    fn replies_of_servers_that_people_have_are_read() {
        let (hugging_face, torch_serve) = (mapping("", "label", "score"), mapping("", "*", "score"));
        let azure = mapping("predictions", "tagName", "probability");
        let roboflow = mapping("predictions", "class", "confidence");
        let vertex = mapping("predictions.0", "displayNames", "confidences");
        for (mapping, reply) in [
            (&hugging_face, json!([{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.1}])),
            (&torch_serve, json!({"cat": 0.9, "dog": 0.1})),
            (
                &azure,
                json!({"id": "7", "project": "p", "created": "2026-01-01", "predictions": [
                    {"probability": 0.9, "tagId": "1", "tagName": "cat"},
                    {"probability": 0.1, "tagId": "2", "tagName": "dog"}]}),
            ),
            (
                &roboflow,
                json!({"time": 0.1, "image": {"width": 8, "height": 8}, "top": "cat", "confidence": 0.9,
                    "predictions": [{"class": "cat", "class_id": 0, "confidence": 0.9},
                                    {"class": "dog", "class_id": 1, "confidence": 0.1}]}),
            ),
            (&vertex, json!({"predictions": [{"displayNames": ["cat", "dog"], "confidences": [0.9, 0.1]}]})),
        ] {
            assert_eq!(mapping.found(&reply).unwrap(), cat_and_dog(), "{reply}");
        }
        let tf_serving = mapping("predictions.0", "class", "score");
        let each = tf_serving.found(&json!({"predictions": [[0.9, 0.1]]})).unwrap();
        assert_eq!(each, FoundClasses::Each(vec![0.9, 0.1]));
    }

    #[test]
    fn what_does_not_stand_in_its_place_is_a_complaint() {
        let error = |list: &str, reply: Json| mapping(list, "label", "score").found(&reply).unwrap_err().to_string();
        assert_eq!(error("predictions", json!({})), "the answer has nothing at `/predictions`: {}");
        assert!(
            error("", json!([[{"label": "cat", "score": 1}]])).starts_with("the answer at the top: there is a list")
        );
        assert_eq!(error("p", json!({"error": "no picture", "p": []})), "it says: \"no picture\"");
        assert!(error("p", json!({"p": []})).contains("has no class"));
    }
}
