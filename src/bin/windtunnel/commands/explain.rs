//! `windtunnel explain`: the catalogue from the code's own documentation.

use anyhow::bail;
use windtunnel::catalog;
use windtunnel::exit::Exit;
use windtunnel::metric;

use crate::args::Explain;
use crate::files;

/// Prints a page; the exit code.
pub fn explain(args: &Explain) -> anyhow::Result<Exit> {
    let text = match &args.name {
        None if args.markdown => catalog::markdown(),
        None => catalog::overview(),
        Some(name) => match catalog::explain(name) {
            Ok(page) => page,
            Err(not_found) => match metric::meant(&not_found) {
                meant if meant.starts_with("did you mean") => bail!("nothing is called `{name}`; {meant}"),
                _ => bail!("nothing is called `{name}`: `windtunnel explain` lists what there is"),
            },
        },
    };
    files::write("-".as_ref(), text.as_bytes())?;
    Ok(Exit::Passed)
}
