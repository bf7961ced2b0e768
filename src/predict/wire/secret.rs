//! Secrets: named by a spec, read from the environment by the program, shown by nobody.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::blocking::RequestBuilder;

use crate::predict::{PredictError, Variables};
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
    pub fn look_up(variable: String, variables: Variables<'_>) -> Self {
        let value = variables(&variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self { variable, value }
    }

    /// The value, to be put into a request and nowhere else.
    ///
    /// # Errors
    /// The variable is not set: the message says how to set it.
    pub fn expose(&self) -> Result<&str, MissingSecret> {
        self.value.as_deref().ok_or_else(|| MissingSecret { variable: self.variable.clone() })
    }
}

/// A secret whose variable is not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the variable `{variable}` is not set: `export {variable}=...`, or hand it to the job as a secret of that name"
)]
pub struct MissingSecret {
    /// The variable's name.
    pub variable: String,
}

impl From<MissingSecret> for PredictError {
    fn from(missing: MissingSecret) -> Self {
        Self::Inference(missing.to_string())
    }
}

/// A request with the token of `Authorization: Bearer`, where there is one.
///
/// # Errors
/// Its variable is not set.
pub fn with_bearer(request: RequestBuilder, bearer: Option<&Secret>) -> Result<RequestBuilder, MissingSecret> {
    Ok(match bearer {
        Some(secret) => request.bearer_auth(secret.expose()?),
        None => request,
    })
}

/// The secrets of one predictor.
#[derive(Debug, Clone, Default)]
pub struct Secrets(pub Vec<Secret>);

/// What stands in a message in the place of a secret.
const HIDDEN: &str = "[secret]";

impl Secrets {
    /// `text` without any of the secrets, also where they stand encoded, or cut off before a `...`.
    pub fn hide(&self, text: &str) -> String {
        let values = self.0.iter().filter_map(|secret| secret.value.as_deref());
        values.flat_map(forms).fold(text.to_owned(), |text, form| hide_beginnings(&text.replace(&form, HIDDEN), &form))
    }

    /// Whether every variable is set.
    ///
    /// # Errors
    /// The first that is not.
    pub fn all_set(&self) -> Result<(), MissingSecret> {
        self.0.iter().try_for_each(|secret| secret.expose().map(|_| ()))
    }
}

/// A shorter beginning of a secret tells nothing.
const TELLING: usize = 4;

/// `text` without the beginnings of `form` at which a quotation was cut off.
fn hide_beginnings(text: &str, form: &str) -> String {
    let ends = form.char_indices().map(|(at, _)| at).filter(|at| *at >= TELLING).rev();
    ends.fold(text.to_owned(), |text, end| text.replace(&format!("{}...", &form[..end]), &format!("{HIDDEN}...")))
}

/// The forms in which a server may repeat a secret, the longest first: as it is and without the scheme before it
/// (`Basic ...`), and each of these percent-encoded, escaped for JSON, on one line, and in base64.
fn forms(value: &str) -> Vec<String> {
    let is_scheme = |(scheme, bare): &(&str, &str)| scheme.chars().all(char::is_alphabetic) && bare.len() >= TELLING;
    let bare = value.split_once(' ').filter(is_scheme).map(|(_, bare)| bare.trim());
    let mut forms: Vec<String> = [value].into_iter().chain(bare).flat_map(forms_of).collect();
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

fn forms_of(value: &str) -> [String; 8] {
    /// What is not encoded in a path (RFC 3986's unreserved characters), and in a query (the URL standard's forms).
    const IN_PATH: &[u8] = b"-._~";
    const IN_QUERY: &[u8] = b"*-._";
    let in_query = |code: fn(u8) -> String| {
        value.split(' ').map(|word| percent_encoded(word, IN_QUERY, code)).collect::<Vec<_>>().join("+")
    };
    let upper = |byte: u8| format!("%{byte:02X}");
    let lower = |byte: u8| format!("%{byte:02x}");
    let in_json = serde_json::Value::from(value).to_string();
    [
        value.to_owned(),
        percent_encoded(value, IN_PATH, upper),
        percent_encoded(value, IN_PATH, lower),
        in_query(upper),
        in_query(lower),
        in_json[1..in_json.len() - 1].to_owned(),
        value.split_whitespace().collect::<Vec<_>>().join(" "),
        BASE64.encode(value).trim_end_matches('=').to_owned(),
    ]
}

/// Letters, digits and `plain` as they are, every other byte as `code` writes it.
fn percent_encoded(text: &str, plain: &[u8], code: fn(u8) -> String) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || plain.contains(&byte);
    text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { code(byte) }).collect()
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
        assert_eq!(secrets.hide("a%2fb%20c%22d, YS9iIGMiZA==."), "[secret], [secret]==.");
        assert!(!format!("{secrets:?}").contains("a/b"));
    }

    #[test]
    fn what_a_quotation_cut_off_is_hidden() {
        let secrets = secrets("Basic dXNlcjpw");
        assert_eq!(secrets.hide("`Basic dXNlc...` and `dXNl...`"), "`[secret]...` and `[secret]...`");
        assert_eq!(secrets.hide("Basic... BASI"), "[secret]... BASI");
        assert_eq!(secrets.hide("basic authentication..."), "basic authentication...");
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let message = secrets("  ").all_set().unwrap_err().to_string();
        assert!(message.starts_with("the variable `KEY` is not set"), "{message}");
        assert_eq!(secrets("").hide("text"), "text");
    }
}
