//! Delivery: records and their reports to the places that a command line and specs name, the verdict to the terminal, the
//! job and the history, and the exit code of it all.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use windtunnel::entry::Named as _;
use windtunnel::exit::Exit;
use windtunnel::record::{Record, RunSummary};
use windtunnel::report::{Html, Json, Junit, JunitStrict, Markdown, PastRun, Reported, Reporter, Style, console, html};
use windtunnel::run::{Finished, PICTURES, SAMPLES};
use windtunnel::store::Store;
use windtunnel::untrusted::{self, Shown as _};

use crate::args::{Global, Reporting};
use crate::causes::with_causes;
use crate::github::Job;
use crate::history::past;
use crate::specs::Planned;
use crate::terminal::Stream;
use crate::{cells, files, records, terminal};

/// The options that say where reports go.
const PLACES: &str = "--json, --junit, --html or --markdown";

/// Where everything goes that comes of some specs.
pub struct Delivery<'a> {
    args: &'a Reporting,
    quiet: u8,
    /// Where the report for people goes.
    stream: Stream,
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
        let mut outputs: Vec<Outputs> = planned.iter().map(|planned| Outputs::of(planned, args)).collect();
        let places = outputs.iter().flat_map(|outputs| outputs.reports.iter().map(|(_, path)| path));
        files::refuse_losses(places.chain(&args.junit).chain(&args.markdown).map(PathBuf::as_path))?;
        outputs.iter_mut().try_for_each(Outputs::probe)?;
        if let Some(folder) = &args.detections {
            planned.iter().try_for_each(|planned| cells::probe(folder, &planned.plan, "--detections"))?;
        }
        args.junit.iter().chain(&args.markdown).try_for_each(|path| files::probe(path, PLACES))?;
        let places = outputs.iter().flat_map(|outputs| outputs.reports.iter().map(|(_, path)| path));
        let stream = Stream::beside(places.chain(&args.junit).chain(&args.markdown));
        let style = Style { is_verbose: args.verbose, ..stream.style(global.color) };
        let (outputs, quiet) = (outputs.into_iter(), global.quiet);
        Ok(Self { args, quiet, stream, style, store, outputs, reported: Vec::new(), unwritten: false })
    }

    /// What will be written: files, and folders with what belongs to a run.
    pub fn places(&self) -> Vec<PathBuf> {
        let of_specs = self.outputs.as_slice().iter().flat_map(Outputs::places);
        let named = [&self.args.junit, &self.args.markdown, &self.args.detections].into_iter().flatten().cloned();
        of_specs.chain(named).chain(self.store.map(|store| store.path().to_path_buf())).collect()
    }

    /// Delivers what came of the next spec; its exit code.
    pub fn deliver(&mut self, planned: &Planned, finished: Finished) -> Exit {
        let Some(outputs) = self.outputs.next() else { unreachable!("there are outputs for each spec") };
        for error in self.write(planned, &finished, &outputs) {
            tell!("error: {}", with_causes(&error));
            self.unwritten = true;
        }
        let code = finished.record.exit_code;
        self.reported.push((finished.record, outputs));
        code
    }

    /// Writes and prints; what could not be done.
    fn write(&self, planned: &Planned, finished: &Finished, outputs: &Outputs) -> Vec<anyhow::Error> {
        let past = self.store.map_or(Ok(Vec::new()), |store| past(store, Some(&planned.plan.name)));
        let (past, mut errors) = match past {
            Ok(past) => (past, Vec::new()),
            Err(error) => (Vec::new(), vec![error]),
        };
        let written = outputs.write(finished, &past, &mut errors);
        if let Some(folder) = &self.args.detections {
            errors.extend(cells::write(folder, &planned.plan, &finished.predictions).err());
        }
        if self.quiet < 2 {
            print(&finished.record, &outputs.folder, &written, (self.stream, self.style));
            outputs.tell_left_alone();
        }
        errors.extend(self.store.and_then(|store| remember(store, &finished.record).err()));
        errors
    }

    /// Writes what tells of all specs together; the exit code.
    pub fn finish(self, job: Option<Job>) -> anyhow::Result<Exit> {
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
        let codes = self.reported.iter().map(|(record, _)| record.exit_code).chain(unwritten.then_some(Exit::Unjudged));
        let code = Exit::worst(codes).unwrap_or(Exit::NothingSelected);
        if let Some(job) = job {
            let records: Vec<&Record> = self.reported.iter().map(|(record, _)| record).collect();
            job.report(&records, code, &report_files(self.args, &self.reported));
        }
        Ok(if self.args.exit_zero && code == Exit::Failed { Exit::Passed } else { code })
    }
}

/// The reports of a run, by the names of a step's outputs; of several specs, a list.
fn report_files(args: &Reporting, reported: &[(Record, Outputs)]) -> Vec<(&'static str, String)> {
    let files = |reporter: &'static str, one: &Option<PathBuf>| {
        // Of a record and its copy the copy: that is the place that somebody named.
        let of_spec = |outputs: &Outputs| {
            let mut reports = outputs.reports.iter().rev();
            reports.find(|(other, _)| other.entry().name == reporter).map(|(_, path)| path.clone())
        };
        let each = reported.iter().filter_map(|(_, outputs)| of_spec(outputs));
        let paths: Vec<String> = each.chain(one.clone()).map(|path| path.to_string_lossy().into_owned()).collect();
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

/// Where the files of one spec go.
struct Outputs {
    /// Each report, and its file.
    reports: Vec<(&'static dyn Reporter, PathBuf)>,
    /// Where the record and its pictures lie.
    folder: PathBuf,
    /// Where copies of the record lie, with its pictures beside them.
    copies: Vec<PathBuf>,
    /// Where the spec wants the record of a whole run, and this is none.
    left_alone: Option<PathBuf>,
}

impl Outputs {
    /// The record always lies where other commands look for it; what is named is a copy more. A run of some cases leaves
    /// that of the whole run alone. JUnit XML of a spec alone is left out where one file for all specs is asked for.
    fn of(planned: &Planned, args: &Reporting) -> Self {
        let (named, is_filtered) = (&planned.report, planned.plan.is_filtered);
        let folder = records::folder_of(&planned.plan.name, is_filtered);
        let record = folder.join(records::RECORD);
        let junit = named.junit.clone().unwrap_or_else(|| folder.join("junit.xml"));
        let html = args.html.clone().or_else(|| named.html.clone()).unwrap_or_else(|| folder.join("report.html"));
        let (left_alone, standing) = if is_filtered { (named.json.clone(), None) } else { (None, named.json.clone()) };
        let copy = args.json.clone().or(standing).filter(|path| !is_same(path, &record));
        let copies = copy.iter().filter_map(|path| folder_of_copy(path)).filter(|other| !is_same(other, &folder));
        let copies = copies.collect();
        let mut reports: Vec<(&'static dyn Reporter, PathBuf)> = vec![(&Html, html)];
        reports.extend(args.junit.is_none().then_some((&Junit as &dyn Reporter, junit)));
        reports.extend([record].into_iter().chain(copy).map(|path| (&Json as &dyn Reporter, path)));
        reports.extend(named.markdown.clone().map(|path| (&Markdown as &dyn Reporter, path)));
        reports.extend(named.junit_strict.clone().map(|path| (&JunitStrict as &dyn Reporter, path)));
        Self { reports, folder, copies, left_alone }
    }

    /// Folders with a record and its pictures.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        [&self.folder].into_iter().chain(&self.copies).map(PathBuf::as_path)
    }

    /// What is written: the reports, and the folders of pictures.
    fn places(&self) -> Vec<PathBuf> {
        let pictures = self.folders().flat_map(|folder| [PICTURES, SAMPLES].map(|name| folder.join(name)));
        self.reports.iter().map(|(_, path)| path.clone()).chain(pictures).collect()
    }

    /// Finds out before the run whether the files can be written.
    fn probe(&mut self) -> anyhow::Result<()> {
        self.give_up_the_usual_place();
        self.reports.iter().try_for_each(|(_, path)| files::probe(path, PLACES))?;
        let pictures = self.folders().flat_map(|folder| [PICTURES, SAMPLES].map(|name| folder.join(name)));
        pictures.into_iter().try_for_each(|folder| files::refuse_links_in(&folder))
    }

    /// Where the usual place cannot be written (a folder that is only read), a record that is named elsewhere is enough.
    fn give_up_the_usual_place(&mut self) {
        let usual = self.folder.join(records::RECORD);
        let is_elsewhere =
            |(reporter, path): &(&dyn Reporter, PathBuf)| reporter.entry().name == Json.entry().name && *path != usual;
        if self.reports.iter().any(is_elsewhere) && files::probe(&usual, PLACES).is_err() {
            tell!(
                "note: {} cannot be written: name the record where other commands are to read this run",
                usual.shown()
            );
            self.reports.retain(|(_, path)| *path != usual);
            if !self.copies.is_empty() {
                self.folder = self.copies.remove(0);
            }
        }
    }

    /// Writes all that can be written; the reports that were.
    fn write(&self, finished: &Finished, past: &[PastRun], errors: &mut Vec<anyhow::Error>) -> Vec<&Path> {
        for folder in self.folders() {
            let mut pictures = finished.pictures.iter();
            let written =
                pictures.try_for_each(|picture| files::write_below(folder, Path::new(&picture.path), &picture.bytes));
            errors.extend(written.err());
        }
        let mut written = Vec::new();
        for (reporter, path) in &self.reports {
            match self.render(*reporter, finished, past).and_then(|text| files::write(path, text.as_bytes())) {
                Ok(()) => written.push(path.as_path()),
                Err(error) => errors.push(error),
            }
        }
        // A report of before that could not be replaced keeps its pictures.
        if errors.is_empty() {
            self.tidy(finished);
        }
        written
    }

    /// Removes the pictures of earlier runs from the usual place: what lies there goes with the reports of this one. Elsewhere a
    /// folder of the same name may be somebody's own.
    fn tidy(&self, finished: &Finished) {
        let is_usual = |folder: &&PathBuf| {
            **folder == records::folder_of(&finished.record.spec.name, finished.record.spec.is_filtered)
        };
        let Some(folder) = Some(&self.folder).filter(is_usual) else { return };
        let written: HashSet<PathBuf> = finished.pictures.iter().map(|picture| folder.join(&picture.path)).collect();
        for pictures in [PICTURES, SAMPLES].map(|name| folder.join(name)) {
            files::remove_pictures_but(&written, &pictures);
        }
    }

    fn render(&self, reporter: &dyn Reporter, finished: &Finished, past: &[PastRun]) -> anyhow::Result<String> {
        // The one report that also tells of the runs before.
        if reporter.entry().name == Html.entry().name {
            return Ok(html(&finished.record, &self.folder, past));
        }
        Ok(reporter.render(&[(&finished.record, &self.folder)], terminal::style_of_file())?)
    }

    fn tell_left_alone(&self) {
        if let Some(path) = &self.left_alone {
            tell!("note: {} is for whole runs, and was left alone: this run is of some cases only", path.shown());
        }
    }
}

/// The folder where the pictures of a record's copy go: none where that is no file, or beside the specs themselves.
fn folder_of_copy(copy: &Path) -> Option<PathBuf> {
    let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    let is_file = copy != Path::new("-") && !files::is_special(copy);
    (is_file && !is_same(folder, Path::new("."))).then(|| folder.to_path_buf())
}

/// Whether two paths are one, as far as they tell.
fn is_same(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute(one) == absolute(other)
}

fn print(record: &Record, folder: &Path, written: &[&Path], (stream, style): (Stream, Style)) {
    stream.show(&console(record, folder, style));
    let written = written.iter().filter(|path| **path != Path::new("-"));
    let written: Vec<String> = written.map(|path| path.shown()).collect();
    if !written.is_empty() {
        let list = format!("reports: {}\n\n", written.join("\n         "));
        stream.show(&untrusted::log(&list));
    }
}
