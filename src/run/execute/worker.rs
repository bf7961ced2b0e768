//! A worker: one image under every condition, answered from the store or by the models.

use std::cell::{OnceCell, RefCell};
use std::sync::atomic::{AtomicBool, Ordering};

use image::RgbImage;

use super::found::Found;
use super::image_file::ImageFile;
use super::kept::Waiting;
use super::outcome::{CellAnswer, ImageOutcome};
use super::shared::{ConditionCells, Shared};
use super::unanswered::Unanswered;
use crate::detection::{BBox, ImageRecord};
use crate::packed::Packed;
use crate::position::{CellAt, ConditionAt, DatasetAt, ModelAt};
use crate::predict::{Frame, FrameError, PredictError, Predictor};
use crate::slice::Look;
use crate::stopwatch::{Phase, Stopwatch};
use crate::store::KeptAnswer;

/// Answers one image.
pub struct Worker<'a> {
    /// What all workers share.
    pub shared: &'a Shared<'a>,
    /// Position in the plan.
    pub dataset: DatasetAt,
    /// Which of the dataset's images that are asked about it is.
    pub order: usize,
    /// The image.
    pub image: &'a ImageRecord,
    /// The boxes of its labelled objects.
    pub objects: Vec<BBox>,
    /// Set once an image of the dataset has turned out unusable: no figure can come of the dataset any more, so the
    /// rest is only looked through for more such images.
    pub broken: &'a AtomicBool,
    /// Its answers that are not in the store yet.
    pub waiting: RefCell<Waiting>,
}

/// Why work on an image ends early.
enum End {
    /// The image cannot be used.
    Unusable(FrameError),
    /// The run is to end.
    Interrupted,
}

impl From<FrameError> for End {
    fn from(error: FrameError) -> Self {
        Self::Unusable(error)
    }
}

/// The image file, read and decoded at most once.
struct CleanPicture<'a> {
    image: &'a ImageRecord,
    watch: &'a Stopwatch<'a>,
    file: OnceCell<Result<ImageFile, FrameError>>,
    pixels: OnceCell<Result<RgbImage, FrameError>>,
}

impl CleanPicture<'_> {
    fn file(&self) -> Result<&ImageFile, FrameError> {
        let read = || self.watch.time(Phase::Read, || ImageFile::read(self.image));
        self.file.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    fn pixels(&self) -> Result<&RgbImage, FrameError> {
        let decode = || {
            let file = self.file()?;
            self.watch.time(Phase::Read, || file.decode(self.image))
        };
        self.pixels.get_or_init(decode).as_ref().map_err(Clone::clone)
    }
}

impl Worker<'_> {
    /// Answers every job; `None` if the run ended before that.
    pub fn answer(&self, jobs: &[ConditionCells]) -> Option<ImageOutcome> {
        let announced: usize = jobs.iter().map(|job| job.cells.len()).sum();
        let mut outcome = ImageOutcome::default();
        let watch = &self.shared.watch;
        let picture = CleanPicture { image: self.image, watch, file: OnceCell::new(), pixels: OnceCell::new() };
        let ended = if self.broken.load(Ordering::Relaxed) {
            self.shared.cores.with(|| picture.pixels().map(|_| ())).map_err(End::from)
        } else {
            let together = self.shared.plan.models.iter().filter_map(|model| Some(model.state.as_ref().ok()?.batch()));
            let together = together.max().unwrap_or(1).max(1);
            jobs.chunks(together).try_for_each(|jobs| self.answer_conditions(jobs, &picture, &mut outcome))
        };
        watch.time(Phase::Store, || self.shared.kept.flush(&mut self.waiting.borrow_mut()));
        // Of the models' pictures: a look at one that no model was shown does not make figures another baseline's.
        outcome.digest = picture.file.get().and_then(|file| Some(file.as_ref().ok()?.digest));
        let ended = ended.and_then(|()| Ok(self.look(&picture, &mut outcome)?));
        match ended {
            Ok(()) => {}
            Err(End::Interrupted) => return None,
            Err(End::Unusable(error)) => {
                self.broken.store(true, Ordering::Relaxed);
                outcome.failure = Some(error.to_string());
            }
        }
        self.shared.context.events.dropped(announced - outcome.answers.len());
        Some(outcome)
    }

    /// Looks at the clean image, where somebody asks how it looks.
    fn look(&self, picture: &CleanPicture<'_>, outcome: &mut ImageOutcome) -> Result<(), FrameError> {
        if !self.broken.load(Ordering::Relaxed) && self.shared.plan.needs_looks(self.dataset) {
            let (digest, measure) = (&picture.file()?.digest, || picture.pixels().map(Look::at));
            outcome.look = Some(self.shared.cores.with(|| self.shared.kept.look(digest, measure))?);
        }
        Ok(())
    }

    /// Answers a few conditions: what is not in the store is asked of each model together.
    fn answer_conditions(
        &self,
        jobs: &[ConditionCells],
        picture: &CleanPicture<'_>,
        outcome: &mut ImageOutcome,
    ) -> Result<(), End> {
        let frames: Vec<Frame<'_>> = jobs.iter().map(|job| self.frame(job.condition, picture)).collect();
        let mut open: Vec<(usize, CellAt)> = Vec::new();
        // The store first: what it has needs no pixels.
        for (at, job) in jobs.iter().enumerate() {
            for &cell in &job.cells {
                if let Some(answer) = self.recall(cell, picture)? {
                    self.recalled(job, cell, answer, outcome);
                } else if let Some(reason) = self.unaskable(cell)? {
                    outcome.answers.push(CellAnswer { cell, found: Err(reason.on(self.image)), seconds: 0.0 });
                    self.shared.context.events.dropped(1);
                } else {
                    open.push((at, cell));
                }
            }
        }
        // Pixels are made before any model is asked: all models of a condition share them.
        let is_changed: Vec<bool> = frames
            .iter()
            .enumerate()
            .map(|(at, frame)| {
                let cells: Vec<CellAt> = open.iter().filter(|(of, _)| *of == at).map(|(_, cell)| *cell).collect();
                self.draw(&cells, frame, picture, outcome)
            })
            .collect::<Result<_, _>>()?;
        for (job, _) in jobs.iter().zip(&is_changed).filter(|(_, changed)| **changed) {
            outcome.changed.push(job.condition);
        }
        for (model, planned) in self.shared.plan.models.numbered() {
            let Ok(predictor) = &planned.state else { continue };
            let of_model = |(_, cell): &&(usize, CellAt)| self.shared.plan.cells[*cell].model == model;
            let open: Vec<(usize, CellAt)> = open.iter().filter(of_model).copied().collect();
            for some in open.chunks(predictor.batch().max(1)) {
                self.ask(model, &**predictor, some, &frames, &is_changed, picture, outcome)?;
            }
        }
        Ok(())
    }

    fn frame<'f>(&'f self, condition: ConditionAt, picture: &'f CleanPicture<'_>) -> Frame<'f> {
        let planned = &self.shared.plan.conditions[condition];
        let make = move || {
            let pixels = picture.pixels()?;
            let perturb = || planned.picture(self.shared.plan.seed, self.image, pixels, &self.objects);
            // What is not perturbed takes no time to perturb, however long the clock takes to be read.
            Ok(if planned.is_clean() { perturb() } else { self.shared.watch.time(Phase::Perturb, perturb) })
        };
        Frame::new(&self.shared.plan.datasets[self.dataset].name, self.image, &planned.condition, make)
    }

    /// The answer of a cell that the store has.
    fn recall(&self, cell: CellAt, picture: &CleanPicture<'_>) -> Result<Option<KeptAnswer>, FrameError> {
        if !self.predictor(cell).is_some_and(Predictor::needs_pixels) {
            return Ok(None);
        }
        let digest = &picture.file()?.digest;
        let get = || self.shared.kept.get(cell, self.image, digest, &self.objects);
        Ok(self.shared.watch.time(Phase::Store, get))
    }

    fn recalled(&self, job: &ConditionCells, cell: CellAt, answer: KeptAnswer, outcome: &mut ImageOutcome) {
        let model = self.shared.plan.cells[cell].model;
        self.shared.first_answers[model].hear(self.dataset, self.order, self.image, None);
        if answer.is_changed {
            outcome.changed.push(job.condition);
        }
        outcome.answers.push(CellAnswer { cell, found: Ok(Found::Packed(answer.answer)), seconds: 0.0 });
        self.shared.context.events.predicted(1);
    }

    /// Makes the pixels of a frame if a model of the cells will look at them; whether they differ from the clean ones,
    /// as far as anybody looks.
    fn draw(
        &self,
        cells: &[CellAt],
        frame: &Frame<'_>,
        picture: &CleanPicture<'_>,
        outcome: &mut ImageOutcome,
    ) -> Result<bool, FrameError> {
        if !cells.iter().any(|&cell| self.predictor(cell).is_some_and(Predictor::needs_pixels)) {
            return Ok(!cells.is_empty());
        }
        let (seconds, pixels) = self.shared.cores.with(|| self.timed(|| frame.pixels()));
        outcome.pixels_seconds += seconds;
        let pixels = pixels?;
        Ok(frame.condition.is_clean() || pixels.as_raw() != picture.pixels()?.as_raw())
    }

    /// Asks a model about some frames, and keeps the answers.
    #[expect(clippy::too_many_arguments, reason = "it is the one place where all of them meet")]
    fn ask(
        &self,
        model: ModelAt,
        predictor: &dyn Predictor,
        open: &[(usize, CellAt)],
        frames: &[Frame<'_>],
        is_changed: &[bool],
        picture: &CleanPicture<'_>,
        outcome: &mut ImageOutcome,
    ) -> Result<(), End> {
        if self.shared.context.is_interrupted() {
            return Err(End::Interrupted);
        }
        let asked: Vec<&Frame<'_>> = open.iter().map(|(at, _)| &frames[*at]).collect();
        let categories = &self.shared.plan.cells[open[0].1].categories;
        let (stop, watch) = (self.shared.context.interrupted, &self.shared.watch);
        let model_watch = &self.shared.model_watches[model];
        let call = || self.timed(|| predictor.predict_batch(&asked, categories, stop, model_watch));
        let (seconds, answers) = match &self.shared.waiting[model] {
            Some(waiting) => waiting.with(call),
            None => self.shared.cores.with(call),
        };
        self.shared.context.events.took(model, open.len(), seconds);
        let seconds = seconds / open.len() as f64;
        let mut answers = answers.into_iter();
        for &(at, cell) in open {
            // One answer short, every later image would get its neighbour's.
            let missing = || Err(PredictError::Inference("the model gave fewer answers than frames".to_owned()));
            let answer = answers.next().unwrap_or_else(missing);
            if predictor.needs_pixels() {
                let first = &self.shared.first_answers[model];
                first.hear(self.dataset, self.order, self.image, answer.as_ref().err());
            }
            let found = match answer {
                Err(PredictError::Interrupted) => return Err(End::Interrupted),
                Err(error) => Err(Unanswered::Asked(error).on(self.image)),
                Ok(answer) if predictor.needs_pixels() => {
                    let kept = KeptAnswer { answer: Packed::new(&answer), is_changed: is_changed[at], seconds };
                    let digest = &picture.file()?.digest;
                    let waiting = &mut self.waiting.borrow_mut();
                    let put = || self.shared.kept.put(cell, self.image, digest, &self.objects, &kept, waiting);
                    watch.time(Phase::Store, put);
                    Ok(Found::Packed(kept.answer))
                }
                Ok(answer) => Ok(Found::exact(answer)),
            };
            self.shared.asked[model].fetch_add(usize::from(predictor.needs_pixels()), Ordering::Relaxed);
            outcome.answers.push(CellAnswer { cell, found, seconds });
            self.shared.context.events.predicted(1);
        }
        Ok(())
    }

    /// Why the model of a cell cannot be asked, if so; found out before any pixel is made for it.
    fn unaskable(&self, cell: CellAt) -> Result<Option<Unanswered>, End> {
        let Some(predictor) = self.predictor(cell).filter(|predictor| predictor.needs_pixels()) else {
            return Ok(None);
        };
        if self.shared.context.is_offline {
            return Ok(Some(Unanswered::NotKept));
        }
        let model = self.shared.plan.cells[cell].model;
        if self.shared.first_answers[model].given_up().is_some() {
            return Ok(Some(Unanswered::Unreached));
        }
        let reach = || predictor.reach(self.shared.context.interrupted);
        match self.shared.reached[model].get_or_init(reach) {
            Ok(()) => Ok(None),
            Err(PredictError::Interrupted) => Err(End::Interrupted),
            Err(_) => Ok(Some(Unanswered::Unreached)),
        }
    }

    fn predictor(&self, cell: CellAt) -> Option<&dyn Predictor> {
        self.shared.plan.models[self.shared.plan.cells[cell].model].state.as_deref().ok()
    }

    fn timed<T>(&self, work: impl FnOnce() -> T) -> (f64, T) {
        let clock = self.shared.context.clock;
        let before = clock();
        let result = work();
        (clock().saturating_sub(before).as_secs_f64(), result)
    }
}
