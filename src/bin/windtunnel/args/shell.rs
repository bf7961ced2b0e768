//! The arguments of `windtunnel completions` and `windtunnel man`.

use std::path::PathBuf;

use clap_complete::Shell;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(windtunnel completions bash)
  windtunnel completions zsh > ~/.zfunc/_windtunnel
  windtunnel completions fish > ~/.config/fish/completions/windtunnel.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// In roff, as `man` reads it; of each command with --out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel man | man -l -
  windtunnel man --out ~/.local/share/man/man1")]
pub struct Man {
    /// Write a page for every command to this folder
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
