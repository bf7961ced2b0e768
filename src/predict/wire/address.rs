//! Addresses of servers as specs write them, and secrets that people write into specs by mistake.

use std::net::IpAddr;

use reqwest::Url;

use crate::spec::{Diagnostic, Mistake, TableReader, Value, deserialize};

/// Words in the names of keys whose values are secrets more often than not.
const SECRET_WORDS: [&str; 9] =
    ["api_key", "apikey", "api-key", "token", "secret", "password", "passwd", "authorization", "signature"];

/// Whether what is called `name` is likely a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    !name.ends_with("_env") && (name == "key" || SECRET_WORDS.iter().any(|word| name.contains(word)))
}

/// What to write instead, by the keys that a kind has, where secrets stand in an address.
pub struct WhereSecretsGo {
    /// In place of a parameter of the query that is called so.
    pub query: fn(&str) -> String,
    /// In place of a user and a password before the host.
    pub user: &'static str,
}

/// An `http` or `https` address without user, password, fragment or a query that looks like a secret.
///
/// # Errors
/// It is none.
pub fn read_address(value: &Value<'_>, instead: &WhereSecretsGo) -> Result<Url, Mistake> {
    const HELP: &str = "write it like `\"http://localhost:8000/predict\"`";
    let text: String = deserialize(value)?;
    let url = Url::parse(&text).map_err(|error| Mistake::new(format!("this is no address: {error}")).help(HELP))?;
    let secret = url.query_pairs().map(|(name, _)| name.into_owned()).find(|name| is_secret_name(name));
    let has_user = !url.username().is_empty() || url.password().is_some();
    let help = secret.map(|name| (instead.query)(&name)).or_else(|| has_user.then(|| instead.user.to_owned()));
    if let Some(help) = help {
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

/// Whether a server is this machine or one of the same network: nobody takes money for its answers.
pub fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => matches!(host.rsplit_once('.'), None | Some((_, "local" | "localhost"))),
    }
}

/// The address of `path` on the server at `url`, which may have a path of its own.
pub fn below(url: &Url, path: &str) -> Url {
    let mut below = url.clone();
    below.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
    below
}

/// Refuses keys that hold a secret itself, without showing it; `instead` is the line to write.
pub fn refuse_literal_secrets(options: &mut TableReader<'_, '_, '_>, instead: &str) {
    let literal = |(key, _): &&(toml::Spanned<String>, Value<'_>)| is_secret_name(key.get_ref());
    let found: Vec<_> = options.table().entries().iter().filter(literal).collect();
    for (key, value) in found {
        let message = format!("`{}` in {}: a secret does not belong into a spec", key.get_ref(), options.table().title);
        let help = format!(
            "name the variable of the environment that holds it, `{instead}`, and change the secret if this file was \
             shared"
        );
        options.refuse(key.get_ref(), Diagnostic::new(key.span(), message).help(help).hiding(value.span()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in ["api_key", "API-Key", "Authorization", "x-access-token", "key"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["api_key_env", "keypoints", "model_id", "Accept"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn servers_of_the_same_network_are_local() {
        for url in
            ["http://localhost:9001", "http://127.0.0.1", "http://[::1]:8000", "http://10.0.0.7", "http://triton:8000"]
        {
            assert!(is_local(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["https://api.example.com", "http://93.184.216.34"] {
            assert!(!is_local(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
