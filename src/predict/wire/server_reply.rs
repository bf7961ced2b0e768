//! What a server answered: its JSON, and the reason in the body of an error.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json::{self, JsonError};
use crate::predict::PredictError;

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct ServerReply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case; what is no text is left out.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// The longest excerpt of an answer in a message, characters.
const EXCERPT: usize = 200;

impl ServerReply {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none, holds NaN, or does not have the shape of `T`; the message quotes its beginning.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PredictError> {
        json::from_bytes(&self.body).map_err(|error| {
            let message = format!("its answer cannot be read: {error}: {}", self.excerpt());
            match error {
                JsonError::NotFinite { .. } => PredictError::NonFinite(message),
                JsonError::Syntax(_) => PredictError::Inference(message),
            }
        })
    }

    /// What the body of an error says: one of the fields that servers use, or its beginning.
    pub fn reason(&self, path: Option<&str>) -> String {
        const FIELDS: [&str; 6] = ["/message", "/error/message", "/error", "/detail", "/errors/0/message", "/reason"];
        let body: Option<Value> = json::from_bytes(&self.body).ok();
        let field = |path: &str| body.as_ref()?.pointer(path).filter(|value| !value.is_null()).map(plain);
        let found = path.into_iter().chain(FIELDS).find_map(field);
        found.map_or_else(|| self.excerpt(), |reason| shortened(&reason))
    }

    fn excerpt(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no content type");
        match std::str::from_utf8(&self.body) {
            Ok("") => "an empty body".to_owned(),
            Ok(text) => format!("`{}` ({kind})", shortened(text)),
            Err(_) => format!("{} bytes of {kind}", self.body.len()),
        }
    }
}

/// A number, which some servers write as a text.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Text as it is, everything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// On one line, and cut where it is long.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// Something in a message, on one line and not too long.
pub fn shown(value: &impl serde::Serialize) -> String {
    shortened(&serde_json::to_string(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> ServerReply {
        let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
        ServerReply { status: 500, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn the_reason_is_found_where_servers_put_it() {
        assert_eq!(answer(r#"{"message": "no such\n model"}"#).reason(None), "no such model");
        assert_eq!(answer(r#"{"error": {"message": "quota"}}"#).reason(None), "quota");
        assert_eq!(answer(r#"{"error": "bad shape"}"#).reason(None), "bad shape");
        assert_eq!(answer(r#"{"detail": [{"loc": ["body"]}]}"#).reason(None), r#"[{"loc":["body"]}]"#);
        assert_eq!(answer(r#"{"why": {"text": "x"}, "error": "y"}"#).reason(Some("/why/text")), "x");
    }

    #[test]
    fn a_page_is_quoted_on_one_line() {
        assert_eq!(answer("<html>\n <b>502</b>").reason(None), "`<html> <b>502</b>` (text/html)");
        assert_eq!(answer("").reason(None), "an empty body");
        assert!(answer(&"x".repeat(9999)).reason(None).len() < 300);
    }

    #[test]
    fn nan_in_an_answer_is_no_number() {
        assert!(matches!(answer("[NaN]").json::<Vec<f64>>(), Err(PredictError::NonFinite(_))));
        assert!(matches!(answer("<html>").json::<Value>(), Err(PredictError::Inference(_))));
    }
}
