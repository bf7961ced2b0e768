//! `limit = n`, an option of every format: a sample of n images instead of the whole dataset.
//!
//! Each category keeps its share of the images that hold it, and at least one of them, as far as n images can do
//! that. First each category gets one image, rare ones first, images that serve several at once preferred; then each
//! group of images that hold the same categories gets its share, rounded down; then each category what it lacks, rare
//! ones first; then any image is taken.
//! Images without objects are a category of their own. (Compare iterative stratification: Sechidis, Tsoumakas and
//! Vlahavas, "On the Stratification of Multi-Label Data", 2011.) Where images are as good as each other, the BLAKE3
//! digests of their file names decide, without folder and extension, so that a set gives the same sample in every
//! format and on every machine, whatever the order on disk.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::Spanned;

use super::classes::check_classes;
use super::crops::cropped;
use super::files::stem;
use super::fit::Fit;
use super::keys::EVALUATE;
use super::view::viewed;
use super::{Dataset, DatasetError, Format, LabelsOf, Reader, Terms, kept, view};
use crate::detection::{Annotation, ImageRecord};
use crate::digest::Digest;
use crate::framing::View;
use crate::spec::{Diagnostic, Source, TableReader};
use crate::task::Task;

/// Reads the options of a section, those of all formats among them; `None` where they are wrong.
pub fn open(format: &dyn Format, task: Task, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Opened> {
    let (limit, terms) = (options.spanned_integer("limit"), Terms::read(task, options));
    let categories = kept::read(options);
    let is_evaluated = options.optional::<bool>(EVALUATE).is_none_or(Spanned::into_inner);
    let fit = Fit::read(format, task, options);
    let view = view::read(task, options);
    let reader = format.open(source, options);
    // What others are compared with has to be whole; a limit for all datasets (`--limit`) is not about it.
    if let Some(limit) = limit.as_ref().filter(|limit| !is_evaluated && source.part(&limit.span()).is_file()) {
        let message = format!("`limit` has no meaning with `{EVALUATE} = false`");
        options
            .wrong(Diagnostic::new(limit.span(), message).help("remove it: the other datasets are held against all"));
    }
    let limit = limit.map(Spanned::into_inner).filter(|_| is_evaluated);
    let fit = fit?;
    let terms = Terms { task: fit.reads, ..terms };
    Some(Opened { reader: reader?, task, crops: fit.crops, view, categories, limit, terms, is_evaluated })
}

/// The options of a section; the files are not read yet.
pub struct Opened {
    reader: Box<dyn Reader>,
    /// What models are to say of its images.
    task: Task,
    /// Its objects become images, with so many times their longer side around them.
    crops: Option<f64>,
    /// What is made of its images before they are perturbed.
    view: Option<View>,
    /// The names of those that count; `None` for all.
    categories: Option<Vec<String>>,
    limit: Option<usize>,
    terms: Terms,
    /// Whether models are run on it.
    pub is_evaluated: bool,
}

impl Opened {
    /// Reads the labels, as [`Reader::read`] does, and takes the sample that is asked for.
    ///
    /// # Errors
    /// As there.
    pub fn read(&self) -> Result<Dataset, DatasetError> {
        let mut whole = self.reader.read(self.terms)?;
        if self.terms.labels_of == Some(LabelsOf::Stored) {
            // The same files, other boxes.
            whole.digest = Digest::of_parts([whole.digest.to_string().as_str(), "exif = stored"]);
        }
        if let Some(around) = self.crops {
            whole = cropped(whole, around, self.terms.bounds.pixels)?;
        }
        if let Some(view) = self.view {
            whole = viewed(whole, view);
        }
        if let Some(names) = &self.categories {
            whole = if whole.is_labelled { kept::kept(whole, names)? } else { kept::named(whole, names) };
        }
        check_classes(self.task, &whole)?;
        Ok(match self.limit {
            Some(limit) => sampled(whole, limit),
            None => whole,
        })
    }

    /// The other splits of the same dataset, whole; see [`Reader::others`].
    #[must_use]
    pub fn others(&self) -> Vec<(String, Self)> {
        let opened = |(name, reader)| {
            let (task, crops, view, terms) = (self.task, self.crops, self.view, self.terms);
            (name, Self { reader, task, crops, view, categories: None, limit: None, terms, is_evaluated: false })
        };
        self.reader.others(self.terms).into_iter().map(opened).collect()
    }
}

/// A sample of `limit` images; the dataset as it is where it has no more.
pub fn sampled(mut dataset: Dataset, limit: usize) -> Dataset {
    let all = dataset.images.len();
    if limit >= all {
        return dataset;
    }
    let mut chosen = Choice::new(&dataset, limit).choose();
    chosen.sort_unstable();
    dataset.keep(&chosen);
    dataset.sampled_from = Some(all);
    dataset
}

/// What decides between images that are as good as each other.
fn lot(image: &ImageRecord) -> Digest {
    let name = image.file_name.replace('\\', "/");
    Digest::of_bytes(stem(Path::new(&name)).as_bytes())
}

/// What images without objects hold; no category is called so.
const NOTHING: &str = "\0nothing";

/// The choice under way. Strata are the categories, and one for images without objects.
struct Choice {
    limit: usize,
    /// The images in the order of their lots.
    order: Vec<usize>,
    /// Per image: its strata, sorted.
    strata: Vec<Vec<usize>>,
    /// Per stratum, rarest first: its share of the limit in whole images, at least one.
    share: Vec<usize>,
    /// Per stratum: how many of its images are chosen.
    kept: Vec<usize>,
    chosen: Vec<usize>,
    is_chosen: Vec<bool>,
}

impl Choice {
    fn new(dataset: &Dataset, limit: usize) -> Self {
        let all = dataset.images.len();
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by_cached_key(|&at| (lot(&dataset.images[at]), dataset.images[at].file_name.clone()));
        let held = held(dataset);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        held.iter().flatten().for_each(|name| *counts.entry(name).or_default() += 1);
        let mut rarest_first: Vec<(usize, &str)> = counts.iter().map(|(name, count)| (*count, *name)).collect();
        rarest_first.sort_unstable();
        let places: BTreeMap<&str, usize> =
            rarest_first.iter().enumerate().map(|(place, (_, name))| (*name, place)).collect();
        let strata = |held: &BTreeSet<&str>| {
            let mut strata: Vec<usize> = held.iter().map(|name| places[name]).collect();
            strata.sort_unstable();
            strata
        };
        let share = |count: usize| ((limit as f64 * count as f64 / all as f64).round() as usize).max(1);
        Self {
            limit,
            order,
            strata: held.iter().map(strata).collect(),
            share: rarest_first.iter().map(|(count, _)| share(*count)).collect(),
            kept: vec![0; rarest_first.len()],
            chosen: Vec::with_capacity(limit),
            is_chosen: vec![false; all],
        }
    }

    fn choose(mut self) -> Vec<usize> {
        for stratum in 0..self.share.len() {
            self.cover(stratum);
        }
        self.serve_groups();
        for stratum in 0..self.share.len() {
            self.take(|choice, at| choice.lacks(stratum) && choice.holds(at, stratum));
        }
        self.take(|_, _| true);
        self.chosen
    }

    fn lacks(&self, stratum: usize) -> bool {
        self.kept[stratum] < self.share[stratum]
    }

    fn holds(&self, at: usize, stratum: usize) -> bool {
        self.strata[at].binary_search(&stratum).is_ok()
    }

    /// Takes an image of a stratum that has none: the one that is the first of most strata.
    fn cover(&mut self, stratum: usize) {
        let new = |at: usize| self.strata[at].iter().filter(|&&stratum| self.kept[stratum] == 0).count();
        let candidates = self.order.iter().copied().filter(|&at| self.holds(at, stratum));
        let best = candidates.min_by_key(|&at| Reverse(new(at))); // the first of equals: the lots decide
        if let Some(at) = best.filter(|_| self.kept[stratum] == 0) {
            self.choose_image(at);
        }
    }

    /// Takes of each group of images with the same strata its share, rounded down; small groups first.
    fn serve_groups(&mut self) {
        let mut groups: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
        for &at in &self.order {
            groups.entry(&self.strata[at]).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        groups.sort_by_key(Vec::len); // stable: the strata decide
        for group in groups {
            let share = self.limit * group.len() / self.order.len();
            let (taken, free): (Vec<usize>, Vec<usize>) = group.into_iter().partition(|&at| self.is_chosen[at]);
            free.into_iter().take(share.saturating_sub(taken.len())).for_each(|at| self.choose_image(at));
        }
    }

    /// Takes images that are `useful`, those first that bring the least of what there is enough of.
    fn take(&mut self, useful: impl Fn(&Self, usize) -> bool) {
        let surplus = |at: usize| self.strata[at].iter().filter(|&&stratum| !self.lacks(stratum)).count();
        let mut candidates: Vec<usize> = self.order.iter().copied().filter(|&at| !self.is_chosen[at]).collect();
        candidates.sort_by_cached_key(|&at| surplus(at)); // stable: the lots decide
        for at in candidates {
            if useful(self, at) {
                self.choose_image(at);
            }
        }
    }

    /// Takes an image, unless there are enough.
    fn choose_image(&mut self, at: usize) {
        if self.chosen.len() < self.limit {
            self.chosen.push(at);
            self.is_chosen[at] = true;
            self.strata[at].iter().for_each(|&stratum| self.kept[stratum] += 1);
        }
    }
}

/// Per image: the names of the categories that it holds.
fn held(dataset: &Dataset) -> Vec<BTreeSet<&str>> {
    let names: BTreeMap<u64, &str> = dataset.categories.iter().map(|c| (c.id, c.name.as_str())).collect();
    let of_image = |list: &Vec<Annotation>| {
        let held: BTreeSet<&str> =
            list.iter().filter(|a| !a.iscrowd).filter_map(|a| names.get(&a.category_id).copied()).collect();
        if held.is_empty() { BTreeSet::from([NOTHING]) } else { held }
    };
    dataset.annotations.iter().map(of_image).collect()
}
