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
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    use image::{Rgb, RgbImage};

    use super::super::families::Family;
    use super::super::options::{Labels, NetworkOptions};
    use super::super::overrides::Overrides;
    use super::super::preprocess::Placement;
    use super::*;
    use crate::condition::Condition;
    use crate::detection::ImageRecord;
    use crate::filter::Filter;
    use crate::framing::{Framing, View};
    use crate::predict::graph::{EngineKind, open};
    use crate::task::Task;

    /// The model of `.ci/make_models.py` whose batch axis is free.
    fn network(batch: usize) -> Network {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models/family_yolov8.onnx");
        Network::over(open(EngineKind::Rten, &file, &|_| None).unwrap(), Task::Detect, reading(batch)).unwrap()
    }

    /// Nothing said.
    fn reading(batch: usize) -> NetworkOptions {
        NetworkOptions {
            decoder: None,
            outputs: None,
            labels: None,
            rename: BTreeMap::new(),
            first_label: None,
            input_size: None,
            layout: None,
            batch,
            overrides: Overrides::default(),
            activation: None,
            confidence: None,
            iou: None,
            max_detections: None,
        }
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

    /// The picture of `.ci/make_classifiers.py`.
    fn drawn(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([0, 1, 2].map(|c| {
                let rough = x * x * 7 + y * 13 * x + c * 101 + (x ^ y) * 29;
                let smooth = x * 3 + y * 5 + c * 40;
                ((if x * 2 < width { rough } else { smooth }) % 256) as u8
            }))
        })
    }

    fn classifier(
        name: &str,
        family: Option<Family>,
        said: impl FnOnce(&mut NetworkOptions),
    ) -> Result<Network, String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/models/classify_{name}.onnx"));
        let mut reading = reading(1);
        reading.overrides.family = family;
        said(&mut reading);
        let engine = open(EngineKind::Rten, &file, &|_| None).unwrap();
        Network::over(engine, Task::Classify, reading).map_err(|error| error.to_string())
    }

    fn named(names: &[&str]) -> Labels {
        let names = names.iter().map(ToString::to_string).collect();
        Labels { names, is_by_id: false, is_of_file: false }
    }

    const NAMES: [&str; 5] = ["ant", "bee", "cat", "dog", "elk"];

    /// Pillow and onnxruntime, by `.ci/make_classifiers.py`: crops, filters, values, layouts and activations of families.
    #[test]
    fn classifiers_answer_as_their_libraries_do_with_onnxruntime() {
        let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
        let models = [
            ("logits", classifier("logits", Some(Family::Torchvision), five)),
            ("softmax", classifier("softmax", None, |_| {})),
            (
                "background",
                classifier("background", Some(Family::TfSlim), |options| {
                    (options.labels, options.first_label) = (Some(named(&NAMES)), Some(1));
                }),
            ),
            ("steps", classifier("steps", Some(Family::Timm), five)),
            ("helped", classifier("helped", Some(Family::HfVit), five)),
            (
                "sigmoid",
                classifier("sigmoid", Some(Family::Timm), |options| {
                    (options.labels, options.activation) = (Some(named(&NAMES)), Some(Activation::Normalize));
                }),
            ),
            (
                "second",
                classifier("second", Some(Family::Torchvision), |options| {
                    (options.labels, options.activation) = (Some(named(&NAMES[..2])), Some(Activation::Sigmoid));
                }),
            ),
            ("bytes", classifier("bytes", Some(Family::TfSlim), five)),
        ];
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/golden/classifiers.json");
        let golden: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(golden.len(), 4 * models.len());
        for case in golden {
            let model = models.iter().find(|(name, _)| case["model"] == **name).unwrap().1.as_ref().unwrap();
            let side = |at: usize| u32::try_from(case["size"][at].as_u64().unwrap()).unwrap();
            let answer = answer_of(model, &drawn(side(0), side(1))).unwrap();
            let right: Vec<f64> = case["scores"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
            // Categories are numbered from 100, in the order of names; the background has none.
            let first = model.classes.first;
            let class = |at: usize| match at.checked_sub(first) {
                Some(position) => ScoredClass::Category(100 + position as u64),
                None => ScoredClass::Other(at as u64),
            };
            // Of equal scores the lower output first.
            let mut order: Vec<usize> = (0..right.len()).collect();
            order.sort_by(|&a, &b| right[b].total_cmp(&right[a]));
            let wanted: Vec<ScoredClass> = order.iter().map(|&at| class(at)).collect();
            let given: Vec<ScoredClass> = answer.best().iter().map(|one| one.class).collect();
            assert_eq!(given, wanted, "{case}");
            for (one, at) in answer.best().iter().zip(order) {
                assert!((one.score - right[at]).abs() < 1e-6, "{case}: {one:?}");
            }
        }
    }

    fn answer_of(model: &Network, picture: &RgbImage) -> Result<Scores, PredictError> {
        framed_answer(model, picture, None)
    }

    fn framed_answer(model: &Network, picture: &RgbImage, framing: Option<Framing>) -> Result<Scores, PredictError> {
        let (width, height) = picture.dimensions();
        let record = ImageRecord { id: 1, file_name: "a.png".to_owned(), path: PathBuf::new(), width, height, framing };
        let frame = Frame::new("d", &record, &Condition::Clean, || Ok(Cow::Borrowed(picture)));
        let categories = CategoryMap::ByLabel((0..5).map(|position| Some(100 + position)).collect());
        match model.answer_one(&frame, &categories, &AtomicBool::new(false))? {
            Answer::Scores(scores) => Ok(scores),
            Answer::Objects(_) => panic!("a classifier finds no objects"),
        }
    }

    #[test]
    fn nothing_is_cut_out_of_a_view_a_second_time() {
        let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
        let cutting = classifier("logits", Some(Family::Torchvision), five).unwrap();
        let stretching = classifier("logits", Some(Family::Torchvision), |options| {
            five(options);
            options.overrides.placement = Some(Placement::Stretch);
        });
        let InputSize::Fixed(input) = cutting.inputs.size else { panic!("its input has a size") };
        let picture = drawn(input.width, input.height);
        let view = View { resize: 2 * input.width, crop: input.width, filter: Filter::Bilinear };
        let framing = Framing { whole: Size { width: 900, height: 700 }, cut: None, view: Some(view) };
        let of = |model: &Network, framing: Option<Framing>| framed_answer(model, &picture, framing).unwrap();
        let whole = of(&stretching.unwrap(), None);
        assert_eq!(of(&cutting, Some(framing)), whole);
        assert_ne!(of(&cutting, None), whole);
    }

    #[test]
    fn a_classifier_is_asked_about_what_it_does_not_show() {
        let told = |made: Result<Network, String>| made.err().unwrap();
        let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
        assert!(told(classifier("logits", None, five)).contains("add `preprocess`"));
        assert!(told(classifier("logits", Some(Family::Timm), |_| {})).contains("names none of its 5 classes"));
        assert!(told(classifier("sigmoid", Some(Family::Timm), five)).contains("say what they are by `activation`"));
        assert!(told(classifier("background", Some(Family::TfSlim), five)).contains("add `first_label = 1`"));
        let floor = |options: &mut NetworkOptions| options.confidence = Some(0.5);
        assert!(told(classifier("logits", Some(Family::Timm), floor)).contains("`confidence` is for detectors"));
    }

    #[test]
    fn networks_of_another_task_are_refused_by_name() {
        let opened = |name: &str, task: Task, decoder: Option<&'static str>| {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/models/{name}.onnx"));
            let mut reading = reading(1);
            reading.labels = Some(named(&NAMES));
            reading.decoder = decoder.map(|name| crate::entry::find(super::super::decoders::ALL, name).unwrap());
            let engine = open(EngineKind::Rten, &file, &|_| None).unwrap();
            Network::over(engine, task, reading).err().unwrap().to_string()
        };
        let said = opened("family_yolov8", Task::Classify, None);
        assert!(said.contains("its file says that its task is `detect`") && said.contains("`classify`"), "{said}");
        let detector = opened("family_torchvision", Task::Classify, None);
        assert!(detector.contains("no known layout of classifiers. They look like `torchvision`"), "{detector}");
        let classifier = opened("classify_logits", Task::Detect, None);
        assert!(
            classifier.contains("They look like `classifier`: of a network of the task `classify`"),
            "{classifier}"
        );
        let said = opened("classify_softmax", Task::Detect, None);
        assert!(
            said.contains("its file says that its task is `classify`") && said.contains("a spec of its own"),
            "{said}"
        );
        let named = opened("classify_logits", Task::Classify, Some("yolov8"));
        assert!(
            named.contains("`decoder = \"yolov8\"` is of detectors") && named.contains("one of `classifier`"),
            "{named}"
        );
        let forced = opened("family_yolov8", Task::Detect, Some("classifier"));
        assert!(forced.contains("`decoder = \"classifier\"` is of classifiers (`task = \"classify\"`)"), "{forced}");
    }
}
