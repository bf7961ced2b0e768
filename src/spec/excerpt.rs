//! Mistakes as people read them: each with the file, the line and an excerpt of the text it stands in.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::source::SourceText;
use super::{Diagnostic, Diagnostics, Place, Source, Span};
use crate::untrusted;

impl Diagnostics {
    /// The first hundred with file, line, excerpt and caret, in the order of the text. `styled` adds ANSI colours.
    pub fn render(&self, source: &Source, styled: bool) -> String {
        /// Each goes through the whole text.
        const MOST: usize = 100;
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let shown = |d: &&Diagnostic| {
            let (harmless, part) = (d.harmless(), source.part(&d.span));
            untrusted::painted_log(&renderer.render(&[report(
                &harmless,
                &untrusted::name(&part.name),
                part,
                &self.hidden(),
            )]))
        };
        let in_order = self.in_order();
        let mut texts: Vec<String> = in_order.iter().take(MOST).map(shown).collect();
        if in_order.len() > MOST {
            texts.push(format!("... and {} more mistakes after these", in_order.len() - MOST));
        }
        texts.join("\n\n")
    }

    /// All of them in the order of the text: where, if in a file, and what with the way out.
    pub fn placed(&self, source: &Source) -> Vec<(Option<Place>, String)> {
        let told = |diagnostic: &&Diagnostic| {
            let place = source.part(&diagnostic.span).is_file().then(|| source.place(&diagnostic.span));
            let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
            (place, format!("{}{help}", diagnostic.message))
        };
        self.in_order().iter().map(told).collect()
    }
}

fn report<'a>(
    diagnostic: &'a Diagnostic,
    name: &'a str,
    part: &'a SourceText,
    hidden: &[&Span],
) -> annotate_snippets::Group<'a> {
    let annotation = AnnotationKind::Primary.span(part.local(&diagnostic.span)).label(diagnostic.label.as_deref());
    let group = Level::ERROR
        .primary_title(diagnostic.message.as_str())
        .element(Snippet::source(without(part, hidden)).path(name).annotation(annotation));
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// A text with asterisks for what no excerpt may show, and with stand-ins for letters that steer terminals; every place
/// stays where it is.
fn without<'a>(part: &'a SourceText, hidden: &[&Span]) -> Cow<'a, str> {
    let steers = |c: char| !matches!(c, '\n' | '\r' | '\t') && untrusted::steers(c);
    if hidden.is_empty() && !part.text.contains(steers) {
        return Cow::Borrowed(&part.text);
    }
    let is_hidden = |at: usize| hidden.iter().any(|span| span.contains(&part.global(at..at).start));
    let masked = |(at, c): (usize, char)| match c {
        c if is_hidden(at) && c != '\n' => "*".repeat(c.len_utf8()),
        c if steers(c) && c.len_utf8() == char::REPLACEMENT_CHARACTER.len_utf8() => "\u{fffd}".to_owned(),
        c if steers(c) => "?".repeat(c.len_utf8()),
        c => c.to_string(),
    };
    Cow::Owned(part.text.char_indices().map(masked).collect())
}
