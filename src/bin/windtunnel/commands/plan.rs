//! `windtunnel plan`: how many images each check needs to see a loss, by the spread that the last run measured.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde_json::{Value, json};
use windtunnel::exit::Exit;
use windtunnel::gate::Sight;
use windtunnel::record::Record;
use windtunnel::run::{SightOfCase, sights};
use windtunnel::untrusted::{self, Shown as _};

use crate::args::{Global, Plan};
use crate::specs::{PlanOutcome, Planned, plans};
use crate::{records, terminal};

/// The version of the JSON.
const VERSION: u32 = 1;

/// Tells it case by case; the exit code.
pub fn plan(args: &Plan, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let plans = match plans(&args.selection, None, style)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(_) => return Ok(Exit::Misused),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    let sight = Sight { detect: args.detect, power: args.power };
    let mut specs = Vec::new();
    for planned in &plans {
        let record = record_of(args, planned)?;
        let found = sights(&planned.plan, &record, sight);
        tell!(
            "{}: images to see {} beyond each bound in {} of 100 runs, by the spread that was measured",
            untrusted::line(&planned.plan.file),
            args.detect,
            (100.0 * args.power).round()
        );
        specs.push((planned, found));
    }
    let all = || specs.iter().flat_map(|(_, found)| found);
    let text = if args.json { as_json(args, &specs)? } else { as_lines(&all().collect::<Vec<_>>()) };
    terminal::print(&text)?;
    Ok(Exit::Passed)
}

/// The record of the last whole run of a spec, or the one that is named.
fn record_of(args: &Plan, planned: &Planned) -> anyhow::Result<Record> {
    let path =
        args.record.clone().unwrap_or_else(|| records::folder_of(&planned.plan.name, false).join(records::RECORD));
    let record = records::read(&path).with_context(|| {
        let spec = untrusted::line(&planned.plan.file).into_owned();
        format!("the spread is measured by a run: `windtunnel run {spec} --intervals`, or name a record with --record")
    })?;
    records::introduce(&path, &record);
    if record.spec.digest != planned.plan.digest {
        tell!("{} is of another state of the spec: cases that it does not have are told", path.shown());
    }
    Ok(record)
}

/// A case a line: how many images it needs, how many there were, and its id.
fn as_lines(found: &[&SightOfCase]) -> String {
    let mut out = String::new();
    for case in found {
        let id = untrusted::line(&case.id);
        let now = case.images.map_or("-".to_owned(), |images| images.to_string());
        let line = match &case.needed {
            Ok(needed) => {
                let more = case.images.filter(|images| *needed <= *images as u64).map_or("", |_| ", enough");
                format!("{needed:>9} images ({now} now{more}{})  {id}", of_category(case))
            }
            Err(why) => format!("{:>9} images ({now} now)  {id}: {}", "?", untrusted::line(why)),
        };
        let _infallible = writeln!(out, "{line}");
    }
    out
}

/// `; with `WBC`: 34 now, 136 needed`, of a slice those in it
fn of_category(case: &SightOfCase) -> String {
    let Some(category) = &case.category else { return String::new() };
    let needed = category.needed.map(|needed| format!(", {needed} needed")).unwrap_or_default();
    format!("; with `{}`: {} now{needed}", untrusted::line(&category.name), category.images)
}

fn as_json(args: &Plan, specs: &[(&Planned, Vec<SightOfCase>)]) -> anyhow::Result<String> {
    let case = |case: &SightOfCase| {
        let category = case.category.as_ref();
        json!({
            "id": case.id,
            "images": case.images,
            "needed": case.needed.as_ref().ok(),
            "reason": case.needed.as_ref().err(),
            "corrected": case.corrected,
            "category": category.map(|of| json!({ "name": of.name, "images": of.images, "needed": of.needed })),
        })
    };
    let spec = |(planned, found): &(&Planned, Vec<SightOfCase>)| {
        let cases: Vec<Value> = found.iter().map(case).collect();
        json!({ "name": planned.plan.name, "file": planned.plan.file, "cases": cases })
    };
    let specs: Vec<Value> = specs.iter().map(spec).collect();
    let listed = json!({ "version": VERSION, "detect": args.detect, "power": args.power, "specs": specs });
    Ok(serde_json::to_string_pretty(&listed)? + "\n")
}
