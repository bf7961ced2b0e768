//! Whether two engines agree on a model: a few frames through both, raw outputs and answers side by side.

use std::sync::atomic::AtomicBool;

use super::chosen;
use super::engine::Tensor;
use super::engines::{EngineKind, EngineOptions};
use super::model_file::ModelFile;
use super::predictor::OnnxModel;
use super::rten_engine;
use crate::detection::Detection;
use crate::predict::{Agreement, Apart, CategoryMap, Frame, PredictError, Variables};
use crate::stopwatch::Stopwatch;

impl OnnxModel {
    /// The same on the other engine; `None` where there is no other one.
    fn on_the_other_engine(&self, variables: Variables<'_>) -> Option<Result<Self, String>> {
        let source = self.source.as_ref()?;
        let is_embedded = self.engine.name() == rten_engine::NAME;
        let options = if is_embedded {
            EngineOptions { kind: EngineKind::Onnxruntime, ..source.engine.clone() }
        } else {
            EngineOptions { kind: EngineKind::Rten, library: None, providers: Vec::new() }
        };
        let opened = ModelFile::read(&source.path).and_then(|file| {
            if self.digest != Some(file.digest) {
                return Err("it was changed since it was opened".to_owned());
            }
            let engine = options.open(file, variables)?;
            match &self.outputs {
                Some(names) => chosen::named(engine, names),
                None => Ok(engine),
            }
        });
        Some(opened.map(|engine| Self { engine: engine.into(), ..self.clone() }))
    }

    /// What both engines say of `frames`.
    pub(super) fn agreement_of_engines(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        variables: Variables<'_>,
    ) -> Option<Result<Agreement, String>> {
        let other = match self.on_the_other_engine(variables)? {
            Ok(other) => other,
            Err(why) => return Some(Err(why)),
        };
        Some(self.compared(&other, frames, categories).map_err(|error| error.to_string()))
    }

    fn compared(
        &self,
        other: &Self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
    ) -> Result<Agreement, PredictError> {
        let names = &self.engine.signature().outputs;
        let mut outputs: Vec<(String, Apart)> = names.iter().map(|name| (name.clone(), Apart::default())).collect();
        let (mut answers, mut scores, mut unpaired) = (Apart::default(), Apart::default(), 0);
        for frame in frames {
            let (ours, theirs) = (self.raw(frame)?, other.raw(frame)?);
            for (((_, apart), ours), theirs) in outputs.iter_mut().zip(&ours).zip(&theirs) {
                *apart = apart.or(tensors_apart(ours, theirs));
            }
            let found = |model: &Self| -> Result<Vec<Detection>, PredictError> {
                let answers = model.answers(&[*frame], categories, &AtomicBool::new(false), &Stopwatch::default());
                answers.into_iter().next().unwrap_or(Err(PredictError::Interrupted))
            };
            let (sides, score, alone) = detections_apart(&found(self)?, &found(other)?);
            (answers, scores) = (answers.or(sides), scores.or(score));
            unpaired += alone;
        }
        let engines = [self.engine.name().to_owned(), other.engine.name().to_owned()];
        Ok(Agreement { engines, frames: frames.len(), outputs, answers, scores, unpaired })
    }
}

/// How far two outputs are apart.
fn tensors_apart(one: &Tensor, other: &Tensor) -> Apart {
    if one.shape != other.shape {
        return Apart { by: f64::INFINITY, of: 0.0 };
    }
    let differ = |(a, b): (&f32, &f32)| {
        let is_same = (a.is_nan() && b.is_nan()) || a == b;
        if is_same { 0.0 } else { f64::from(a - b).abs() }
    };
    let by = one.data.iter().zip(&other.data).map(differ).map(|by| if by.is_nan() { f64::INFINITY } else { by });
    let of = one.data.iter().map(|value| f64::from(value.abs())).filter(|value| value.is_finite());
    Apart { by: by.fold(0.0, f64::max), of: of.fold(0.0, f64::max) }
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

/// Pixels within which two boxes are one.
const PARTNER: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::BBox;

    #[test]
    fn outputs_are_apart_by_their_largest_difference() {
        let tensor = |data: &[f32]| Tensor { shape: vec![data.len()], data: data.to_vec(), is_integer: false };
        let apart = tensors_apart(&tensor(&[1.0, f32::NAN, -4.0]), &tensor(&[1.5, f32::NAN, -4.0]));
        assert_eq!((apart.by, apart.of), (0.5, 4.0));
        assert_eq!(tensors_apart(&tensor(&[1.0]), &tensor(&[f32::NAN])).by, f64::INFINITY);
        assert_eq!(tensors_apart(&tensor(&[1.0]), &tensor(&[1.0, 2.0])).by, f64::INFINITY);
    }

    #[test]
    fn a_box_of_another_class_is_no_partner() {
        let found =
            |category_id, x, score| Detection { category_id, bbox: BBox { x, y: 0.0, width: 4.0, height: 2.0 }, score };
        let ours = [found(1, 0.0, 0.5), found(2, 9.0, 0.5)];
        let (apart, scores, alone) = detections_apart(&ours, &[found(1, 0.25, 0.75), found(1, 9.0, 0.5)]);
        assert_eq!((apart.by, apart.of, alone), (0.25, 4.0, 2));
        assert_eq!((scores.by, scores.of), (0.25, 0.75));
    }
}
