//! Secrets: named by a spec, read from the environment by the program, shown by nobody.

use std::fmt;

use crate::predict::Variables;
use crate::spec::{Mistake, Value, deserialize};

/// The value of a variable of the environment. Neither `Debug` nor any message shows it.
#[derive(Clone)]
pub struct Secret {
    /// The variable's name.
    pub variable: String,
    value: Option<String>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("variable", &self.variable).finish_non_exhaustive()
    }
}

impl Secret {
    /// Looks `variable` up; spaces and line ends around its value do not belong to it, and an empty one is none.
    #[must_use]
    pub fn look_up(variable: String, variables: Variables<'_>) -> Self {
        let value = variables(&variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self { variable, value }
    }

    /// The value, to be put into a request and nowhere else.
    ///
    /// # Errors
    /// The variable is not set: the message says how to set it.
    pub fn expose(&self) -> Result<&str, String> {
        self.value.as_deref().ok_or_else(|| {
            let name = &self.variable;
            format!(
                "the variable `{name}` is not set: `export {name}=...`, or hand it to the job as a secret of that name"
            )
        })
    }
}

/// The secrets of one predictor.
#[derive(Debug, Clone, Default)]
pub struct Secrets(pub Vec<Secret>);

/// What stands in a message in the place of a secret.
const HIDDEN: &str = "[secret]";

impl Secrets {
    /// `text` without any of the secrets, also where they stand percent-encoded or escaped for JSON.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        let values = self.0.iter().filter_map(|secret| secret.value.as_deref());
        values.fold(text.to_owned(), |text, value| {
            let in_json = serde_json::Value::from(value).to_string();
            let forms = [value, &percent_encoded(value), &form_encoded(value), in_json.trim_matches('"')];
            forms.iter().fold(text, |text, form| text.replace(form, HIDDEN))
        })
    }

    /// Whether every variable is set.
    ///
    /// # Errors
    /// The first that is not.
    pub fn all_set(&self) -> Result<(), String> {
        self.0.iter().try_for_each(|secret| secret.expose().map(|_| ()))
    }
}

/// As in a path: everything but RFC 3986's unreserved characters.
fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// As in a query, by the form rules of the URL standard.
fn form_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._".contains(&byte);
    text.bytes()
        .map(|b| match b {
            b' ' => "+".to_owned(),
            b if is_plain(b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// The name of a variable. Whatever does not look like one may be the secret itself, so it is not repeated.
///
/// # Errors
/// It is no string, or cannot be the name of a variable.
pub fn read_variable_name(value: &Value<'_>) -> Result<String, Mistake> {
    let name: String = deserialize(value)?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(name);
    }
    let help = "only the name stands in a spec, for example `\"MY_API_KEY\"`; its value comes from the environment";
    Err(Mistake::new("this is not the name of a variable").help(help).hidden())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(value: &str) -> Secrets {
        Secrets(vec![Secret::look_up("KEY".to_owned(), &|_| Some(value.to_owned()))])
    }

    #[test]
    fn every_form_of_a_secret_is_hidden() {
        let secrets = secrets(" a/b c\"d\n");
        assert_eq!(
            secrets.hide("k=a/b c\"d, a%2Fb%20c%22d, a%2Fb+c%22d, a/b c\\\"d."),
            "k=[secret], [secret], [secret], [secret]."
        );
        assert!(!format!("{secrets:?}").contains("a/b"));
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let message = secrets("  ").all_set().unwrap_err();
        assert!(message.starts_with("the variable `KEY` is not set"), "{message}");
        assert_eq!(secrets("").hide("text"), "text");
    }
}
