//! `windtunnel list`: what a run would do, without doing it. Case ids go to standard output, what it takes to standard
//! error.

use std::fmt::Write as _;

use windtunnel::exit::Exit;
use windtunnel::run::{Outlook, outlook};
use windtunnel::store::Store;

use crate::args::{Global, List};
use crate::commands::check::extent;
use crate::specs::{PlanOutcome, plans};
use crate::{store, terminal};

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
    let mut ids = String::new();
    for planned in &plans {
        let plan = &planned.plan;
        for case in &plan.cases {
            ids.push_str(&case.id);
            ids.push('\n');
        }
        tell!("{}: {}", plan.file, extent(plan));
        for outlook in outlook(plan, store.as_ref())? {
            tell!("  {}", describe(&outlook));
        }
    }
    terminal::print(&ids)?;
    Ok(Exit::Passed)
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
