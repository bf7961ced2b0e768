//! The store as one run uses it: which answers can be kept, under which keys, and what became of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use crate::detection::{BBox, ImageRecord};
use crate::digest::Digest;
use crate::plan::{Cell, Plan};
use crate::position::{CellAt, ConditionAt, List};
use crate::run::context::Context;
use crate::slice::{Look, REVISION};
use crate::store::{AnswerKey, CellKey, KeptAnswer, ModelRow, NewAnswer, Store, StoreError};

/// The store, and the keys of a plan's cells.
pub struct Kept<'a> {
    plan: &'a Plan,
    context: &'a Context<'a>,
    /// Per cell of the plan; `None` for cells whose answers cannot be kept.
    cells: List<CellAt, Option<(CellKey, ModelRow)>>,
    recalled: AtomicUsize,
    /// The first thing that went wrong with the store.
    trouble: Mutex<Option<StoreError>>,
}

/// A transaction takes some 40 microseconds, which is as long as a small network takes for an answer. So answers on an image
/// wait for each other, until the first of them is as old as this: so much work is lost with a process that is killed.
const MOST_AT_RISK: Duration = Duration::from_millis(100);

/// Answers on one image that are not in the store yet.
#[derive(Default)]
pub struct Waiting {
    answers: Vec<NewAnswer>,
    /// When the model was asked for the first of them.
    since: Duration,
}

impl<'a> Kept<'a> {
    /// Finds the cells of `plan` in the store, if there is one.
    pub fn new(plan: &'a Plan, context: &'a Context<'a>) -> Self {
        let kept =
            Self { plan, context, cells: List::default(), recalled: AtomicUsize::new(0), trouble: Mutex::new(None) };
        let cells = context.store.map(|store| plan.cells.iter().map(|cell| kept.find(store, cell)).collect());
        Self { cells: cells.unwrap_or_default(), ..kept }
    }

    fn find(&self, store: &Store, cell: &Cell) -> Option<(CellKey, ModelRow)> {
        let model = &self.plan.models[cell.model];
        let card = model.state.as_ref().ok().filter(|model| model.needs_pixels())?.card();
        let (identity, key) = cell_key(self.plan, cell)?;
        Some((key, self.heard(store.model(&identity.to_string(), &model.name, &card.kind))??))
    }

    /// The answer kept of a cell on an image, whose file has the digest `file`.
    pub fn get(&self, cell: CellAt, image: &ImageRecord, file: &Digest, objects: &[BBox]) -> Option<KeptAnswer> {
        let (cell_key, _) = self.cells.at(cell)?.as_ref()?;
        let key = frame_key(self.plan, cell, cell_key, image, file, objects);
        let answer = self.heard(self.context.store?.get(&key))??;
        self.recalled.fetch_add(1, Ordering::Relaxed);
        Some(answer)
    }

    /// Keeps an answer: at once, or together with the next ones on the image; [`Self::flush`] keeps the last ones.
    pub fn put(
        &self,
        cell: CellAt,
        image: &ImageRecord,
        file: &Digest,
        objects: &[BBox],
        answer: &KeptAnswer,
        waiting: &mut Waiting,
    ) {
        let Some(Some((cell_key, model))) = self.cells.at(cell) else { return };
        let key = frame_key(self.plan, cell, cell_key, image, file, objects);
        let now = (self.context.clock)();
        if waiting.answers.is_empty() {
            waiting.since = now.saturating_sub(Duration::from_secs_f64(answer.seconds));
        }
        waiting.answers.push(NewAnswer::new(key, *model, answer));
        if now.saturating_sub(waiting.since) >= MOST_AT_RISK {
            self.flush(waiting);
        }
    }

    /// Keeps all that wait.
    pub fn flush(&self, waiting: &mut Waiting) {
        let Waiting { answers, .. } = std::mem::take(waiting);
        if let Some(store) = self.context.store.filter(|_| !answers.is_empty()) {
            self.heard(store.put(&answers, (self.context.clock)()));
        }
    }

    /// How the image of the file with this digest looks: as kept, or measured and kept.
    pub fn look<E>(&self, file: &Digest, measure: impl FnOnce() -> Result<Look, E>) -> Result<Look, E> {
        let Some(store) = self.context.store else { return measure() };
        let key = format!("{file} as slices of revision {REVISION} see it");
        let known = self.heard(store.look(&key)).flatten();
        if let Some(look) = known.and_then(|bytes| Look::from_bytes(&bytes)) {
            return Ok(look);
        }
        let look = measure()?;
        if store.is_read_only() {
            return Ok(look);
        }
        self.heard(store.keep_look(&key, &look.to_bytes(), (self.context.clock)()));
        Ok(look)
    }

    /// How many answers came from the store.
    pub fn recalled(&self) -> usize {
        self.recalled.load(Ordering::Relaxed)
    }

    /// What went wrong with the store first: figures are not touched by it, but the next run will ask again.
    pub fn trouble(self) -> Option<StoreError> {
        self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard<T>(&self, outcome: Result<T, StoreError>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                None
            }
        }
    }
}

/// What stands for the model as a cell asks it, and the key of the cell; `None` if its answers cannot be kept.
pub fn cell_key(plan: &Plan, cell: &Cell) -> Option<(Digest, CellKey)> {
    let card = plan.models[cell.model].state.as_ref().ok()?.card();
    let digest = card.digest?;
    let asked = json!([card.kind, digest, card.settings, cell.categories]);
    let identity = Digest::of_bytes(asked.to_string().as_bytes());
    let key = condition_key(plan, &identity, cell.condition);
    Some((identity, key))
}

/// The key of the cell of a model, for which `identity` stands, under a condition.
pub fn condition_key(plan: &Plan, identity: &Digest, condition: ConditionAt) -> CellKey {
    CellKey::new(identity, &plan.conditions[condition].digest_of_pixels(plan.seed))
}

/// The key of a cell's answer on an image.
pub fn frame_key(
    plan: &Plan,
    cell: CellAt,
    cell_key: &CellKey,
    image: &ImageRecord,
    file: &Digest,
    objects: &[BBox],
) -> AnswerKey {
    cell_key.frame(file, &plan.condition_of(cell).draws(image, objects))
}
