//! The spec as written: TOML text to [`Spec`], with every mistake collected and placed.
//!
//! What kinds mean is not known here: the options of a kind stay an unread [`Table`] that the kind's own file reads.

mod check;
mod diagnostic;
mod key;
mod keys;
mod load;
mod paths;
mod source;
mod table;
mod words;

pub use check::{CheckSpec, On, Thresholds, Waiver};
pub use diagnostic::{Diagnostic, Diagnostics, Span};
pub use key::{Family, Key, Literal, Scalar, Shape, words};
pub use keys::{CHECK, DEFAULTS, REPORT, SPEC};
pub use load::{Defaults, NAME_PATTERN, RESERVED, ReportSpec, Section, Spec, load};
pub use paths::{PathKind, existing_path};
pub use source::Source;
pub use table::{Choice, Mistake, Table, TableReader, Value, deserialize, list_of};
pub use words::{Aggregate, Bound, Correction, Rule, Severeness};
