//! What a shard is of.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::answer::{all_cells, announce, answer};
use super::super::outcome::ImageOutcome;
use super::identity::{PlanPart, identity};
use crate::failure::Failure;
use crate::plan::{Images, Partition, Plan};
use crate::position::DatasetAt;
use crate::run::Context;
use crate::stopwatch::Phases;

/// The version of a shard's format; a change of meaning counts it up.
pub const VERSION: u32 = 1;

/// What a program was asked for, with which the plan can be resolved again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The spec's file, as it was named.
    pub spec: String,
    /// Globs over case ids.
    pub filter: Vec<String>,
    /// Names of profiles.
    pub profiles: Vec<String>,
    /// Assignments.
    pub sets: Vec<String>,
    /// Images per dataset.
    pub limit: Option<u32>,
    /// A seed instead of the spec's.
    pub seed: Option<u64>,
}

/// The head of a shard's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`VERSION`].
    pub version: u32,
    /// The version of the program.
    pub tool: String,
    /// The suite's name.
    pub suite: String,
    /// What was asked for.
    pub request: Request,
    /// Which part, counted from 1.
    pub index: usize,
    /// How many parts there are.
    pub count: usize,
    /// What the plan was made of.
    pub plan: Vec<PlanPart>,
    /// Lines that follow, one an image.
    pub images: usize,
    /// Per model, why it could not be asked.
    pub unreached: Vec<Option<Failure>>,
    /// Frames that models were asked about.
    pub asked: usize,
    /// Frames whose answers came from the store.
    pub from_store: usize,
    /// Where the time went.
    pub phases: Phases,
    /// What people should know beside the figures.
    pub notes: Vec<String>,
    /// Seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// Wall time, seconds.
    pub seconds: f64,
}

/// What came of an image of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardImage {
    /// Position of its dataset in the plan.
    pub dataset: DatasetAt,
    /// Position in the dataset.
    #[serde(rename = "image")]
    pub at: usize,
    /// What came of it.
    pub outcome: ImageOutcome,
}

/// What one machine found of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    pub(super) header: Header,
    pub(super) images: Vec<ShardImage>,
}

impl Shard {
    /// Answers every cell of `plan` that is not blocked on `images` (positions, per dataset), which are part `partition`;
    /// `None` if the run was interrupted: what was answered by then is in the store.
    pub fn run(
        plan: &Plan,
        partition: Partition,
        images: &Images,
        request: Request,
        context: &Context<'_>,
    ) -> Option<Self> {
        let started = (context.clock)();
        announce(plan, context, images);
        let taken = Mutex::new(Vec::new());
        let take = |dataset, at, outcome| {
            taken.lock().unwrap_or_else(PoisonError::into_inner).push(ShardImage { dataset, at, outcome });
        };
        let answers = answer(plan, context, &all_cells(plan), images, &take);
        if answers.interrupted {
            return None;
        }
        let mut images = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Threads end in any order; two runs of one part write the same bytes.
        images.sort_unstable_by_key(|image| (image.dataset, image.at));
        let header = Header {
            version: VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            suite: plan.name.clone(),
            request,
            index: partition.index(),
            count: partition.count(),
            plan: identity(plan),
            images: images.len(),
            unreached: answers.unreached.into_iter().collect(),
            asked: answers.asked,
            from_store: answers.recalled,
            phases: answers.phases,
            notes: answers.notes,
            started_unix: started.as_secs(),
            seconds: (context.clock)().saturating_sub(started).as_secs_f64(),
        };
        Some(Self { header, images })
    }

    /// The suite's name.
    pub fn suite(&self) -> &str {
        &self.header.suite
    }

    /// What was asked for.
    pub fn request(&self) -> &Request {
        &self.header.request
    }

    /// Number of images.
    pub fn images(&self) -> usize {
        self.header.images
    }

    /// Frames that models were asked about, and those whose answers came from the store.
    pub fn answered(&self) -> (usize, usize) {
        (self.header.asked, self.header.from_store)
    }

    /// What people should know beside the figures.
    pub fn notes(&self) -> &[String] {
        &self.header.notes
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        Duration::try_from_secs_f64(self.header.seconds).unwrap_or_default()
    }

    /// What went wrong, in the order of `plan`, whose part it is, and each once: datasets and models that cannot be used,
    /// unusable images, frames without an answer.
    pub fn failures(&self, plan: &Plan) -> Vec<String> {
        let datasets = plan.datasets.iter().filter_map(|planned| planned.state.as_ref().err());
        let unopened = plan.models.iter().filter_map(|planned| planned.state.as_ref().err());
        let planned = datasets.chain(unopened).map(|failure| failure.message.clone());
        let models = self.header.unreached.iter().flatten().map(|failure| failure.message.clone());
        let outcomes = || self.images.iter().map(|image| &image.outcome);
        let images =
            outcomes().filter_map(|outcome| outcome.failure.as_ref().map(|why| format!("unusable image {why}")));
        let is_reached = self.header.unreached.iter().all(Option::is_none);
        let frames = outcomes().flat_map(|outcome| &outcome.answers);
        let frames = frames.filter_map(|answer| answer.found.as_ref().err()).map(|failure| failure.message.clone());
        let mut failures: Vec<String> =
            planned.chain(models).chain(images).chain(frames.filter(|_| is_reached)).collect();
        let mut seen = std::collections::HashSet::new();
        failures.retain(|failure| seen.insert(failure.clone()));
        failures
    }
}
