//! Gates: a claim about figures, judged on the evidence by one pure function.

mod judge;
mod verdict;

pub use judge::{Claim, Evidence, Reading, judge};
pub use verdict::{Outcome, Verdict};
