//! The arguments of `windtunnel export`.

use std::path::PathBuf;

use clap::Subcommand;
use glob::Pattern;

use super::{Overlay, STORE, Selection};

#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(subcommand)]
    pub command: ExportCommand,
}

#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Write every dataset under every condition as a COCO dataset of its own
    Perturbed(Perturbed),
    /// Write what the models found, from the store, as COCO results
    Predictions(ExportPredictions),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each condition becomes a folder of its own, written whole or not at all. The pictures hold \
exactly the pixels that a model is given; models need not be there.

  DIR/DATASET/CONDITION/annotations.json   COCO instances
  DIR/DATASET/CONDITION/images/*.png       lossless

Boxes have moved with the picture. Objects that a perturbation has moved mostly out of it are \
marked `ignore` and `iscrowd`: pycocotools heeds the latter alone. Image and category ids are \
the dataset's; annotations are counted from 1, the same object alike under every condition. \
`original_file_name` is the image's name in the dataset, `info.windtunnel` tells what made it.

A condition's folder is replaced only where it holds nothing but an earlier export.

Examples:
  windtunnel export perturbed site.toml --out perturbed
  windtunnel export perturbed site.toml --out perturbed -k '*/blur@*'

In FiftyOne:
  fo.Dataset.from_dir(
      dataset_type=fo.types.COCODetectionDataset,
      dataset_dir=\"perturbed/test/blur@3\",
      data_path=\"images\", labels_path=\"annotations.json\", include_id=True)")]
pub struct Perturbed {
    /// The spec file
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    #[command(flatten)]
    pub overlay: Overlay,
    /// The folder for the datasets
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
    /// Only what matches the glob (`test/blur@3`, `*/clean`); may be given several times
    #[arg(short = 'k', long = "filter", value_name = "GLOB")]
    pub filter: Vec<Pattern>,
    /// Use this seed instead of the spec's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Threads; default: all cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
No model is asked: run the spec first. Nothing is written where an answer is missing.

  DIR/MODEL/DATASET/CONDITION.json    detections, as COCO results
  DIR/labels/DATASET/CONDITION.json   the labels under that condition

`windtunnel run --detections DIR` writes the same files as it runs.

Examples:
  windtunnel run site.toml
  windtunnel export predictions site.toml --out cells

Another spec can judge them without the model, with the same figures to the last digit:

  [model.a]
  kind = \"precomputed\"
  path = \"cells/a/{dataset}/{condition}.json\"")]
pub struct ExportPredictions {
    #[command(flatten)]
    pub selection: Selection,
    /// The folder for the files
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
    /// The file in which answers of models are kept
    #[arg(long, value_name = "PATH", default_value = STORE)]
    pub store: PathBuf,
}
