//! The pages of all suites, of the records and the history that there are: what `history site` writes and `view` serves. Which
//! pages there are is known before any is made, and a name from a record becomes a part of an address only where it may.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use windtunnel::exit::Exit;
use windtunnel::record::{Counts, RunSummary};
use windtunnel::report::{PastRun, SuiteLine, badge, html_in_site, overview_html, suite_html};
use windtunnel::spec::is_name;
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::args::STORE;
use crate::clock::{minute, moment};
use crate::history::{each, earlier};
use crate::records::{self, FOLDER, SELECTED};
use crate::shelf::{Glance, Shelf};
use crate::{causes, store};

/// The page of a folder.
pub const INDEX: &str = "index.html";

/// The badge in a folder.
pub const BADGE: &str = "badge.svg";

/// A record's file, with what is known of it: it is read whole where its page is made.
struct Found {
    path: PathBuf,
    glance: Arc<Glance>,
}

/// A suite, or what was run of some of its cases, by its newest run.
struct Suite {
    /// Where its pages lie.
    folder: String,
    started_unix: u64,
    found: RunSummary,
    /// The record of that run, or why there is none.
    report: Result<Found, String>,
    /// The runs before, the oldest first.
    before: Vec<PastRun>,
}

/// The pages that there are.
pub struct Site {
    suites: Vec<Suite>,
    past: Vec<PastRun>,
    /// What could not be read.
    pub unread: Vec<String>,
    /// What is not shown because something newer is.
    pub older: Vec<String>,
}

/// A page or a picture of a site.
#[derive(Debug, Clone, Copy)]
pub enum Page {
    /// All suites.
    Overview,
    /// Their badge.
    Badge,
    /// The report or the history of the suite at a place.
    Suite(usize),
    /// Its badge.
    SuiteBadge(usize),
}

impl Site {
    /// Gathers the records below `reports`, or where runs leave them, and the history in `store`. What `shelf` knows is not
    /// read again.
    pub fn gather(reports: Option<&Path>, store: &Path, shelf: &Shelf) -> anyhow::Result<Self> {
        let folder = reports.unwrap_or(FOLDER.as_ref());
        let mut site = Self { suites: Vec::new(), past: Vec::new(), unread: Vec::new(), older: Vec::new() };
        match store::existing(store).context("the history cannot be told (`--store` names another store)")? {
            Some(store) => site.remember(&store)?,
            None if store != Path::new(STORE) => bail!("there is no store at {}", store.shown()),
            None => {}
        }
        let records = site.records(folder, reports.is_some(), shelf)?;
        site.arrange(records, folder);
        if site.suites.is_empty() {
            let told = format!(
                "there is no run to show: no record in {} that can be used, and no run in {}: run a spec first \
                 (`windtunnel run`), or name the folder that holds its reports",
                folder.shown(),
                store.shown()
            );
            bail!("{}", [vec![told], site.unread].concat().join("\n  "));
        }
        Ok(site)
    }

    /// The newest record of every suite, and of every run of some cases.
    fn records(
        &mut self,
        folder: &Path,
        is_named: bool,
        shelf: &Shelf,
    ) -> anyhow::Result<BTreeMap<(String, bool), Found>> {
        let mut paths = records::below(folder, is_named, &mut self.unread)?;
        let in_order = paths.clone();
        paths.sort();
        shelf.keep_only(&paths);
        let mut found = Vec::new();
        for path in in_order {
            match shelf.glance(&path) {
                Ok(glance) if is_name(&glance.found.suite) => found.push(Found { path, glance }),
                Ok(glance) => self.unread.push(format!(
                    "cannot use {}: it is of a suite called `{}`, which is no name of a suite",
                    path.shown(),
                    glance.found.suite
                )),
                Err(told) => self.unread.push(told),
            }
        }
        found.sort_by_key(|found| Reverse(found.glance.started_unix));
        let mut newest: BTreeMap<(String, bool), Found> = BTreeMap::new();
        for found in found {
            match newest.entry((found.glance.found.suite.clone(), found.glance.found.is_filtered)) {
                Entry::Vacant(place) => drop(place.insert(found)),
                Entry::Occupied(newer) => self.older.push(not_newest(&found, newer.get())),
            }
        }
        Ok(newest)
    }

    /// Takes the runs that the store remembers.
    fn remember(&mut self, store: &Store) -> anyhow::Result<()> {
        for run in each(store)? {
            match run {
                Ok(run) if is_name(&run.found.suite) => self.past.push(run),
                Ok(run) => self.unread.push(format!(
                    "cannot use run #{} of the store: it is of a suite called `{}`, which is no name of a suite",
                    run.id, run.found.suite
                )),
                Err(error) => self.unread.push(causes::with_causes(&error)),
            }
        }
        Ok(())
    }

    /// Makes the suites of what there is, the newest first.
    fn arrange(&mut self, mut records: BTreeMap<(String, bool), Found>, folder: &Path) {
        let of_runs = self.past.iter().map(|run| run.found.suite.clone());
        let names: BTreeSet<String> = of_runs.chain(records.keys().map(|(name, _)| name.clone())).collect();
        for name in names {
            let (whole, some) = (records.remove(&(name.clone(), false)), records.remove(&(name.clone(), true)));
            let newest = self.past.iter().rfind(|run| run.found.suite == name && !self.is_part(run));
            let newest = newest.or_else(|| {
                // Where there is nothing of the whole suite, its newest run is one of some cases.
                let any = || self.past.iter().rfind(|run| run.found.suite == name);
                if whole.is_none() && some.is_none() { any() } else { None }
            });
            let suite = match (whole, newest) {
                (Some(whole), Some(run)) if whole.glance.started_unix < run.started_unix => {
                    let lacks =
                        format!("{} is of an older one, of {}", whole.path.shown(), moment(whole.glance.started_unix));
                    Some(self.by_history(run, lacks))
                }
                (Some(whole), _) => Some(self.by_record(name.clone(), whole)),
                (None, Some(run)) => {
                    Some(self.by_history(run, format!("{} holds no record of it that can be used", folder.shown())))
                }
                (None, None) => None,
            };
            let some = some.map(|some| self.by_record(format!("{name}/{SELECTED}"), some));
            self.suites.extend(suite.into_iter().chain(some));
        }
        self.suites.sort_by_key(|suite| (Reverse(suite.started_unix), suite.folder.clone()));
    }

    /// Whether a run is of some cases. Histories of before do not say: another run of the same spec has more.
    fn is_part(&self, run: &PastRun) -> bool {
        let has_more = |other: &PastRun| {
            (&other.found.suite, &other.found.spec) == (&run.found.suite, &run.found.spec)
                && other.found.cases.len() > run.found.cases.len()
        };
        run.found.is_filtered || self.past.iter().any(has_more)
    }

    fn by_record(&self, folder: String, report: Found) -> Suite {
        let (started_unix, found) = (report.glance.started_unix, report.glance.found.clone());
        let of_suite = self.past.iter().filter(|run| run.found.suite == found.suite).cloned().collect();
        let before = earlier(of_suite, started_unix, &found);
        Suite { folder, started_unix, found, report: Ok(report), before }
    }

    fn by_history(&self, run: &PastRun, lacks: String) -> Suite {
        let of_suite = self.past.iter().filter(|other| other.found.suite == run.found.suite);
        let before = of_suite.take_while(|other| other.id != run.id).cloned().collect();
        let (folder, found) = (run.found.suite.clone(), run.found.clone());
        Suite { folder, started_unix: run.started_unix, found, report: Err(lacks), before }
    }

    /// Every page, by its place in the site.
    pub fn pages(&self) -> Vec<(String, Page)> {
        let suites = self.suites.iter().enumerate().flat_map(|(at, suite)| {
            [(INDEX, Page::Suite(at)), (BADGE, Page::SuiteBadge(at))]
                .map(|(name, page)| (format!("{}/{name}", suite.folder), page))
        });
        let first = [(INDEX.to_owned(), Page::Overview), (BADGE.to_owned(), Page::Badge)];
        first.into_iter().chain(suites).collect()
    }

    /// Makes a page.
    pub fn render(&self, page: Page) -> anyhow::Result<String> {
        Ok(match page {
            Page::Overview => self.overview(),
            Page::Badge => badge(&self.whole().map(Suite::counted).collect::<Vec<_>>()),
            Page::Suite(at) => self.suites[at].page()?,
            Page::SuiteBadge(at) => badge(&[self.suites[at].counted()]),
        })
    }

    /// Those that stand for what became of all: runs of some cases only where there are no others.
    fn whole(&self) -> impl Iterator<Item = &Suite> {
        let is_none_whole = self.suites.iter().all(|suite| suite.found.is_filtered);
        self.suites.iter().filter(move |suite| is_none_whole || !suite.found.is_filtered)
    }

    fn overview(&self) -> String {
        let told: Vec<(String, String)> =
            self.suites.iter().map(|suite| (format!("{}/{INDEX}", suite.folder), minute(suite.started_unix))).collect();
        let lines: Vec<SuiteLine<'_>> =
            self.suites.iter().zip(&told).map(|(suite, (page, when))| suite.line(page, when)).collect();
        overview_html(&lines, &self.past, &self.unread, &self.older)
    }
}

impl Suite {
    fn line<'s>(&'s self, page: &'s str, when: &'s str) -> SuiteLine<'s> {
        let lacks = self.report.as_ref().err().map(String::as_str);
        SuiteLine { page, when, found: &self.found, lacks, before: &self.before }
    }

    fn counted(&self) -> (Exit, Counts) {
        (self.found.exit_code, self.found.counts)
    }

    fn page(&self) -> anyhow::Result<String> {
        let overview = "../".repeat(self.folder.split('/').count()) + INDEX;
        let Ok(Found { path, glance }) = &self.report else {
            return Ok(suite_html(&self.line(INDEX, &minute(self.started_unix)), &overview));
        };
        let record = records::read(path)?;
        if record.times.started_unix != glance.started_unix || RunSummary::of(&record) != glance.found {
            bail!("{} has changed just now: ask again", path.shown());
        }
        Ok(html_in_site(&record, &records::pictures_of(path, &record), &self.before, &overview))
    }
}

/// That `one` is not shown.
fn not_newest(one: &Found, newer: &Found) -> String {
    format!(
        "{} is not shown: {} is of the same suite, and of a run that is no older; `windtunnel history import` adds a record \
         to the history",
        one.path.shown(),
        newer.path.shown()
    )
}
