//! The detections of one category by falling score, as the precision-recall curve of weighted images is drawn from.

use std::ops::Range;

use super::curve::Curve;
use super::gather::falling;

/// By falling score, equal scores as they were, and whether each is of the same score and image as the one before it.
pub fn order_by_score<T>(
    mut scored: Vec<(f64, T)>,
    image: impl Fn(&T) -> u32,
) -> impl ExactSizeIterator<Item = (T, bool)> {
    scored.sort_by(|(one, _), (other, _)| falling(*one, *other));
    let mut before = None;
    scored.into_iter().map(move |(score, element)| {
        let here = (score, image(&element));
        let is_tied = before.replace(here) == Some(here);
        (element, is_tied)
    })
}

/// Numbers the runs of neighbours that are of one score and image.
pub fn runs() -> impl FnMut(bool) -> u32 {
    let mut run = 0;
    move |is_tied| {
        run += u32::from(!is_tied);
        run
    }
}

/// One detection for a ranking.
#[derive(Debug, Clone, Copy)]
pub struct Ranked {
    /// Position in the dataset's images.
    pub image: u32,
    /// The same for neighbours of one score and image.
    pub run: u32,
    /// Thresholds at which it is right, as bits from the lowest.
    pub right: u32,
    /// Thresholds at which it counts neither for nor against the model, as bits.
    pub ignored: u32,
}

/// The detections of one category. Most are wrong at every threshold, so only the others are listed per threshold.
#[derive(Debug, Clone, Default)]
pub struct Ranking {
    /// The image of each detection.
    images: Vec<u32>,
    /// Detections of one image and score, where there is more than one.
    ties: Vec<Range<u32>>,
    /// Per threshold, the detections that are right or ignored.
    events: Vec<Vec<Event>>,
    /// Images with objects that count, and how many.
    objects: Vec<(u32, u32)>,
}

/// A detection that is not simply wrong.
#[derive(Debug, Clone, Copy)]
struct Event(u32);

impl Event {
    fn new(at: usize, is_right: bool, is_tied: bool) -> Self {
        Self((at as u32) << 2 | u32::from(is_tied) << 1 | u32::from(is_right))
    }

    fn tie(&mut self) {
        self.0 |= 2;
    }

    /// Position in the ranking.
    fn at(self) -> usize {
        (self.0 >> 2) as usize
    }

    /// Whether it is one of a run of equal scores.
    fn is_tied(self) -> bool {
        self.0 & 2 != 0
    }

    fn is_right(self) -> bool {
        self.0 & 1 != 0
    }
}

impl Ranking {
    /// `detections` are by falling score. Those ignored at all of the `thresholds` leave no trace.
    pub fn new(thresholds: usize, detections: impl Iterator<Item = Ranked>, objects: Vec<(u32, u32)>) -> Self {
        let every = (1 << thresholds) - 1;
        let mut ranking = Self { events: vec![Vec::new(); thresholds], objects, ..Self::default() };
        let mut run = None;
        for detection in detections.filter(|detection| detection.ignored & every != every) {
            let is_tied = run.replace(detection.run) == Some(detection.run);
            if is_tied {
                ranking.tie();
            }
            ranking.push(&detection, is_tied);
        }
        ranking
    }

    /// Ties the next detection to the last.
    fn tie(&mut self) {
        let next = self.images.len() as u32;
        match self.ties.last_mut() {
            Some(tie) if tie.end == next => tie.end += 1,
            _ => {
                self.ties.push(next - 1..next + 1);
                let of_last = self.events.iter_mut().filter_map(|events| events.last_mut());
                of_last.filter(|event| event.at() + 1 == next as usize).for_each(Event::tie);
            }
        }
    }

    fn push(&mut self, detection: &Ranked, is_tied: bool) {
        let at = self.images.len();
        self.images.push(detection.image);
        for (slot, events) in self.events.iter_mut().enumerate() {
            let (is_right, is_ignored) = (detection.right >> slot & 1 != 0, detection.ignored >> slot & 1 != 0);
            if is_right || is_ignored {
                events.push(Event::new(at, is_right, is_tied));
            }
        }
    }

    /// How many objects count when image `i` counts `weights[i]` times.
    pub fn objects(&self, weights: &[u32]) -> u64 {
        self.objects.iter().map(|&(image, count)| u64::from(count) * u64::from(weights[image as usize])).sum()
    }

    /// How many detections are right at a threshold.
    pub fn right(&self, threshold: usize, weights: &[u32]) -> u64 {
        // A product, not a filter: right and ignored alternate at random, and each branch guessed wrong costs more.
        let copies = |event: &Event| u64::from(weights[self.images[event.at()] as usize]);
        self.events[threshold].iter().map(|event| u64::from(event.is_right()) * copies(event)).sum()
    }

    /// Detections up to each position, in `seen`, which is one longer than the ranking.
    pub fn count(&self, weights: &[u32], seen: &mut Vec<u64>) {
        let mut sum = 0;
        seen.clear();
        seen.push(0);
        seen.extend(self.images.iter().map(|&image| {
            sum += u64::from(weights[image as usize]);
            sum
        }));
    }

    /// The curve at a threshold; `seen` is of [`Self::count`].
    pub fn draw(&self, threshold: usize, seen: &[u64], curve: &mut Curve) {
        curve.clear();
        let (mut right, mut ignored) = (0, 0);
        let mut rest = self.events[threshold].as_slice();
        while let Some((&event, after)) = rest.split_first() {
            let copies = seen[event.at() + 1] - seen[event.at()];
            if event.is_tied() && copies > 1 {
                let run = self.run_of(event);
                let inside = rest.partition_point(|event| event.at() < run.end);
                let before = (right, seen[run.start] - ignored);
                let added = draw_run(&rest[..inside], &run, copies, before, curve);
                (right, ignored) = (right + added.0, ignored + added.1);
                rest = &rest[inside..];
                continue;
            }
            if !event.is_right() {
                ignored += copies;
            } else if copies > 0 {
                right += copies;
                curve.push(right, seen[event.at() + 1] - ignored);
            }
            rest = after;
        }
    }

    fn run_of(&self, event: Event) -> Range<usize> {
        let tie = &self.ties[self.ties.partition_point(|run| run.end as usize <= event.at())];
        tie.start as usize..tie.end as usize
    }
}

/// Copies of an image follow each other, so a run of equal scores comes as a whole, copy after copy: the order in
/// which pycocotools takes images given more than once. `before` are the right and the counting detections so far;
/// gives the right and the ignored ones of the run.
fn draw_run(events: &[Event], run: &Range<usize>, copies: u64, before: (u64, u64), curve: &mut Curve) -> (u64, u64) {
    let right_of_copy = events.iter().filter(|event| event.is_right()).count() as u64;
    let ignored_of_copy = events.len() as u64 - right_of_copy;
    for copy in 0..copies {
        let mut right = before.0 + copy * right_of_copy;
        let mut ignored = 0;
        let counted = before.1 + copy * (run.len() as u64 - ignored_of_copy);
        for event in events {
            if event.is_right() {
                right += 1;
                curve.push(right, counted + (event.at() - run.start + 1) as u64 - ignored);
            } else {
                ignored += 1;
            }
        }
    }
    (copies * right_of_copy, copies * ignored_of_copy)
}
