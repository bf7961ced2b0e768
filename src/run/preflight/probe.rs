//! Probe: a few images through every plausible preprocessing of a model, to see which one the labels speak for. The most
//! common cause of a low mAP is a preprocessing that the network was not trained with; a classifier loses as much by names
//! that are one off, which are tried, too. On a few images chance moves AP50 by
//! more than many a preprocessing does: what is told of two is an interval of their difference on the same images, and where
//! that leaves open which is better, more images are taken.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use image::RgbImage;
use rayon::prelude::*;

use crate::answer::{Answer, Scores};
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{Interval, Resamples, Similarity, Unscorable};
use crate::metric::{self, Settings};
use crate::plan::{Cell, Plan};
use crate::predict::{CategoryMap, Frame, FrameError, PredictError, Predictor, Variant};
use crate::run::execute::image_file::decode;
use crate::run::pictures::preview::spread;
use crate::score::{CellData, CellTables, Classes, Content, Objects};
use crate::task::Task;

/// What came of one model on one dataset.
pub struct Probe {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// What the figures are.
    pub figure: &'static str,
    /// How many images were looked at.
    pub images: usize,
    /// The preprocessing of the spec.
    pub configured: Trial,
    /// The others, best first. Those that were left behind on fewer images come last.
    pub others: Vec<Trial>,
    /// How many objects it finds as configured, whatever they are called.
    pub objects: usize,
    /// AP50 as configured with all categories taken as one, where that is much better: boxes are right, and names are not.
    pub as_one: Option<f64>,
}

/// One preprocessing.
pub struct Trial {
    /// The lines that set it in a spec; none for the configured one.
    pub lines: Vec<String>,
    /// AP at IoU 0.5 over all categories on the images, or of classes the share that is right, 0..=1; or why there is none.
    pub found: Result<f64, String>,
    /// On how many images.
    pub images: usize,
    /// By how much its figure is above the configured one's on the same images, with allowance for how many were tried;
    /// `None` of the configured one, and where one of both has no figure.
    pub gain: Option<Interval>,
    /// Whether chance does not tell it from the best one.
    is_as_good: bool,
}

/// How much better another preprocessing must do to be worth a line in a spec, as AP50 or top-1.
const CLEARLY: f64 = 0.02;

/// AP50 from which boxes lie on the objects.
const FITS: f64 = 0.3;

/// Of the figure by whatever name, the share that every preprocessing stays below where names are wrong.
const FAR: f64 = 0.5;

/// Images without which no preprocessing is told to be better: resamples of fewer are too much alike.
const LEAST: usize = 8;

/// So many times as many images are taken as before, where those before left open which is better; positions spread over a
/// dataset then hold those spread before.
const MORE: usize = 4;

/// Frames that models are asked for at once more: about a minute of a detector on a laptop.
const MOST_ASKED: usize = 512;

/// Pictures that are held in memory at once.
const DECODED: usize = 16;

/// Rounds of more images, for which the confidence makes allowance.
const ROUNDS: usize = 3;

/// Others that go into the next round.
const KEPT: usize = 4;

/// Resamples of a difference: some are left in each tail of the narrowest interval.
const RESAMPLES: usize = 2000;

/// The seed of the resamples.
const SEED: u64 = 0;

impl Probe {
    /// The preprocessing to take instead, if one is better than the configured one beyond chance: of those that chance does
    /// not tell from the best, the one that changes least.
    pub fn better(&self) -> Option<&Trial> {
        // No preprocessing makes up for wrong names.
        if self.as_one.is_some() {
            return None;
        }
        let found = |trial: &Trial| trial.found.as_ref().ok().copied();
        let now = found(&self.configured);
        let is_better = |trial: &&Trial| match (now, found(trial), trial.gain) {
            (Some(now), Some(then), Some(gain)) => trial.images >= LEAST && gain.low > 0.0 && then > now + CLEARLY,
            (None, Some(then), _) => then > CLEARLY,
            _ => false,
        };
        let better: Vec<&Trial> = self.others.iter().filter(is_better).collect();
        let is_best = |trial: &&&Trial| trial.is_as_good;
        better.iter().filter(is_best).min_by_key(|trial| trial.lines.len()).or(better.first()).copied()
    }

    /// The best of those that do better than the configured one by no more than chance explains, where none is better
    /// beyond it.
    pub fn untold(&self) -> Option<&Trial> {
        let now = self.configured.found.as_ref().ok()?;
        let is_above = |trial: &&Trial| trial.found.as_ref().is_ok_and(|found| found > now) && trial.gain.is_some();
        self.others
            .iter()
            .find(is_above)
            .filter(|_| self.better().is_none() && self.as_one.is_none() && self.objects > 0)
    }
}

/// Probes every model of the plan that makes pictures ready itself on every dataset it is checked on, on `images` images with
/// labels, spread over the dataset, and on more where those leave open which preprocessing is the best.
///
/// # Errors
/// An image cannot be read.
pub fn probe(plan: &Plan, images: usize) -> Result<Vec<Probe>, FrameError> {
    let clean = plan.cells.iter().filter(|cell| plan.conditions[cell.condition].condition.is_clean());
    let mut probes = Vec::new();
    for cell in clean {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let (Ok(predictor), Ok(data)) = (&model.state, &dataset.state) else { continue };
        let variants = predictor.variants();
        // Only labels can tell which is better.
        if !variants.is_empty() && data.is_labelled {
            probes.push(ProbeContest::new(plan.task, &dataset.name, data, cell, variants).held(&model.name, images)?);
        }
    }
    Ok(probes)
}

/// A preprocessing that is tried.
struct Entrant {
    lines: Vec<String>,
    model: Box<dyn Predictor>,
    /// By position in the dataset; or why it cannot be asked.
    answers: Result<BTreeMap<usize, Answer>, String>,
    /// On the images of the last round that it was in.
    trial: Option<Trial>,
}

/// All preprocessings of a model on a dataset.
struct ProbeContest<'a> {
    task: Task,
    dataset: &'a str,
    data: &'a Dataset,
    cell: &'a Cell,
    /// The configured one first.
    entrants: Vec<Entrant>,
    labelled: Vec<usize>,
}

impl<'a> ProbeContest<'a> {
    fn new(task: Task, dataset: &'a str, data: &'a Dataset, cell: &'a Cell, variants: Vec<Variant>) -> Self {
        let entrant =
            |Variant { lines, model }: Variant| Entrant { lines, model, answers: Ok(BTreeMap::new()), trial: None };
        let labelled: Vec<usize> = (0..data.images.len()).filter(|&at| !data.annotations[at].is_empty()).collect();
        let labelled = match task {
            Task::Detect => labelled,
            Task::Classify => class_by_class(data, &labelled),
        };
        Self { task, dataset, data, cell, entrants: variants.into_iter().map(entrant).collect(), labelled }
    }

    fn held(mut self, model: &str, images: usize) -> Result<Probe, FrameError> {
        let mut count = images.min(self.labelled.len());
        let mut open: Vec<usize> = (0..self.entrants.len()).collect();
        for round in 1..=ROUNDS {
            let chosen: Vec<usize> = match self.task {
                Task::Detect => spread(self.labelled.len(), count).iter().map(|&at| self.labelled[at]).collect(),
                Task::Classify => self.labelled[..count].to_vec(),
            };
            self.ask(&open, &chosen)?;
            self.compare(&open, &chosen);
            open = self.still_open(&open);
            let more = (count * MORE).min(self.labelled.len());
            if round == ROUNDS || open.len() < 2 || more == count || more * open.len() > MOST_ASKED {
                break;
            }
            count = more;
        }
        let objects = self.objects();
        let as_one = self.as_one();
        let unknown = |entrant: Entrant| {
            let why = entrant.answers.err().unwrap_or_else(|| "it was not tried".to_owned());
            Trial { lines: entrant.lines, found: Err(why), images: 0, gain: None, is_as_good: false }
        };
        let trial = |mut entrant: Entrant| entrant.trial.take().unwrap_or_else(|| unknown(entrant));
        // The configured preprocessing was entered first.
        let mut trials = self.entrants.into_iter().map(trial);
        let none = || Trial {
            lines: Vec::new(),
            found: Err("it has no preprocessing".to_owned()),
            images: 0,
            gain: None,
            is_as_good: false,
        };
        let configured = trials.next().unwrap_or_else(none);
        let mut others: Vec<Trial> = trials.collect();
        let figure = |trial: &Trial| trial.found.as_ref().copied().unwrap_or(-1.0);
        others.sort_by(|a, b| {
            let by_figure = figure(b).total_cmp(&figure(a)).then(a.lines.len().cmp(&b.lines.len()));
            b.images.cmp(&a.images).then(by_figure)
        });
        let dataset = self.dataset.to_owned();
        let figure = match self.task {
            Task::Detect => "AP50",
            Task::Classify => "top-1",
        };
        let best = [&configured].into_iter().chain(&others).filter_map(|trial| trial.found.as_ref().ok()).copied();
        let best = best.fold(0.0, f64::max);
        // Another preprocessing cannot be the reason where none comes near to what other names would do.
        let as_one = as_one.filter(|as_one| *as_one >= FITS && best < as_one * FAR);
        Ok(Probe { model: model.to_owned(), dataset, figure, images: count, configured, others, objects, as_one })
    }

    /// Asks for the answers that are still missing, each image decoded once.
    fn ask(&mut self, open: &[usize], chosen: &[usize]) -> Result<(), FrameError> {
        let missing: Vec<usize> = chosen
            .iter()
            .copied()
            .filter(|at| {
                open.iter().any(|&of| self.entrants[of].answers.as_ref().is_ok_and(|known| !known.contains_key(at)))
            })
            .collect();
        missing.chunks(DECODED).try_for_each(|images| self.ask_some(open, images))
    }

    fn ask_some(&mut self, open: &[usize], images: &[usize]) -> Result<(), FrameError> {
        let (data, dataset, categories) = (self.data, self.dataset, &self.cell.categories);
        let pictures: Vec<RgbImage> =
            images.par_iter().map(|&at| decode(&data.images[at])).collect::<Result<_, FrameError>>()?;
        let ask = |(at, entrant): (usize, &mut Entrant)| {
            let Ok(known) = entrant.answers.as_mut() else { return };
            if !open.contains(&at) {
                return;
            }
            for (&image, picture) in images.iter().zip(&pictures) {
                match answer(&*entrant.model, dataset, &data.images[image], picture, categories) {
                    Ok(found) => {
                        known.insert(image, found);
                    }
                    Err(error) => {
                        entrant.answers = Err(error.to_string());
                        return;
                    }
                }
            }
        };
        self.entrants.par_iter_mut().enumerate().for_each(ask);
        Ok(())
    }

    /// Judges those in `open` on the chosen images, each against the configured one and the best.
    fn compare(&mut self, open: &[usize], chosen: &[usize]) {
        let figures: BTreeMap<usize, Result<Figures, String>> = open
            .par_iter()
            .map(|&at| (at, self.figures(&self.entrants[at], chosen)))
            .collect::<Vec<_>>()
            .into_iter()
            .collect();
        let level = 1.0 - 0.05 / (ROUNDS * self.entrants.len().max(1)) as f64;
        let known = |at: usize| figures.get(&at).and_then(|figures| figures.as_ref().ok());
        let measured = figures.values().filter_map(|figures| figures.as_ref().ok());
        let best = measured.max_by(|one, other| one.found.total_cmp(&other.found));
        for &at in open {
            let gain = known(0).zip(known(at)).filter(|_| at != 0);
            let gain = gain.and_then(|(configured, own)| own.above(configured, level));
            let behind = best.zip(known(at)).and_then(|(best, own)| best.above(own, level));
            let entrant = &mut self.entrants[at];
            entrant.trial = Some(Trial {
                lines: entrant.lines.clone(),
                found: figures[&at].as_ref().map(|figures| figures.found).map_err(Clone::clone),
                images: chosen.len(),
                gain,
                is_as_good: behind.is_some_and(|behind| behind.low <= 0.0),
            });
        }
    }

    /// The configured one and the best of those that may be better, as long as none is told from it; none where all is told.
    fn still_open(&self, open: &[usize]) -> Vec<usize> {
        let gain = |at: usize| self.entrants[at].trial.as_ref().and_then(|trial| trial.gain);
        let found = |at: usize| {
            self.entrants[at].trial.as_ref().and_then(|trial| trial.found.as_ref().ok().copied()).unwrap_or(-1.0)
        };
        let others = || open.iter().copied().filter(|at| *at != 0);
        if others().any(|at| gain(at).is_some_and(|gain| gain.low > 0.0) && found(at) > found(0) + CLEARLY) {
            return Vec::new();
        }
        // What does worse here is no rival: nobody would be told to take it.
        let mut rivals: Vec<usize> =
            others().filter(|&at| found(at) > found(0) && gain(at).is_some_and(|gain| gain.high > 0.0)).collect();
        rivals.sort_by(|&one, &other| found(other).total_cmp(&found(one)));
        rivals.truncate(KEPT);
        if rivals.is_empty() { Vec::new() } else { std::iter::once(0).chain(rivals).collect() }
    }

    /// The answers of the configured preprocessing to objects, by image.
    fn found(&self) -> Vec<(usize, &[Detection])> {
        let mut objects = Vec::new();
        for (&at, answer) in
            self.entrants.first().and_then(|entrant| entrant.answers.as_ref().ok()).into_iter().flatten()
        {
            if let Answer::Objects(found) = answer {
                objects.push((at, found.as_slice()));
            }
        }
        objects
    }

    fn objects(&self) -> usize {
        match self.task {
            Task::Detect => self.found().iter().map(|(_, found)| found.len()).sum(),
            Task::Classify => self.labelled.len(),
        }
    }

    /// AP50 as configured, of objects by whatever name.
    fn as_one(&self) -> Option<f64> {
        let found = self.found();
        let images: Vec<ImageRecord> = found.iter().map(|(at, _)| self.data.images[*at].clone()).collect();
        let nameless = |one: &Annotation| Annotation { category_id: 0, ..one.clone() };
        let annotations: Vec<Vec<Annotation>> =
            found.iter().map(|(at, _)| self.data.annotations[*at].iter().map(nameless).collect()).collect();
        let nameless = |one: &Detection| Detection { category_id: 0, ..one.clone() };
        let detections: Vec<Vec<Detection>> =
            found.iter().map(|(_, found)| found.iter().map(nameless).collect()).collect();
        let min_confidence = Settings::default().min_confidence.into();
        let data = CellData {
            images: &images,
            categories: &[Category { id: 0, name: String::new() }],
            content: Content::Objects(Objects {
                similarity: Similarity::of(self.task),
                annotations: &annotations,
                detections: &detections,
                min_confidence: &min_confidence,
            }),
            stability: None,
            settings: Settings::default(),
        };
        CellTables::new(&data).values(metric::named(self.task, "map50")?).ok()?.all.filter(|_| !images.is_empty())
    }

    fn figures(&self, entrant: &Entrant, chosen: &[usize]) -> Result<Figures, String> {
        let answers = entrant.answers.as_ref().map_err(Clone::clone)?;
        let images: Vec<ImageRecord> = chosen.iter().map(|&at| self.data.images[at].clone()).collect();
        let annotations: Vec<Vec<Annotation>> = chosen.iter().map(|&at| self.data.annotations[at].clone()).collect();
        let answers: Vec<&Answer> = chosen.iter().filter_map(|at| answers.get(at)).collect();
        let detections: Vec<Vec<Detection>> = answers
            .iter()
            .map(|answer| match answer {
                Answer::Objects(found) => found.clone(),
                Answer::Scores(_) => Vec::new(),
            })
            .collect();
        let scores: Vec<Scores> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Objects(_) => None,
                Answer::Scores(scores) => Some(scores.clone()),
            })
            .collect();
        let min_confidence = Settings::default().min_confidence.into();
        let (name, content) = match self.task {
            Task::Detect => {
                let similarity = Similarity::of(self.task);
                (
                    "map50",
                    Content::Objects(Objects {
                        similarity,
                        annotations: &annotations,
                        detections: &detections,
                        min_confidence: &min_confidence,
                    }),
                )
            }
            Task::Classify => ("top1", Content::Classes(Classes { annotations: &annotations, answers: &scores })),
        };
        let measure = metric::named(self.task, name).ok_or_else(|| format!("there is no metric `{name}`"))?;
        let data = CellData {
            images: &images,
            categories: &self.data.categories,
            content,
            stability: None,
            settings: Settings::default(),
        };
        let tables = CellTables::new(&data);
        let unscorable = |error: Unscorable| error.to_string();
        let found = tables.values(measure).map_err(unscorable)?.all.ok_or_else(|| "no label to find".to_owned())?;
        let resamples = Resamples::new(images.len(), RESAMPLES, SEED);
        let draws = tables.draws(&[measure], &resamples).map_err(unscorable)?;
        let draws = draws.into_iter().flatten().map(|values| values.all).collect();
        Ok(Figures { found, draws })
    }
}

/// Images in an order whose every beginning has as many of each class as can be, spread over the dataset: where nearly all
/// are of one class, a model that says nothing else would fit best.
fn class_by_class(data: &Dataset, labelled: &[usize]) -> Vec<usize> {
    let mut of_class: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for &at in labelled {
        let class = data.annotations[at].first().map_or(0, |annotation| annotation.category_id);
        of_class.entry(class).or_default().push(at);
    }
    let classes = scattered(of_class.into_values().map(scattered).collect());
    let most = classes.iter().map(Vec::len).max().unwrap_or_default();
    (0..most).flat_map(|turn| classes.iter().filter_map(move |images| images.get(turn).copied())).collect()
}

/// The same in another order, of which every beginning is spread over all.
fn scattered<T>(all: Vec<T>) -> Vec<T> {
    let mut numbered: Vec<(u32, T)> = (0..).map(u32::reverse_bits).zip(all).collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, one)| one).collect()
}

fn answer(
    model: &dyn Predictor,
    dataset: &str,
    image: &ImageRecord,
    picture: &RgbImage,
    categories: &CategoryMap,
) -> Result<Answer, PredictError> {
    let frame = Frame::new(dataset, image, &Condition::Clean, || Ok(Cow::Borrowed(picture)));
    model.predict(&frame, categories, &AtomicBool::new(false))
}

/// The figure of a preprocessing on some images, and on resamples of them.
struct Figures {
    found: f64,
    draws: Vec<Option<f64>>,
}

impl Figures {
    /// By how much it lies above another on the same images.
    fn above(&self, other: &Self, level: f64) -> Option<Interval> {
        let pairs = self.draws.iter().zip(&other.draws);
        let differences: Vec<f64> = pairs.filter_map(|(one, other)| Some((*one)? - (*other)?)).collect();
        Interval::bias_corrected(&differences, self.found - other.found, level)
    }
}
