//! `windtunnel view`: the pages of all suites in a browser on this machine, each made when it is asked for. What records say is
//! kept between questions, the records are not.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::anyhow;
use windtunnel::exit::Exit;

use crate::args::View;
use crate::causes;
use crate::interrupt;
use crate::server::{Reply, serve};
use crate::shelf::Shelf;
use crate::site::{INDEX, Page, Site};

/// Serves until somebody ends it.
pub fn view(args: &View) -> anyhow::Result<Exit> {
    let shelf = Shelf::default();
    let gather = || Site::gather(args.reports.as_deref(), &args.store, &shelf);
    let first = gather()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|error| refused(args.port, &error))?;
    for told in first.unread.iter().chain(&first.older) {
        tell!("note: {told}");
    }
    drop(first);
    interrupt::is_the_end();
    say!("http://{}/ (Ctrl-C ends it)", listener.local_addr()?);
    serve(&listener, |path| {
        let reply = gather().and_then(|site| page(&site, path));
        reply.unwrap_or_else(|error| Reply::text("500 Internal Server Error", &causes::with_causes(&error)))
    });
    Ok(Exit::Passed)
}

/// Why nothing can be served at `port`.
fn refused(port: u16, error: &std::io::Error) -> anyhow::Error {
    let why = match error.kind() {
        ErrorKind::AddrInUse => "it is in use".to_owned(),
        ErrorKind::PermissionDenied => "ports below 1024 are the system's".to_owned(),
        _ => error.to_string(),
    };
    anyhow!(
        "cannot serve at port {port} of 127.0.0.1: {why}; name another one with `--port`, or none to take one that is free"
    )
}

/// What stands at a path; pages alone can be asked for, so that no path leads to any other file.
fn page(site: &Site, path: &str) -> anyhow::Result<Reply> {
    let name = match path.strip_prefix('/') {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}{INDEX}"),
        name => name.unwrap_or_default().to_owned(),
    };
    Ok(match site.pages().into_iter().find(|(known, _)| *known == name) {
        Some((_, page @ (Page::Badge | Page::SuiteBadge(_)))) => Reply::ok("image/svg+xml", site.render(page)?),
        Some((_, page)) => Reply::ok("text/html; charset=utf-8", site.render(page)?),
        None => Reply::text("404 Not Found", "there is no such page: / lists all"),
    })
}
