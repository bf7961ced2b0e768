//! Reporters: a record to text, one format per file. They only write: no look-ups, no sums. `reporter` is the seam; a
//! format is one more file and its line in [`ALL`].

mod about;
mod badge;
mod baseline;
mod calibration;
mod comparison;
mod console;
mod data_audit;
mod github;
mod history;
mod html;
mod json;
mod junit;
mod junit_strict;
mod junit_xml;
mod markdown;
mod reporter;
mod speed;
mod text;

pub use about::about;
pub use badge::{Badge, badge};
pub use baseline::{baseline_changes, baseline_table};
pub use calibration::calibration;
pub use comparison::comparison;
pub use console::{Console, console};
pub use data_audit::{audit_console, audit_json};
pub use github::{SpecMistake, annotations, mistake_annotations, outputs};
pub use history::{PastRun, history, trend};
pub use html::{Html, SuiteLine, audit_html, html, html_in_site, overview_html, suite_html};
pub use json::{Json, json};
pub use junit::{Junit, junit};
pub use junit_strict::JunitStrict;
pub use junit_xml::JunitError;
pub use markdown::{MAX_SUMMARY, Markdown, markdown, prose};
pub use reporter::{ReportError, Reported, Reporter, Style};
pub use speed::accuracy_over_latency;
pub use text::counted;

/// Every format that a record can be written in.
pub const ALL: &[&dyn Reporter] = &[&Badge, &Console, &Html, &Json, &Junit, &JunitStrict, &Markdown];
