//! A network that answers frames: engine, decoder and preprocessing tied together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::activation::Activation;
use super::batch::{batch_size, split};
use super::chosen;
use super::classes::{ClassNames, Written};
use super::decoders::{self, Decode, Decoder, Outputs, Trial};
use super::engine::{Engine, Signature, Tensor};
use super::exported;
use super::inputs::{InputSize, Inputs};
use super::listed;
use super::options::{Labels, NetworkOptions};
use super::plausible::{is_same, plausible, plausible_of_classifier};
use super::preprocess::{Placement, Preprocessing};
use super::unusable::Unusable;
use crate::detection::Size;
use crate::framing::View;
use crate::predict::{ClassifierView, Vocabulary};
use crate::task::Task;

/// Counts up whenever the same file, settings and pixels give other detections than before: a part of every key under
/// which answers are kept.
const REVISION: u32 = 4;

/// A network that can answer frames, whatever runs it.
#[derive(Clone)]
pub struct Network {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) inputs: Inputs,
    pub(super) decoder: &'static Decoder,
    pub(super) preprocessing: Preprocessing,
    pub(super) classes: ClassNames,
    pub(super) confidence: f64,
    pub(super) iou: Option<f64>,
    pub(super) max_detections: usize,
    /// How probabilities are made of a classifier's outputs.
    pub(super) activation: Option<Activation>,
    pub(super) batch: usize,
    /// As it would be with the values of the family that the spec names, where it names one.
    of_preset: Option<Preprocessing>,
    /// Whether the spec says by a share what is cut out.
    says_shares: bool,
    /// The outputs that are used, where others are not.
    outputs: Option<Vec<String>>,
}

impl Network {
    /// Runs the graph of `engine` once on a grey picture, and settles on decoder and class names from what comes out.
    ///
    /// # Errors
    /// The graph does not run, its outputs are of no known layout, or its classes have no names.
    pub fn over(engine: Box<dyn Engine>, task: Task, options: NetworkOptions) -> Result<Self, Unusable> {
        let engine = match &options.outputs {
            Some(names) => chosen::named(engine, names).map_err(Unusable::Outputs)?,
            None => engine,
        };
        let signature = engine.signature();
        refuse_of_other_tasks(task, &options).map_err(Unusable::Preprocessing)?;
        // What is cut out of a picture goes into the input as it is.
        let cut = options.overrides.crop.map(|side| Size { width: side, height: side });
        let exported = cut.or_else(|| exported::input_size(&signature.metadata));
        let inputs = Inputs::new(&signature.inputs, options.input_size, exported, options.layout);
        let inputs = inputs.map_err(Unusable::Input)?;
        let batch = batch_size(&inputs, options.batch).map_err(Unusable::Batch)?;
        let input = trial_size(&inputs);
        // What files say of their outputs' shapes is open or wrong in many exports: what a run gives is believed.
        let outputs = trial_outputs(engine.as_ref(), &inputs, batch)?;
        let (engine, outputs, is_chosen) = used_outputs(engine, outputs, &options, input);
        let signature = engine.signature();
        let named = named(signature, &outputs);
        let metadata = &signature.metadata;
        let trial = Trial { outputs: Outputs::new(&named), input, inputs: &signature.inputs, metadata };
        let entry = metadata.get("names").map(String::as_str);
        let listing = engine.listing();
        let told = listing.as_ref().and_then(|listing| listing.names.clone());
        let told = told.map(|names| Labels { names, is_by_id: false, is_of_file: false });
        let written = Written::new(options.labels.or(told), options.first_label, entry);
        let layout = match &listing {
            Some(listing) => listed::layout(listing, options.decoder),
            None => decoders::choose(decoders::ALL, task, options.decoder, &trial, written.count()),
        };
        let (decoder, classes) = layout.map_err(Unusable::Outputs)?;
        // Renamed after they were counted: several classes may get one name, and `allow` counts the model's.
        let classes = written.settle(decoder, classes).and_then(|classes| classes.renamed(&options.rename));
        let classes = classes.map_err(Unusable::Classes)?;
        if batch > 1 && !decoder.keeps_batches {
            let name = decoder.entry.name;
            return Err(Unusable::Batch(format!(
                "outputs of the layout `{name}` hold the boxes of all pictures in one list: leave out `batch`, and \
                 export it for one picture at a time"
            )));
        }
        let defaults = decoder.defaults;
        let preprocessing = match task {
            Task::Detect => options.overrides.of_detector(defaults.preprocessing, &inputs),
            Task::Classify => options.overrides.of_classifier(exported::family(metadata), &inputs),
        };
        let preprocessing = preprocessing.map_err(Unusable::Preprocessing)?;
        let of_preset = options.overrides.family.filter(|_| task == Task::Classify).zip(match inputs.size {
            InputSize::Fixed(size) => Some(size),
            InputSize::Picture => None,
        });
        let of_preset = of_preset.map(|(family, size)| {
            let Preprocessing { channels, scale, mean, std, .. } = family.preprocessing(size);
            Preprocessing { channels, scale, mean, std, ..preprocessing }
        });
        let activation = match decoder.decode {
            Decode::Objects(_) => None,
            Decode::Scores(answer) => {
                let settled = answer(&trial.outputs).map(|answer| Activation::settle(options.activation, answer));
                settled.transpose().map_err(Unusable::Outputs)?
            }
            Decode::Listed(listed) => {
                let all = classes.first + classes.names.len();
                let most = listing.and_then(|listing| listing.most);
                let settled = listed::settle(options.activation, &listed(&trial.outputs), all, most);
                Some(settled.map_err(Unusable::Outputs)?)
            }
        };
        let is_bytes = inputs.is_bytes;
        Ok(Self {
            inputs,
            decoder,
            preprocessing,
            classes,
            confidence: options.confidence.unwrap_or(defaults.confidence),
            iou: options.iou.or(defaults.iou),
            max_detections: options.max_detections.unwrap_or(defaults.max_detections),
            activation,
            batch,
            of_preset: of_preset.filter(|_| !is_bytes),
            says_shares: options.overrides.crop_share.is_some(),
            outputs: is_chosen.then(|| signature.outputs.clone()),
            engine: engine.into(),
        })
    }

    /// What runs it.
    pub fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    /// The same graph on another engine.
    ///
    /// # Errors
    /// It lacks an output that is used.
    pub fn on(&self, engine: Box<dyn Engine>) -> Result<Self, Unusable> {
        let engine = match &self.outputs {
            Some(names) => chosen::named(engine, names).map_err(Unusable::Outputs)?,
            None => engine,
        };
        Ok(Self { engine: engine.into(), ..self.clone() })
    }

    /// Everything that its answers depend on beside the graph, for cards; `engine_wanted` is what the spec says of the
    /// engine, where it has a say.
    pub fn settings(&self, engine_wanted: Option<&str>) -> BTreeMap<String, Value> {
        let input_size = match self.inputs.size {
            InputSize::Fixed(size) => json!([size.width, size.height]),
            InputSize::Picture => json!("picture"),
        };
        let settings = [
            ("revision", json!(REVISION)),
            ("engine", json!(self.engine.name())),
            ("engine_wanted", json!(engine_wanted)),
            ("decoder", json!(self.decoder.entry.name)),
            ("input_size", input_size),
            ("preprocessing", json!(self.preprocessing)),
            ("labels", json!(self.classes.names)),
            ("first_label", json!(self.classes.first)),
            ("batch", json!(self.batch)),
        ];
        let of_task = match self.activation {
            None => vec![
                ("confidence", json!(self.confidence)),
                ("iou", json!(self.iou)),
                ("max_detections", json!(self.max_detections)),
            ],
            Some(activation) => vec![("activation", json!(activation))],
        };
        let outputs = self.outputs.as_ref().map(|outputs| ("outputs", json!(outputs)));
        let settings = settings.into_iter().chain(of_task).chain(outputs);
        settings.map(|(key, value)| (key.to_owned(), value)).chain(self.engine.settings()).collect()
    }

    /// What its labels mean.
    pub fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Labels(&self.classes.names)
    }

    /// Pictures per call.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// What a classifier makes of each picture; `None` where that is no square view of it.
    pub fn view(&self) -> Option<ClassifierView> {
        let InputSize::Fixed(Size { width, height }) = self.inputs.size else { return None };
        let Preprocessing { placement, resize, short_side, .. } = self.preprocessing;
        let (resize_to, is_squeezed) = match (&self.decoder.decode, placement) {
            (Decode::Objects(_), _) | (_, Placement::Letterbox | Placement::TopLeft | Placement::TopLeftRounded) => {
                return None;
            }
            (Decode::Scores(_) | Decode::Listed(_), Placement::Stretch) => (width, true),
            (Decode::Scores(_) | Decode::Listed(_), Placement::Crop) => (short_side.unwrap_or(width), false),
        };
        let view = View { resize: resize_to, crop: width, filter: resize.filter() };
        (width == height && view.crop <= view.resize).then_some(ClassifierView { view, is_squeezed })
    }

    /// The same with other ways of preprocessing, the commoner ones first, and a classifier with its names moved by one, each with the
    /// lines of a spec that set it and whether that makes it what the spec's `preprocess` is without them.
    #[must_use]
    pub fn variants(&self) -> Vec<(Vec<String>, bool, Self)> {
        let (ways, shifts) = match self.decoder.decode {
            Decode::Objects(_) => (plausible(self.preprocessing, self.inputs.is_bytes), Vec::new()),
            Decode::Scores(_) | Decode::Listed(_) => {
                let size = match self.inputs.size {
                    InputSize::Fixed(size) => Some(size),
                    InputSize::Picture => None,
                };
                let is_bytes = self.inputs.is_bytes;
                let ways = plausible_of_classifier(self.preprocessing, size, is_bytes, self.says_shares);
                (ways, self.classes.shifted())
            }
        };
        let is_of_preset = |way: &Preprocessing| self.of_preset.as_ref().is_some_and(|preset| is_same(preset, way));
        let ways = ways.into_iter().map(|(lines, preprocessing)| {
            (lines, is_of_preset(&preprocessing), Self { preprocessing, ..self.clone() })
        });
        let shifts = shifts.into_iter().map(|(line, classes)| (vec![line], false, Self { classes, ..self.clone() }));
        ways.chain(shifts).collect()
    }
}

/// The size of the grey picture where a graph takes every picture at its own.
const ANY_SIZE: Size = Size { width: 640, height: 480 };

fn trial_size(inputs: &Inputs) -> Size {
    match inputs.size {
        InputSize::Fixed(size) => size,
        InputSize::Picture => ANY_SIZE,
    }
}

/// The outputs for a grey picture: shapes as they really are, and proof that the graph runs, `batch` pictures at once.
fn trial_outputs(engine: &dyn Engine, inputs: &Inputs, batch: usize) -> Result<Vec<Tensor>, Unusable> {
    let size = trial_size(inputs);
    let grey = if inputs.is_bytes { 114.0 } else { 0.5 };
    let picture = vec![grey; inputs.channels * size.width as usize * size.height as usize];
    let outputs = engine.run(inputs.of(vec![picture; batch], size)).map_err(Unusable::Engine)?;
    let parts = split(outputs, batch).map_err(|at| Unusable::Batch(no_batch(engine, at, batch)))?;
    Ok(parts.into_iter().next().unwrap_or_default())
}

/// The engine and the outputs of the trial without those that are not used: where the spec names none, without the maps
/// beside finished boxes. Whether it is a choice that has to be made again for another engine.
fn used_outputs(
    engine: Box<dyn Engine>,
    outputs: Vec<Tensor>,
    options: &NetworkOptions,
    input: Size,
) -> (Box<dyn Engine>, Vec<Tensor>, bool) {
    if options.outputs.is_some() {
        return (engine, outputs, true);
    }
    match chosen::without_maps(&named(engine.signature(), &outputs), options.decoder, input) {
        Some(kept) => {
            let outputs = chosen::of(outputs, &kept);
            (chosen::at(engine, kept), outputs, true)
        }
        None => (engine, outputs, false),
    }
}

/// Outputs with their names.
fn named<'a>(signature: &'a Signature, outputs: &'a [Tensor]) -> Vec<(&'a str, &'a Tensor)> {
    signature.outputs.iter().map(String::as_str).zip(outputs).collect()
}

/// An output that does not tell the pictures of a batch apart.
pub fn no_batch(engine: &dyn Engine, output: usize, batch: usize) -> String {
    let name = engine.signature().outputs.get(output).map_or("", String::as_str);
    format!("its output `{name}` does not keep {batch} pictures apart: leave out `batch`")
}

/// Keys that say nothing of a network of the task.
fn refuse_of_other_tasks(task: Task, options: &NetworkOptions) -> Result<(), String> {
    let (of_task, written): (Task, &[(&str, bool)]) = match task {
        Task::Detect => (Task::Classify, &[("activation", options.activation.is_some())]),
        Task::Classify => (
            Task::Detect,
            &[
                ("confidence", options.confidence.is_some()),
                ("iou", options.iou.is_some()),
                ("max_detections", options.max_detections.is_some()),
            ],
        ),
    };
    match written.iter().find(|(_, is_written)| *is_written) {
        Some((key, _)) => Err(format!(
            "`{key}` is for {} (`task = \"{}\"`), and the task is `{}`: leave it out",
            of_task.models(),
            of_task.word(),
            task.word()
        )),
        None => Ok(()),
    }
}
