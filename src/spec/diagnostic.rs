//! What is wrong with a spec, where, and how to get out of it; all mistakes are collected before any is shown.
//! `excerpt` shows them.

use std::collections::HashSet;
use std::ops::Range;

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
    pub(super) fn harmless(&self) -> Self {
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
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many mistakes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many of them are told: the same mistake of several sections is one.
    pub fn told(&self) -> usize {
        self.in_order().len()
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// All of them, in the order of the text. What is wrong with a key is told once, however many sections take it.
    pub(super) fn in_order(&self) -> Vec<&Diagnostic> {
        let mut in_order: Vec<&Diagnostic> = self.0.iter().collect();
        in_order.sort_by_key(|d| (d.span.start, d.span.end));
        let mut told = HashSet::new();
        in_order.retain(|d| told.insert((d.span.start, d.span.end, d.message.as_str())));
        in_order
    }

    /// What no excerpt may show.
    pub(super) fn hidden(&self) -> Vec<&Span> {
        self.0.iter().filter_map(|diagnostic| diagnostic.hidden.as_ref()).collect()
    }
}
