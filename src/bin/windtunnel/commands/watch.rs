//! `windtunnel run --watch`: runs again whenever something that the run has read is changed, until it is interrupted.
//!
//! What was read is looked at every now and then (`windtunnel::followed`) instead of being told by the kernel: its word does not
//! reach network mounts and folders that are shared with a container, and files that editors replace get lost from it.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::followed::{self, Change, Followed};
use windtunnel::report::counted;
use windtunnel::untrusted::Shown as _;

use super::once::{Ran, once};
use crate::args::{Global, Reporting, Run};
use crate::clock::{now, time_of_day};
use crate::context::threads;
use crate::{interrupt, specs, surroundings};

/// Between two looks at the least: half of what people take for at once, as a change is to be seen twice.
const PAUSE: Duration = Duration::from_millis(250);

/// Between two looks at the most.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// How much longer than a look the pause after it is: of a large dataset, or a slow mount, it takes a tenth of the time.
const PAUSE_PER_LOOK: u32 = 10;

/// How soon an interrupt is heard.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs the specs, again and again; the exit code of the last run.
pub fn watch(args: &Run, global: &Global) -> anyhow::Result<Exit> {
    refuse_unwatchable(args)?;
    let threads = threads(args.jobs)?;
    followed::start();
    let mut ran = once(args, global, Some(&threads))?;
    let interrupted = interrupt::end_in_order();
    loop {
        let read = Inputs { named: named(args), followed: followed::so_far() };
        if global.quiet < 2 && !interrupted.load(Ordering::Relaxed) {
            let files = read.followed.files().filter(|path| !is_own(path, &ran.places)).count();
            tell!("watching {} for changes; Ctrl-C ends", counted(files, "file"));
        }
        let Some(changes) = next_changes(args, &read, &ran.places, interrupted) else { return Ok(ran.code) };
        tell!("{}: {}; running again", time_of_day(), describe(&changes));
        followed::start();
        ran = once(args, global, Some(&threads)).unwrap_or_else(|error| {
            tell!("error: {}", crate::causes::with_causes(&error));
            Ran { code: Exit::Misused, places: Vec::new() }
        });
    }
}

/// Where nobody changes anything, or nobody could read what comes of it.
fn refuse_unwatchable(args: &Run) -> anyhow::Result<()> {
    if args.sharding.partition.is_some() {
        bail!(
            "`--watch` judges again and again, and a part of a run is judged elsewhere: leave one of `--watch` and `--partition` out"
        );
    }
    if args.last_failed {
        bail!(
            "`--last-failed` would select fewer cases with every run of `--watch`: choose them by `-k GLOB` instead; what has not \
             changed is taken from the store anyway"
        );
    }
    if let Some(option) = to_standard_output(&args.reporting) {
        bail!("with `--watch` one report after the other would go to standard output: give `{option}` a file");
    }
    let is_job = |name: &&&str| surroundings::text(name).is_some_and(|value| value == "true" || value == "1");
    if let Some(name) = ["GITHUB_ACTIONS", "CI"].iter().find(is_job) {
        bail!(
            "`--watch` waits for people who change files, and {name}={} says that this is a job of CI: leave `--watch` out, or \
             unset {name} where it is none",
            surroundings::text(name).unwrap_or_default()
        );
    }
    Ok(())
}

/// The option that sends a report there, if one does.
fn to_standard_output(args: &Reporting) -> Option<&'static str> {
    let named =
        [("--junit", &args.junit), ("--json", &args.json), ("--html", &args.html), ("--markdown", &args.markdown)];
    named.into_iter().find(|(_, place)| place.as_deref() == Some(Path::new("-"))).map(|(option, _)| option)
}

/// What a run has read.
#[derive(PartialEq, Eq)]
struct Inputs {
    /// The specs behind the folders and globs of the command line.
    named: Vec<PathBuf>,
    followed: Followed,
}

impl Inputs {
    /// What it would read now.
    fn again(&self, args: &Run) -> Self {
        Self { named: named(args), followed: self.followed.again() }
    }

    /// How `now` differs, but for what the run itself wrote at `places`.
    fn changes(&self, now: &Self, places: &[PathBuf]) -> Vec<Change> {
        let mut changes = self.followed.changes(&now.followed);
        changes.retain(|change| !is_own(path_of(change), places));
        let new = now.named.iter().filter(|spec| !self.named.contains(spec));
        changes.extend(new.map(|spec| Change::New(spec.clone())));
        changes.sort();
        changes.dedup();
        changes
    }
}

/// The specs that the command line names; none where it names nothing any more, which the next run tells.
fn named(args: &Run) -> Vec<PathBuf> {
    specs::files(&args.selection.specs).unwrap_or_default()
}

/// Waits for changes, and then until all is written: the same is found twice. `None` where somebody interrupts.
fn next_changes(args: &Run, read: &Inputs, places: &[PathBuf], interrupted: &AtomicBool) -> Option<Vec<Change>> {
    let mut last = None;
    let mut pause = PAUSE;
    loop {
        let until = now() + pause;
        while let Some(left) = until.checked_duration_since(now()).filter(|left| !left.is_zero()) {
            if interrupted.load(Ordering::Relaxed) {
                return None;
            }
            sleep(left.min(PATIENCE));
        }
        let before = now();
        let found = read.again(args);
        pause = (before.elapsed() * PAUSE_PER_LOOK).clamp(PAUSE, LONG_PAUSE);
        let changes = read.changes(&found, places);
        if !changes.is_empty() && last.as_ref() == Some(&found) {
            return Some(changes);
        }
        last = Some(found);
    }
}

/// Whether the run writes to `path` or somewhere below it.
fn is_own(path: &Path, places: &[PathBuf]) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let path = absolute(path);
    places.iter().map(|place| absolute(place)).any(|place| place.starts_with(&path) || path.starts_with(&place))
}

fn path_of(change: &Change) -> &Path {
    match change {
        Change::Changed(path) | Change::New(path) | Change::Gone(path) => path,
    }
}

/// `models/a.onnx changed, and 2 more`.
fn describe(changes: &[Change]) -> String {
    let first = changes.first().map_or_else(String::new, |change| match change {
        Change::Changed(path) => format!("{} changed", short(path).shown()),
        Change::New(path) => format!("{} is new", short(path).shown()),
        Change::Gone(path) => format!("{} is gone", short(path).shown()),
    });
    if changes.len() > 1 { format!("{first}, and {}", counted(changes.len() - 1, "more change")) } else { first }
}

/// A path as people would write it: `images/1.jpg`, where a spec names `../images` from its folder `specs`.
fn short(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut short, part| {
        let is_back = part == Component::ParentDir;
        if is_back && matches!(short.components().next_back(), Some(Component::Normal(_))) {
            short.pop();
        } else {
            short.push(part);
        }
        short
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_run_itself_writes_is_no_change() {
        let places = ["target/windtunnel/a/report.html", "pictures/out"].map(PathBuf::from);
        for (path, expected) in [
            ("target", true),
            ("target/windtunnel/a/report.html", true),
            ("./pictures/out/clean.json", true),
            ("target/windtunnel/b", false),
            ("pictures/1.jpg", false),
        ] {
            assert_eq!(is_own(Path::new(path), &places), expected, "{path}");
        }
    }

    #[test]
    fn the_first_change_is_named_and_the_others_are_counted() {
        let changed = Change::Changed(PathBuf::from("a.toml"));
        let gone = Change::Gone(PathBuf::from("specs/../b.jpg"));
        assert_eq!(describe(std::slice::from_ref(&changed)), "a.toml changed");
        assert_eq!(describe(&[gone, changed]), "b.jpg is gone, and 1 more change");
    }
}
