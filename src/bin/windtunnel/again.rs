//! A finished run once more, from the answers that are kept: for what its record does not hold.

use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use windtunnel::plan::Plan;
use windtunnel::record::{CellRecord, Record};
use windtunnel::report::Style;
use windtunnel::run::{Context, run};

use crate::args::{Overlay, STORE, Selection};
use crate::clock::clock;
use crate::context::threads;
use crate::progress::Progress;
use crate::specs::{PlanOutcome, plans};
use crate::store;

/// `record` with resamples of every figure of its cells. No model is asked; what is found again is held against the record,
/// so that nothing else than its own figures is resampled.
pub fn with_draws(mut record: Record, style: Style) -> anyhow::Result<Record> {
    let spec = record.spec.file.clone();
    tell!("{spec}: drawing resamples of what was measured, from the answers that are kept");
    let way_out = format!("run `{} --intervals`, which draws them, and accept that run", command(&record));
    let again = plan(&record, style).and_then(|plan| repeat(&plan)).with_context(|| way_out.clone())?;
    for cell in &mut record.cells {
        let is_same = |other: &&CellRecord| {
            (&other.model, &other.dataset, &other.condition) == (&cell.model, &cell.dataset, &cell.condition)
        };
        match again.cells.iter().find(is_same) {
            Some(found) if found.figures == cell.figures && found.per_category == cell.per_category => {
                cell.draws.extend(found.draws.iter().map(|(name, draws)| (name.clone(), draws.clone())));
            }
            found => {
                let what = found.and_then(|found| found.failure.as_ref().map(|failure| failure.message.clone()));
                let what = what.unwrap_or_else(|| "the spec, the data or the model has changed since".to_owned());
                let (model, dataset, condition) = (&cell.model, &cell.dataset, &cell.condition);
                let place = format!("{model}/{dataset}/{condition} cannot be found again: {what}");
                return Err(anyhow::anyhow!(place).context(way_out));
            }
        }
    }
    Ok(record)
}

/// The command that made a record.
fn command(record: &Record) -> String {
    let options = record.spec.options.iter().map(|(option, text)| format!(" {option} {text}"));
    let seed = if record.spec.is_seed_given { format!(" --seed {}", record.spec.seed) } else { String::new() };
    format!("windtunnel run {}{}{seed}", record.spec.file, options.collect::<String>())
}

/// What the record's run was asked for, asked for again.
fn plan(record: &Record, style: Style) -> anyhow::Result<Plan> {
    let given = |name: &str| {
        let given = record.spec.options.iter().filter(|(option, _)| option == name);
        given.map(|(_, text)| text.clone()).collect::<Vec<String>>()
    };
    let selection = Selection {
        specs: vec![record.spec.file.clone()],
        filter: Vec::new(),
        overlay: Overlay {
            profile: given("--profile"),
            set: given("--set"),
            limit: given("--limit").first().and_then(|images| images.parse().ok()),
        },
        seed: record.spec.is_seed_given.then_some(record.spec.seed),
    };
    match plans(&selection, None, style)? {
        PlanOutcome::Plans(mut plans) => Ok(plans.remove(0).plan),
        PlanOutcome::Invalid(_) | PlanOutcome::Nothing => bail!("{} cannot be run any more", record.spec.file),
    }
}

fn repeat(plan: &Plan) -> anyhow::Result<Record> {
    let (clock, progress, store) = (clock(), Progress::new(&plan.name, true), store::existing(STORE.as_ref())?);
    let finished = run(
        plan,
        &Context {
            threads: &threads(None)?,
            clock: &clock,
            events: &progress,
            interrupted: &AtomicBool::new(false),
            store: store.as_ref(),
            is_offline: true,
            is_drawing_all: true,
            is_failing_fast: false,
        },
    );
    Ok(finished.record)
}
