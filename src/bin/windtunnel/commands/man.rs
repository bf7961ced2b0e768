//! `windtunnel man`: manual pages from the command line's own help.

use clap::Command;
use windtunnel::exit::Exit;

use crate::args::{self, Man};
use crate::files;

/// Prints the page of the program, or writes those of all commands; the exit code.
pub fn man(wanted: &Man) -> anyhow::Result<Exit> {
    let mut command = args::command().long_about(args::WHAT).disable_help_subcommand(true);
    command.build();
    let Some(folder) = &wanted.out else {
        files::write("-".as_ref(), &page(&command)?)?;
        return Ok(Exit::Passed);
    };
    let mut commands = Vec::new();
    collect(&command, &mut commands);
    for command in commands {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        files::write_below(folder, format!("{name}.1").as_ref(), &page(command)?)?;
    }
    Ok(Exit::Passed)
}

/// A command and all below it.
fn collect<'c>(command: &'c Command, commands: &mut Vec<&'c Command>) {
    commands.push(command);
    command.get_subcommands().for_each(|command| collect(command, commands));
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
