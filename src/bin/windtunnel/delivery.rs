//! Delivery: records and their reports to the places that a command line and specs name, the verdict to the terminal, the
//! job and the history, and the exit code of it all.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use windtunnel::entry::Named as _;
use windtunnel::record::{Record, RunSummary};
use windtunnel::report::{Html, Json, Junit, JunitStrict, Markdown, PastRun, Reported, Reporter, Style, console, html};
use windtunnel::run::{Finished, PICTURES};
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::NOTHING_SELECTED;
use crate::args::{Global, Reporting};
use crate::causes::with_causes;
use crate::commands::past;
use crate::github::Job;
use crate::interrupt::INTERRUPTED;
use crate::specs::Planned;
use crate::{cells, files, terminal};

/// Exit code where a report could not be written: nobody could tell what was judged.
pub const UNWRITTEN: u8 = 3;

/// The options that say where reports go.
const PLACES: &str = "--json, --junit, --html or --markdown";

/// Exit code where a check failed.
const FAILED: u8 = 1;

/// Where everything goes that comes of some specs.
pub struct Delivery<'a> {
    args: &'a Reporting,
    quiet: u8,
    style: Style,
    /// For the history.
    store: Option<&'a Store>,
    /// Per spec.
    outputs: std::vec::IntoIter<Outputs>,
    reported: Vec<(Record, Outputs)>,
    unwritten: bool,
}

impl<'a> Delivery<'a> {
    /// Makes sure that everything can be written, before anything is run.
    pub fn new(
        planned: &[Planned],
        args: &'a Reporting,
        global: &Global,
        store: Option<&'a Store>,
    ) -> anyhow::Result<Self> {
        refuse_unclear_places(args, planned.len())?;
        let outputs: Vec<Outputs> = planned.iter().map(|planned| Outputs::of(planned, args)).collect();
        let places = outputs.iter().flat_map(|outputs| outputs.reports.iter().map(|(_, path)| path));
        files::refuse_losses(places.chain(&args.junit).chain(&args.markdown).map(PathBuf::as_path))?;
        outputs.iter().try_for_each(Outputs::probe)?;
        if let Some(folder) = &args.detections {
            planned.iter().try_for_each(|planned| cells::probe(folder, &planned.plan, "--detections"))?;
        }
        args.junit.iter().chain(&args.markdown).try_for_each(|path| files::probe(path, PLACES))?;
        let style = Style { is_verbose: args.verbose, ..terminal::style(global.color) };
        let (outputs, quiet) = (outputs.into_iter(), global.quiet);
        Ok(Self { args, quiet, style, store, outputs, reported: Vec::new(), unwritten: false })
    }

    /// Delivers what came of the next spec; its exit code.
    pub fn deliver(&mut self, planned: &Planned, finished: Finished) -> u8 {
        let Some(outputs) = self.outputs.next() else { unreachable!("there are outputs for each spec") };
        if let Err(error) = self.write(planned, &finished, &outputs) {
            tell!("error: {}", with_causes(&error));
            self.unwritten = true;
        }
        let code = finished.record.exit_code;
        self.reported.push((finished.record, outputs));
        code
    }

    fn write(&self, planned: &Planned, finished: &Finished, outputs: &Outputs) -> anyhow::Result<()> {
        let past = self.store.map_or(Ok(Vec::new()), |store| past(store, Some(&planned.plan.name)));
        let written = past.and_then(|past| outputs.write(finished, &past));
        let written = written.and_then(|()| {
            let folder = self.args.detections.as_ref();
            folder.map_or(Ok(()), |folder| cells::write(folder, &planned.plan, &finished.predictions).map(drop))
        });
        if self.quiet < 2 {
            print(&finished.record, outputs, self.style);
        }
        let remembered = self.store.map_or(Ok(()), |store| remember(store, &finished.record));
        written.and(remembered)
    }

    /// Writes what tells of all specs together; the exit code.
    pub fn finish(self, job: Option<Job>) -> anyhow::Result<u8> {
        let runs: Vec<Reported<'_>> =
            self.reported.iter().map(|(record, outputs)| (record, outputs.folder.as_path())).collect();
        let mut unwritten = self.unwritten;
        let together: [(&dyn Reporter, _); 2] = [(&Junit, &self.args.junit), (&Markdown, &self.args.markdown)];
        for (reporter, path) in together.into_iter().filter_map(|(reporter, path)| Some((reporter, path.as_ref()?))) {
            let text = reporter.render(&runs, terminal::style_of_file())?;
            if let Err(error) = files::write(path, text.as_bytes()) {
                tell!("error: {error:#}");
                unwritten = true;
            }
        }
        let codes = self.reported.iter().map(|(record, _)| record.exit_code).chain(unwritten.then_some(UNWRITTEN));
        let code = worst(codes).unwrap_or(NOTHING_SELECTED);
        if let Some(job) = job {
            let records: Vec<&Record> = self.reported.iter().map(|(record, _)| record).collect();
            job.report(&records, code, &report_files(self.args, &self.reported));
        }
        Ok(if self.args.exit_zero && code == FAILED { 0 } else { code })
    }
}

/// The reports of a run, by the names of a step's outputs; of several specs, a list.
fn report_files(args: &Reporting, reported: &[(Record, Outputs)]) -> Vec<(&'static str, String)> {
    let files = |reporter: &'static str, one: &Option<PathBuf>| {
        let each = reported.iter().flat_map(|(_, outputs)| &outputs.reports);
        let each = each.filter(|(other, _)| other.entry().name == reporter).map(|(_, path)| path);
        let paths: Vec<String> = each.chain(one).map(|path| path.to_string_lossy().into_owned()).collect();
        (reporter, paths.join(","))
    };
    vec![files("junit", &args.junit), files("json", &None), files("markdown", &args.markdown), files("html", &None)]
}

/// One place cannot take several reports.
fn refuse_unclear_places(args: &Reporting, specs: usize) -> anyhow::Result<()> {
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

/// Adds a run that came to its end to the history.
fn remember(store: &Store, record: &Record) -> anyhow::Result<()> {
    if store.is_read_only() {
        tell!("note: the run is not in the history: {} cannot be written", store.path().shown());
    } else if !record.interrupted {
        let found = serde_json::to_string(&RunSummary::of(record))?;
        store
            .remember(record.times.started_unix, &record.spec.name, &found)
            .context("the run is not in the history")?;
    }
    Ok(())
}

/// The exit code that wins over several specs.
pub fn worst(codes: impl IntoIterator<Item = u8>) -> Option<u8> {
    codes.into_iter().max_by_key(|code| rank(*code))
}

/// The rank of an exit code among those of several specs.
fn rank(code: u8) -> u8 {
    match code {
        INTERRUPTED => 3,
        3 => 2,
        1 => 1,
        _ => 0,
    }
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
    fn of(planned: &Planned, args: &Reporting) -> Self {
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
        self.reports.iter().try_for_each(|(_, path)| files::probe(path, PLACES))?;
        files::refuse_links_in(&self.folder.join(PICTURES))
    }

    fn write(&self, finished: &Finished, past: &[PastRun]) -> anyhow::Result<()> {
        for picture in &finished.pictures {
            files::write_below(&self.folder, Path::new(&picture.path), &picture.bytes)?;
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
    terminal::show(&console(record, &outputs.folder, style));
    let written = outputs.reports.iter().map(|(_, path)| path).filter(|path| *path != Path::new("-"));
    let written: Vec<String> = written.map(|path| path.shown()).collect();
    tell!("reports: {}\n", written.join("\n         "));
}
