//! Addresses of servers as specs write them, and secrets that people write into specs by mistake.

use reqwest::Url;

use crate::spec::{Diagnostic, Mistake, TableReader, Value, deserialize};

/// Words in the names of keys whose values are secrets more often than not.
const SECRET_WORDS: [&str; 9] =
    ["api_key", "apikey", "api-key", "token", "secret", "password", "passwd", "authorization", "signature"];

/// Whether what is called `name` is likely a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    !name.ends_with("_env") && (name == "key" || SECRET_WORDS.iter().any(|word| name.contains(word)))
}

/// An `http` or `https` address without user, password, fragment or a query that looks like a secret.
///
/// # Errors
/// It is none.
pub fn read_address(value: &Value<'_>) -> Result<Url, Mistake> {
    const HELP: &str = "write it like `\"http://localhost:8000/predict\"`";
    let text: String = deserialize(value)?;
    let url = Url::parse(&text).map_err(|error| Mistake::new(format!("this is no address: {error}")).help(HELP))?;
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query_pairs().any(|(name, _)| is_secret_name(&name))
    {
        let help = "name the variable of the environment that holds it, for example `api_key_env = \"MY_API_KEY\"`";
        return Err(Mistake::new("a secret does not belong into a spec").help(help).hidden());
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(Mistake::new("only http:// and https:// are known").help(HELP));
    }
    if url.fragment().is_some() {
        return Err(Mistake::new("a part after `#` is never sent").help("leave it out"));
    }
    Ok(url)
}

/// Refuses keys that hold a secret itself, without showing it; `instead` is the line to write.
pub fn refuse_literal_secrets(options: &mut TableReader<'_, '_, '_>, instead: &str) {
    let literal = |(key, _): &&(toml::Spanned<String>, Value<'_>)| is_secret_name(key.get_ref());
    let found: Vec<_> = options.table().entries().iter().filter(literal).collect();
    for (key, value) in found {
        let message = format!("`{}` in {}: a secret does not belong into a spec", key.get_ref(), options.table().title);
        let help = format!(
            "name the variable of the environment that holds it, `{instead}`, and change the secret if this file was shared"
        );
        options.refuse(key.get_ref(), Diagnostic::new(key.span(), message).help(help).hiding(value.span()));
    }
}
