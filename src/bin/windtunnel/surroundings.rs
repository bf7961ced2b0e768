//! The surroundings: the environment's variables, and where the program lies. Nothing else of the program looks at them.

#![expect(clippy::disallowed_methods, reason = "the door to the environment")]

use std::env;
use std::ffi::OsString;

use windtunnel::predict::PREFIX_VARIABLE;

/// A variable of the environment, as it is set: a text, which may be empty, or something else.
pub fn value(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// A variable of the environment that is set to a text.
pub fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

/// All variables that are texts.
#[cfg(feature = "cloud")]
pub fn texts() -> impl Iterator<Item = (String, String)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// A variable that a model asks about; that of the program's own folder is known without being set.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().or_else(|| if name == PREFIX_VARIABLE { prefix() } else { None })
}

/// The folder above the one that holds the program, links followed.
fn prefix() -> Option<String> {
    let program = env::current_exe().ok()?.canonicalize().ok()?;
    Some(program.parent()?.parent()?.to_str()?.to_owned())
}
