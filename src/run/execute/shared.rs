//! What the threads of a run share, and the work that is spread over them.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use super::first_answers::FirstAnswers;
use super::kept::Kept;
use super::permits::Permits;
use crate::plan::Plan;
use crate::position::{CellAt, ConditionAt, List, ModelAt};
use crate::predict::PredictError;
use crate::run::context::Context;
use crate::stopwatch::Stopwatch;

/// The cells to fill for one condition of a dataset.
pub struct ConditionCells {
    /// Position in [`Plan::conditions`].
    pub condition: ConditionAt,
    /// Positions in [`Plan::cells`].
    pub cells: Vec<CellAt>,
}

/// What all threads share.
pub struct Shared<'a> {
    /// What is run.
    pub plan: &'a Plan,
    /// The surroundings.
    pub context: &'a Context<'a>,
    /// The store.
    pub kept: Kept<'a>,
    /// Where the time goes, but for that of models.
    pub watch: Stopwatch<'a>,
    /// Per model, where its time goes.
    pub model_watches: List<ModelAt, Stopwatch<'a>>,
    /// For work on the processor.
    pub cores: Permits,
    /// Per model, for answers waited for; `None` for models that work here.
    pub waiting: List<ModelAt, Option<Permits>>,
    /// Per model, whether it can be asked; found out when it first has to be.
    pub reached: List<ModelAt, OnceLock<Result<(), PredictError>>>,
    /// Per model, whether its first answers can be used.
    pub first_answers: List<ModelAt, FirstAnswers>,
    /// Per model, frames asked.
    pub asked: List<ModelAt, AtomicUsize>,
}
