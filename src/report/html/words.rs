//! Words and numbers of the page: text from elsewhere is kept apart from the text around it.

use maud::{Markup, html};

use crate::number::{self, fixed};
use crate::record::Interval;
use crate::untrusted;

/// Colours and marks for models; more models than this share them.
const MARKS: usize = 6;

/// `text` with what HTML forbids, what turns what follows around and what cannot be seen written out.
pub fn plain(text: &str) -> String {
    untrusted::document(text).into_owned()
}

/// A sentence with figures, its arrows as a book sets them.
pub fn typeset(text: &str) -> String {
    plain(text).replace(" -> ", " \u{2192} ").replace(" >= ", " \u{2265} ").replace(" <= ", " \u{2264} ")
}

/// A sentence in which names stand between backticks.
pub fn sentence(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let is_paired = parts.len() % 2 == 1;
    html! {
        @if is_paired {
            @for (at, part) in parts.iter().enumerate() { @if at % 2 == 1 { strong { (name(part)) } } @else { (typeset(part)) } }
        } @else { (typeset(text)) }
    }
}

/// A word as it begins a sentence.
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A name from elsewhere: it may be written in any direction, without turning its neighbours.
pub fn name(text: &str) -> Markup {
    html! { bdi { (plain(text)) } }
}

/// A figure; a dash where there is none.
pub fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "\u{2013}".to_owned(), |value| fixed(value, digits).replace('-', "\u{2212}"))
}

/// A difference, with its sign.
pub fn signed(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "\u{2013}".to_owned(), |value| number::signed(value, digits).replace('-', "\u{2212}"))
}

/// `0.423 to 0.476`; nothing where there is none.
pub fn interval(found: Option<Interval>, digits: usize) -> String {
    found.map(|i| format!("{} to {}", number(Some(i.low), digits), number(Some(i.high), digits))).unwrap_or_default()
}

/// The same with signs.
pub fn signed_interval(found: Option<Interval>, digits: usize) -> String {
    found.map(|i| format!("{} to {}", signed(Some(i.low), digits), signed(Some(i.high), digits))).unwrap_or_default()
}

/// The class of a model's colour, by its position.
pub fn mark_class(model: usize) -> String {
    format!("m{}", model % MARKS)
}

/// The outline of a model's mark around (0, 0): each has its own, so that colour is not all that tells them apart.
pub fn mark_outline(model: usize) -> &'static str {
    const OUTLINES: [&str; MARKS] = [
        "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        "M-3.6-3.6h7.2v7.2h-7.2z",
        "M0-4.8L4.6 3.6h-9.2z",
        "M0-5.2L5 0L0 5.2L-5 0z",
        "M0 4.8L4.6-3.6h-9.2z",
        "M-1.7-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
    ];
    OUTLINES[model % MARKS]
}

/// A model's mark and name.
pub fn model_key(model: usize, text: &str) -> Markup {
    html! {
        span class="key" {
            svg class=(mark_class(model)) width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true" {
                path d=(mark_outline(model)) {}
            }
            (name(text))
        }
    }
}

/// A wide table: it scrolls by itself, also by keyboard.
pub fn wide(label: &str, table: &Markup) -> Markup {
    html! { div class="wide" role="region" aria-label={ "Table: " (plain(label)) } tabindex="0" { (table) } }
}
