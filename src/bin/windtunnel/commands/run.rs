//! `windtunnel run`: evaluate, judge, report.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;

use anyhow::{Context as _, bail};
use windtunnel::entry::Named as _;
use windtunnel::plan::{Plan, PlannedModel};
use windtunnel::record::{Record, RunSummary};
use windtunnel::report::{Html, Json, Junit, JunitStrict, Markdown, PastRun, Reported, Reporter, Style, console, html};
use windtunnel::run::{Context, Finished, run as run_plan};
use windtunnel::store::Store;

use crate::args::{Global, Run};
use crate::clock::clock;
use crate::github::Job;
use crate::progress::Progress;
use crate::specs::{Found, Planned, plans};
use crate::timings::Timings;
use crate::{cells, files, store, terminal};

/// Exit code where no case matches.
pub const NOTHING_SELECTED: u8 = 4;

/// Exit code where a report could not be written: nobody could tell what was judged.
pub const UNWRITTEN: u8 = 3;

/// Exit code where a check failed.
const FAILED: u8 = 1;

/// Exit code after an interrupt: 128 + SIGINT.
pub const INTERRUPTED: u8 = 130;

/// More threads than this only wait for each other.
const MAX_THREADS_PER_CORE: usize = 4;

/// Runs the specs; the exit code.
pub fn run(args: &Run, global: &Global) -> anyhow::Result<u8> {
    let job = Job::find(!args.no_github);
    let mut timings = Timings::start();
    let style = Style { is_verbose: args.verbose, ..terminal::style(global.color) };
    let history = if args.last_failed { store::existing(&args.keeping.store)? } else { None };
    let last = if args.last_failed { Some(store::past(history.as_ref(), &args.keeping.store)?) } else { None };
    let plans = match plans(&args.selection, last, style)? {
        Found::Plans(plans) => plans,
        Found::Invalid => return Ok(unrun(job, crate::USAGE)),
        Found::Nothing => return Ok(unrun(job, NOTHING_SELECTED)),
    };
    refuse_unclear_places(args, plans.len())?;
    let outputs: Vec<Outputs> = plans.iter().map(|planned| Outputs::of(planned, args)).collect();
    let places = outputs.iter().flat_map(|outputs| outputs.reports.iter().map(|(_, path)| path));
    files::refuse_losses(places.chain(&args.junit).chain(&args.markdown).map(PathBuf::as_path))?;
    outputs.iter().try_for_each(Outputs::probe)?;
    args.junit.iter().chain(&args.markdown).try_for_each(|path| files::probe(path))?;
    let store =
        if plans.iter().any(asks_models) { store::open(&args.keeping) } else { store::for_history(&args.keeping) }?;
    let asked = store.as_ref().filter(|_| plans.iter().any(asks_models));
    let interrupted = stop_on_interrupt()?;
    let mut reported = Vec::new();
    let mut unwritten = false;
    timings.opened();
    for (planned, outputs) in plans.iter().zip(outputs) {
        if global.quiet == 0 {
            tell_engines(&planned.plan);
        }
        let finished = run_one(&planned.plan, args, global, asked, &interrupted);
        timings.ran(&finished.record);
        let detections = args.detections.as_ref();
        let past = past(store.as_ref(), &planned.plan.name);
        let written = timings.reporting(|| past.and_then(|past| outputs.write(&finished, &past)));
        let written = written.and_then(|()| {
            detections.map_or(Ok(()), |folder| cells::write(folder, &planned.plan, &finished.predictions))
        });
        if global.quiet < 2 {
            print(&finished.record, &outputs, style);
        }
        let remembered = store.as_ref().map_or(Ok(()), |store| remember(store, &finished.record));
        if let Err(error) = written.and(remembered) {
            anstream::eprintln!("error: {error:#}");
            unwritten = true;
        }
        let is_ended = args.fail_fast && finished.record.exit_code != 0;
        reported.push((finished.record, outputs));
        if is_ended {
            break;
        }
    }
    if reported.len() < plans.len() {
        let rest: Vec<&str> = plans[reported.len()..].iter().map(|planned| planned.plan.file.as_str()).collect();
        anstream::eprintln!("not run after the first failure: {}", rest.join(", "));
    }
    if let Some(path) = &args.junit {
        let runs: Vec<Reported<'_>> = reported.iter().map(|(record, o)| (record, o.folder.as_path())).collect();
        files::write(path, Junit.render(&runs, terminal::style_of_file())?.as_bytes())?;
    }
    if let Some(path) = &args.markdown {
        let runs: Vec<Reported<'_>> = reported.iter().map(|(record, o)| (record, o.folder.as_path())).collect();
        files::write(path, Markdown.render(&runs, terminal::style_of_file())?.as_bytes())?;
    }
    if args.timings {
        anstream::eprint!("{}", timings.table(threads(args.jobs)));
    }
    let codes = reported.iter().map(|(record, _)| record.exit_code).chain(unwritten.then_some(UNWRITTEN));
    let code = codes.max_by_key(|code| rank(*code)).unwrap_or(NOTHING_SELECTED);
    if let Some(job) = job {
        let records: Vec<&Record> = reported.iter().map(|(record, _)| record).collect();
        job.report(&records, code, &report_files(args, &reported));
    }
    Ok(if args.exit_zero && code == FAILED { 0 } else { code })
}

/// Ends a job in which nothing was run; the exit code.
fn unrun(job: Option<Job>, code: u8) -> u8 {
    if let Some(job) = job {
        job.report(&[], code, &[]);
    }
    code
}

/// The reports of a run, by the names of a step's outputs; of several specs, a list.
fn report_files(args: &Run, reported: &[(Record, Outputs)]) -> Vec<(&'static str, String)> {
    let files = |reporter: &'static str, one: &Option<PathBuf>| {
        let each = reported.iter().flat_map(|(_, outputs)| &outputs.reports);
        let each = each.filter(|(other, _)| other.entry().name == reporter).map(|(_, path)| path);
        let paths: Vec<String> = each.chain(one).map(|path| path.display().to_string()).collect();
        (reporter, paths.join(","))
    };
    vec![files("junit", &args.junit), files("json", &None), files("markdown", &args.markdown), files("html", &None)]
}

/// One place cannot take several reports.
fn refuse_unclear_places(args: &Run, specs: usize) -> anyhow::Result<()> {
    let named =
        [("--json", &args.json), ("--html", &args.html), ("--junit", &args.junit), ("--markdown", &args.markdown)];
    if let Some((option, _)) = named.iter().take(2).find(|(_, place)| place.is_some() && specs > 1) {
        bail!("`{option}` takes the report of one spec, but {specs} are run; leave it out to get one each");
    }
    let is_standard_output = |place: &Option<PathBuf>| place.as_deref() == Some(Path::new("-"));
    let mixed: Vec<String> = named
        .iter()
        .filter(|(_, place)| is_standard_output(place))
        .map(|(option, _)| format!("`{option} -`"))
        .collect();
    if mixed.len() > 1 {
        bail!("{} would mix on standard output; give one of them a file", mixed.join(" and "));
    }
    Ok(())
}

/// The runs of the suite before this one, the oldest first.
fn past(store: Option<&Store>, suite: &str) -> anyhow::Result<Vec<PastRun>> {
    store.map_or(Ok(Vec::new()), |store| super::history::past(store, Some(suite)))
}

/// Adds a run that came to its end to the history.
fn remember(store: &Store, record: &Record) -> anyhow::Result<()> {
    if !record.interrupted {
        let found = serde_json::to_string(&RunSummary::of(record))?;
        store
            .remember(record.times.started_unix, &record.spec.name, &found)
            .context("the run is not in the history")?;
    }
    Ok(())
}

/// Which exit code wins over several specs.
fn rank(code: u8) -> u8 {
    match code {
        INTERRUPTED => 3,
        3 => 2,
        1 => 1,
        _ => 0,
    }
}

/// The first interrupt ends the run in order; a second one ends the program at once.
pub fn stop_on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    })
    .context("cannot listen for interrupts")?;
    Ok(interrupted)
}

/// Whether any model is asked: result files are not.
fn asks_models(planned: &Planned) -> bool {
    planned.plan.models.iter().any(|model| model.state.as_ref().is_ok_and(|model| model.needs_pixels()))
}

/// Says what runs the models whose spec leaves it open: figures differ in the last digits from engine to engine.
fn tell_engines(plan: &Plan) {
    let chosen = |model: &PlannedModel| {
        let settings = model.state.as_ref().ok()?.card().settings;
        let is_open = settings.get("engine_wanted").is_some_and(|wanted| wanted == "auto");
        let engine = settings.get("engine")?.as_str()?.to_owned();
        is_open.then(|| format!("`{}` on {engine}", model.name))
    };
    let chosen: Vec<String> = plan.models.iter().filter_map(chosen).collect();
    if !chosen.is_empty() {
        anstream::eprintln!("{}: engine = \"auto\": {}", plan.name, chosen.join(", "));
    }
}

/// How many threads `jobs` asks for.
pub fn threads(jobs: Option<u16>) -> usize {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    jobs.map_or(cores, usize::from).min(MAX_THREADS_PER_CORE * cores)
}

fn run_one(plan: &Plan, args: &Run, global: &Global, store: Option<&Store>, interrupted: &AtomicBool) -> Finished {
    let progress = Progress::new(&plan.name, global.quiet > 0);
    let threads = threads(args.jobs);
    let clock = clock();
    let finished = run_plan(
        plan,
        &Context {
            threads,
            clock: &clock,
            events: &progress,
            interrupted,
            store,
            is_offline: args.keeping.offline,
            is_drawing_all: args.intervals,
            is_failing_fast: args.fail_fast,
        },
    );
    progress.finish();
    finished
}

/// Where the files of one spec go.
struct Outputs {
    /// Each report, and its file.
    reports: Vec<(&'static dyn Reporter, PathBuf)>,
    /// What pictures' paths start from.
    folder: PathBuf,
}

impl Outputs {
    /// JUnit XML of a spec alone is left out where one file for all specs is asked for.
    fn of(planned: &Planned, args: &Run) -> Self {
        let default = Path::new("target").join("windtunnel").join(&planned.plan.name);
        let json = args.json.clone().or_else(|| planned.report.json.clone());
        let json = json.unwrap_or_else(|| default.join("record.json"));
        let junit = planned.report.junit.clone().unwrap_or_else(|| default.join("junit.xml"));
        let html = args.html.clone().or_else(|| planned.report.html.clone());
        let html = html.unwrap_or_else(|| default.join("report.html"));
        let folder =
            if json == Path::new("-") { default } else { json.parent().map(Path::to_path_buf).unwrap_or_default() };
        let mut reports: Vec<(&'static dyn Reporter, PathBuf)> = vec![(&Html, html)];
        reports.extend(args.junit.is_none().then_some((&Junit as &dyn Reporter, junit)));
        reports.push((&Json, json));
        let named = &planned.report;
        reports.extend(named.markdown.clone().map(|path| (&Markdown as &dyn Reporter, path)));
        reports.extend(named.junit_strict.clone().map(|path| (&JunitStrict as &dyn Reporter, path)));
        Self { reports, folder }
    }

    /// Finds out before the run whether the files can be written.
    fn probe(&self) -> anyhow::Result<()> {
        self.reports.iter().try_for_each(|(_, path)| files::probe(path))
    }

    fn write(&self, finished: &Finished, past: &[PastRun]) -> anyhow::Result<()> {
        for picture in &finished.pictures {
            files::write(&self.folder.join(&picture.path), &picture.bytes)?;
        }
        for (reporter, path) in &self.reports {
            // The one report that also tells of the runs before.
            let text = if reporter.entry().name == Html.entry().name {
                html(&finished.record, &self.folder, past)
            } else {
                reporter.render(&[(&finished.record, &self.folder)], terminal::style_of_file())?
            };
            files::write(path, text.as_bytes())?;
        }
        Ok(())
    }
}

fn print(record: &Record, outputs: &Outputs, style: Style) {
    anstream::eprint!("{}", console(record, &outputs.folder, style));
    let written = outputs.reports.iter().map(|(_, path)| path).filter(|path| *path != Path::new("-"));
    let written: Vec<String> = written.map(|path| path.display().to_string()).collect();
    anstream::eprintln!("reports: {}\n", written.join(", "));
}
