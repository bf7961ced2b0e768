//! # windtunnel: unit tests for the robustness of vision models
//!
//! A TOML spec declares datasets, models, perturbations and thresholds. A run perturbs the images, runs the models,
//! scores them, judges every check and writes reports, so that a robustness regression fails a CI build like a broken
//! unit test.
//!
//! ## The road
//!
//! Each stage takes the value of the stage before it and knows nothing of the stages after it:
//!
//! 1. [`spec::load`]: TOML text to a [`spec::Spec`], exactly what was written; every mistake with its place.
//! 2. [`plan::resolve`]: the spec against what there is; datasets read, models opened, checks bound to cells. Every
//!    mistake is found before the first pixel.
//! 3. [`run::run`]: execute (every frame made and answered), score (COCO's figures of every cell), judge (every check
//!    on its figures), illustrate (what lost most), and seal it all into a [`record::Record`].
//! 4. [`report`]: the record for terminals, JUnit readers and programs.
//!
//! A **cell** is a model on a dataset under a **condition**; a condition is clean, or one perturbation at one level.
//! A **case** is one claim about the figures of cells. A comparison that cannot be made is an error, never a pass.
//!
//! ## From a program of your own
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//! use windtunnel::{plan, report, run, spec};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let path = Path::new("specs/regression.toml");
//! let source = spec::Source::new(path, std::fs::read_to_string(path)?);
//! let (spec, mistakes) = spec::load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
//! let only_clean = plan::Selection { filter: vec![glob::Pattern::new("*/clean/*")?], ..plan::Selection::default() };
//! let plan = match plan::resolve(&spec, mistakes, &only_clean) {
//!     Ok(plan) => plan,
//!     Err(plan::Unresolved::Invalid(mistakes)) => return Err(mistakes.render(&source, false).into()),
//!     Err(plan::Unresolved::NothingSelected) => return Err("no case matches".into()),
//! };
//!
//! struct Quiet;
//! impl run::Events for Quiet {
//!     fn started(&self, _images: usize, _predictions: usize) {}
//!     fn predicted(&self, _predictions: usize) {}
//!     fn dropped(&self, _predictions: usize) {}
//!     fn scoring(&self) {}
//! }
//! let started = std::time::Instant::now();
//! let finished = run::run(&plan, &run::Context {
//!     threads: &run::Threads::new(2)?,
//!     clock: &|| started.elapsed(),
//!     events: &Quiet,
//!     interrupted: &AtomicBool::new(false),
//!     store: None,
//!     is_offline: false,
//!     is_drawing_all: false,
//!     is_failing_fast: false,
//! });
//! assert_eq!(finished.record.exit_code, windtunnel::exit::Exit::Passed);
//! println!("{}", report::json(&finished.record));
//! # Ok(())
//! # }
//! ```

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read what they wrote themselves")
)]

pub mod answer;
pub mod audit;
pub mod baseline;
pub mod catalog;
pub mod condition;
pub mod dataset;
pub mod detection;
pub mod digest;
pub mod draw;
pub mod entry;
pub mod eval;
pub mod exit;
pub mod failure;
pub mod file;
pub mod filter;
pub mod followed;
pub mod framing;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod gate;
mod instructions;
pub mod json;
pub mod metric;
mod number;
mod packed;
pub mod perturb;
pub mod plan;
pub mod position;
pub mod predict;
pub mod record;
pub mod report;
pub mod resizing;
pub mod run;
pub mod score;
mod size;
pub mod slice;
pub mod spec;
pub mod stopwatch;
pub mod store;
pub mod task;
pub mod untrusted;
