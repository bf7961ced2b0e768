//! `version = 1`: the format that a spec is written in. There is one so far. What a later one means is not guessed: of such a
//! spec nothing else is told, since whatever this program would say of its keys leads astray.

use toml::de::DeTable;

use super::table::deserialize;
use super::{Diagnostic, Diagnostics};

/// The key.
pub const KEY: &str = "version";

/// The format that this program reads.
pub const VERSION: i64 = 1;

/// What is wrong where a text is of a later format.
pub fn later(table: &DeTable<'_>) -> Option<Diagnostic> {
    let value = table.get(KEY)?;
    let format = deserialize::<i64>(value).ok().filter(|format| *format > VERSION)?;
    let message = format!("the spec is of format {format}, and this program reads format {VERSION}");
    let help = "a newer windtunnel may read it: `pip install --upgrade windtunnel`, or `cargo install windtunnel`";
    Some(Diagnostic::new(value.span(), message).help(help))
}

/// Tells where a text names no format that there is; one that names none at all is the reader's.
pub fn refuse_unknown(table: &DeTable<'_>, diagnostics: &mut Diagnostics) {
    let Some(value) = table.get(KEY) else { return };
    match deserialize::<i64>(value) {
        Ok(VERSION) => {}
        Ok(format) => {
            diagnostics.push(Diagnostic::new(value.span(), format!("there is no spec format {format}")).help(format!(
                "write `{KEY} = {VERSION}`, or let `windtunnel migrate` do it: so far it is the only one"
            )));
        }
        Err(_) => diagnostics.push(
            Diagnostic::new(value.span(), format!("`{KEY}` is the number of the spec's format")).help(format!(
                "write `{KEY} = {VERSION}`; which windtunnel a spec needs is said by `requires = \">={}\"`",
                env!("CARGO_PKG_VERSION")
            )),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Source, load};

    fn told(source: &Source) -> String {
        match load(source) {
            Ok((_, diagnostics)) | Err(diagnostics) => diagnostics.render(source, false),
        }
    }

    fn of(version: &str) -> Source {
        Source::new(Path::new("s.toml"), format!("version = {version}\nnosuch = 3\n"))
    }

    #[test]
    fn of_a_later_format_only_that_is_told() {
        let told = told(&of("2"));
        assert!(told.contains("the spec is of format 2, and this program reads format 1"), "{told}");
        assert!(told.contains("--> s.toml:1:11") && !told.contains("nosuch"), "{told}");
    }

    #[test]
    fn what_is_no_format_is_told_once_with_the_other_mistakes() {
        for (version, expected) in [
            ("0", "there is no spec format 0"),
            ("\"1\"", "write `version = 1`;"),
            ("\"0.3.0\"", "`version` is the number of the spec's format"),
            ("1.0", "`version` is the number of the spec's format"),
        ] {
            let told = told(&of(version));
            assert!(told.contains(expected) && told.contains("nosuch"), "{version}: {told}");
            assert_eq!(told.matches("s.toml:1:11").count(), 1, "{version}: {told}");
        }
    }

    #[test]
    fn the_command_line_sets_no_later_format_either() {
        let told = told(&of("1").with_set("version=2"));
        assert!(told.contains("--set:1:9") && told.contains("the spec is of format 2"), "{told}");
    }
}
