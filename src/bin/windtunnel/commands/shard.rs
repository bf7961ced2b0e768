//! `windtunnel run --partition`: one part of a run, answered here and judged elsewhere.

use std::path::Path;

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::plan::{Costs, Partition};
use windtunnel::run::Shard;
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, PartitionArg, Run};
use crate::context::{in_context, threads};
use crate::engines::{asks_models, tell_engines};
use crate::github::Job;
use crate::interrupt::end_in_order;
use crate::shards::{Destination, ENDING, request};
use crate::specs::Planned;
use crate::{partition, records, store};

/// Failures told of a part.
const TOLD: usize = 5;

/// Answers part `part` of the specs and writes a shard of each; the exit code.
pub fn shard(
    plans: &[Planned],
    part: PartitionArg,
    args: &Run,
    global: &Global,
    job: Option<Job>,
) -> anyhow::Result<Exit> {
    let partition = partition::find(part)?;
    let costs = args.sharding.balance.as_ref().map(|record| costs(record, plans.len())).transpose()?;
    let unmeasured = |costs: &Costs| plans.iter().find_map(|planned| costs.unmeasured(&planned.plan));
    if let (Some(cell), Some(record)) = (costs.as_ref().and_then(unmeasured), &args.sharding.balance) {
        bail!("{} has no times of {cell}: name the record of a run of this spec", record.shown());
    }
    let destination = |planned: &Planned| Destination::of(&args.sharding.shards, &name(planned, partition));
    let paths: Vec<Destination> = plans.iter().map(destination).collect();
    paths.iter().try_for_each(Destination::probe)?;
    let store = if plans.iter().any(asks_models) { store::open(&args.keeping)? } else { None };
    let (interrupted, threads) = (end_in_order(), threads(args.jobs)?);
    let mut code = Exit::Passed;
    let mut told = Vec::new();
    for (planned, path) in plans.iter().zip(&paths) {
        let plan = &planned.plan;
        if global.quiet == 0 {
            tell_engines(plan);
        }
        let images = partition.images(plan, costs.as_ref());
        let run = in_context(plan, args, global, &threads, store.as_ref(), interrupted, |context| {
            Shard::run(plan, partition, &images, request(plan, &args.selection), context)
        });
        let Some(shard) = run else {
            tell!("{}: interrupted; what was answered by then is in the store", plan.name);
            return Ok(Exit::Interrupted);
        };
        let mut bytes = Vec::new();
        if let Err(error) = shard.write(&mut bytes).map_err(anyhow::Error::from).and_then(|()| path.write(&bytes)) {
            tell!("error: {error:#}");
            code = Exit::Unjudged;
            continue;
        }
        let failures = shard.failures(plan);
        let text = text(&shard, &failures, partition, path);
        if global.quiet < 2 {
            tell!("{text}");
        }
        told.push(text);
        if !failures.is_empty() {
            code = Exit::Unjudged;
        }
    }
    if let Some(job) = job {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        job.tell(&told.join("\n"), code, &[("shard", paths.join(","))]);
    }
    Ok(code)
}

/// The name of the shard of a spec.
fn name(planned: &Planned, partition: Partition) -> String {
    let (name, index, count) = (&planned.plan.name, partition.index(), partition.count());
    format!("{name}-{index}-of-{count}{ENDING}")
}

/// What became of a part, for people.
fn text(shard: &Shard, failures: &[String], partition: Partition, path: &Destination) -> String {
    let (asked, recalled) = shard.answered();
    let (suite, images, seconds) = (shard.suite(), shard.images(), shard.duration().as_secs_f64());
    let s = if images == 1 { "" } else { "s" };
    let first = format!(
        "{suite}: part {partition}: {images} image{s}, {asked} frames asked, {recalled} from the store, {seconds:.1} s"
    );
    let mut lines = vec![first, format!("shard: {path}")];
    lines.extend(shard.notes().iter().map(|note| format!("note: {note}")));
    lines.extend(failures.iter().take(TOLD).map(|failure| format!("error: {failure}")));
    let more = failures.len().saturating_sub(TOLD);
    lines.extend((more > 0).then(|| format!("error: and {more} more")));
    lines.join("\n")
}

/// What frames cost, by the record of a run.
fn costs(path: &Path, specs: usize) -> anyhow::Result<Costs> {
    if specs > 1 {
        bail!("`--balance` takes the record of one spec, but {specs} are run");
    }
    let record = records::read(path)?;
    let times = &record.times;
    if times.asked == 0 || times.from_store > 0 {
        bail!(
            "{}: {} of its answers came from the store, which tells no times: make a record with `run --no-cache`",
            path.shown(),
            times.from_store
        );
    }
    let images = |dataset: &str| {
        let found = record.datasets.iter().find(|found| found.name == dataset);
        found.map(|found| found.images as f64).filter(|images| *images > 0.0)
    };
    let cells = record.cells.iter().zip(&times.cells);
    let answers = cells.filter_map(|(cell, seconds)| {
        let names = [cell.model.clone(), cell.dataset.clone(), cell.condition.to_string()];
        Some((names, seconds / images(&cell.dataset)?))
    });
    let mut frames: Vec<(&str, String)> =
        record.cells.iter().map(|cell| (cell.dataset.as_str(), cell.condition.to_string())).collect();
    frames.sort_unstable();
    frames.dedup();
    let frames: f64 = frames.iter().filter_map(|(dataset, _)| images(dataset)).sum();
    let pixels = if frames > 0.0 { times.pixels_seconds / frames } else { 0.0 };
    Ok(Costs { answers: answers.collect(), pixels })
}
