//! The command line.

mod audit;
mod baseline;
mod cache;
mod calibrate;
mod export;
mod help;
mod history;
mod migrate;
mod report;
mod reporting;
mod sharding;
mod shared;
mod shell;
mod view;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use windtunnel::spec::{NAME_HELP, is_name};

pub use audit::Audit;
pub use baseline::{Accept, BaselineArgs, BaselineCommand, ShowBaseline};
pub use cache::{Cache, CacheCommand, Clean};
pub use calibrate::Calibrate;
pub use export::{Export, ExportCommand, ExportPredictions, Perturbed};
pub use help::WHAT;
pub use history::{History, HistoryCommand, Site, Trend};
pub use migrate::Migrate;
pub use report::Report;
pub use reporting::Reporting;
pub use sharding::{Merge, PartitionArg, SHARDS, Sharding};
use shared::images;
pub use shared::{Keeping, Overlay, STORE, Selection};
pub use shell::{Completions, Man};
pub use view::View;

/// Unit tests for the robustness of vision models.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = help::examples_and_exit_codes())]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// The command line as clap reads it.
pub fn command() -> clap::Command {
    help::command::<Args>()
}

/// What every command takes.
#[derive(Debug, clap::Args)]
pub struct Global {
    /// Colour of text for people; `auto` looks at the terminal, the CI, `NO_COLOR` and `CLICOLOR_FORCE`
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = 900)]
    pub color: Color,
    /// Say less: once without progress, twice without the report
    #[arg(short, long, global = true, action = clap::ArgAction::Count, display_order = 900)]
    pub quiet: u8,
}

/// When text for people is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    // Plain comments: clap would show these in a list of their own in every command's help.
    // On a terminal, or in a CI that shows colours; `NO_COLOR` and `CLICOLOR_FORCE` are heeded.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Evaluate models and judge every check
    Run(Run),
    /// Join the shards of a run on many machines, judge and report
    Merge(Merge),
    /// Validate specs, datasets and models without running anything
    Check(Check),
    /// Tell what a run would do, and how often it would ask the models
    List(List),
    /// Draft a spec from the dataset and the models that lie around
    Init(Init),
    /// Show or replace the figures that regressions are judged against
    Baseline(BaselineArgs),
    /// Propose thresholds from what a run measured, as checks to paste
    Calibrate(Calibrate),
    /// Tell how many images each check needs to see a loss
    Plan(Plan),
    /// Set two models side by side and say which to ship
    Compare(Compare),
    /// Tell whether a model file is still the same model as another
    Parity(Parity),
    /// Show past runs, and how figures went from version to version
    History(History),
    /// Show or tidy the store of answers
    Cache(Cache),
    /// Look for leakage, duplicates and wrong labels in datasets
    Audit(Audit),
    /// Draw samples under every level of every perturbation
    Preview(Preview),
    /// Write perturbed datasets or detections as COCO files
    Export(Export),
    /// Write the record of a finished run again, in any format
    Report(Report),
    /// Show reports and history in a browser, the newest first
    View(View),
    /// Rewrite specs of an earlier windtunnel for this one
    Migrate(Migrate),
    /// Tell what a key, perturbation, metric or model is
    Explain(Explain),
    /// Print the JSON Schema of specs, for editors
    Schema,
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man(Man),
}

/// The name of a suite.
fn suite_name(text: &str) -> Result<String, String> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(NAME_HELP.to_owned()) }
}

#[derive(Debug, clap::Args)]
#[command(after_help = help::RUN)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Run {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub keeping: Keeping,
    /// Threads; default: all cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Only cases that did not pass when they were last run
    #[arg(long, conflicts_with = "no_cache")]
    pub last_failed: bool,
    /// Stop at the first case that fails, or cannot be judged
    #[arg(short = 'x', long)]
    pub fail_fast: bool,
    #[command(flatten)]
    pub reporting: Reporting,
    /// Say at the end what the time was spent on, from opening the specs to the reports
    #[arg(long, conflicts_with = "partition")]
    pub timings: bool,
    /// Run again whenever a spec or anything that it reads is changed, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    #[command(flatten)]
    pub sharding: Sharding,
}

#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    pub selection: Selection,
    /// Also run each model on a few images with every plausible preprocessing, and say which fits the labels
    #[arg(long)]
    pub probe: bool,
    /// Also run each model on a few images with both engines, and say how far they are apart
    #[arg(long)]
    pub engines: bool,
    /// Print the spec as it counts, with the files that it extends, its profile and options, and where each value is from
    #[arg(long, conflicts_with_all = ["probe", "engines"])]
    pub resolved: bool,
}

#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    pub selection: Selection,
    /// Only cases that did not pass when they were last run
    #[arg(long)]
    pub last_failed: bool,
    /// The file in which answers of models are kept
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
    /// As JSON: each spec with its cases, where their checks stand, and where a run leaves its record
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Init {
    /// Where to look, or with --example where to write; the spec goes to its folder `specs`
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The name of the suite and its file
    #[arg(long, value_name = "NAME", default_value = "robustness", value_parser = suite_name)]
    pub name: String,
    /// The classes of models whose files name none, in the model's order: `coco`, or names with commas between them
    #[arg(long, value_name = "NAMES")]
    pub labels: Option<String>,
    /// Images that are judged, at most; default: all of up to 1000, and 500 of more
    #[arg(long, value_name = "N", value_parser = images, allow_negative_numbers = true)]
    pub limit: Option<u32>,
    /// Also write a GitHub workflow that runs the specs on pull requests
    #[arg(long)]
    pub github: bool,
    /// Write an example instead, with pictures, labels, a model and a spec: `windtunnel run` judges it at once
    #[arg(long, conflicts_with_all = ["name", "labels", "limit", "github"])]
    pub example: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = help::PARITY)]
pub struct Parity {
    /// The original: an ONNX file, and behind `@` its engine (`best.onnx@onnxruntime`) where it is to be another than usual
    #[arg(value_name = "MODEL[@ENGINE]", value_parser = ParityModel::from_text)]
    pub reference: ParityModel,
    /// What is to be the same model: another file, or the same on another engine
    #[arg(value_name = "MODEL[@ENGINE]", value_parser = ParityModel::from_text)]
    pub candidate: ParityModel,
    /// A folder of pictures, or a file of labels beside them; default: what lies around
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// The least agreement, on clean pictures and under each perturbation
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = agreement)]
    pub min: f64,
    /// Pictures at most; default: 200
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// The classes of models whose files name none, in the model's order: `coco`, or names with commas between them
    #[arg(long, value_name = "NAMES")]
    pub labels: Option<String>,
    /// What the models are asked, where the pictures have no labels to tell it by; default: detect
    #[arg(long, value_enum, value_name = "TASK")]
    pub task: Option<ParityTask>,
    /// The name of the suite, and of its file in `specs`
    #[arg(long, value_name = "NAME", default_value = "parity", value_parser = suite_name)]
    pub name: String,
}

/// What models are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ParityTask {
    // The objects in each picture.
    Detect,
    // The class of each picture.
    Classify,
}

/// A model's file, and what is to run it.
#[derive(Debug, Clone)]
pub struct ParityModel {
    pub path: PathBuf,
    pub engine: Option<String>,
}

impl ParityModel {
    /// Reads `best.onnx`, `best.onnx@rten`.
    fn from_text(text: &str) -> Result<Self, String> {
        match text.rsplit_once('@') {
            // A file may have the sign in its name.
            Some((path, engine)) if ENGINES.contains(&engine) => {
                Ok(Self { path: PathBuf::from(path), engine: Some(engine.to_owned()) })
            }
            Some((path, engine)) if !std::path::Path::new(text).exists() && std::path::Path::new(path).exists() => {
                Err(format!("there is no engine `{engine}`: name one of {}", ENGINES.join(", ")))
            }
            _ => Ok(Self { path: PathBuf::from(text), engine: None }),
        }
    }
}

/// The engines of networks.
const ENGINES: [&str; 2] = ["rten", "onnxruntime"];

fn agreement(text: &str) -> Result<f64, String> {
    let least: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if least > 0.0 && least <= 1.0 { Ok(least) } else { Err("agreement is a share: above 0 and at most 1".to_owned()) }
}

#[derive(Debug, clap::Args)]
#[command(after_help = help::PLAN)]
pub struct Plan {
    #[command(flatten)]
    pub selection: Selection,
    /// The loss to be seen: how far the truth lies beyond a check's bound, in the unit of the bound
    #[arg(long, value_name = "LOSS", value_parser = loss)]
    pub detect: f64,
    /// In what share of runs, each on other images, it is to be seen
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = power)]
    pub power: f64,
    /// The record that the spread is taken from; default: that of the spec's last whole run
    #[arg(long, value_name = "RECORD")]
    pub record: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A loss to be seen.
fn loss(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "write a number above 0, such as 0.02".to_owned())
}

/// A share of runs: a coin finds as much as half of them.
fn power(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| (0.5..=0.999).contains(number));
    number.ok_or_else(|| "write a share from 0.5 to 0.999, such as 0.8".to_owned())
}

#[derive(Debug, clap::Args)]
pub struct Compare {
    /// A record (`old.json`, `run.json#MODEL`) or a spec that was run, or a model of the record given with --record
    #[arg(value_name = "A")]
    pub one: String,
    /// The same, for the other side; may be left out where A has two models
    #[arg(value_name = "B")]
    pub other: Option<String>,
    /// The record that models are named of; default: the only one in target/windtunnel
    #[arg(long, value_name = "RECORD")]
    pub record: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Preview {
    /// The spec file
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    #[command(flatten)]
    pub overlay: Overlay,
    /// Samples per perturbation
    #[arg(short = 'n', long, value_name = "N", default_value_t = 3)]
    pub samples: usize,
    /// Folder for the sheets; default: target/windtunnel/NAME/preview
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write each sample at full size, as PNG
    #[arg(long)]
    pub full: bool,
}

#[derive(Debug, clap::Args)]
pub struct Explain {
    /// What to explain; without it, everything in one line each
    pub name: Option<String>,
    /// The whole catalogue of perturbations as Markdown
    #[arg(long)]
    pub markdown: bool,
}
