//! What several commands take: which specs and cases, what is changed in them, and where answers are kept.

use std::path::PathBuf;

use glob::Pattern;

/// Which specs and cases.
#[derive(Debug, Clone, clap::Args)]
pub struct Selection {
    /// Spec files, folders of them, or globs
    #[arg(value_name = "SPEC", default_value = "specs")]
    pub specs: Vec<String>,
    /// Only cases whose id matches the glob (`a/test/blur@3/map:max_drop`); may be given several times
    #[arg(short = 'k', long = "filter", value_name = "GLOB")]
    pub filter: Vec<Pattern>,
    #[command(flatten)]
    pub overlay: Overlay,
    /// Use this seed instead of the spec's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// What the command line changes in specs.
#[derive(Debug, Clone, clap::Args)]
pub struct Overlay {
    /// Take the settings of `[profile.NAME]`; may be given several times, later ones win
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Set a key of the spec (`model.a.path=a.onnx`); may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment)]
    pub set: Vec<String>,
    /// Take at most N images of every dataset, a sample stratified by category
    #[arg(long, value_name = "N", value_parser = images, allow_negative_numbers = true)]
    pub limit: Option<u32>,
}

/// Where answers are kept between runs.
pub const STORE: &str = ".windtunnel/store.sqlite";

/// How answers are kept.
#[derive(Debug, clap::Args)]
pub struct Keeping {
    /// The file in which answers of models are kept
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
    /// Ask every model anew and keep nothing
    #[arg(long, conflicts_with = "offline")]
    pub no_cache: bool,
    /// Ask no model: what the store has no answer for is an error
    #[arg(long)]
    pub offline: bool,
}

/// An assignment: something before and after `=`.
fn assignment(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() && !value.trim().is_empty() => Ok(text.to_owned()),
        _ => Err("it is no assignment: write KEY=VALUE, such as model.a.path=a.onnx".to_owned()),
    }
}

/// A number of images.
pub fn images(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("write a whole number from 1 to {}", u32::MAX))
}
