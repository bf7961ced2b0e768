//! All preprocessings of a model on a dataset, asked in rounds of more and more images.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use image::RgbImage;
use rayon::prelude::*;

use super::figures::{Figures, as_one};
use super::order::class_by_class;
use super::trial::{CLEARLY, Exchange, Probe, Trial};
use crate::answer::{Answer, ScoredClass};
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::{Detection, ImageRecord};
use crate::plan::Cell;
use crate::predict::{CategoryMap, Frame, FrameError, PredictError, Predictor, Variant, Vocabulary};
use crate::run::execute::image_file::decode;
use crate::run::pictures::preview::spread;
use crate::score::{exchanged, exchanges};
use crate::task::Task;

/// AP50 from which boxes lie on the objects.
const FITS: f64 = 0.3;

/// Of the figure by whatever name, the share that every preprocessing stays below where names are wrong.
const FAR: f64 = 0.5;

/// So many times as many images are taken as before, where those before left open which is better; positions spread over a
/// dataset then hold those spread before.
const MORE: usize = 4;

/// Frames that models are asked for at once more: about a minute of a detector on a laptop.
const MOST_ASKED: usize = 512;

/// Pictures that are held in memory at once.
const DECODED: usize = 16;

/// Rounds of more images, for which the confidence makes allowance.
const ROUNDS: usize = 3;

/// The share of right answers from which nobody's names are exchanged.
const SOUND: f64 = 0.9;

/// Images that a classifier is asked about to find out which names are exchanged.
const ASKED_FOR_NAMES: usize = 128;

/// Others that go into the next round.
const KEPT: usize = 4;

/// A preprocessing that is tried.
struct Entrant {
    lines: Vec<String>,
    is_of_preset: bool,
    model: Box<dyn Predictor>,
    /// By position in the dataset; or why it cannot be asked.
    answers: Result<BTreeMap<usize, Answer>, String>,
    /// On the images of the last round that it was in.
    trial: Option<Trial>,
}

/// All preprocessings of a model on a dataset.
pub struct ProbeContest<'a> {
    task: Task,
    dataset: &'a str,
    data: &'a Dataset,
    cell: &'a Cell,
    /// The configured one first.
    entrants: Vec<Entrant>,
    labelled: Vec<usize>,
}

impl<'a> ProbeContest<'a> {
    pub fn new(task: Task, dataset: &'a str, data: &'a Dataset, cell: &'a Cell, variants: Vec<Variant>) -> Self {
        let entrant = |Variant { lines, is_of_preset, model }: Variant| Entrant {
            lines,
            is_of_preset,
            model,
            answers: Ok(BTreeMap::new()),
            trial: None,
        };
        let labelled: Vec<usize> = (0..data.images.len()).filter(|&at| !data.annotations[at].is_empty()).collect();
        let labelled = match task {
            Task::Detect => labelled,
            Task::Classify => class_by_class(data, &labelled),
        };
        Self { task, dataset, data, cell, entrants: variants.into_iter().map(entrant).collect(), labelled }
    }

    pub fn held(mut self, model: &str, images: usize) -> Result<Probe, FrameError> {
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
        let exchange = self.exchange()?;
        let objects = self.objects();
        let as_one = as_one(self.task, self.data, &self.found());
        let unknown = |entrant: Entrant| {
            Trial::without(entrant.lines, &entrant.answers.err().unwrap_or_else(|| "it was not tried".to_owned()))
        };
        let trial = |mut entrant: Entrant| entrant.trial.take().unwrap_or_else(|| unknown(entrant));
        // The configured preprocessing was entered first.
        let mut trials = self.entrants.into_iter().map(trial);
        let none = || Trial::without(Vec::new(), "it has no preprocessing");
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
        Ok(Probe {
            model: model.to_owned(),
            dataset,
            task: self.task,
            figure,
            images: count,
            configured,
            others,
            objects,
            as_one,
            exchange,
        })
    }

    /// The classes of a classifier whose names are exchanged, in words, and its names as they would be right. It is asked about
    /// more images where it says much that is wrong.
    fn exchange(&mut self) -> Result<Option<Exchange>, FrameError> {
        let found = self.entrants.first().and_then(|entrant| entrant.trial.as_ref()?.found.as_ref().ok().copied());
        if self.task != Task::Classify || found.is_none_or(|found| found > SOUND) {
            return Ok(None);
        }
        let chosen = self.labelled[..ASKED_FOR_NAMES.min(self.labelled.len())].to_vec();
        self.ask(&[0], &chosen)?;
        let configured = &self.entrants[0];
        let Ok(answers) = &configured.answers else { return Ok(None) };
        let pairs = pairs(self.data, answers);
        let all = exchanged(&pairs);
        if all.is_empty() {
            return Ok(None);
        }
        let renamed = |said: usize| all.iter().find(|one| one.said == said).map_or(said, |one| one.label);
        let is_right = |(label, said, _): &&(usize, Option<usize>, usize)| said.map(renamed) == Some(*label);
        let images = |pairs: &mut dyn Iterator<Item = &(usize, Option<usize>, usize)>| {
            pairs.map(|(.., images)| images).sum::<usize>() as f64
        };
        let right = images(&mut pairs.iter().filter(is_right)) / images(&mut pairs.iter());
        let name = |at: usize| self.data.categories[at].name.clone();
        let labels = match configured.model.vocabulary() {
            Vocabulary::Labels(names) if all.iter().all(|one| names.contains(&name(one.label))) => {
                let own = |own: &String| all.iter().find(|one| name(one.said) == *own).map(|one| name(one.label));
                Some(names.iter().map(|one| own(one).unwrap_or_else(|| one.clone())).collect())
            }
            Vocabulary::Labels(_) | Vocabulary::Ids | Vocabulary::Told => None,
        };
        Ok(Some(Exchange { told: exchanges(&all, name), right, labels }))
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
        let figures: BTreeMap<usize, Result<Figures, String>> =
            open.par_iter().map(|&at| (at, self.figures(at, chosen))).collect::<Vec<_>>().into_iter().collect();
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
                is_of_preset: entrant.is_of_preset,
                place: at,
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

    /// What the preprocessing at `at` comes to on the chosen images.
    fn figures(&self, at: usize, chosen: &[usize]) -> Result<Figures, String> {
        let answers = self.entrants[at].answers.as_ref().map_err(Clone::clone)?;
        let answers: Vec<&Answer> = chosen.iter().filter_map(|at| answers.get(at)).collect();
        Figures::measured(self.task, self.data, chosen, &answers)
    }
}

/// Label, what was said, and of how many images.
fn pairs(data: &Dataset, answers: &BTreeMap<usize, Answer>) -> Vec<(usize, Option<usize>, usize)> {
    let position = |id: u64| data.categories.iter().position(|category| category.id == id);
    let mut counts: BTreeMap<(usize, Option<usize>), usize> = BTreeMap::new();
    for (&at, answer) in answers {
        let label = data.annotations[at].first().and_then(|label| position(label.category_id));
        if let (Some(label), Answer::Scores(scores)) = (label, answer) {
            let said = match scores.top().class {
                ScoredClass::Category(id) => position(id),
                ScoredClass::Other(_) => None,
            };
            *counts.entry((label, said)).or_default() += 1;
        }
    }
    counts.into_iter().map(|((label, said), images)| (label, said, images)).collect()
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
