//! `limit = n`, an option of every format: a sample of n images instead of the whole dataset.
//!
//! Each category keeps its share of the images that hold it, and at least one of them, as far as n images can do
//! that; rare categories are served first, images without objects are served as a category of their own. (Compare
//! iterative stratification: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", 2011.)
//! Where images are as good as each other, the BLAKE3 digests of their file names decide, without folder and
//! extension, so that a set gives the same sample in every format and on every machine, whatever the order on disk.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::stem;
use super::{Dataset, DatasetError, Format, Reader};
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::spec::{Source, TableReader};

/// Reads the options of a section, `limit` among them; `None` where they are wrong.
pub fn open(format: &dyn Format, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
    let limit = options.count("limit");
    let reader = format.open(source, options)?;
    Some(match limit {
        Some(limit) => Box::new(Limited { reader, limit }),
        None => reader,
    })
}

struct Limited {
    reader: Box<dyn Reader>,
    limit: usize,
}

impl Reader for Limited {
    fn read(&self) -> Result<Dataset, DatasetError> {
        Ok(sampled(self.reader.read()?, self.limit))
    }
}

/// A sample of `limit` images; the dataset as it is where it has no more.
#[must_use]
pub fn sampled(mut dataset: Dataset, limit: usize) -> Dataset {
    let all = dataset.images.len();
    if limit >= all {
        return dataset;
    }
    let mut chosen = Choice::new(&dataset, limit).choose();
    chosen.sort_unstable();
    let kept = |at: usize| chosen.binary_search(&at).is_ok();
    let mut at = 0..;
    dataset.images.retain(|_| at.next().is_some_and(kept));
    let mut at = 0..;
    dataset.annotations.retain(|_| at.next().is_some_and(kept));
    dataset.sampled_from = Some(all);
    dataset
}

/// What decides between images that are as good as each other.
fn lot(image: &ImageRecord) -> Digest {
    let name = image.file_name.replace('\\', "/");
    Digest::of_bytes(stem(Path::new(&name)).as_bytes())
}

/// The choice under way. Strata are the categories, and one for images without objects.
struct Choice {
    limit: usize,
    /// The images in the order of their lots.
    order: Vec<usize>,
    /// Per image: its strata.
    strata: Vec<Vec<usize>>,
    /// Per stratum, rarest first: how many of its images are still wanted; less than 0 for too many.
    wanted: Vec<i64>,
    chosen: Vec<usize>,
    is_chosen: Vec<bool>,
}

impl Choice {
    fn new(dataset: &Dataset, limit: usize) -> Self {
        let all = dataset.images.len();
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by_cached_key(|&at| (lot(&dataset.images[at]), dataset.images[at].file_name.clone()));
        let names: BTreeMap<u64, &str> = dataset.categories.iter().map(|c| (c.id, c.name.as_str())).collect();
        let held: Vec<Vec<&str>> = dataset
            .annotations
            .iter()
            .map(|list| {
                let mut held: Vec<&str> = list.iter().filter(|a| !a.iscrowd).map(|a| names[&a.category_id]).collect();
                held.sort_unstable();
                held.dedup();
                // No category is called so.
                if held.is_empty() { vec!["\0nothing"] } else { held }
            })
            .collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        held.iter().flatten().for_each(|name| *counts.entry(name).or_default() += 1);
        let mut rarest_first: Vec<(usize, &str)> = counts.iter().map(|(name, count)| (*count, *name)).collect();
        rarest_first.sort_unstable();
        let place = |name: &&str| rarest_first.iter().position(|(_, known)| known == name).expect("counted above");
        let share = |count: usize| (limit as f64 * count as f64 / all as f64).round().max(1.0) as i64;
        Self {
            limit,
            order,
            strata: held.iter().map(|held| held.iter().map(place).collect()).collect(),
            wanted: rarest_first.iter().map(|(count, _)| share(*count)).collect(),
            chosen: Vec::with_capacity(limit),
            is_chosen: vec![false; all],
        }
    }

    fn choose(mut self) -> Vec<usize> {
        for stratum in 0..self.wanted.len() {
            self.take(|choice, at| choice.wanted[stratum] > 0 && choice.strata[at].contains(&stratum));
        }
        self.take(|_, _| true);
        self.chosen
    }

    /// Takes images that are `useful`, those first that bring the least of what there is enough of.
    fn take(&mut self, useful: impl Fn(&Self, usize) -> bool) {
        let surplus = |at: usize| self.strata[at].iter().filter(|&&stratum| self.wanted[stratum] <= 0).count();
        let mut candidates: Vec<usize> = self.order.iter().copied().filter(|&at| !self.is_chosen[at]).collect();
        candidates.sort_by_cached_key(|&at| surplus(at)); // stable: the lots decide
        for at in candidates {
            if self.chosen.len() < self.limit && useful(self, at) {
                self.chosen.push(at);
                self.is_chosen[at] = true;
                self.strata[at].iter().for_each(|&stratum| self.wanted[stratum] -= 1);
            }
        }
    }
}
