//! GitHub Actions, where a run finds itself there: annotations, the job summary, the outputs of the step.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use windtunnel::exit::Exit;
use windtunnel::record::Record;
use windtunnel::report::{MAX_SUMMARY, SpecMistake, annotations, markdown, mistake_annotations, outputs, prose};
use windtunnel::spec::Place;
use windtunnel::untrusted::Shown as _;

use crate::causes::with_causes;
use crate::specs::Wrong;
use crate::{surroundings, terminal};

/// A job of GitHub Actions. Until it is let go, nothing that is printed is taken for a command: names of files, checks and
/// categories are other people's.
pub struct Job {
    /// Ends the silence.
    token: String,
    summary: Option<PathBuf>,
    output: Option<PathBuf>,
}

impl Job {
    /// The job that this process is part of, if it is one and is to behave like one.
    pub fn find(is_wanted: bool) -> Option<Self> {
        if !is_wanted || !is_job() {
            return None;
        }
        let file = |name: &str| surroundings::value(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        // Random, so that no name can hold it.
        let token = format!("windtunnel-{:016x}", RandomState::new().build_hasher().finish());
        terminal::show(&format!("::stop-commands::{token}\n"));
        Some(Self { token, summary: file("GITHUB_STEP_SUMMARY"), output: file("GITHUB_OUTPUT") })
    }

    /// Tells what became of a part of a run, which is judged elsewhere; `files` are the shards, by the names of their
    /// outputs.
    pub fn tell(self, text: &str, exit_code: Exit, files: &[(&str, String)]) {
        let lines: Vec<String> = text.lines().map(|line| format!("- {}\n", prose(line))).collect();
        let result = if exit_code == Exit::Passed { "answered" } else { "error" };
        let outputs = format!("result={result}\nexit_code={exit_code}\n{}", lines_of(files));
        self.write(&format!("### windtunnel: a part of a run\n\n{}\n", lines.concat()), &outputs);
    }

    /// Tells what came of the run; `files` are the reports by the names of their outputs.
    /// What cannot be written is told; the verdict stays what it is.
    pub fn report(self, records: &[&Record], exit_code: Exit, files: &[(&str, String)]) {
        let text = if records.is_empty() { nothing_run(exit_code) } else { markdown(records, MAX_SUMMARY) };
        self.write(&text, &format!("{}{}", outputs(records, exit_code), lines_of(files)));
        terminal::show(&annotations(records));
    }

    /// Ends the silence, too.
    fn write(self, text: &str, outputs: &str) {
        let summary = self.summary.as_ref().map_or(Ok(()), |path| append(path, text));
        let output = self.output.as_ref().map_or(Ok(()), |path| append(path, outputs));
        drop(self);
        for (what, written) in [("job summary", summary), ("outputs of the step", output)] {
            if let Err(error) = written {
                tell!("warning: the {what} could not be written: {}", with_causes(&error));
            }
        }
    }
}

/// Annotations at what is wrong with specs, in a job of GitHub Actions.
pub fn annotate(wrong: &[Wrong]) {
    if !is_job() {
        return;
    }
    let of_spec = |(diagnostics, source): &Wrong| {
        let spec = &source.main().name;
        let mistake = |(place, message): (Option<Place>, String)| SpecMistake {
            spec: spec.clone(),
            place: place.map(|Place { file, line }| (file, line)),
            message,
        };
        diagnostics.placed(source).into_iter().map(mistake).collect::<Vec<_>>()
    };
    let mistakes: Vec<SpecMistake> = wrong.iter().flat_map(of_spec).collect();
    terminal::show(&mistake_annotations(&mistakes));
}

fn is_job() -> bool {
    surroundings::value("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// A summary where nothing was run.
fn nothing_run(exit_code: Exit) -> String {
    let why = match exit_code {
        Exit::NothingSelected => "no case is selected",
        Exit::NotWhole => "shards are missing, damaged or of different plans; the log tells which",
        _ => "a mistake in a spec or in the inputs; the log tells its place",
    };
    format!("### windtunnel ran nothing\n\nExit code {exit_code}: {why}.\n")
}

/// The files of a step, as `GITHUB_OUTPUT` takes them.
fn lines_of(files: &[(&str, String)]) -> String {
    let line = |(name, path): &(&str, String)| format!("{name}={}\n", path.replace(['\r', '\n'], " "));
    files.iter().map(line).collect::<Vec<_>>().concat()
}

impl Drop for Job {
    fn drop(&mut self) {
        terminal::show(&format!("::{}::\n", self.token));
    }
}

fn append(path: &PathBuf, text: &str) -> anyhow::Result<()> {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let mut file = file.with_context(|| format!("cannot open {}", path.shown()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.shown()))
}
