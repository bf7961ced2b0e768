//! Frames to answers: pictures made ready, run in batches, and boxes brought back to the pictures.

use std::sync::atomic::{AtomicBool, Ordering};

use super::activation::Activation;
use super::batch::split;
use super::decoders::{Decode, Outputs};
use super::engine::Tensor;
use super::inputs::InputSize;
use super::listed::{dense, needs_all};
use super::listing::ListedClass;
use super::model::{Network, no_batch};
use super::nms::{Candidate, suppress};
use super::preprocess::{Fit, Preprocessing};
use crate::answer::{Answer, ClassScore, ScoredClass, Scores, ScoresError, merged};
use crate::detection::{Detection, Shape, Size};
use crate::predict::found::share;
use crate::predict::{CategoryMap, Frame, PredictError};
use crate::stopwatch::{Phase, Stopwatch};

/// A picture made ready for the network.
struct Ready {
    planes: Vec<f32>,
    fit: Fit,
    picture: Size,
    input: Size,
}

impl Network {
    /// The answers to `frames`, as [`Predictor::predict`] gives them one by one.
    ///
    /// [`Predictor::predict`]: crate::predict::Predictor::predict
    pub fn answers(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<Result<Answer, PredictError>> {
        let answer = |chunk: &[&Frame<'_>]| {
            if stop.load(Ordering::Relaxed) {
                chunk.iter().map(|_| Err(PredictError::Interrupted)).collect()
            } else {
                self.answer(chunk, categories, stop, watch)
            }
        };
        frames.chunks(self.batch).flat_map(answer).collect()
    }

    /// The answer to one frame.
    ///
    /// # Errors
    /// The picture cannot be had, the graph does not run, or `stop` was set.
    pub fn answer_one(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Answer, PredictError> {
        let answers = self.answers(&[frame], categories, stop, &Stopwatch::default());
        answers.into_iter().next().unwrap_or(Err(PredictError::Interrupted))
    }

    /// Answers up to a batch of frames. Pictures of another size than the first go into a call of their own.
    fn answer(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<Result<Answer, PredictError>> {
        let mut answers: Vec<Option<Result<Answer, PredictError>>> = frames.iter().map(|_| None).collect();
        let mut waiting: Vec<(usize, Ready)> = Vec::new();
        for (at, frame) in frames.iter().enumerate() {
            match self.ready(frame, watch) {
                Ok(ready) => waiting.push((at, ready)),
                Err(error) => answers[at] = Some(Err(error)),
            }
        }
        while let Some(size) = waiting.first().map(|(_, ready)| ready.input) {
            let (now, later) = waiting.into_iter().partition(|(_, ready)| ready.input == size);
            waiting = later;
            for (at, answer) in self.call(now, size, categories, stop, watch) {
                answers[at] = Some(answer);
            }
        }
        answers.into_iter().flatten().collect()
    }

    /// The graph's outputs for one frame; a graph of a fixed batch is given it as often as it takes.
    ///
    /// # Errors
    /// The picture cannot be had, or the graph does not run.
    pub fn raw(&self, frame: &Frame<'_>) -> Result<Vec<Tensor>, PredictError> {
        let ready = self.ready(frame, &Stopwatch::default())?;
        let planes = vec![ready.planes; self.inputs.batch.unwrap_or(1)];
        self.engine.run_until(self.inputs.of(planes, ready.input), &AtomicBool::new(false))
    }

    fn ready(&self, frame: &Frame<'_>, watch: &Stopwatch<'_>) -> Result<Ready, PredictError> {
        let pixels = frame.pixels()?;
        let picture = Size { width: pixels.width(), height: pixels.height() };
        let input = match self.inputs.size {
            InputSize::Fixed(size) => size,
            InputSize::Picture => picture,
        };
        // A view is what the model would cut out of a photo: of that nothing is to be cut a second time (figures of ImageNet-C
        // whose crops of 224 pixels are made 256 again are another's).
        let is_view = frame.image.framing.is_some_and(|framing| framing.view.is_some());
        let short_side = self.preprocessing.short_side.filter(|_| !is_view);
        let fit = Fit::new(&Preprocessing { short_side, ..self.preprocessing }, picture, input);
        let planes =
            watch.time(Phase::Preprocess, || self.preprocessing.planes(pixels, input, &fit, self.inputs.channels));
        Ok(Ready { planes, fit, picture, input })
    }

    /// One call of the engine. A graph of a fixed batch is filled up with the last picture.
    fn call(
        &self,
        frames: Vec<(usize, Ready)>,
        input: Size,
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<(usize, Result<Answer, PredictError>)> {
        let (places, frames): (Vec<usize>, Vec<Ready>) = frames.into_iter().unzip();
        let (mut planes, places_of): (Vec<Vec<f32>>, Vec<(Fit, Size)>) =
            frames.into_iter().map(|ready| (ready.planes, (ready.fit, ready.picture))).unzip();
        let pictures = self.inputs.batch.unwrap_or(planes.len());
        let last = planes.last().cloned().unwrap_or_default();
        planes.resize(pictures, last);
        let inputs = watch.time(Phase::Preprocess, || self.inputs.of(planes, input));
        let outputs = watch.time(Phase::Inference, || self.engine.run_until(inputs, stop));
        let apart = |at| PredictError::Inference(no_batch(self.engine.as_ref(), at, pictures));
        let parts = outputs.and_then(|outputs| split(outputs, pictures).map_err(apart));
        match parts {
            Ok(parts) => {
                let decode = |(outputs, (fit, picture)): (&Vec<Tensor>, &(Fit, Size))| {
                    watch.time(Phase::Decode, || self.decoded(outputs, fit, input, *picture, categories))
                };
                places.into_iter().zip(parts.iter().zip(&places_of).map(decode)).collect()
            }
            Err(error) => places.into_iter().map(|at| (at, Err(error.clone()))).collect(),
        }
    }

    /// What the outputs for one picture say.
    fn decoded(
        &self,
        outputs: &[Tensor],
        fit: &Fit,
        input: Size,
        picture: Size,
        categories: &CategoryMap,
    ) -> Result<Answer, PredictError> {
        let names = self.engine.signature().outputs.iter().map(String::as_str);
        let named: Vec<(&str, &Tensor)> = names.zip(outputs).collect();
        if let Some((name, _)) = named.iter().find(|(_, tensor)| tensor.has_nan()) {
            return Err(PredictError::NonFinite(format!("output `{name}` holds NaN")));
        }
        let outputs = Outputs::new(&named);
        if self.decoder.classes(&outputs, input).is_none() {
            let message = format!("its outputs are not of the layout `{}` any more", self.decoder.entry.name);
            return Err(PredictError::Inference(message));
        }
        match self.decoder.decode {
            Decode::Objects(decode) => {
                let candidates = decode(&outputs, input, self.confidence as f32);
                self.objects(candidates, fit, picture, categories).map(Answer::Objects)
            }
            Decode::Scores(answer) => match answer(&outputs) {
                Some(answer) => self.scores(&answer.data, categories).map(Answer::Scores),
                None => Err(PredictError::Inference("it has no output with a score for each class".to_owned())),
            },
            Decode::Listed(listed) => self.best(listed(&outputs), categories).map(Answer::Scores),
        }
    }

    /// The scores of all classes, with the dataset's categories for those that it has.
    fn scores(&self, outputs: &[f32], categories: &CategoryMap) -> Result<Scores, PredictError> {
        let activation = self.activation.unwrap_or(Activation::None);
        let probabilities = activation.probabilities(outputs);
        let expected = self.classes.first + self.classes.names.len();
        if probabilities.len() != expected {
            let message = format!("it gave {} scores, but it has {expected} classes", probabilities.len());
            return Err(PredictError::Inference(message));
        }
        let scored = |(label, score): (usize, f64)| ClassScore { class: self.class(label, categories), score };
        let scored = probabilities.into_iter().enumerate().map(scored).collect();
        Scores::of_all(merged(scored)).map_err(|error| match error {
            ScoresError::NonFinite => PredictError::NonFinite(error.to_string()),
            ScoresError::Empty | ScoresError::OutOfRange(_) | ScoresError::Sum(_) | ScoresError::AllEqual(_) => {
                PredictError::Inference(error.to_string())
            }
        })
    }

    /// The dataset's category for a number of the network's; one that it does not have keeps its number.
    fn class(&self, label: usize, categories: &CategoryMap) -> ScoredClass {
        let category = self.classes.position(label).ok().flatten().and_then(|position| categories.id(position));
        category.map_or(ScoredClass::Other(label as u64), ScoredClass::Category)
    }

    /// The answer in a list of classes, with the dataset's categories for those that it has.
    ///
    /// # Errors
    /// A class is listed twice or has no name, or the scores are no probabilities.
    fn best(&self, mut listed: Vec<ListedClass>, categories: &CategoryMap) -> Result<Scores, PredictError> {
        let failed = |what: String| Err(PredictError::Inference(what));
        let classes = self.classes.first + self.classes.names.len();
        // Of equal scores the lower number is the better, in whatever order a server sorts them.
        listed.sort_by_key(|one| one.number);
        if let Some(pair) = listed.windows(2).find(|pair| pair[0].number == pair[1].number) {
            return failed(format!("the answer tells class {} twice", pair[0].number));
        }
        if let Some(beyond) = listed.iter().find(|one| one.number >= classes) {
            return failed(format!(
                "the answer has class {}, but its {classes} classes are 0 to {}: list all of them in `labels`, in the \
                 model's order",
                beyond.number,
                classes.saturating_sub(1)
            ));
        }
        if let Some(all) = dense(&listed, classes) {
            return self.scores(&all.data, categories);
        }
        if self.activation.is_some_and(|activation| activation != Activation::None) {
            return failed(needs_all(classes));
        }
        let scored =
            |one: &ListedClass| ClassScore { class: self.class(one.number, categories), score: one.score.into() };
        Scores::of_best(merged(listed.iter().map(scored).collect())).map_err(|error| match error {
            ScoresError::NonFinite => PredictError::NonFinite(error.to_string()),
            _ => PredictError::Inference(error.to_string()),
        })
    }

    /// Candidates thinned out, and brought back to the picture and its dataset.
    fn objects(
        &self,
        candidates: Vec<Candidate>,
        fit: &Fit,
        picture: Size,
        categories: &CategoryMap,
    ) -> Result<Vec<Detection>, PredictError> {
        // Before classes that the dataset does not have are left out: the cap is on all that the network finds, as in
        // the code of its family.
        let kept = suppress(candidates, self.iou.map(|iou| iou as f32), self.max_detections);
        let mut detections = Vec::with_capacity(kept.len());
        for candidate in kept {
            let bbox = fit.undo(candidate.corners, picture);
            let Some(score) = share(f64::from(candidate.score)).filter(|_| bbox.is_finite()) else {
                let message = format!("a box has score {}, not 0..1 (is an activation missing?)", candidate.score);
                return Err(PredictError::NonFinite(message));
            };
            let position = self.classes.position(candidate.label).map_err(PredictError::Inference)?;
            // Classes that the dataset does not have cannot be scored.
            let Some(category_id) = position.and_then(|position| categories.id(position)) else { continue };
            detections.push(Detection { category_id, bbox, shape: Shape::Box, score });
        }
        Ok(detections)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::{Path, PathBuf};

    use image::{Rgb, RgbImage};

    use super::super::options::NetworkOptions;
    use super::*;
    use crate::condition::Condition;
    use crate::detection::ImageRecord;
    use crate::predict::graph::{EngineKind, open};
    use crate::task::Task;

    /// The model of `.ci/make_models.py` whose batch axis is free.
    fn network(batch: usize) -> Network {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models/family_yolov8.onnx");
        Network::over(
            open(EngineKind::Rten, &file, &|_| None).unwrap(),
            Task::Detect,
            NetworkOptions { batch, ..NetworkOptions::unsaid() },
        )
        .unwrap()
    }

    #[test]
    fn a_batch_of_frames_is_answered_as_each_alone() {
        let pictures: Vec<RgbImage> = [(204, 64), (180, 64), (90, 48), (255, 64), (204, 64)]
            .map(|(red, width)| RgbImage::from_pixel(width, 32, Rgb([red, 102, 51])))
            .to_vec();
        let records: Vec<ImageRecord> = pictures
            .iter()
            .map(|picture| ImageRecord {
                id: 1,
                file_name: "a.png".to_owned(),
                path: PathBuf::new(),
                width: picture.width(),
                height: 32,
                framing: None,
            })
            .collect();
        let frame = |(record, picture)| Frame::new("d", record, &Condition::Clean, move || Ok(Cow::Borrowed(picture)));
        let frames: Vec<Frame<'_>> = records.iter().zip(&pictures).map(frame).collect();
        let frames: Vec<&Frame<'_>> = frames.iter().collect();
        let categories = CategoryMap::ByLabel(vec![Some(1), Some(2)]);
        let answers = |batch: usize| -> Vec<Answer> {
            let model = network(batch);
            let answers = model.answers(&frames, &categories, &AtomicBool::new(false), &Stopwatch::default());
            answers.into_iter().map(Result::unwrap).collect()
        };
        let alone = answers(1);
        assert_eq!(alone.len(), 5);
        assert_ne!(alone[0], alone[1]);
        assert_eq!(alone, answers(3));
        let model = network(2);
        let stopped = model.answers(&frames, &categories, &AtomicBool::new(true), &Stopwatch::default());
        assert!(stopped.len() == 5 && stopped.iter().all(|answer| matches!(answer, Err(PredictError::Interrupted))));
    }
}
