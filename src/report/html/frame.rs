//! What pages are made of: the frame of a whole page, and the sections in it with their anchors.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words::plain;
use crate::record::Tool;
use crate::untrusted;

/// Neither scripts nor anything from elsewhere, whatever a name in the record tries.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A part of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What stands below the heading.
    pub body: Markup,
}

/// The anchor of the finding of case number `at`.
pub fn case_anchor(at: usize) -> String {
    format!("case-{at}")
}

/// The anchor of gallery number `at`.
pub fn gallery_anchor(at: usize) -> String {
    format!("images-{at}")
}

/// A whole page around its `body`. `style` is what it looks like beside what all pages look like.
pub fn framed(title: &str, tool: &Tool, style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "windtunnel " (plain(&tool.version)) };
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    // Also what a section may have taken in without asking `plain`.
    untrusted::log(&page.into_string()).into_owned()
}
