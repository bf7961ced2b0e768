//! An opened ONNX model: engine, decoder and preprocessing tied together.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::decoders::{self, Decoder};
use super::engine::{Engine, Tensor};
use super::labels;
use super::nms::suppress;
use super::options::{MAX_SIDE, OnnxOptions, Reading};
use super::preprocess::{Fit, Preprocessing};
use super::rten_engine::RtenEngine;
use crate::detection::{Detection, Size};
use crate::digest::Digest;
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Vocabulary};

/// The kind's name in specs and records.
pub const KIND: &str = "onnx";

/// Counts up whenever the same file, settings and pixels give other detections than before: a part of every key under
/// which answers are kept.
const REVISION: u32 = 1;

/// A model that can answer frames.
pub struct OnnxModel {
    engine: Box<dyn Engine>,
    decoder: &'static dyn Decoder,
    preprocessing: Preprocessing,
    input: Size,
    labels: Vec<String>,
    confidence: f64,
    iou: f64,
    max_detections: usize,
    digest: Option<Digest>,
}

impl OnnxModel {
    /// Opens the file, runs it once on a grey picture, and settles on decoder and class names from what comes out.
    ///
    /// # Errors
    /// The file cannot be read or run, its outputs are of no known layout, or its classes have no names.
    pub fn open(options: OnnxOptions) -> Result<Self, String> {
        let place = options.path.display().to_string();
        let at = |what: String| format!("{place}: {what}");
        let digest = Digest::of_file(&options.path).map_err(|error| at(error.to_string()))?;
        let engine: Box<dyn Engine> = Box::new(RtenEngine::open(&options.path).map_err(at)?);
        Self::over(engine, Some(digest), options.reading).map_err(at)
    }

    /// The same over any engine; `digest` is of what it runs.
    ///
    /// # Errors
    /// The graph does not run, its outputs are of no known layout, or its classes have no names.
    pub fn over(engine: Box<dyn Engine>, digest: Option<Digest>, options: Reading) -> Result<Self, String> {
        let input = input_size(engine.as_ref(), options.input_size)?;
        let outputs = trial_outputs(engine.as_ref(), input)?;
        let (decoder, classes) = choose_decoder(options.decoder, &outputs, input)?;
        let labels = class_names(options.labels, engine.as_ref(), classes)?;
        let defaults = decoder.defaults();
        Ok(Self {
            decoder,
            preprocessing: options.overrides.over(defaults.preprocessing),
            input,
            labels,
            confidence: options.confidence.unwrap_or(defaults.confidence),
            iou: options.iou.unwrap_or(defaults.iou),
            max_detections: options.max_detections.unwrap_or(defaults.max_detections),
            digest,
            engine,
        })
    }
}

/// The size of the network's input: what the file fixes, or the spec's for a file that leaves it open.
fn input_size(engine: &dyn Engine, wanted: Option<Size>) -> Result<Size, String> {
    let (name, shape) = &engine.signature().input;
    let [batch, channels, height, width] = shape[..] else {
        return Err(format!("its input `{name}` has {} dimensions, not batch, channels, height, width", shape.len()));
    };
    if batch.is_some_and(|size| size != 1) || channels.is_some_and(|size| size != 3) {
        return Err(format!("its input `{name}` is {}, not 1 picture of 3 channels", shown(shape)));
    }
    let fixed = |side: Option<usize>| side.and_then(|side| u32::try_from(side).ok()).filter(|&side| side > 0);
    if [width, height].into_iter().flatten().any(|side| side > MAX_SIDE as usize) {
        return Err(format!("its input `{name}` is {}; sides of up to {MAX_SIDE} pixels are known", shown(shape)));
    }
    match (fixed(width), fixed(height), wanted) {
        (Some(width), Some(height), Some(wanted)) if wanted != (Size { width, height }) => {
            Err(format!("its input is {width}x{height}, not the `input_size` of {}x{}", wanted.width, wanted.height))
        }
        (Some(width), Some(height), _) => Ok(Size { width, height }),
        (_, _, Some(wanted)) => Ok(wanted),
        (_, _, None) => Err("it leaves the size of its input open: add `input_size = [width, height]`".to_owned()),
    }
}

/// `1 x 3 x 640 x 640`, with `?` for what the file leaves open.
fn shown(shape: &[Option<usize>]) -> String {
    let side = |side: &Option<usize>| side.map_or("?".to_owned(), |side| side.to_string());
    shape.iter().map(side).collect::<Vec<_>>().join(" x ")
}

/// The outputs for a grey picture: shapes as they really are, and proof that the graph runs.
fn trial_outputs(engine: &dyn Engine, input: Size) -> Result<Vec<(String, Vec<usize>)>, String> {
    let (width, height) = (input.width as usize, input.height as usize);
    let grey = Tensor { shape: vec![1, 3, height, width], data: vec![0.5; 3 * width * height] };
    let outputs = engine.run(grey).map_err(|error| format!("it does not run: {error}"))?;
    let names = engine.signature().outputs.iter().cloned();
    Ok(names.zip(outputs.into_iter().map(|tensor| tensor.shape)).collect())
}

fn choose_decoder(
    named: Option<&'static dyn Decoder>,
    outputs: &[(String, Vec<usize>)],
    input: Size,
) -> Result<(&'static dyn Decoder, usize), String> {
    let shapes: Vec<(&str, &[usize])> = outputs.iter().map(|(name, shape)| (name.as_str(), shape.as_slice())).collect();
    let seen = || outputs.iter().map(|(name, shape)| format!("`{name}` {shape:?}")).collect::<Vec<_>>().join(", ");
    if let Some(decoder) = named {
        let entry = decoder.entry();
        let classes = decoder.classes(&shapes, input).ok_or_else(|| {
            format!("its outputs {} are not of the layout `{}` ({})", seen(), entry.name, entry.summary)
        })?;
        return Ok((decoder, classes));
    }
    let fitting = decoders::ALL.iter().find_map(|decoder| Some((*decoder, decoder.classes(&shapes, input)?)));
    fitting.ok_or_else(|| {
        let known: Vec<String> =
            decoders::ALL.iter().map(|d| format!("{}: {}", d.entry().name, d.entry().summary)).collect();
        format!("its outputs {} are of no known layout; known are {}", seen(), known.join("; "))
    })
}

fn class_names(written: Option<Vec<String>>, engine: &dyn Engine, classes: usize) -> Result<Vec<String>, String> {
    let entry = engine.signature().names.as_deref();
    let labels = match (written, entry.map(labels::from_metadata)) {
        (Some(labels), _) | (None, Some(Some(labels))) => labels,
        (None, Some(None)) => {
            let entry: String = entry.unwrap_or_default().chars().take(60).collect();
            return Err(format!(
                "its `names` entry `{entry}` cannot be read: add `labels = [...]` in the model's order"
            ));
        }
        (None, None) => {
            return Err(format!(
                "it names none of its {classes} classes: add `labels = [...]` with their names in the model's order"
            ));
        }
    };
    if labels.len() == classes {
        Ok(labels)
    } else {
        let names = labels.iter().take(8).map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        Err(format!(
            "{} labels ({names}) for outputs of {classes} classes; outputs with masks, keypoints or angles are not known",
            labels.len()
        ))
    }
}

impl Predictor for OnnxModel {
    fn card(&self) -> ModelCard {
        let settings = [
            ("revision", json!(REVISION)),
            ("engine", json!(self.engine.name())),
            ("decoder", json!(self.decoder.entry().name)),
            ("input_size", json!([self.input.width, self.input.height])),
            ("preprocessing", json!(self.preprocessing)),
            ("labels", json!(self.labels)),
            ("confidence", json!(self.confidence)),
            ("iou", json!(self.iou)),
            ("max_detections", json!(self.max_detections)),
        ];
        let settings: BTreeMap<String, _> = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        ModelCard { kind: KIND.to_owned(), digest: self.digest.clone(), settings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Labels(&self.labels)
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let picture = frame.pixels()?;
        let size = Size { width: picture.width(), height: picture.height() };
        let fit = Fit::new(self.preprocessing.placement, size, self.input);
        let input = self.preprocessing.tensor(picture, self.input, &fit);
        let outputs = self.engine.run_until(input, stop)?;
        self.detections(&outputs, &fit, size, categories)
    }
}

impl OnnxModel {
    fn detections(
        &self,
        outputs: &[Tensor],
        fit: &Fit,
        size: Size,
        categories: &CategoryMap,
    ) -> Result<Vec<Detection>, PredictError> {
        let names = self.engine.signature().outputs.iter().map(String::as_str);
        let named: Vec<(&str, &Tensor)> = names.zip(outputs).collect();
        if let Some((name, _)) = named.iter().find(|(_, tensor)| tensor.data.iter().any(|value| value.is_nan())) {
            return Err(PredictError::NonFinite(format!("output `{name}` holds NaN")));
        }
        let candidates = self.decoder.decode(&named, self.input, self.confidence as f32);
        let kept = suppress(candidates, Some(self.iou as f32), self.max_detections);
        let mut detections = Vec::with_capacity(kept.len());
        for candidate in kept {
            let bbox = fit.undo(candidate.corners, size);
            if !bbox.is_finite() || !(0.0..=1.0).contains(&candidate.score) {
                let message = format!("a box has score {}, not 0..1 (is an activation missing?)", candidate.score);
                return Err(PredictError::NonFinite(message));
            }
            // Classes that the dataset does not have cannot be scored.
            let Some(category_id) = categories.id(candidate.label) else { continue };
            detections.push(Detection { category_id, bbox, score: f64::from(candidate.score) });
        }
        Ok(detections)
    }
}
