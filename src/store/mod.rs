//! The store of answers: what a model found in a frame is kept within a tenth of a second, so that no run pays for it twice.
//!
//! `key` names a frame, `sqlite` is the file, `answers` asks and keeps, `upkeep` tidies, `history` remembers runs,
//! `looks` how images look, `seal` tells whether what is kept is as it was.

mod answers;
mod history;
mod key;
mod looks;
mod seal;
mod sqlite;
mod upkeep;

pub(crate) use answers::{KeptAnswer, ModelRow, NewAnswer};
pub use history::RememberedRun;
pub(crate) use key::{AnswerKey, CellKey};
pub use sqlite::{Store, StoreError};
pub use upkeep::Holding;
