//! A graph of which some outputs are used: those that the spec names, or all but the maps that exports leave beside the
//! finished boxes.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde_json::Value as Json;

use super::decoders::{self, Decoder, Outputs};
use super::engine::{Engine, EngineError, Input, Signature, Tensor};
use super::listing::Listing;
use crate::detection::Size;
use crate::predict::PredictError;

/// An engine that gives some outputs of another.
pub struct Chosen {
    engine: Box<dyn Engine>,
    /// The positions of these among the other's outputs, in its order.
    kept: Vec<usize>,
    signature: Signature,
}

impl Chosen {
    fn new(engine: Box<dyn Engine>, kept: Vec<usize>) -> Self {
        let all = engine.signature();
        let signature = Signature { outputs: kept.iter().map(|&at| all.outputs[at].clone()).collect(), ..all.clone() };
        Self { engine, kept, signature }
    }
}

impl Engine for Chosen {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn settings(&self) -> BTreeMap<String, Json> {
        self.engine.settings()
    }

    fn listing(&self) -> Option<Listing> {
        self.engine.listing()
    }

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        Ok(of(self.engine.run(inputs)?, &self.kept))
    }

    fn run_until(&self, inputs: Vec<Input>, stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        Ok(of(self.engine.run_until(inputs, stop)?, &self.kept))
    }
}

/// The outputs at `kept`, which rise.
pub fn of(outputs: Vec<Tensor>, kept: &[usize]) -> Vec<Tensor> {
    outputs.into_iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, output)| output).collect()
}

/// The engine with the outputs called `names` alone.
///
/// # Errors
/// It has no output of a name.
pub fn named(engine: Box<dyn Engine>, names: &[String]) -> Result<Box<dyn Engine>, String> {
    let all = &engine.signature().outputs;
    if let Some(unknown) = names.iter().find(|name| !all.contains(name)) {
        let known: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
        return Err(format!("it has no output `{unknown}` that `outputs` names; it has {}", known.join(", ")));
    }
    let kept = (0..all.len()).filter(|&at| names.contains(&all[at])).collect();
    Ok(Box::new(Chosen::new(engine, kept)))
}

/// Dimensions of the maps that detection heads give (picture, channels or anchors, rows, columns, ...).
const MAP: usize = 4;

/// The positions of the outputs without maps, where no layout fits all of them, and one fits the rest: exports in
/// training mode (YOLOv5, YOLOv7, Ultralytics) give the maps that the boxes were made of beside the boxes.
pub fn without_maps(named: &[(&str, &Tensor)], wanted: Option<&'static Decoder>, input: Size) -> Option<Vec<usize>> {
    let fits = |named: &[(&str, &Tensor)]| {
        let outputs = Outputs::new(named);
        let fits = |decoder: &&Decoder| decoder.classes(&outputs, input).is_some();
        wanted.as_ref().map_or_else(|| decoders::ALL.iter().any(fits), fits)
    };
    let kept: Vec<usize> = (0..named.len()).filter(|&at| named[at].1.shape.len() < MAP).collect();
    let rest: Vec<(&str, &Tensor)> = kept.iter().map(|&at| named[at]).collect();
    (kept.len() < named.len() && !fits(named) && fits(&rest)).then_some(kept)
}

/// The engine with the outputs at `kept` alone.
pub fn at(engine: Box<dyn Engine>, kept: Vec<usize>) -> Box<dyn Engine> {
    Box::new(Chosen::new(engine, kept))
}
