//! `windtunnel list`: what a run would do, without doing it. Case ids go to standard output, what it takes to standard
//! error.

use std::fmt::Write as _;

use serde_json::{Value, json};
use windtunnel::exit::Exit;
use windtunnel::run::{Outlook, outlook};
use windtunnel::store::Store;

use crate::args::{Global, List};
use crate::commands::check::extent;
use crate::specs::{PlanOutcome, Planned, plans};
use crate::{records, store, terminal};

/// The version of the JSON.
const VERSION: u32 = 1;

/// Lists the cases; the exit code.
pub fn list(args: &List, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let store: Option<Store> = store::existing(&args.store)?;
    let last = if args.last_failed { Some(store::past(store.as_ref(), &args.store)?) } else { None };
    let plans = match plans(&args.selection, last, style)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(_) => return Ok(Exit::Misused),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    for planned in &plans {
        let plan = &planned.plan;
        tell!("{}: {}", plan.file, extent(plan));
        for outlook in outlook(plan, store.as_ref())? {
            tell!("  {}", describe(&outlook));
        }
    }
    terminal::print(&if args.json { as_json(&plans)? } else { as_ids(&plans) })?;
    Ok(Exit::Passed)
}

/// An id a line.
fn as_ids(plans: &[Planned]) -> String {
    let cases = plans.iter().flat_map(|planned| &planned.plan.cases);
    cases.flat_map(|case| [case.id.as_str(), "\n"]).collect()
}

/// For programs that run specs and want to know beforehand which cases there will be, and where the record of each.
fn as_json(plans: &[Planned]) -> anyhow::Result<String> {
    let specs: Vec<Value> = plans.iter().map(of_spec).collect();
    let folder = std::env::current_dir()?;
    let listed = json!({ "version": VERSION, "folder": folder.to_string_lossy(), "specs": specs });
    Ok(serde_json::to_string_pretty(&listed)? + "\n")
}

fn of_spec(planned: &Planned) -> Value {
    let plan = &planned.plan;
    let cases = plan
        .cases
        .iter()
        .map(|case| json!({ "id": case.id, "check": case.check, "file": case.place.file, "line": case.place.line }));
    let record = records::folder_of(&plan.name, plan.is_filtered).join(records::RECORD);
    json!({ "name": plan.name, "file": plan.file, "record": record.to_string_lossy(), "cases": cases.collect::<Vec<_>>() })
}

/// `a: 1440 frames, 1000 in the store, 440 to ask (hosted calls), about 12 s on one thread`
fn describe(outlook: &Outlook) -> String {
    let calls = outlook.calls();
    let mut text =
        format!("{}: {} frames, {} in the store, {calls} to ask", outlook.model, outlook.frames, outlook.kept);
    if outlook.is_hosted {
        text.push_str(" (hosted calls)");
    }
    match outlook.estimate() {
        Some(seconds) if calls > 0 => {
            let _infallible = write!(text, ", about {seconds:.0} s one after the other");
        }
        Some(_) | None => {}
    }
    text
}
