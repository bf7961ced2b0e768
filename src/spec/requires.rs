//! `requires = ">=0.3"`: which versions of this program read a spec as it was meant. What a program that is too old would say of
//! the rest (a key that it does not know) leads astray, so this is told first, and alone.

use toml::de::{DeTable, DeValue};

use super::table::{Mistake, Value};
use super::{Diagnostic, Span};

/// The key.
pub const REQUIRES: &str = "requires";

/// This program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Longest first: `>=` begins with `>`.
const SIGNS: [&str; 5] = [">=", "<=", ">", "<", "="];

const HELP: &str = "write bounds with commas between them: `requires = \">=0.3\"`, or `\">=0.3, <1\"`";

/// What is wrong where this program is none of those that the spec requires; requirements that cannot be read are told with
/// the other keys.
pub fn unmet(root: &DeTable<'_>) -> Option<Diagnostic> {
    let value = root.get(REQUIRES)?;
    let DeValue::String(written) = value.get_ref() else { return None };
    let is_met = is_met(written, VERSION)?;
    (!is_met).then(|| told(value.span(), written))
}

fn told(span: Span, written: &str) -> Diagnostic {
    let help = "install one of these (`pip install --upgrade windtunnel`, or `cargo install windtunnel`), or change `requires`";
    Diagnostic::new(span, format!("the spec requires windtunnel {written}, and this is {VERSION}")).help(help)
}

/// Reads the requirement, which [`unmet`] has looked at.
pub fn read_requires(value: &Value<'_>) -> Result<(), Mistake> {
    let text = value.get_ref().as_str().ok_or_else(|| Mistake::new("a requirement is a text").help(HELP))?;
    is_met(text, VERSION).map(|_met| ()).ok_or_else(|| Mistake::new("this is no requirement").help(HELP))
}

/// Whether `version` meets all bounds of `text`; `None` where that is none.
fn is_met(text: &str, version: &str) -> Option<bool> {
    let version = numbers(version)?;
    let mut is_met = true;
    for bound in text.split(',').map(str::trim) {
        let sign = SIGNS.into_iter().find(|sign| bound.starts_with(sign))?;
        let other = numbers(bound[sign.len()..].trim())?;
        is_met &= match sign {
            ">=" => version >= other,
            "<=" => version <= other,
            ">" => version > other,
            "<" => version < other,
            _ => version == other,
        };
    }
    Some(is_met)
}

/// `0.3` as `[0, 3, 0]`; of `0.3.0-rc.1` what is before the sign.
fn numbers(text: &str) -> Option<[u64; 3]> {
    let text = text.split(['-', '+']).next().unwrap_or(text);
    let parts: Vec<u64> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let mut numbers = [0; 3];
    numbers.get_mut(..parts.len())?.copy_from_slice(&parts);
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Source, load};
    use super::*;

    fn told(text: &str) -> String {
        let source = Source::new(Path::new("s.toml"), text.to_owned());
        match load(&source) {
            Ok((_, diagnostics)) | Err(diagnostics) => diagnostics.render(&source, false),
        }
    }

    #[test]
    fn bounds_are_of_numbers_not_of_letters() {
        for (text, met) in [
            (">=0.3", true),
            (">=0.10", false),
            (">0.9.1", false),
            ("<0.10", true),
            ("=0.9.1", true),
            (">= 0.3, <1", true),
            (">=0.3,<0.9", false),
            ("<=0.9", false),
        ] {
            assert_eq!(is_met(text, "0.9.1"), Some(met), "{text}");
        }
        for text in ["", "0.3", ">=", ">=x", ">=0.3,", ">=1.2.3.4", "^1", ">=-1"] {
            assert_eq!(is_met(text, "0.9.1"), None, "{text}");
        }
        assert_eq!(is_met(">=0.3", "0.3.0-rc.1"), Some(true));
    }

    #[test]
    fn a_program_that_is_too_old_says_only_that() {
        let told = told("version = 1\nrequires = \">=99\"\nnosuch = 3\n");
        assert!(told.contains("the spec requires windtunnel >=99, and this is") && !told.contains("nosuch"), "{told}");
        assert!(told.contains("--> s.toml:2:12"), "{told}");
    }

    #[test]
    fn a_requirement_that_cannot_be_read_is_a_mistake_like_others() {
        let told = told("version = 1\nrequires = \"new\"\nnosuch = 3\n");
        assert!(told.contains("this is no requirement") && told.contains("nosuch"), "{told}");
    }
}
