//! `windtunnel history site`: the pages of all suites as a folder for a web server.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::report::counted;
use windtunnel::untrusted::Shown as _;

use crate::args;
use crate::files;
use crate::shelf::Shelf;
use crate::site::{INDEX, Page, Site};

/// Writes the site, the overview last: it leads to nothing that is not there.
pub fn site(wanted: &args::Site, store: &Path) -> anyhow::Result<Exit> {
    let site = Site::gather(wanted.reports.as_deref(), store, &Shelf::default())?;
    let out = &wanted.out;
    let mut pages = site.pages();
    pages.sort_by_key(|(_, page)| matches!(page, Page::Overview));
    refuse_foreign(out, &pages)?;
    files::probe_below(out, "`--out`")?;
    for (name, page) in &pages {
        files::write_below(out, name.as_ref(), site.render(*page)?.as_bytes())?;
    }
    let first = |(name, _): &(String, Page)| out.join(name.split('/').next().unwrap_or_default());
    files::tell_others(out, "*", &pages.iter().map(first).collect::<Vec<PathBuf>>())?;
    if !store.exists() {
        tell!("note: there is no store at {}: the reports are without a trend", store.shown());
    }
    for told in &site.older {
        tell!("note: {told}");
    }
    for told in &site.unread {
        tell!("error: {told}");
    }
    let suites = pages.iter().filter(|(_, page)| matches!(page, Page::Suite(_))).count();
    say!("{}: {}", out.join(INDEX).shown(), counted(suites, "report"));
    Ok(if site.unread.is_empty() { Exit::Passed } else { Exit::Unjudged })
}

/// Refuses a folder where the site would replace what is of something else.
fn refuse_foreign(out: &Path, pages: &[(String, Page)]) -> anyhow::Result<()> {
    for (name, _) in pages {
        files::refuse_links(out, name.as_ref())?;
        let path = out.join(name);
        if path.exists() && !files::is_replaceable(&path) {
            bail!("{} is not of such a site: it is not overwritten; choose another folder with `--out`", path.shown());
        }
    }
    Ok(())
}
