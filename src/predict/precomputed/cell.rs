//! The results of one file, held against the dataset that they are of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde_json::json;

use super::pictures::{Calling, Pictures, Way};
use super::result::{self, ResultClass};
use crate::dataset::Dataset;
use crate::detection::{Category, Detection, Shape, Size};
use crate::entry::nearest;
use crate::predict::PredictorError;
use crate::predict::box_format::{BoxFormat, Unit};
use crate::spec::Choice;

/// What the spec says of the numbers in results.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// What `image_id` is; told by the images where nothing is said.
    pub image_ids: Option<Calling>,
    /// The number of the dataset's first category; `None` where numbers are ids.
    pub first_label: Option<usize>,
    /// What the four numbers of a box are.
    pub box_format: BoxFormat,
    /// What they count.
    pub unit: Unit,
    /// What scores are divided by.
    pub score_scale: f64,
    /// What the dataset calls a class, by the name or the number that results have for it.
    pub rename: BTreeMap<String, String>,
}

impl Meaning {
    /// For the record: what is not as it usually is.
    pub fn settings(&self) -> Vec<(String, serde_json::Value)> {
        let usual = |word: &'static str, is_usual: bool| (!is_usual).then(|| json!(word));
        let settings = [
            ("image_ids", self.image_ids.map(|calling| json!(calling.word()))),
            ("first_label", self.first_label.map(|first| json!(first))),
            ("box_format", usual(self.box_format.word(), self.box_format == BoxFormat::Xywh)),
            ("unit", usual(self.unit.word(), self.unit == Unit::Pixel)),
            ("score_scale", (self.score_scale != 1.0).then(|| json!(self.score_scale))),
            ("rename", (!self.rename.is_empty()).then(|| json!(self.rename))),
        ];
        settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Whether all names on the right of `rename` are those of the dataset.
    fn holds_for(&self, every: &[&Category]) -> Result<(), String> {
        let is_known = |ours: &&String| every.iter().any(|category| category.name == **ours);
        let Some(ours) = self.rename.values().find(|ours| !is_known(ours)) else { return Ok(()) };
        let near = nearest(ours, every.iter().map(|category| category.name.as_str()));
        let near = near.map(|near| format!(" (nearest: `{near}`)")).unwrap_or_default();
        Err(format!(
            "`rename` calls a class `{ours}`, which the dataset does not have{near}: on the right stands the dataset's \
             name"
        ))
    }

    /// What `rename` has for a class, by its name or, where it has none there, its number: the words on the left and on
    /// the right.
    fn renamed(&self, class: &ResultClass) -> Option<(&String, &String)> {
        let number = class.number.map(|number| number.to_string());
        let mut words = class.name.iter().chain(&number);
        words.find_map(|word| self.rename.get_key_value(word))
    }

    /// The dataset's id of a category: of what `rename` calls it, of its place, if the spec says that numbers are
    /// places, else of its name, if there is one. `every` is in the order of ids, those that do not count among them.
    fn category(&self, class: &ResultClass, every: &[&Category]) -> Option<u64> {
        let known = |is: &dyn Fn(&Category) -> bool| every.iter().find(|one| is(one)).map(|one| one.id);
        if let Some((_, ours)) = self.renamed(class) {
            return known(&|category| category.name == *ours);
        }
        match (self.first_label, &class.name) {
            (Some(first), _) if class.number.is_some() => {
                let place = usize::try_from(class.number?).ok()?.checked_sub(first)?;
                every.get(place).map(|category| category.id)
            }
            (_, Some(name)) => known(&|category| category.name == *name),
            (_, None) => known(&|category| Some(category.id) == class.number),
        }
    }
}

/// What a file says.
#[derive(Debug, Default)]
pub struct CellResults {
    /// By image id, by falling score; also of images that a sample leaves out.
    pub detections: HashMap<u64, Vec<Detection>>,
    /// What led to the images.
    pub ways: BTreeSet<Way>,
    /// Whether the numbers of images could mean others.
    pub is_ambiguous: bool,
    /// Results of categories that the dataset does not have, which are left out.
    pub foreign: BTreeMap<ResultClass, usize>,
    /// Results of categories that do not count, by the categories' names; they are left out, too.
    pub not_counting: BTreeMap<String, usize>,
    /// The words on the left of `rename` that a result is of.
    pub renamed: BTreeSet<String>,
    /// Images of the dataset that a result is of, of whatever category.
    pub covered: usize,
}

impl CellResults {
    /// Reads a file's `bytes`.
    ///
    /// # Errors
    /// They are no results, or none of the dataset's.
    pub fn read(
        path: &Path,
        bytes: &[u8],
        dataset: &Dataset,
        pictures: &Pictures,
        meaning: &Meaning,
    ) -> Result<Self, PredictorError> {
        let fail = |what: String| PredictorError::Load(format!("{}: {what}", path.display()));
        let results = result::read(path, bytes, meaning.score_scale)?;
        let matched = pictures.find(&results, meaning.image_ids).map_err(fail)?;
        let sizes: HashMap<u64, Size> = dataset.images.iter().map(|image| (image.id, image.size())).collect();
        let mut cell = Self { ways: matched.ways, is_ambiguous: matched.is_ambiguous, ..Self::default() };
        let every = dataset.every_category();
        let counts: BTreeSet<u64> = dataset.categories.iter().map(|category| category.id).collect();
        meaning.holds_for(&every).map_err(fail)?;
        for (index, (raw, image)) in results.iter().zip(&matched.images).enumerate() {
            cell.renamed.extend(meaning.renamed(&raw.class).map(|(theirs, _)| theirs.clone()));
            let counting = cell.counting(&raw.class, meaning, &every, &counts);
            // Made for whatever category: an image with results of others alone is covered, and nothing counts on it.
            let of_image = cell.detections.entry(*image).or_default();
            let Some(category_id) = counting else { continue };
            // Images that a sample leaves out have no size, and are not asked for.
            let size = sizes.get(image).copied().unwrap_or(Size { width: 1, height: 1 });
            let bbox = meaning.box_format.bbox(meaning.unit, raw.bbox, size);
            if bbox.width < 0.0 || bbox.height < 0.0 {
                let what = format!("{} of a size of at least 0 are expected", meaning.box_format.summary());
                return Err(fail(format!("result {index} has bbox {:?}; {what}", raw.bbox)));
            }
            of_image.push(Detection { category_id, bbox, shape: Shape::Box, score: raw.score });
        }
        // Some of other categories are usual, as COCO's models find more than a dataset labels; all of them are a
        // mistake in the numbering.
        if !results.is_empty() && cell.foreign.values().sum::<usize>() == results.len() {
            return Err(fail(all_foreign(&cell.foreign, &every)));
        }
        for detections in cell.detections.values_mut() {
            // Stable: equal scores keep the file's order, as pycocotools has it.
            detections.sort_by(|a, b| b.score.total_cmp(&a.score));
        }
        cell.covered = dataset.images.iter().filter(|image| cell.detections.contains_key(&image.id)).count();
        Ok(cell)
    }

    /// The category of a class where it counts; else it is noted why its results are left out.
    fn counting(
        &mut self,
        class: &ResultClass,
        meaning: &Meaning,
        every: &[&Category],
        counts: &BTreeSet<u64>,
    ) -> Option<u64> {
        let Some(category_id) = meaning.category(class, every) else {
            *self.foreign.entry(class.clone()).or_default() += 1;
            return None;
        };
        if !counts.contains(&category_id) {
            let name = every.iter().find(|one| one.id == category_id).map(|one| one.name.clone());
            *self.not_counting.entry(name.unwrap_or_default()).or_default() += 1;
            return None;
        }
        Some(category_id)
    }
}

/// What to say where no result is of a category that the dataset has.
fn all_foreign(foreign: &BTreeMap<ResultClass, usize>, every: &[&Category]) -> String {
    let is_named = foreign.keys().any(|class| class.name.is_some());
    let known = |category: &&Category| {
        if is_named { format!("`{}`", category.name) } else { category.id.to_string() }
    };
    let known = every.iter().map(known).collect::<Vec<_>>();
    let what = format!("no result is of a category that the dataset has ({})", first(&known));
    let found = first(&foreign.keys().map(ResultClass::to_string).collect::<Vec<_>>());
    let are_numbered = foreign.keys().all(|class| class.number.is_some());
    match (is_named, are_numbered) {
        (false, _) => {
            format!(
                "{what}: their category_id is {found}; if they count the categories in order, set `first_label`, else \
                 say which is which with `rename = {{ {} = \"{}\" }}`",
                foreign.keys().next().and_then(|class| class.number).unwrap_or_default(),
                every.first().map_or("...", |category| category.name.as_str())
            )
        }
        (true, true) => format!(
            "{what}: they are of {found}; give them its names with `rename = {{ theirs = \"ours\" }}`, or if their \
             numbers count the dataset's categories in order, set `first_label`"
        ),
        (true, false) => {
            format!("{what}: they are of {found}; give them its names with `rename = {{ theirs = \"ours\" }}`")
        }
    }
}

/// Classes for a message: `category_id 62, 63`, or their names.
pub fn classes(classes: &BTreeMap<ResultClass, usize>) -> String {
    let is_named = classes.keys().any(|class| class.name.is_some());
    let list = first(&classes.keys().map(ResultClass::to_string).collect::<Vec<_>>());
    if is_named { list } else { format!("category_id {list}") }
}

/// The first few of a list.
pub fn first(list: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = if list.len() > SHOWN { ", ..." } else { "" };
    format!("{}{more}", list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}
