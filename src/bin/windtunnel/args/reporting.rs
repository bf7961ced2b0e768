//! What comes of a run that was judged.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Reporting {
    /// Where JUnit XML goes (`-` is standard output); one file for all specs
    #[arg(long, value_name = "PATH")]
    pub junit: Option<PathBuf>,
    /// Where the record goes as JSON (`-` is standard output); for one spec
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Where the report as one HTML file goes (`-` is standard output); for one spec
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
    /// Where a summary goes as Markdown (`-` is standard output); one file for all specs
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
    /// Also write every cell's detections as COCO results JSON (`DIR/MODEL/DATASET/CONDITION.json`) and the labels as
    /// each condition moved them (`DIR/labels/DATASET/CONDITION.json`)
    #[arg(long, value_name = "DIR")]
    pub detections: Option<PathBuf>,
    /// Draw an interval for every figure, not only where a rule or a failure asks for one
    #[arg(long)]
    pub intervals: bool,
    /// In a job of GitHub Actions, write no annotations, no job summary and no outputs
    #[arg(long)]
    pub no_github: bool,
    /// Exit with 0 where checks failed; what could not be judged stays an error
    #[arg(long)]
    pub exit_zero: bool,
    /// Say more: every case with its numbers, and where the time went
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}
