//! The text of a drafted spec.

use std::fmt::Write as _;
use std::path::Path;

use windtunnel::untrusted::{self, Shown as _};

use super::found::Guess;

/// A spec in the making, for a file in a folder beside what was found.
pub struct Draft {
    /// The suite's name.
    pub name: String,
    /// The dataset.
    pub dataset: Guess,
    /// How many images are taken of how many; `None` for all.
    pub limit: Option<(usize, usize)>,
    /// With fewer images nothing is judged.
    pub min_images: usize,
    /// The models.
    pub models: Vec<Model>,
}

/// A model in the making.
#[derive(Debug, Clone)]
pub struct Model {
    /// The section's name.
    pub name: String,
    /// The file, below the folder that was looked into.
    pub path: std::path::PathBuf,
    /// More lines of the section.
    pub lines: Vec<String>,
}

/// Five ways in which pictures get worse, from mild to plain: a look at where a model breaks.
const PERTURBATIONS: &str = r#"
# What the camera will do to the pictures. Severities 1 to 5 are the standard ladder; `windtunnel explain` lists 76 kinds,
# `windtunnel preview SPEC` draws them.
[perturbation.blur]
kind = "gaussian_blur"
severity = [1, 3]

[perturbation.noise]
kind = "gaussian_noise"
severity = [1, 3]

[perturbation.dark]
kind = "low_light"
severity = 1

[perturbation.jpeg]
kind = "jpeg_compression"
severity = 3

[perturbation.rotation]
kind = "rotate"
degrees = 5
"#;

/// A check for specs that are only measured, not judged.
const ANY_CHECK: &str = "\n[[check]]\non = \"clean\"\nmin = 0.01\n";

/// What to do next, as comments.
const NEXT: &str = r#"
# Next:
# - Are these the conditions of your site? `preset = "weather"`, "camera" or "imagenet_c" brings many at once.
# - Are these the losses that you can bear? The thresholds say what the models do now, not what they should.
# - Hold what you have: `max_regression = 0.01`, after `windtunnel baseline accept --reason "..."`.
# - One category may matter more than the rest: `category = "..."`, `metric = "recall"`.
"#;

/// The same where the pictures have no labels.
const NEXT_WITHOUT_LABELS: &str = r#"
# Next:
# - Are these the conditions of your site? `preset = "weather"`, "camera" or "imagenet_c" brings many at once.
# - These pictures have no labels: what is told is whether a model says of a perturbed picture what it said of the clean one,
#   not whether that is right. With labels of some of them (`format = "coco"`, "yolo", "voc") mAP and its losses are told, too.
# - Hold what you have: `max_regression = 0.01`, after `windtunnel baseline accept --reason "..."`.
"#;

impl Draft {
    /// Whether the pictures have labels.
    pub fn is_labelled(&self) -> bool {
        self.dataset.format != "images"
    }

    /// The spec without perturbations: for trying models. Without labels nothing can be asked of clean pictures alone.
    pub fn bare(&self) -> String {
        if !self.is_labelled() {
            return self.unjudged();
        }
        format!("{}{ANY_CHECK}", self.head())
    }

    /// The spec with everything but thresholds: for measuring.
    pub fn unjudged(&self) -> String {
        if !self.is_labelled() {
            return format!(
                "{}{PERTURBATIONS}\n[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = 0.001\n",
                self.head()
            );
        }
        format!("{}{PERTURBATIONS}{ANY_CHECK}[[check]]\non = \"all\"\nmin = 0.001\n", self.head())
    }

    /// The whole spec, with `checks` as they were proposed; `file` is where it will be, for its own comments.
    pub fn whole(&self, file: &Path, checks: &str) -> String {
        let file = file.shown();
        let intro = format!(
            "# Drafted by `windtunnel init` from what was found here. Judge it: windtunnel run {file}\n\
             # What each key means: windtunnel explain, or the README.\n\n"
        );
        let next = if self.is_labelled() { NEXT } else { NEXT_WITHOUT_LABELS };
        format!("{intro}{}{PERTURBATIONS}\n{checks}{next}", self.head())
    }

    fn head(&self) -> String {
        let mut out = format!("version = 1\nname = \"{}\"\n\n[defaults]\n", self.name);
        let least = self.min_images;
        let _infallible = writeln!(out, "min_images = {least}  # with fewer images nothing is judged");
        self.write_dataset(&mut out);
        for model in &self.models {
            let path = beside(&model.path);
            let _infallible = writeln!(out, "\n[model.{}]\nkind = \"onnx\"\npath = {path}", model.name);
            for line in &model.lines {
                let _infallible = writeln!(out, "{line}");
            }
        }
        out
    }

    fn write_dataset(&self, out: &mut String) {
        let Guess { format, path, images, split, .. } = &self.dataset;
        let name = split.as_deref().unwrap_or(if self.is_labelled() { "test" } else { "pictures" });
        let path = beside(path);
        let _infallible = writeln!(out, "\n[dataset.{name}]\nformat = \"{format}\"\npath = {path}");
        if let Some(images) = images {
            let _infallible = writeln!(out, "images = {}", beside(images));
        }
        if let Some(split) = split {
            let _infallible = writeln!(out, "split = \"{split}\"");
        }
        if let Some((limit, all)) = self.limit {
            let _infallible = writeln!(
                out,
                "limit = {limit}  # of {all}: remove it to judge them all, and take thresholds anew: windtunnel calibrate"
            );
        }
    }
}

/// A path as the spec names it, whose folder is beside what was found.
fn beside(path: &Path) -> String {
    let path = Path::new("..").join(path).to_string_lossy().replace('\\', "/");
    toml_string(&path)
}

/// A basic string of TOML; what steers a terminal, or TOML does not take, is escaped.
pub fn toml_string(text: &str) -> String {
    let letter = |c: char| match c {
        '\\' | '"' => format!("\\{c}"),
        c if untrusted::steers(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}
