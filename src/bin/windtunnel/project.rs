//! Where a command works: in the folder that holds `specs`, also where somebody stands inside of that.

use std::path::{Path, PathBuf};

use windtunnel::untrusted::Shown as _;

use crate::args::Command;

/// The folder of specs that commands look for.
const SPECS: &str = "specs";

/// Goes to the folder above `specs` where the program was started inside of that: there lie the store, the reports and the
/// records of earlier runs. Specs that are named stay those that were meant; other paths of the command line count from there.
pub fn enter(command: &mut Command) -> anyhow::Result<()> {
    let Some(specs) = specs_of(command) else { return Ok(()) };
    let here = std::env::current_dir()?;
    let is_default = specs[..] == [SPECS] && !Path::new(SPECS).exists();
    let Some((project, inside)) =
        around(&here).filter(|_| is_default || specs.iter().all(|spec| Path::new(spec).exists()))
    else {
        return Ok(());
    };
    if is_default {
        // All of them, as anywhere else.
        *specs = vec![SPECS.to_owned()];
    } else {
        for spec in specs.iter_mut().filter(|spec| Path::new(spec).is_relative()) {
            *spec = inside.join(&*spec).to_string_lossy().into_owned();
        }
    }
    std::env::set_current_dir(&project)?;
    tell!(
        "note: working in {}, the folder that holds `{SPECS}`: other paths of the command line count from there",
        project.shown()
    );
    Ok(())
}

/// The folder around the `specs` that `here` is in, and the way from there to `here`.
fn around(here: &Path) -> Option<(PathBuf, PathBuf)> {
    let specs = here.ancestors().filter(|folder| folder.ends_with(SPECS)).last()?;
    let project = specs.parent()?;
    Some((project.to_path_buf(), here.strip_prefix(project).ok()?.to_path_buf()))
}

/// The specs that a command is about.
fn specs_of(command: &mut Command) -> Option<&mut Vec<String>> {
    match command {
        Command::Run(run) => Some(&mut run.selection.specs),
        Command::Check(check) => Some(&mut check.selection.specs),
        Command::List(list) => Some(&mut list.selection.specs),
        Command::Plan(plan) => Some(&mut plan.selection.specs),
        Command::Migrate(migrate) => Some(&mut migrate.specs),
        Command::Audit(audit) => Some(&mut audit.specs),
        Command::Merge(_)
        | Command::Init(_)
        | Command::Baseline(_)
        | Command::Calibrate(_)
        | Command::Compare(_)
        | Command::Parity(_)
        | Command::History(_)
        | Command::Cache(_)
        | Command::Preview(_)
        | Command::Export(_)
        | Command::Report(_)
        | Command::View(_)
        | Command::Explain(_)
        | Command::Schema
        | Command::Completions(_)
        | Command::Man(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_folder_of_specs_is_that_of_the_project() {
        let around = |here: &str| around(Path::new(here));
        assert_eq!(around("/work/p/specs"), Some(("/work/p".into(), "specs".into())));
        assert_eq!(around("/work/p/specs/night/specs"), Some(("/work/p".into(), "specs/night/specs".into())));
        assert_eq!(around("/work/p"), None);
    }
}
