//! The way out where a key that takes one value has a list of them.

use toml::Spanned;
use toml::de::DeValue;

use super::key::{Key, Scalar, ValueShape};

/// Sections of which a spec may have several, by the first word of their names.
const FAMILIES: [&str; 2] = ["dataset", "model"];

/// What to write instead of the list that is the value of `key` in the table called `title`; `None` where it is no list, or may
/// be one.
pub(super) fn help(title: &str, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let (ValueShape::One(scalar), DeValue::Array(items)) = (key.shape, value.get_ref()) else { return None };
    let texts: Vec<&str> = items.iter().filter_map(|item| item.get_ref().as_str()).collect();
    let one = format!("it takes one value: {}", key.summary);
    // Other texts may be secrets, which no message shows.
    let (Scalar::Path, [first, second, ..], Some((family, name))) = (scalar, &texts[..], section(title)) else {
        return Some(one);
    };
    let key = key.name;
    let other = format!("[{family}.{name}_2]");
    Some(format!(
        "{one}; for several, write a section for each: {title} with `{key} = {first:?}`, {other} with `{key} = {second:?}`; a check \
         that names no `{family}` is made for each of them"
    ))
}

/// The family and the name of a section that may have others beside it.
fn section(title: &str) -> Option<(&'static str, &str)> {
    let inner = title.strip_prefix('[')?.strip_suffix(']')?;
    let (family, name) = inner.split_once('.')?;
    Some((FAMILIES.into_iter().find(|known| *known == family)?, name))
}
