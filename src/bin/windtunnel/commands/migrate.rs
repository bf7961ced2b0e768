//! `windtunnel migrate`: specs and baselines that an earlier windtunnel wrote or read, rewritten for this one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use windtunnel::baseline::{Baseline, details_path};
use windtunnel::exit::Exit;
use windtunnel::file;
use windtunnel::report::{Style, counted};
use windtunnel::spec::{Migrated, Source, load, migrated};
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, Migrate};
use crate::{files, specs, terminal};

/// What some editors put before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Rewrites the specs, what they extend and their baselines; the exit code.
pub fn migrate(args: &Migrate, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let found = specs::files(&args.specs)?;
    let mut rewriting = Rewriting { is_dry: args.dry_run, done: BTreeSet::new() };
    let mut is_wrong = false;
    for path in &found {
        let read = specs::written(path)?;
        let rewritten = migrated(&read);
        let own = rewritten.iter().find(|one| Path::new(&one.file) == path).map(|one| one.text.clone());
        // What is left is told of files as they are, not as they would be.
        let is_told = !args.dry_run || rewritten.is_empty();
        for one in rewritten {
            rewriting.spec(&one)?;
        }
        // The files that it extends may have been rewritten, too.
        let source = match own.filter(|_| args.dry_run) {
            Some(text) => Source::new(path, text),
            None => specs::written(path)?,
        };
        let is_read = rewriting.baseline(&source)?;
        is_wrong |= !is_read || is_told && !is_right(&source, style);
    }
    let files = counted(rewriting.done.len(), "file");
    match (rewriting.done.len(), args.dry_run) {
        (0, _) if is_wrong => tell!("nothing that could be rewritten without you"),
        (0, _) => say!("nothing to rewrite in {}", counted(found.len(), "spec")),
        (_, true) => say!("{files} would be rewritten: leave out --dry-run"),
        (_, false) => say!("{files} rewritten: `git diff` shows how, and `windtunnel check` whether all can run"),
    }
    Ok(match (is_wrong, args.dry_run && !rewriting.done.is_empty()) {
        (true, _) => Exit::Misused,
        (false, true) => Exit::Failed,
        (false, false) => Exit::Passed,
    })
}

/// What is written, each file once: specs may extend the same one.
struct Rewriting {
    is_dry: bool,
    done: BTreeSet<PathBuf>,
}

impl Rewriting {
    fn spec(&mut self, one: &Migrated) -> anyhow::Result<()> {
        let path = std::fs::canonicalize(&one.file)
            .with_context(|| format!("cannot read {}", Path::new(&one.file).shown()))?;
        if !self.done.insert(path.clone()) {
            return Ok(());
        }
        for change in &one.changes {
            say!("{}:{}: {}", Path::new(&one.file).shown(), change.line, change.what);
        }
        if self.is_dry {
            return Ok(());
        }
        let is_marked = file::read(&path, file::MIB)?.starts_with(BYTE_ORDER_MARK.as_bytes());
        let mark = if is_marked { BYTE_ORDER_MARK } else { "" };
        files::write(&path, format!("{mark}{}", one.text).as_bytes())
    }

    /// Rewrites the accepted figures of a spec; whether they could be read.
    fn baseline(&mut self, source: &Source) -> anyhow::Result<bool> {
        let Ok((spec, _)) = load(source) else { return Ok(true) };
        let path = spec.baseline_path();
        let baseline = match Baseline::read_earlier(&path) {
            Ok(Some(baseline)) => baseline,
            Ok(None) => return Ok(true),
            Err(error) => {
                tell!("error: {error}");
                return Ok(false);
            }
        };
        let path = std::fs::canonicalize(&path).with_context(|| format!("cannot read {}", path.shown()))?;
        if self.done.insert(path.clone()) {
            say!("{}: rewritten in the format of this version, its figures as they were", spec.baseline_path().shown());
            if !self.is_dry {
                // The details first: the figures vouch for them.
                files::write(&details_path(&path), baseline.details_text().as_bytes())?;
                files::write(&path, baseline.text().as_bytes())?;
            }
        }
        Ok(true)
    }
}

/// Whether a spec can be read as it is now; what is wrong with it is printed.
fn is_right(source: &Source, style: Style) -> bool {
    let wrong = match load(source) {
        Ok((_, diagnostics)) | Err(diagnostics) => diagnostics,
    };
    if !wrong.is_empty() {
        terminal::show(&format!("{}\n\n", wrong.render(source, style.colored)));
    }
    wrong.is_empty()
}
