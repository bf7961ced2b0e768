//! Trying what was found: a dataset that reads, a model that opens and knows what the dataset's categories are.

use std::path::Path;

use windtunnel::dataset::Dataset;
use windtunnel::plan::{Plan, Selection, Unresolved, resolve, scenery, vocabulary};
use windtunnel::run::probe;
use windtunnel::spec::{Diagnostics, FILL_IN, Source, load};

use super::classes::{Matched, matched};
use super::draft::{Draft, Model};
use super::written::{section_name, toml_string};
use crate::surroundings::variable;

/// Images that a model is tried on.
const IMAGES: usize = 16;

/// A model that finds less than this of the objects is not understood: its classes, boxes or pixels are others.
const LEAST_AP50: f64 = 0.05;

/// Names that are shown of a list.
const SHOWN: usize = 6;

/// A model that can be used on the dataset.
pub struct Fit {
    /// With all lines that it takes.
    pub model: Model,
    /// The categories that it knows, where these are not all that have objects.
    pub knows: Option<Vec<String>>,
}

/// A model that cannot.
pub struct Misfit {
    /// Why.
    pub reason: String,
    /// The section with what is left to say, where somebody who knows the model could say it.
    pub open: Option<Model>,
}

/// The plan of a spec's `text`, as if it stood at `file`.
pub fn plan(file: &Path, text: String) -> Result<Plan, String> {
    let source = Source::new(file, text);
    let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
    let wanted = Selection { variables: &variable, ..Selection::default() };
    resolve(&spec, mistakes, &wanted).map_err(|error| match error {
        Unresolved::Invalid(mistakes) => mistakes.render(&source, false),
        Unresolved::NothingSelected => "it has no case".to_owned(),
    })
}

/// Reads the draft's dataset.
pub fn dataset(file: &Path, draft: &Draft) -> Result<Dataset, String> {
    let source = Source::new(file, draft.bare());
    let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
    // The draft has no model yet; of its mistakes only those of the dataset count here.
    drop(mistakes);
    let (datasets, _) = scenery(&spec, Diagnostics::default()).map_err(|mistakes| mistakes.render(&source, false))?;
    let Some(planned) = datasets.into_iter().next() else { return Err("it has no dataset".to_owned()) };
    let data = planned.state.map_err(|failure| failure.message)?;
    let has_objects = data.categories.iter().any(|category| data.ground_truths(category.id) > 0);
    if has_objects || !data.is_labelled { Ok(data) } else { Err("no image has a label".to_owned()) }
}

/// Opens `model` with the draft's dataset, with what it takes to understand it; `labels` are the lines that somebody gave for
/// models that name no classes.
pub fn model(file: &Path, draft: &Draft, model: &Model, data: &Dataset, labels: Option<&str>) -> Result<Fit, Misfit> {
    let ours = categories(data, true);
    let (mut reasons, mut partial) = (Vec::new(), None);
    // The first names that were understood, and the lines that say them.
    let mut named: Option<(Vec<String>, Vec<String>)> = None;
    let mut has_names_in_common = false;
    // Names that fit its outputs, and why it opens with none: what else its file does not say.
    let mut lacking: Option<(Vec<String>, String)> = None;
    for way in ways(labels, data.is_labelled) {
        let is_guess = matches!(way, TriedWay::Coco | TriedWay::Ours);
        // Names that the model has go before guesses: the same number of classes says little.
        if is_guess && (has_names_in_common || labels.is_some() || way == TriedWay::Coco && named.is_some()) {
            continue;
        }
        let tried = Model {
            lines: way.lines(&categories(data, false), named.as_ref().map(|(theirs, _)| theirs.as_slice())),
            ..model.clone()
        };
        let theirs = match classes(file, draft, &tried) {
            Ok(theirs) => theirs,
            Err(reason) => {
                if reason.contains(NO_PREPROCESSING) {
                    lacking.get_or_insert((tried.lines, reason.clone()));
                }
                reasons.push(reason);
                continue;
            }
        };
        // Pictures without labels have no names to be matched: whatever a model says of them counts.
        let found = if data.is_labelled {
            matched(&theirs, &ours)
        } else {
            Matched { known: theirs.clone(), ..Matched::default() }
        };
        if found.known.is_empty() {
            reasons.push(format!("its classes ({}) are none of the dataset's ({})", shown(&theirs), shown(&ours)));
            named.get_or_insert((theirs, tried.lines));
            continue;
        }
        has_names_in_common |= !is_guess;
        let knows = (!found.missing.is_empty()).then(|| found.known.clone());
        let lines = tried.lines.clone();
        match opened(file, &draft.of(knows.clone()), with_names(tried, &found)) {
            Ok(model) if knows.is_none() => return Ok(Fit { model, knows }),
            Ok(model) => partial = partial.or(Some(Fit { model, knows })),
            Err(reason) => reasons.push(reason),
        }
        named.get_or_insert((theirs, lines));
    }
    if let (None, None, Some((lines, reason))) = (&partial, &named, lacking) {
        let lines = lines.into_iter().chain(blank_preprocessing()).collect();
        return Err(Misfit { open: Some(Model { lines, ..model.clone() }), reason });
    }
    partial.ok_or_else(|| Misfit {
        open: left_open(model, named.as_ref(), &reasons, &ours),
        // Names that somebody gave are what was wanted: that its own file has none is no news then.
        reason: reasons.get(usize::from(labels.is_some())).or(reasons.first()).cloned().unwrap_or_default(),
    })
}

/// How a classifier's complaint begins whose file does not say what its pixels are.
const NO_PREPROCESSING: &str = "nothing says how its pictures are made ready";

/// The line that says how a classifier's pictures are made ready, for somebody who knows it.
fn blank_preprocessing() -> [String; 4] {
    let blank = format!("{FILL_IN}: one of the families above");
    [
        "# How its pictures are made ready, which its file does not say: \"torchvision\", \"timm\" (add the model's `crop_pct`, such".to_owned(),
        "# as `crop_pct = 0.95`), \"ultralytics\", \"tf_slim\" or \"hf_vit\"; or `resize`, `mean` and `std` as it was trained.".to_owned(),
        "# What each does: windtunnel explain preprocess. Whether it fits: windtunnel check --probe.".to_owned(),
        format!("preprocess = {}", toml_string(&blank)),
    ]
}

/// Whether a model file is of a detector, which can be run on the draft's pictures once its classes have names.
pub fn detects(file: &Path, draft: &Draft, path: &Path, labels: Option<&str>) -> bool {
    let Ok(data) = dataset(file, draft) else { return false };
    let tried = Model { name: section_name(path, &[]), path: path.to_path_buf(), lines: Vec::new() };
    match model(file, draft, &tried, &data, labels) {
        Ok(_) => true,
        Err(misfit) => misfit.open.is_some(),
    }
}

/// The names of the categories, or of those that have objects, in the order of their ids.
fn categories(data: &Dataset, with_objects: bool) -> Vec<String> {
    let is_wanted = |id: u64| !with_objects || data.ground_truths(id) > 0;
    let mut categories: Vec<_> = data.categories.iter().filter(|one| is_wanted(one.id)).collect();
    categories.sort_by_key(|category| category.id);
    categories.into_iter().map(|category| category.name.clone()).collect()
}

/// Whose names a model's classes have.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TriedWay {
    /// Those in its file.
    Own,
    /// Those that somebody gave.
    Given(String),
    /// COCO's.
    Coco,
    /// The dataset's, in their order.
    Ours,
}

impl TriedWay {
    /// The lines that say so; `named` is what the file calls them.
    fn lines(&self, ours: &[String], named: Option<&[String]>) -> Vec<String> {
        match self {
            Self::Own => Vec::new(),
            Self::Given(labels) => vec![labels_line(labels)],
            Self::Coco => vec![
                "# Its outputs are as many as COCO's classes, and its file names none: taken for those.".to_owned(),
                "labels = \"coco\"".to_owned(),
            ],
            Self::Ours => {
                let file = named.map_or_else(
                    || "names no classes".to_owned(),
                    |theirs| format!("calls its classes {}", shown(theirs)),
                );
                let names = ours.iter().map(|name| toml_string(name)).collect::<Vec<_>>().join(", ");
                let guess = "these are the dataset's, in the order of their ids. Is that the model's order?";
                vec![format!("# The file {file}; {guess}"), format!("labels = [{names}]")]
            }
        }
    }
}

/// The ways to try, in their order.
fn ways(labels: Option<&str>, is_labelled: bool) -> Vec<TriedWay> {
    let given = labels.map(|labels| TriedWay::Given(labels.to_owned()));
    let ours = is_labelled.then_some(TriedWay::Ours);
    [TriedWay::Own].into_iter().chain(given).chain([TriedWay::Coco]).chain(ours).collect()
}

/// `coco`, `coco91`, or names with commas between them.
fn labels_line(labels: &str) -> String {
    if ["coco", "coco91"].contains(&labels) {
        return format!("labels = \"{labels}\"");
    }
    let names: Vec<String> = labels.split(',').map(|name| toml_string(name.trim())).collect();
    format!("labels = [{}]", names.join(", "))
}

/// The names of a model's classes, in its order.
fn classes(file: &Path, draft: &Draft, model: &Model) -> Result<Vec<String>, String> {
    let text = Draft { models: vec![model.clone()], ..draft.of(None) }.bare();
    let source = Source::new(file, text);
    let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
    drop(mistakes);
    let named = vocabulary(&spec, &model.name, &variable).map_err(|mistakes| mistakes.render(&source, false))?;
    named.map_err(|failure| failure.message)
}

/// The model with `rename` where names differ.
fn with_names(mut model: Model, found: &Matched) -> Model {
    if !found.rename.is_empty() {
        let pair = |(theirs, ours): &(String, String)| format!("{} = {}", toml_string(theirs), toml_string(ours));
        let pairs = found.rename.iter().map(pair).collect::<Vec<_>>().join(", ");
        model.lines.push(
            "# Taken for the same by their names: on the left the model's, on the right the dataset's.".to_owned(),
        );
        model.lines.push(format!("rename = {{ {pairs} }}"));
    }
    model
}

/// The section of a model that opens and whose classes are not understood, with what somebody has to say.
fn left_open(
    model: &Model,
    named: Option<&(Vec<String>, Vec<String>)>,
    reasons: &[String],
    ours: &[String],
) -> Option<Model> {
    let first = ours.first().map_or("...", String::as_str);
    let lines = match named {
        Some((theirs, lines)) => {
            let mut open = lines.clone();
            open.push(format!("# Its classes: {}. The dataset's categories: {}.", shown(theirs), shown(ours)));
            let pair = format!("{{ \"a class of the model\" = \"{first}\" }}");
            open.push(format!(
                "rename = {}",
                toml_string(&format!("{FILL_IN}: {pair}, for each category that it knows"))
            ));
            open
        }
        None if reasons.iter().any(|reason| reason.contains("names none of its")) => {
            vec![format!(
                "labels = {}",
                toml_string(&format!(
                    "{FILL_IN}: the names of all of its classes in its order, such as [\"a\", \"b\"]"
                ))
            )]
        }
        None => return None,
    };
    Some(Model { lines, ..model.clone() })
}

/// The first few names of a list.
fn shown(names: &[String]) -> String {
    let first =
        names.iter().take(SHOWN).map(|name| format!("`{}`", name.replace('\n', " "))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{first}, ... ({} in all)", names.len()) } else { first }
}

fn opened(file: &Path, draft: &Draft, model: Model) -> Result<Model, String> {
    let trial = Draft { min_images: 1, models: vec![model], ..draft.clone() };
    let plan = plan(file, trial.bare())?;
    for planned in &plan.models {
        planned.state.as_ref().map_err(|failure| failure.message.clone())?;
    }
    let probes = probe(&plan, IMAGES).map_err(|error| error.to_string())?;
    let mut model = trial.models.into_iter().next().unwrap_or_else(|| unreachable!("one model was put in"));
    let figure = if draft.is_of_classes() { "top1" } else { "AP50" };
    for probe in &probes {
        let better = probe.better();
        let best = better.unwrap_or(&probe.configured);
        match &best.found {
            Ok(ap50) if *ap50 >= LEAST_AP50 => {}
            Ok(ap50) => {
                return Err(format!(
                    "it opens, but finds nearly nothing that the labels show ({figure} {ap50:.2} on {} images): are its \
                     classes others, or is it made for other pictures?",
                    probe.images
                ));
            }
            Err(reason) => return Err(reason.clone()),
        }
        if let Some(better) = better {
            let default = probe.configured.found.as_ref().copied().unwrap_or_default();
            let ap50 = best.found.as_ref().copied().unwrap_or_default();
            model.lines.push(format!(
                "# On {} images: {figure} {ap50:.2} with these pixels, {default:.2} with those of the format's habit.",
                probe.images
            ));
            model.lines.extend(better.lines.iter().cloned());
        }
    }
    Ok(model)
}
