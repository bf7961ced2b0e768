//! A key or section that is written twice: TOML's grammar tells the second place, people look for the first.

use toml::de::DeTable;

use super::Span;

/// Where the key at `second` of `text`, which TOML refuses there, was written before; `None` where that is unclear.
///
/// Of all places that say the same, it is the one that makes the text right at `second` once it is called otherwise.
pub fn first_place(text: &str, second: &Span) -> Option<Span> {
    /// Places that are tried, so that no text takes long.
    const TRIED: usize = 200;
    let name = text.get(second.clone()).filter(|name| !name.is_empty())?;
    let alike = text[..second.start].rmatch_indices(name).map(|(start, found)| start..start + found.len());
    alike.filter(|place| is_whole(text, place)).take(TRIED).find(|first| !is_refused(&renamed(text, first), second))
}

/// Whether no letter of a key stands before or after `place`.
fn is_whole(text: &str, place: &Span) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !text[..place.start].ends_with(is_letter) && !text[place.end..].starts_with(is_letter)
}

/// `text` with a name in place of the key at `place` that no other key has, as long as that.
fn renamed(text: &str, place: &Span) -> String {
    let mut renamed = text.to_owned();
    let other = "_".repeat(place.len());
    renamed.replace_range(place.clone(), &other);
    renamed
}

fn is_refused(text: &str, place: &Span) -> bool {
    let (_, errors) = DeTable::parse_recoverable(text);
    errors.iter().any(|error| error.span().as_ref() == Some(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<usize> {
        let (_, errors) = DeTable::parse_recoverable(text);
        first_place(text, &errors[0].span().unwrap()).map(|span| text[..span.start].matches('\n').count() + 1)
    }

    #[test]
    fn the_first_of_two_is_found_among_its_namesakes() {
        assert_eq!(first("a = 1\n[b]\na = 2\n[c]\na = 3\na = 4\n"), Some(5));
        assert_eq!(first("[b.a]\nx = 1\n[c]\na = 3\n[b.a]\ny = 3\n"), Some(1));
        assert_eq!(first("b.a = 1\na = 2\nb.a = 3\n"), Some(1));
        assert_eq!(first("[[a]]\nx = 1\n[[a]]\ny = 1\nx = 2\nx = 3\n"), Some(5));
    }
}
