//! What suites and sections may be called.

use super::table::{Mistake, Value};

/// What a name may be made of: it becomes a part of test ids, class names and file names.
pub const NAME_HELP: &str = "use letters, digits, `_` and `-`: the name becomes a part of test ids and file names";

/// The same as a regular expression.
pub const NAME_PATTERN: &str = "^[A-Za-z0-9_-]+$";

/// Whether `text` may be the name of a suite or a section.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Why `name` may not be one.
pub fn check_name(name: &str) -> Result<(), String> {
    if is_name(name) { Ok(()) } else { Err(format!("`{name}` cannot be a name")) }
}

/// The name of a suite.
pub fn read_name(value: &Value<'_>) -> Result<String, Mistake> {
    let name = value.get_ref().as_str().ok_or_else(|| Mistake::expected("a string", value))?;
    check_name(name).map(|()| name.to_owned()).map_err(|message| Mistake::new(message).help(NAME_HELP))
}
