//! The program: arguments, terminal, clock, files and exit code. Everything else is the library's.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read what they wrote themselves"))]

#[macro_use]
mod terminal;

mod again;
mod answers;
mod args;
mod causes;
mod cells;
mod clock;
mod commands;
mod context;
mod delivery;
mod engines;
mod files;
mod github;
mod history;
mod init;
mod interrupt;
mod panics;
mod partition;
mod progress;
mod project;
mod records;
mod remote;
mod savings;
mod scene;
mod server;
mod shards;
mod shelf;
mod site;
mod specs;
mod store;
mod surroundings;
mod timings;

use std::process::ExitCode;

use clap::FromArgMatches as _;
use windtunnel::exit::Exit;
use windtunnel::untrusted;

use args::{Args, Command};

fn main() -> ExitCode {
    let mut args = match parsed() {
        Ok(args) => args,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Misused } else { Exit::Passed };
            print(&error);
            return ExitCode::from(exit.code());
        }
    };
    panics::leave_out_the_engines();
    let entered = interrupt::listen().and_then(|()| project::enter(&mut args.command));
    let outcome = entered.and_then(|()| match &args.command {
        Command::Run(run) => commands::run(run, &args.global),
        Command::Merge(wanted) => commands::merge(wanted, &args.global),
        Command::Audit(wanted) => commands::audit(wanted, &args.global),
        Command::Check(check) => commands::check(check, &args.global),
        Command::Init(wanted) => commands::init(wanted, &args.global),
        Command::List(list) => commands::list(list, &args.global),
        Command::Cache(cache) => commands::cache(cache),
        Command::Calibrate(wanted) => commands::calibrate(wanted, &args.global),
        Command::Plan(wanted) => commands::plan(wanted, &args.global),
        Command::Compare(wanted) => commands::compare(wanted),
        Command::Parity(wanted) => commands::parity(wanted, &args.global),
        Command::History(wanted) => commands::history(wanted),
        Command::Baseline(wanted) => commands::baseline(wanted, &args.global),
        Command::Preview(preview) => commands::preview(preview, &args.global),
        Command::Export(wanted) => commands::export(wanted, &args.global),
        Command::Migrate(wanted) => commands::migrate(wanted, &args.global),
        Command::View(wanted) => commands::view(wanted),
        Command::Report(wanted) => commands::report(wanted, &args.global),
        Command::Explain(explain) => commands::explain(explain),
        Command::Completions(wanted) => commands::completions(wanted),
        Command::Man(wanted) => commands::man(wanted),
        Command::Schema => commands::schema(),
    });
    match outcome {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            tell!("error: {}", causes::with_causes(&error));
            ExitCode::from(Exit::Misused.code())
        }
    }
}

/// Prints what is wrong with the arguments, or the help that they ask for. A shell may have put names of files among them:
/// with those that steer a terminal nothing is in colour.
fn print(error: &clap::Error) {
    let steers =
        |arg: std::ffi::OsString| matches!(untrusted::line(&arg.to_string_lossy()), std::borrow::Cow::Owned(_));
    if error.use_stderr() && std::env::args_os().any(steers) {
        tell!("{}", error.render().to_string().trim_end());
    } else {
        let _unreported = error.print();
    }
}

/// The arguments of the command line.
fn parsed() -> Result<Args, clap::Error> {
    let mut command = args::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}
