//! The spec as written: TOML text to [`Spec`], with every mistake collected and placed.
//!
//! What kinds mean is not known here: the options of a kind stay an unread [`Table`] that the kind's own file reads.

mod blank;
mod check;
mod choice;
mod diagnostic;
mod duplicate;
mod excerpt;
mod exclusion;
mod extends;
mod key;
mod keys;
mod layers;
mod load;
mod merge;
mod migrate;
mod names;
mod one_value;
mod paths;
mod relocate;
mod remote;
mod requires;
mod resolved;
mod section;
mod slices;
mod source;
mod table;
mod text;
mod variants;
mod version;
mod words;

pub use blank::FILL_IN;
pub use check::{CheckSpec, On, Thresholds, Waiver};
pub use choice::Choice;
pub use diagnostic::{Diagnostic, Diagnostics, Span};
pub use exclusion::Exclusion;
pub use key::{Family, Key, Literal, Scalar, ValueShape, words};
#[cfg(test)]
pub(crate) use keys::DATA_METRICS;
pub use keys::{CHECK, SLICES, SPEC};
pub(crate) use keys::{DEFAULTS, LAYERS, MATRIX, REPORT};
pub use layers::profile_names;
pub use load::{Defaults, ReportSpec, Spec, load, load_scenery};
pub use migrate::{Change, Migrated, migrated};
pub(crate) use names::NAME_PATTERN;
pub use names::{NAME_HELP, is_name};
pub(crate) use paths::{PathKind, existing_path, found_above, from_above, optional_path};
pub use remote::is_remote;
pub use resolved::{SectionKeys, quoted as quoted_key, resolved};
pub(crate) use section::RESERVED;
pub use section::Section;
pub use slices::SlicesSpec;
pub use source::{Mirrors, Place, Source};
pub use table::{Mistake, Table, TableReader, Value};
pub(crate) use table::{deserialize, list_of};
pub use text::{TextError, read_text};
pub use words::{Aggregate, Bound, Correction, Rule, Severeness};
