//! The spec as written: TOML text to [`Spec`], with every mistake collected and placed.
//!
//! What kinds mean is not known here: the options of a kind stay an unread [`Table`] that the kind's own file reads.

mod check;
mod diagnostic;
mod exclusion;
mod extends;
mod layers;
mod load;
mod paths;
mod resolved;
mod source;
mod table;

pub use check::{Aggregate, Bound, CheckSpec, Correction, On, Rule, Thresholds, Waiver};
pub use diagnostic::{Diagnostic, Diagnostics, Span};
pub use exclusion::Exclusion;
pub use load::{Defaults, ReportSpec, Section, Spec, load};
pub use paths::{PathKind, existing_path};
pub use resolved::resolved;
pub use source::{Place, Source};
pub use table::{Choice, Mistake, Table, TableReader, Value, deserialize, list_of};
