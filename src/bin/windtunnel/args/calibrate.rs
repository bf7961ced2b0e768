//! The arguments of `windtunnel calibrate`.

use std::path::PathBuf;

use super::{Overlay, STORE, help};

#[derive(Debug, clap::Args)]
#[command(after_help = help::CALIBRATE)]
pub struct Calibrate {
    /// The record, or the spec that was run; default: the only record in target/windtunnel. With --confidence the spec
    #[arg(value_name = "RECORD|SPEC")]
    pub path: Option<PathBuf>,
    /// Only for this model; default: thresholds that all models meet, with --confidence those of each
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Propose the score of each category from which detections are to count
    #[arg(long)]
    pub confidence: bool,
    /// The dataset whose clean images choose; needed where the spec has several
    #[arg(long, value_name = "NAME", requires = "confidence")]
    pub dataset: Option<String>,
    /// At least this precision of each category, with the most recall; default: the best F1
    #[arg(long, value_name = "SHARE", requires = "confidence", conflicts_with = "recall", value_parser = goal)]
    pub precision: Option<f64>,
    /// At least this recall of each category, with the most precision
    #[arg(long, value_name = "SHARE", requires = "confidence", value_parser = goal)]
    pub recall: Option<f64>,
    #[command(flatten)]
    pub overlay: Overlay,
    /// Use this seed instead of the spec's
    #[arg(long, value_name = "N", requires = "confidence")]
    pub seed: Option<u64>,
    /// The file in which answers of models are kept
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
}

fn goal(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "write a share above 0 and at most 1, such as 0.9".to_owned())
}
