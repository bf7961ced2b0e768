//! What a run needs from its surroundings: the library itself reads no clock and prints nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::position::ModelAt;
use crate::run::threads::Threads;
use crate::store::Store;

/// Surroundings of a run.
pub struct Context<'a> {
    /// What frames and figures are spread over.
    pub threads: &'a Threads,
    /// Time since 1970-01-01 UTC.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
    /// Is told how far the run is.
    pub events: &'a dyn Events,
    /// Set from outside to end the run early; what was measured by then is still reported.
    pub interrupted: &'a AtomicBool,
    /// Where answers are kept and looked for; `None` asks every model anew and keeps nothing.
    pub store: Option<&'a Store>,
    /// Only the store is asked: a frame that it has no answer for is an error.
    pub is_offline: bool,
    /// Draws an interval for every figure, not only where a rule or a failure asks for one.
    pub is_drawing_all: bool,
    /// Ends the run at the first case that fails or cannot be judged; the others are skipped.
    pub is_failing_fast: bool,
}

/// How far a run is. Called from several threads.
pub trait Events: Sync {
    /// `predictions` model calls lie ahead, on `images` images.
    fn started(&self, images: usize, predictions: usize);

    /// A model, by its position in the plan, took `seconds` for `frames`. They are told again by [`Self::predicted`].
    fn took(&self, _model: ModelAt, _frames: usize, _seconds: f64) {}

    /// `predictions` more calls have been answered.
    fn predicted(&self, predictions: usize);

    /// `predictions` calls that were announced will not be made: their model cannot be asked, or their image not be used.
    fn dropped(&self, predictions: usize);

    /// `calls` of models will be timed one by one, beside those that were announced.
    fn timing(&self, _calls: usize) {}

    /// The models are done; scoring begins.
    fn scoring(&self);
}

impl Context<'_> {
    /// Whether the run is to end early.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
