//! The text of a drafted spec.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use windtunnel::spec::FILL_IN;
use windtunnel::untrusted::Shown as _;

use super::elsewhere;
use super::found::Guess;
use super::limit::Limit;
use super::written::{beside, toml_string};

/// A spec in the making, for a file in a folder beside what was found.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The suite's name.
    pub name: String,
    /// The dataset; `None` where none was found that can be read.
    pub dataset: Option<Guess>,
    /// The categories that count, where not all do.
    pub categories: Option<Vec<String>>,
    /// Which part of the images is taken; `None` for all.
    pub limit: Option<Limit>,
    /// With fewer images nothing is judged.
    pub min_images: usize,
    /// Folders of pictures beside the dataset's, and how many each has.
    pub elsewhere: Vec<(PathBuf, usize)>,
    /// The models.
    pub models: Vec<Model>,
    /// Whether they are to say the class of each picture, also where no label does.
    pub classifies: bool,
}

/// A model in the making.
#[derive(Debug, Clone)]
pub struct Model {
    /// The section's name.
    pub name: String,
    /// The file, below the folder that was looked into.
    pub path: PathBuf,
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

/// A check for specs that are only measured, where the pictures have no labels.
const STABLE: &str = "\n[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = 0.001\n";

/// Checks of a draft that could not be measured: they hold for anything but a model that finds nothing.
const PROVISIONAL: &str = r#"
# Provisional: once the spec runs, `windtunnel calibrate` proposes thresholds from what was measured.
[[check]]
on = "clean"
min = 0.01

[[check]]
on = "all"
min = 0.01
"#;

/// What takes their place where the folders that were taken for classes are none.
const PROVISIONAL_FOR_PICTURES: &str = r#"
# Where the folders are no classes, this one in place of the two (see [dataset]):
# [[check]]
# on = "all"
# metric = "stability"
# min = 0.5
"#;

/// The check of a draft without labels that could not be measured: half of what is said of clean pictures, as any bound that
/// is much lower holds for a model that finds nothing, too.
const PROVISIONAL_WITHOUT_LABELS: &str = r#"
# Provisional: once the spec runs, `windtunnel calibrate` proposes thresholds from what was measured.
[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

impl Draft {
    /// Whether the pictures have labels.
    pub fn is_labelled(&self) -> bool {
        self.dataset.as_ref().is_none_or(|dataset| dataset.format != "images")
    }

    /// Whether each picture has one class, and the models are to say it.
    pub fn is_of_classes(&self) -> bool {
        self.classifies || self.dataset.as_ref().is_some_and(|dataset| ["folder", "csv"].contains(&dataset.format))
    }

    /// The same with another choice of categories.
    pub fn of(&self, categories: Option<Vec<String>>) -> Self {
        Self { categories, ..self.clone() }
    }

    /// The spec as far as it is known, for somebody to say the rest; `why` tells line by line what hindered.
    pub fn unfinished(&self, file: &Path, why: &[String]) -> String {
        let file = file.shown();
        let mut intro = format!(
            "# Drafted by `windtunnel init`, and not finished: what begins with {FILL_IN} is left to say.\n\
             # What is left: windtunnel check {file}. What each key means: windtunnel explain, or docs/how-to/spec.md.\n"
        );
        for line in why.iter().flat_map(|why| why.lines()) {
            let _infallible = writeln!(intro, "#   {line}");
        }
        let checks = if self.is_labelled() { PROVISIONAL } else { PROVISIONAL_WITHOUT_LABELS };
        let has_guessed_classes = self.dataset.as_ref().is_some_and(|guess| !guess.classes.is_empty());
        let other = if has_guessed_classes { PROVISIONAL_FOR_PICTURES } else { "" };
        format!("{intro}\n{}{PERTURBATIONS}{checks}{other}", self.head())
    }

    /// The spec without perturbations: for trying models.
    pub fn bare(&self) -> String {
        if !self.is_labelled() {
            return format!("{}{PERTURBATIONS}{STABLE}", self.known_head());
        }
        // Without a model of its own it has none: it is for looking at the dataset then.
        format!("{}{ANY_CHECK}", self.known_head())
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
             # What each key means: windtunnel explain, or docs/how-to/spec.md.\n\n"
        );
        let next = if self.is_labelled() { NEXT } else { NEXT_WITHOUT_LABELS };
        format!("{intro}{}{PERTURBATIONS}\n{checks}{next}", self.head())
    }

    /// A spec that asks whether the second of its two models is the first: an agreement of at least `least`.
    pub fn parity(&self, file: &Path, least: f64) -> String {
        let file = file.shown();
        let [reference, candidate] = [0, 1].map(|at| self.models.get(at).map_or("", |model| model.name.as_str()));
        let check = |on: &str, keys: &str| {
            format!("\n[[check]]\non = \"{on}\"\nmodel = \"{candidate}\"\nreference = \"{reference}\"\n{keys}\n")
        };
        let agreement = format!("metric = \"agreement\"\nmin = {least}");
        let latency = "metric = \"latency_p50\"\nmax_relative_regression = 0.15\nlevel = \"warn\"\n\
                       reason = \"told, not judged: remove `level` and `reason` to hold it\"";
        format!(
            "# Is `{candidate}` still the model that `{reference}` is? Drafted by `windtunnel parity`; judge it: windtunnel run {file}\n\
             # What each key means: windtunnel explain, or docs/how-to/spec.md.\n\n{}{PERTURBATIONS}{}{}{}",
            self.head(),
            check("clean", &agreement),
            check("all", &agreement),
            check("clean", latency)
        )
    }

    fn head(&self) -> String {
        let mut out = self.known_head();
        if self.models.is_empty() {
            let path = toml_string(&format!("{FILL_IN}: the model's ONNX file, from the folder of this spec"));
            let _infallible = writeln!(
                out,
                "\n# A server or a script of yours: `windtunnel explain http`, `oip`, `subprocess`; results in files: `precomputed`.\n\
                 [model.a]\nkind = \"onnx\"\npath = {path}"
            );
        }
        out
    }

    fn known_head(&self) -> String {
        let (task, metric) = if self.is_of_classes() {
            let metric = "metric = \"balanced_accuracy\"  # every class weighs the same; `top1` counts pictures\n";
            ("task = \"classify\"\n", if self.is_labelled() { metric } else { "" })
        } else {
            ("", "")
        };
        let mut out = format!("version = 1\nname = \"{}\"\n{task}\n[defaults]\n{metric}", self.name);
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
        let Some(Guess { format, path, images, split, classes, .. }) = &self.dataset else {
            let path = toml_string(&format!("{FILL_IN}: the file or folder of labels, from the folder of this spec"));
            let _infallible =
                writeln!(out, "\n[dataset.test]\nformat = \"coco\"  # or \"yolo\", \"voc\"\npath = {path}");
            return;
        };
        let name = split.as_deref().unwrap_or(if self.is_labelled() { "test" } else { "pictures" });
        let below = path;
        let path = beside(path);
        if !classes.is_empty() {
            let _infallible = write!(out, "\n{}", why_classes(classes));
        }
        let _infallible = writeln!(out, "\n[dataset.{name}]\nformat = \"{format}\"\npath = {path}");
        if let Some(images) = images {
            let _infallible = writeln!(out, "images = {}", beside(images));
        }
        if let Some(split) = split {
            let _infallible = writeln!(out, "split = \"{split}\"");
        }
        if let Some(categories) = &self.categories {
            let names = categories.iter().map(|name| toml_string(name)).collect::<Vec<_>>().join(", ");
            let _infallible = writeln!(
                out,
                "# Those that the models know: labels of others are left out, and so is what models say of them.\n\
                 categories = [{names}]"
            );
        }
        if let Some(limit) = &self.limit {
            out.push_str(&limit.lines());
        }
        if !self.elsewhere.is_empty() {
            out.push_str(&elsewhere::lines(&self.elsewhere, below, name, self.min_images));
        }
    }
}

/// Names of classes that a comment shows.
const SHOWN: usize = 5;

/// Why folders were taken for classes, and what to write where they are none.
fn why_classes(classes: &[String]) -> String {
    let shown: Vec<String> = classes.iter().take(SHOWN).map(|name| toml_string(name)).collect();
    let more = if classes.len() > SHOWN { ", ..." } else { "" };
    format!(
        "# Taken for classes, as no labels lie around and each folder has pictures ({}{more}): a classifier is\n\
         # asked for the name of the folder. Where the folders are cameras, days or deliveries, these pictures have no labels:\n\
         # leave out `task` and `metric`, write `format = \"images\"`, without `split`, and take a check of `metric = \"stability\"`.\n\
         # Where they hold objects, name their labels: `format = \"coco\"`, \"yolo\" or \"voc\".",
        shown.join(", ")
    )
}
