//! Whether two engines agree on a model: a few frames through both, raw outputs and answers side by side.

use std::sync::atomic::AtomicBool;

use super::engines::{EngineKind, EngineOptions};
use super::model_file::ModelFile;
use super::onnxruntime_engine::Asked;
use super::predictor::OnnxModel;
use super::rten_engine;
use crate::answer::{Answer, Scores};
use crate::detection::Detection;
use crate::predict::network::Network;
use crate::predict::{Agreement, AgreementError, Apart, CategoryMap, Frame, PredictError, Variables};

impl OnnxModel {
    /// The same network on the other engine.
    fn on_the_other_engine(&self, variables: Variables<'_>) -> Result<Network, AgreementError> {
        let is_embedded = self.network.engine().name() == rten_engine::NAME;
        let options = if is_embedded {
            EngineOptions { kind: EngineKind::Onnxruntime, ..self.engine.clone() }
        } else {
            EngineOptions { kind: EngineKind::Rten, library: None, asked: Asked::default() }
        };
        let file = ModelFile::read(&self.path).map_err(AgreementError::Other)?;
        if file.digest != self.digest {
            return Err(AgreementError::Changed);
        }
        let engine = options.open(file, variables).map_err(|error| AgreementError::Other(error.to_string()))?;
        self.network.on(engine).map_err(|error| AgreementError::Other(error.to_string()))
    }

    /// What both engines say of `frames`.
    pub(super) fn agreement_of_engines(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        variables: Variables<'_>,
    ) -> Result<Agreement, AgreementError> {
        let other = self.on_the_other_engine(variables)?;
        Ok(compared([&self.network, &other], frames, categories)?)
    }
}

/// What two networks of one graph say of `frames`.
fn compared(
    networks: [&Network; 2],
    frames: &[&Frame<'_>],
    categories: &CategoryMap,
) -> Result<Agreement, PredictError> {
    let names = &networks[0].engine().signature().outputs;
    let mut outputs: Vec<(String, Apart)> = names.iter().map(|name| (name.clone(), Apart::default())).collect();
    let (mut answers, mut scores, mut unpaired) = (Apart::default(), Apart::default(), 0);
    for frame in frames {
        let [ours, theirs] = networks.map(|network| network.raw(frame));
        for (((_, apart), ours), theirs) in outputs.iter_mut().zip(&ours?).zip(&theirs?) {
            *apart = apart.or(ours.apart(theirs));
        }
        let [ours, theirs] = networks.map(|network| network.answer_one(frame, categories, &AtomicBool::new(false)));
        let (sides, score, alone) = match (ours?, theirs?) {
            (Answer::Objects(ours), Answer::Objects(theirs)) => detections_apart(&ours, &theirs),
            (Answer::Scores(ours), Answer::Scores(theirs)) => scores_apart(&ours, &theirs),
            (Answer::Objects(ours), Answer::Scores(_)) => (Apart::default(), Apart::default(), ours.len() + 1),
            (Answer::Scores(_), Answer::Objects(theirs)) => (Apart::default(), Apart::default(), theirs.len() + 1),
        };
        (answers, scores) = (answers.or(sides), scores.or(score));
        unpaired += alone;
    }
    let engines = networks.map(|network| network.engine().name().to_owned());
    Ok(Agreement { engines, frames: frames.len(), outputs, answers, scores, unpaired })
}

/// How far boxes of one class that lie upon each other are apart in pixels and in score, and how many have no partner.
fn detections_apart(ours: &[Detection], theirs: &[Detection]) -> (Apart, Apart, usize) {
    let mut rest: Vec<&Detection> = theirs.iter().collect();
    let (mut apart, mut scores, mut alone) = (Apart::default(), Apart::default(), 0);
    for one in ours {
        let away = |other: &Detection| {
            let (a, b) = (one.bbox, other.bbox);
            let sides = [a.x - b.x, a.y - b.y, a.width - b.width, a.height - b.height];
            sides.into_iter().map(f64::abs).fold(0.0, f64::max)
        };
        let same = rest.iter().enumerate().filter(|(_, other)| other.category_id == one.category_id);
        let nearest = same.map(|(at, other)| (away(other), at)).min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest.filter(|(by, _)| *by <= PARTNER) {
            Some((by, at)) => {
                let other = rest.swap_remove(at);
                let score = Apart { by: (one.score - other.score).abs(), of: one.score.max(other.score) };
                scores = scores.or(score);
                apart = apart.or(Apart { by, of: one.bbox.width.max(one.bbox.height) });
            }
            None => alone += 1,
        }
    }
    (apart, scores, alone + rest.len())
}

/// How far the scores of classes are apart, and how many classes one of both does not have among the best. Classes have no
/// sides.
fn scores_apart(ours: &Scores, theirs: &Scores) -> (Apart, Apart, usize) {
    let (mut scores, mut alone) = (Apart::default(), 0);
    for one in ours.best() {
        match theirs.best().iter().find(|other| other.class == one.class) {
            Some(other) => {
                scores = scores.or(Apart { by: (one.score - other.score).abs(), of: one.score.max(other.score) });
            }
            None => alone += 1,
        }
    }
    (Apart::default(), scores, alone)
}

/// Pixels within which two boxes are one.
const PARTNER: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Shape};
    use crate::predict::network::Tensor;

    #[test]
    fn outputs_are_apart_by_their_largest_difference() {
        let tensor = |data: &[f32]| Tensor { shape: vec![data.len()], data: data.to_vec(), is_integer: false };
        let apart = tensor(&[1.0, f32::NAN, -4.0]).apart(&tensor(&[1.5, f32::NAN, -4.0]));
        assert_eq!((apart.by, apart.of), (0.5, 4.0));
        assert_eq!(tensor(&[1.0]).apart(&tensor(&[f32::NAN])).by, f64::INFINITY);
        assert_eq!(tensor(&[1.0]).apart(&tensor(&[1.0, 2.0])).by, f64::INFINITY);
    }

    #[test]
    fn a_box_of_another_class_is_no_partner() {
        let found = |category_id, x, score| Detection {
            category_id,
            bbox: BBox { x, y: 0.0, width: 4.0, height: 2.0 },
            shape: Shape::Box,
            score,
        };
        let ours = [found(1, 0.0, 0.5), found(2, 9.0, 0.5)];
        let (apart, scores, alone) = detections_apart(&ours, &[found(1, 0.25, 0.75), found(1, 9.0, 0.5)]);
        assert_eq!((apart.by, apart.of, alone), (0.25, 4.0, 2));
        assert_eq!((scores.by, scores.of), (0.25, 0.75));
    }
}
