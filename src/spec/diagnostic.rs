//! What is wrong with a spec, where, and how to get out of it; all mistakes are collected before any is shown.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::source::Part;
use super::{Place, Source};
use crate::untrusted;

/// Bytes of the spec's text.
pub type Span = Range<usize>;

/// One mistake in a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: a lower-case fragment that names the thing.
    pub message: String,
    /// Where in the spec's text.
    pub span: Span,
    /// A few words beside the caret.
    pub label: Option<String>,
    /// The way out.
    pub help: Option<String>,
    /// What the excerpt must not show: a secret.
    pub hidden: Option<Span>,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, label: None, help: None, hidden: None }
    }

    /// Adds words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with texts that a terminal can show.
    fn harmless(&self) -> Self {
        let shown = |text: &String| untrusted::document(text).into_owned();
        let (label, help) = (self.label.as_ref().map(shown), self.help.as_ref().map(shown));
        Self { message: shown(&self.message), label, help, ..self.clone() }
    }

    /// Keeps `span` out of every excerpt.
    #[must_use]
    pub fn hiding(mut self, span: Span) -> Self {
        self.hidden = Some(span);
        self
    }
}

/// The mistakes found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a mistake.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many mistakes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The first hundred with file, line, excerpt and caret, in the order of the text. `styled` adds ANSI colours.
    #[must_use]
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
        let mut texts: Vec<String> = self.in_order().iter().take(MOST).map(shown).collect();
        if self.len() > MOST {
            texts.push(format!("... and {} more mistakes after these", self.len() - MOST));
        }
        texts.join("\n\n")
    }

    /// All of them in the order of the text: where, if in a file, and what with the way out.
    #[must_use]
    pub fn told(&self, source: &Source) -> Vec<(Option<Place>, String)> {
        let told = |diagnostic: &&Diagnostic| {
            let place = source.part(&diagnostic.span).is_file().then(|| source.place(&diagnostic.span));
            let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
            (place, format!("{}{help}", diagnostic.message))
        };
        self.in_order().iter().map(told).collect()
    }

    fn in_order(&self) -> Vec<&Diagnostic> {
        let mut in_order: Vec<&Diagnostic> = self.0.iter().collect();
        in_order.sort_by_key(|d| (d.span.start, d.span.end));
        in_order
    }

    /// What no excerpt may show.
    fn hidden(&self) -> Vec<&Span> {
        self.0.iter().filter_map(|diagnostic| diagnostic.hidden.as_ref()).collect()
    }
}

fn report<'a>(
    diagnostic: &'a Diagnostic,
    name: &'a str,
    part: &'a Part,
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
fn without<'a>(part: &'a Part, hidden: &[&Span]) -> Cow<'a, str> {
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
