//! Gates: a claim about figures, judged on the evidence by one pure function.

mod barren;
mod claim;
mod estimate;
mod evidence;
mod holm;
mod judge;
mod needed;
mod power;
mod quantity;
mod unjudged;
mod unseen;
mod verdict;
mod weigh;

use holm::{Level, correct};

pub use barren::barren;
pub use claim::{Claim, Combine};
pub use estimate::{Asked, Estimate, estimate};
pub use evidence::{Evidence, Extreme, Other, Reading, Side, combined};
pub(crate) use holm::resamples_for;
pub use holm::{holm, level};
pub use judge::{judge, judge_family};
pub use needed::{POWER, Sight, Untold, images_needed};
pub use unjudged::Unjudged;
pub use verdict::{Ground, Outcome, SilenceTold, Verdict};
