//! The first screen of help: what the program is for, its commands by purpose, examples, exit codes.

use clap::builder::StyledStr;
use clap::{Command, CommandFactory};
use windtunnel::exit::Exit;

/// What the program is for.
pub const WHAT: &str = "\
A spec (TOML) names datasets, models, perturbations and thresholds. `windtunnel
run` perturbs the images, runs the models, scores them, judges every check, and
writes JUnit XML.";

const EXAMPLES: &str = "\
Examples:
  windtunnel run specs/quickstart.toml
  windtunnel run specs/ -k '*/blur@*' --junit junit.xml
  windtunnel init
";

/// What stands below the list of commands.
pub fn examples_and_exit_codes() -> String {
    let lines = Exit::ALL.map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning()));
    format!("{EXAMPLES}\nExit codes:\n{}", lines.join("\n"))
}

pub const RUN: &str = "\
Examples:
  windtunnel run                            every spec in specs/
  windtunnel run site.toml -k '*/blur@*'    only the cases whose id matches
  windtunnel run site.toml --offline        from the store, asking no model
  windtunnel run site.toml --watch          again whenever you save something

Reports go to target/windtunnel/NAME/ unless told otherwise. `windtunnel --help` lists the exit codes.";

pub const MERGE: &str = "\
Examples:
  windtunnel run specs --partition 1/2      on one machine
  windtunnel run specs --partition 2/2      on another
  windtunnel merge                          with the shards of both

The spec, its datasets and its models are looked for as the shards' runs found them; models are not asked.";

pub const PARITY: &str = "\
Examples:
  windtunnel parity best.onnx best_int8.onnx --dataset photos
  windtunnel parity best.onnx@rten best.onnx@onnxruntime

No labels are needed: what the original says is what the other one is to say, on
the same pictures, clean and under five perturbations. The spec is written to
specs/NAME.toml, run, and kept: edit it, and run it in CI.";

pub const CALIBRATE: &str = "\
Examples:
  windtunnel run site.toml --intervals
  windtunnel calibrate                      checks to paste, from that run
  windtunnel calibrate --confidence site.toml --dataset val --precision 0.9
                                            a score for each category

--confidence asks no model: it reads the answers that `windtunnel run` has kept.
It prints `min_confidence` for the section of each model, and what precision and
recall then are on every dataset and under every perturbation. It exits with 1
where no score of a category meets what is asked.";

pub const PLAN: &str = "\
Examples:
  windtunnel run site.toml --intervals      measures the spread of every figure
  windtunnel plan site.toml --detect 0.02   a loss of 0.02 beyond each bound

The number is by the normal approximation: ((z(a) + z(power)) s / loss)^2, where
s is the spread of one image, from the interval of the last run, and a is
the level of that interval, divided by the number of cases that are corrected
together. With `non_inferior` the truth lies as far within the bound, and the
check is to pass. It is a guide: other images may vary more than these.";

/// The commands by purpose, each in one group.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Judge", &["init", "check", "audit", "list", "run", "merge"]),
    ("Look closer", &["preview", "explain", "report", "view", "compare", "parity", "history", "export"]),
    ("Thresholds", &["baseline", "calibrate", "plan"]),
    ("Housekeeping", &["migrate", "cache", "schema", "completions", "man", "help"]),
];

/// The command line, its commands grouped in the help.
pub fn command<Args: CommandFactory>() -> Command {
    let mut command = Args::command();
    command.build();
    let template = template(&command);
    Args::command().help_template(template)
}

fn template(command: &Command) -> StyledStr {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let width = command.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    let line = |name: &&str| {
        let about = command.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
        format!("  {literal}{name:width$}{literal:#}  {}\n", about.unwrap_or_default())
    };
    let group = |(title, names): &(&str, &[&str])| {
        format!("{header}{title}:{header:#}\n{}\n", names.iter().map(line).collect::<String>())
    };
    let groups: String = GROUPS.iter().map(group).collect();
    let usage = "{usage-heading} {usage}\n\n";
    format!("{{about-with-newline}}\n{WHAT}\n\n{usage}{groups}{header}Options:{header:#}\n{{options}}{{after-help}}")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;

    #[test]
    fn every_command_is_in_one_group() {
        let mut command = Args::command();
        command.build();
        let mut there: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        there.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(there, grouped);
    }
}
