//! The arguments of `windtunnel migrate`.

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  windtunnel migrate
  windtunnel migrate specs/site.toml --dry-run

It rewrites the files in place: specs, the files that they extend, and accepted
baselines of an earlier format. Comments and order stay, figures too; what only
you can know is told, and left. `git diff` shows what was done.

Exit codes: 0 nothing is left to do, 1 --dry-run and something would be changed,
2 something is wrong that is not its to change.")]
pub struct Migrate {
    /// Specs, folders of specs, or globs
    #[arg(value_name = "SPEC", default_value = "specs")]
    pub specs: Vec<String>,
    /// Tell what would be changed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}
