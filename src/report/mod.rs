//! Reporters: a record to text, one format per file. They only write: no look-ups, no sums.

mod baseline;
mod calibration;
mod comparison;
mod console;
mod history;
mod html;
mod json;
mod junit;
mod junit_xml;
mod text;

pub use baseline::{baseline_changes, baseline_table};
pub use calibration::calibration;
pub use comparison::comparison;
pub use console::{Style, console};
pub use history::{PastRun, history, trend};
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use junit_xml::JunitError;
