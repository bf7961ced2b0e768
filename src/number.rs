//! Numbers for people: a fixed number of decimals, and no sign where nothing but zeros is left.

/// `value` with so many decimals; never `-0.000`.
pub fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if is_zero(rest) => rest.to_owned(),
        Some(_) | None => text,
    }
}

/// The same with a sign, but for zero.
pub fn signed(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    if text.starts_with('-') || is_zero(&text) { text } else { format!("+{text}") }
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([fixed(-0.0002, 3), fixed(-0.0, 1), fixed(-0.002, 3)], ["0.000", "0.0", "-0.002"]);
        assert_eq!([signed(-0.0002, 3), signed(0.0, 3), signed(0.002, 3)], ["0.000", "0.000", "+0.002"]);
    }
}
