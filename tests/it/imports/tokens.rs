//! A file's code as words and marks: without comments, texts, and what is compiled for tests alone.

/// Words, `::`, and every other mark by itself.
pub fn tokens(text: &str) -> Vec<String> {
    without_tests(&words_and_marks(text))
}

fn words_and_marks(text: &str) -> Vec<String> {
    let mut rest = text;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| quoted(rest));
        let length =
            skipped.unwrap_or_else(|| if rest.starts_with("::") { 2 } else { word(rest).max(first.len_utf8()) });
        if skipped.is_none() && !first.is_whitespace() {
            tokens.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    tokens
}

/// The length of the word at the start.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The length of the comment at the start.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| text.find("*/").map_or(text.len(), |end| end + 2))
}

/// The length of the text or character at the start. A lifetime is a mark and a word.
fn quoted(text: &str) -> Option<usize> {
    let unprefixed = text.strip_prefix('b').unwrap_or(text);
    let prefix = text.len() - unprefixed.len();
    let raw = unprefixed.strip_prefix('r').map(|raw| raw.trim_start_matches('#')).filter(|raw| raw.starts_with('"'));
    if let Some(raw) = raw {
        let hashes = unprefixed.len() - raw.len() - 1;
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(prefix + 1 + hashes + 1 + raw[1..].find(&close)? + close.len());
    }
    let quote = unprefixed.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let mut inside = unprefixed.char_indices().skip(1);
    let mut length = 0;
    while let Some((at, c)) = inside.next() {
        if c == quote && (length > 0 || quote == '"') {
            return Some(prefix + at + 1);
        }
        if c == '\\' {
            length += usize::from(inside.next().is_some_and(|(_, escaped)| escaped != 'u' && escaped != 'x'));
        }
        length += 1;
        // `'a` of a lifetime: no character is longer, unless it is written as a number.
        if quote == '\'' && length > 1 && !unprefixed.starts_with("'\\") {
            return None;
        }
    }
    None
}

const FOR_TESTS: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].iter().take(FOR_TESTS.len()).eq(FOR_TESTS) {
            at = end_of_item(tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item whose attributes start at `at`.
fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    while tokens[at] == "#" {
        at = end_of_group(tokens, at + 1);
    }
    let ends_in_block = !matches!(tokens[at].as_str(), "use" | "const" | "static" | "type" | "let");
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" if ends_in_block => return end_of_group(tokens, at),
            "{" | "(" | "[" => at = end_of_group(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Behind the bracket that closes the one at `at`.
pub fn end_of_group(tokens: &[String], at: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn comments_texts_and_tests_are_no_code() {
        let code = r##"
            // use a;
            fn b<'c>() -> char { '"' } /* use d; */
            #[cfg(test)] use e::{f};
            #[cfg(test)]
            #[allow(dead_code)]
            fn g() { h::i() }
            const J: &[u8] = br#"k "l" "#; const M: char = '\''; const N: char = '\u{7f}';
            #[cfg(test)]
            mod tests { use super::*; }
            use o::p; "q \" r";
        "##;
        let told = tokens(code).join(" ");
        assert_eq!(
            told,
            "fn b < ' c > ( ) - > char { } const J : & [ u8 ] = ; const M : char = ; const N : char = ; \
             use o :: p ; ;"
        );
    }
}
