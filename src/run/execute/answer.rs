//! Execute: every frame answered, from the store or by its model. Images are spread over threads; each is decoded once,
//! perturbed once per condition for all models, and let go before its thread takes the next, so memory holds one image
//! per thread. Threads beyond the cores wait for models elsewhere.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::first_answers::FirstAnswers;
use super::gather::Gathering;
use super::kept::Kept;
use super::outcome::{Answers, ModelTime, Take};
use super::permits::Permits;
use super::predictions::Predictions;
use super::shared::{ConditionCells, Shared};
use super::unanswered::unreached;
use super::worker::Worker;
use crate::dataset::Dataset;
use crate::plan::{Images, Plan, PlannedDataset};
use crate::position::{CellAt, ConditionAt, DatasetAt, List, ModelAt};
use crate::predict::{PredictError, Predictor, Site};
use crate::run::context::Context;
use crate::stopwatch::{Phases, Stopwatch};

/// Answers every cell of the plan that is not blocked.
pub fn execute(plan: &Plan, context: &Context<'_>) -> Predictions {
    let mut predictions = Predictions::none(plan);
    let (cells, images) = (all_cells(plan), all_images(plan));
    announce(plan, context, &images);
    Gathering::new(plan, &cells).gather(&mut predictions, |take| answer(plan, context, &cells, &images, take));
    predictions
}

/// Positions of all cells.
pub fn all_cells(plan: &Plan) -> Vec<CellAt> {
    plan.cells.positions().collect()
}

/// Positions of all images, per dataset.
pub fn all_images(plan: &Plan) -> Images {
    let images = |planned: &PlannedDataset| planned.state.as_ref().map_or(0, |data| data.images.len());
    plan.datasets.iter().map(|planned| (0..images(planned)).collect()).collect()
}

/// Tells how much lies ahead on `images` (positions, per dataset).
pub fn announce(plan: &Plan, context: &Context<'_>, images: &Images) {
    let cells = plan.cells.iter().filter(|cell| plan.blocked(cell).is_none());
    let mut datasets: Vec<DatasetAt> = cells.clone().map(|cell| cell.dataset).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let predictions = cells.map(|cell| images[cell.dataset].len()).sum();
    context.events.started(datasets.into_iter().map(|dataset| images[dataset].len()).sum(), predictions);
}

/// Answers those of `cells` (positions in [`Plan::cells`], sorted) that are not blocked, on `images` (positions, per
/// dataset); where the run ends early, on some of them.
pub fn answer(plan: &Plan, context: &Context<'_>, cells: &[CellAt], images: &Images, take: &Take<'_>) -> Answers {
    let shared = Shared {
        plan,
        context,
        kept: Kept::new(plan, context),
        watch: Stopwatch::new(context.clock),
        model_watches: plan.models.iter().map(|_| Stopwatch::new(context.clock)).collect(),
        cores: Permits::new(context.threads.count()),
        waiting: plan.models.positions().map(|model| Some(Permits::new(waiting(plan, model)?))).collect(),
        reached: plan.models.iter().map(|_| OnceLock::new()).collect(),
        first_answers: plan.models.iter().map(|_| FirstAnswers::default()).collect(),
        asked: plan.models.iter().map(|_| AtomicUsize::new(0)).collect(),
    };
    // One dataset after the other, and in each one image for all models and conditions: it is decoded once.
    for (dataset, images) in images.numbered() {
        let (jobs, Ok(data)) = (jobs(plan, dataset, cells), &plan.datasets[dataset].state) else { continue };
        if !jobs.is_empty() {
            answer_images(&shared, dataset, data, &jobs, images, take);
        }
    }
    let spent: Vec<Phases> = shared.model_watches.iter().map(Stopwatch::spent).collect();
    let time = |(asked, spent): (&AtomicUsize, &Phases)| ModelTime {
        asked: asked.load(Ordering::Relaxed),
        inference: spent.inference,
    };
    let models: List<ModelAt, ModelTime> = shared.asked.iter().zip(&spent).map(time).collect();
    let recalled = shared.kept.recalled();
    let trouble = shared.kept.trouble();
    let failed = |(reached, first): (&OnceLock<Result<(), PredictError>>, &FirstAnswers)| {
        let unreached = reached.get().and_then(|reached| unreached(reached.as_ref().err()?));
        unreached.or_else(|| first.given_up().cloned())
    };
    Answers {
        unreached: shared.reached.iter().zip(&shared.first_answers).map(failed).collect(),
        asked: models.iter().map(|model| model.asked).sum(),
        recalled,
        phases: spent.into_iter().fold(shared.watch.spent(), Phases::plus),
        models,
        notes: trouble.map(|error| format!("answers were not kept, or not found again: {error}")).into_iter().collect(),
        interrupted: context.is_interrupted(),
    }
}

fn jobs(plan: &Plan, dataset: DatasetAt, cells: &[CellAt]) -> Vec<ConditionCells> {
    let cells_of = |condition: ConditionAt| {
        let is_of = |&&at: &&CellAt| {
            let cell = &plan.cells[at];
            (cell.dataset, cell.condition) == (dataset, condition) && plan.blocked(cell).is_none()
        };
        cells.iter().filter(is_of).copied().collect::<Vec<_>>()
    };
    let jobs = plan.conditions.positions().map(|condition| ConditionCells { condition, cells: cells_of(condition) });
    jobs.filter(|job| !job.cells.is_empty()).collect()
}

/// How many frames may wait for a model; `None` if it works here.
fn waiting(plan: &Plan, model: ModelAt) -> Option<usize> {
    match plan.models[model].state.as_deref().map(Predictor::site) {
        Ok(Site::Elsewhere(at_once)) => Some(at_once.get()),
        Ok(Site::Here) | Err(_) => None,
    }
}

/// Spreads some images of a dataset over the threads, and over more where models elsewhere are waited for.
fn answer_images(
    shared: &Shared<'_>,
    dataset: DatasetAt,
    data: &Dataset,
    jobs: &[ConditionCells],
    images: &[usize],
    take: &Take<'_>,
) {
    let next = AtomicUsize::new(0);
    let broken = AtomicBool::new(false);
    let work = || {
        while !shared.context.is_interrupted() {
            let order = next.fetch_add(1, Ordering::Relaxed);
            let Some(&at) = images.get(order) else { break };
            let objects = data.boxes(at);
            let (image, waiting) = (&data.images[at], RefCell::default());
            let worker = Worker { shared, dataset, order, image, objects, broken: &broken, waiting };
            if let Some(outcome) = worker.answer(jobs) {
                take(dataset, at, outcome);
            }
        }
    };
    let waiting: usize = shared.plan.models.positions().filter_map(|model| waiting(shared.plan, model)).sum();
    let threads = shared.context.threads;
    std::thread::scope(|scope| {
        // Threads beyond the cores wait for servers; `cores` keeps them from working on pixels at once.
        for _ in threads.count()..waiting.min(images.len()) {
            scope.spawn(work);
        }
        threads.each(work);
    });
}
