//! `windtunnel audit`: what is wrong with the datasets of specs.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::plan::Plan;
use windtunnel::report::{audit_console, audit_html, audit_json};
use windtunnel::run::{Audited, Context, Threads, audit_data};
use windtunnel::store::Store;
use windtunnel::untrusted::{self, Shown as _};

use crate::args::{Audit, Global, Selection};
use crate::clock::clock;
use crate::context::threads;
use crate::engines::{asks_models, tell_engines};
use crate::progress::Progress;
use crate::specs::{PlanOutcome, Planned, plans};
use crate::terminal::Stream;
use crate::{files, interrupt, store, terminal};

/// Audits the datasets of the specs; the exit code.
pub fn audit(args: &Audit, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let (specs, overlay) = (args.specs.clone(), args.overlay.clone());
    let selection = Selection { specs, filter: Vec::new(), overlay, seed: None };
    let plans = match plans(&selection, None, style)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(_) => return Ok(Exit::Misused),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    let places: Vec<Places> = places(args, &plans)?;
    let is_asking = !args.no_models && plans.iter().any(asks_models);
    let store = if is_asking { store::open(&args.keeping)? } else { None };
    let (interrupted, threads) = (interrupt::end_in_order(), threads(args.jobs)?);
    let mut codes = Vec::new();
    for (planned, places) in plans.into_iter().zip(places) {
        if global.quiet < 2 && !args.no_models {
            planned.tell_unusable(style);
        }
        let plan = planned.plan.into_audit(!args.no_models);
        if global.quiet == 0 && !plan.cells.is_empty() {
            tell_engines(&plan);
        }
        let Audited { audit, pictures } = look(&plan, args, global, &threads, store.as_ref(), interrupted);
        let written = files::write(&places.json, audit_json(&audit).as_bytes());
        let written = written.and_then(|()| files::write(&places.html, audit_html(&audit, &pictures).as_bytes()));
        if let Err(error) = written {
            tell!("error: {error:#}");
            codes.push(Exit::Unjudged);
            continue;
        }
        if global.quiet < 2 {
            let stream = Stream::beside([&places.html, &places.json].into_iter());
            stream.show(&audit_console(&audit, stream.style(global.color)));
            places.tell(stream);
        }
        codes.push(audit.exit_code);
    }
    Ok(Exit::worst(codes).unwrap_or(Exit::NothingSelected))
}

fn look(
    plan: &Plan,
    args: &Audit,
    global: &Global,
    threads: &Threads,
    store: Option<&Store>,
    interrupted: &std::sync::atomic::AtomicBool,
) -> Audited {
    let progress = Progress::new(&plan.name, global.quiet > 0);
    let clock = clock();
    let audited = audit_data(
        plan,
        &Context {
            threads,
            clock: &clock,
            events: &progress,
            interrupted,
            store,
            is_offline: args.keeping.offline,
            is_drawing_all: false,
            is_failing_fast: false,
        },
    );
    progress.finish();
    audited
}

/// Where the reports of one spec go.
struct Places {
    json: PathBuf,
    html: PathBuf,
}

impl Places {
    fn tell(&self, stream: Stream) {
        let written = [&self.html, &self.json].into_iter().filter(|path| *path != Path::new("-"));
        let written: Vec<String> = written.map(|path| path.shown()).collect();
        if !written.is_empty() {
            let list = format!("reports: {}\n\n", written.join("\n         "));
            stream.show(&untrusted::log(&list));
        }
    }
}

/// Makes sure that everything can be written, before anything is looked at.
fn places(args: &Audit, plans: &[Planned]) -> anyhow::Result<Vec<Places>> {
    let is_output = |place: &Option<PathBuf>| place.as_deref() == Some(Path::new("-"));
    for (option, place) in [("--json", &args.json), ("--html", &args.html)] {
        if place.is_some() && plans.len() > 1 {
            bail!(
                "`{option}` takes the audit of one spec, but {} are audited; leave it out to get one each",
                plans.len()
            );
        }
    }
    if is_output(&args.json) && is_output(&args.html) {
        bail!("`--json -` and `--html -` would mix on standard output; give one of them a file");
    }
    let place = |planned: &Planned| {
        let folder = Path::new("target").join("windtunnel").join(&planned.plan.name);
        Places {
            json: args.json.clone().unwrap_or_else(|| folder.join("audit.json")),
            html: args.html.clone().unwrap_or_else(|| folder.join("audit.html")),
        }
    };
    let places: Vec<Places> = plans.iter().map(place).collect();
    let paths = || places.iter().flat_map(|places| [places.json.as_path(), places.html.as_path()]);
    files::refuse_losses(paths())?;
    paths().try_for_each(|path| files::probe(path, "--json or --html"))?;
    Ok(places)
}
