//! Gates: a claim about figures, judged on the evidence by one pure function.

mod claim;
mod evidence;
mod holm;
mod judge;
mod verdict;

pub use claim::{Claim, Combine};
pub use evidence::{Evidence, Other, Reading, Side, combined};
pub use holm::{correct, holm, level};
pub use judge::judge;
pub use verdict::{Outcome, Verdict};
