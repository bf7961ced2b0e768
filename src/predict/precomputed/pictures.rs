//! Which image a result is of. Tools call images by the id in a file of labels, by file name, by its stem (Ultralytics,
//! as a number where it is one), or count them in an order of their own, which nobody else knows.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::result::RawResult;
use crate::dataset::{Dataset, ImageIds, Numbering, composed};
use crate::json::Id;
use crate::spec::Choice;

/// What `image_id` in results is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Calling {
    /// The id in the file of labels.
    Id,
    /// The file name or its stem.
    Name,
    /// The place in the sorted file names.
    Place,
}

impl Choice for Calling {
    const ALL: &'static [(&'static str, Self)] = &[("id", Self::Id), ("name", Self::Name), ("place", Self::Place)];

    fn summary(self) -> &'static str {
        match self {
            Self::Id => "the id of the image in the file of labels (COCO)",
            Self::Name => "its file name, or that without its extension, which may be a number",
            Self::Place => {
                "its place in the sorted file names, from 1: the ids that `windtunnel export` gives to the images of \
                 YOLO and VOC datasets"
            }
        }
    }
}

/// What led from a result to its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The id in the file of labels.
    Id,
    /// `file_name`.
    FileName,
    /// A file name or stem as `image_id`.
    Name,
    /// A number as `image_id`, which is a stem.
    Number,
    /// A place in the sorted file names.
    Place,
}

impl Way {
    /// For a note; `None` where it is what everybody expects.
    pub fn describe(self) -> Option<&'static str> {
        match self {
            Self::Id => None,
            Self::FileName => Some("`file_name`"),
            Self::Name => Some("file names in `image_id`"),
            Self::Number => Some("the numbers in `image_id` as names of files"),
            Self::Place => Some("the numbers in `image_id` as places in the sorted file names"),
        }
    }
}

/// How the results on a dataset were matched with its images, where that is not what everybody expects.
pub fn ways_note(dataset: &str, ways: &BTreeSet<Way>, is_ambiguous: bool) -> Vec<String> {
    let ways: Vec<&str> = ways.iter().filter_map(|way| way.describe()).collect();
    let by = format!("results on `{dataset}` are matched with images by {}", ways.join(" and "));
    let doubt = format!(
        "the numbers of images in the results on `{dataset}` are taken as the ids of the labels; as names of files they \
         would be others: if they are names, set `image_ids = \"name\"`, else `image_ids = \"id\"`"
    );
    let by = (!ways.is_empty()).then_some(by);
    by.into_iter().chain(is_ambiguous.then_some(doubt)).collect()
}

/// What a result says of its image.
pub trait OfPicture {
    /// What the tool calls the image.
    fn image_id(&self) -> Option<&Id>;

    /// The image's file.
    fn file_name(&self) -> Option<&str>;
}

/// What a result calls its image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Called {
    /// What the tool calls it.
    pub image_id: Option<Id>,
    /// Its file.
    pub file_name: Option<String>,
}

impl OfPicture for Called {
    fn image_id(&self) -> Option<&Id> {
        self.image_id.as_ref()
    }

    fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }
}

impl OfPicture for RawResult {
    fn image_id(&self) -> Option<&Id> {
        self.image_id.as_ref()
    }

    fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }
}

/// The images of a dataset, those that a sample leaves out among them, by all that they may be called.
pub struct Pictures {
    numbering: Numbering,
    ids: HashSet<u64>,
    names: HashMap<String, u64>,
    bases: HashMap<String, FoundPictures>,
    stems: HashMap<String, FoundPictures>,
    /// By last parts and stems in small letters: other systems do not tell them apart.
    small: HashMap<String, FoundPictures>,
    /// By stems that are numbers, however many zeros they begin with.
    numbers: HashMap<u64, FoundPictures>,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundPictures {
    One(u64),
    Several,
}

/// Which images the results of one file are of.
#[derive(Debug, PartialEq, Eq)]
pub struct Matched {
    /// The image's id, result by result.
    pub images: Vec<u64>,
    /// What led to them.
    pub ways: BTreeSet<Way>,
    /// Whether the numbers, taken as ids, would also be names of other images.
    pub is_ambiguous: bool,
}

impl Pictures {
    /// The pictures of a dataset.
    pub fn of(dataset: &Dataset) -> Self {
        let own = dataset.images.iter().map(|image| (image.id, image.file_name.as_str()));
        let left_out = dataset.numbering.left_out.iter().map(|(id, name)| (*id, name.as_str()));
        let mut pictures = Self {
            numbering: Numbering { left_out: Vec::new(), ..dataset.numbering.clone() },
            ids: HashSet::new(),
            names: HashMap::new(),
            bases: HashMap::new(),
            stems: HashMap::new(),
            small: HashMap::new(),
            numbers: HashMap::new(),
        };
        own.chain(left_out).for_each(|(id, name)| pictures.add(id, name));
        pictures
    }

    fn add(&mut self, id: u64, file_name: &str) {
        let name = slashed(file_name);
        let stem = stem(&name);
        if let Ok(number) = stem.parse() {
            put(&mut self.numbers, number, id);
        }
        put(&mut self.stems, stem.to_owned(), id);
        for called in std::collections::BTreeSet::from([base(&name).to_lowercase(), stem.to_lowercase()]) {
            put(&mut self.small, called, id);
        }
        put(&mut self.bases, base(&name).to_owned(), id);
        self.names.insert(name, id);
        self.ids.insert(id);
    }

    /// The image of each result; `asked` is what the spec says of the ids.
    ///
    /// # Errors
    /// A result is of no image, or of one of several: what is wrong and what to do.
    pub fn find<R: OfPicture>(&self, results: &[R], asked: Option<Calling>) -> Result<Matched, String> {
        let numbers = || results.iter().filter(|raw| asked.is_some() || raw.file_name().is_none()).filter_map(number);
        let is_written = self.numbering.ids == ImageIds::Written;
        let are_ids = is_written && numbers().all(|number| self.ids.contains(&number));
        let are_names = numbers().all(|number| self.numbers.contains_key(&number));
        // Nobody else counts so, but whoever has exported a dataset has these numbers: said in a note.
        let are_places = !is_written && self.numbering.texts.is_empty() && numbers().all(|n| self.ids.contains(&n));
        let calling = asked.unwrap_or(match () {
            () if are_ids || is_written && !are_names => Calling::Id,
            () if are_places && !are_names => Calling::Place,
            () => Calling::Name,
        });
        let (mut images, mut ways) = (Vec::with_capacity(results.len()), BTreeSet::new());
        for (index, raw) in results.iter().enumerate() {
            let (image, way) = self.image(raw, calling, asked).map_err(|what| format!("result {index} has {what}"))?;
            images.push(image);
            ways.insert(way);
        }
        let is_of_another = |number: u64| self.numbers.get(&number) != Some(&FoundPictures::One(number));
        let is_ambiguous = asked.is_none() && are_ids && are_names && numbers().any(is_of_another);
        Ok(Matched { images, ways, is_ambiguous })
    }

    fn image(&self, raw: &impl OfPicture, calling: Calling, asked: Option<Calling>) -> Result<(u64, Way), String> {
        if let Some(name) = raw.file_name().filter(|_| calling == Calling::Name || asked.is_none()) {
            let found = self.called(name).map(|id| (id, Way::FileName));
            let by_id = if asked.is_none() && raw.image_id().is_some() && self.numbering.ids == ImageIds::Written {
                "; if the `image_id` are those of the labels, set `image_ids = \"id\"`"
            } else {
                ""
            };
            return found.map_err(|what| format!("file_name \"{name}\", {what}{by_id}"));
        }
        let number = match raw.image_id() {
            None => return Err("no `image_id`".to_owned()),
            Some(Id::Text(text)) => {
                let own = self.numbering.texts.get(text).map(|id| (*id, Way::Id));
                let found = own.map_or_else(|| self.called(text).map(|id| (id, Way::Name)), Ok);
                return found.map_err(|what| format!("image_id \"{text}\", {what}"));
            }
            Some(Id::Number(number)) => *number,
        };
        let text = || self.numbering.texts.get(&number.to_string()).map(|id| (*id, Way::Id));
        let id = |ids: ImageIds, way: Way| {
            (self.numbering.ids == ids && self.ids.contains(&number)).then_some((number, way))
        };
        let found = match calling {
            Calling::Id => text().or(id(ImageIds::Written, Way::Id)),
            Calling::Name => text().or(self.numbers.get(&number).and_then(|found| Some((one(found)?, Way::Number)))),
            Calling::Place => id(ImageIds::Places, Way::Place),
        };
        found.ok_or_else(|| format!("image_id {number}, {}", self.way_out(number, calling)))
    }

    /// Why a number is of no image, and what to do.
    fn way_out(&self, number: u64, calling: Calling) -> &'static str {
        match (calling, self.numbering.ids) {
            (Calling::Name, _) if self.numbers.get(&number) == Some(&FoundPictures::Several) => {
                "which is the name of several images: write the whole `file_name` beside it"
            }
            (Calling::Name, ImageIds::Places) => {
                "which the dataset does not have: its labels give images no numbers, so write the `file_name` beside \
                 it, or set `image_ids = \"place\"` if the numbers are those of `windtunnel export`"
            }
            (Calling::Id, ImageIds::Places) => {
                "which the dataset does not have: its labels give images no numbers; drop `image_ids`, and write file \
                 names"
            }
            (Calling::Place, ImageIds::Written) => {
                "which is no place: the images have ids of their own; drop `image_ids = \"place\"`"
            }
            (Calling::Id | Calling::Name | Calling::Place, _) => {
                "which the dataset does not have: write the image's id in the labels, or its `file_name`"
            }
        }
    }

    /// The image of a file name, of its last part, or of what that is without its extension.
    fn called(&self, name: &str) -> Result<u64, &'static str> {
        let name = slashed(name);
        // A name is given whole, or without an extension; a stem may have points of its own.
        let last = base(&name);
        let of_last = || self.bases.get(last).or(self.stems.get(last)).or(self.stems.get(stem(&name))).copied();
        let of_last = || of_last().or_else(|| self.small.get(&last.to_lowercase()).copied());
        match self.names.get(&name).map(|id| FoundPictures::One(*id)).or_else(of_last) {
            Some(FoundPictures::One(id)) => Ok(id),
            Some(FoundPictures::Several) => {
                Err("which is the name of several images: write the path from the folder of images")
            }
            None => Err("which the dataset does not have"),
        }
    }
}

fn put<K: std::hash::Hash + Eq>(map: &mut HashMap<K, FoundPictures>, key: K, id: u64) {
    map.entry(key).and_modify(|found| *found = FoundPictures::Several).or_insert(FoundPictures::One(id));
}

fn one(found: &FoundPictures) -> Option<u64> {
    match found {
        FoundPictures::One(id) => Some(*id),
        FoundPictures::Several => None,
    }
}

fn number(raw: &impl OfPicture) -> Option<u64> {
    match raw.image_id() {
        Some(Id::Number(number)) => Some(*number),
        Some(Id::Text(_)) | None => None,
    }
}

/// With `/` for `\`, and letters in one form of Unicode: macOS writes accents apart.
fn slashed(name: &str) -> String {
    composed(name.replace('\\', "/").trim_start_matches("./"))
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn stem(name: &str) -> &str {
    Path::new(base(name)).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::ImageRecord;

    fn pictures(ids: ImageIds, names: &[(u64, &str)]) -> Pictures {
        let image = |&(id, name): &(u64, &str)| ImageRecord {
            id,
            file_name: name.to_owned(),
            path: name.into(),
            width: 1,
            height: 1,
            framing: None,
        };
        Pictures::of(&Dataset {
            images: names.iter().map(image).collect(),
            categories: Vec::new(),
            annotations: Vec::new(),
            is_labelled: true,
            digest: crate::digest::Digest::of_bytes(b""),
            sampled_from: None,
            metadata: Vec::new(),
            numbering: Numbering { ids, ..Numbering::default() },
            warnings: Vec::new(),
            aside: crate::dataset::Aside::default(),
        })
    }

    fn result(id: &str, file_name: Option<&str>) -> RawResult {
        RawResult {
            image_id: (!id.is_empty()).then(|| Id::from(id)),
            file_name: file_name.map(str::to_owned),
            class: crate::predict::precomputed::result::ResultClass { number: Some(1), name: None },
            bbox: [0.0; 4],
            score: 0.5,
        }
    }

    fn found(pictures: &Pictures, ids: &[&str]) -> Result<Matched, String> {
        let results: Vec<RawResult> = ids.iter().map(|id| result(id, None)).collect();
        pictures.find(&results, None)
    }

    #[test]
    fn numbers_are_names_where_the_labels_have_none() {
        // Sorted as texts: the place of 2.jpg is 4.
        let yolo = pictures(ImageIds::Places, &[(1, "1.jpg"), (2, "10.jpg"), (3, "11.jpg"), (4, "2.jpg")]);
        let numbers = found(&yolo, &["1", "2", "10"]).unwrap();
        assert_eq!(numbers.images, [1, 4, 2]);
        assert_eq!(numbers.ways, [Way::Number].into());
        let places = found(&yolo, &["1", "3"]).unwrap();
        assert_eq!((places.images, places.ways), (vec![1, 3], [Way::Place].into()));
        let error = found(&yolo, &["1", "5"]).unwrap_err();
        assert!(error.starts_with("result 1 has image_id 5, which the dataset does not have: its labels"), "{error}");
        let places = yolo.find(&[result("3", None)], Some(Calling::Place)).unwrap();
        assert_eq!((places.images, places.ways), (vec![3], [Way::Place].into()));
        let named = yolo.find(&[result("1", Some("set/2.png"))], None).unwrap();
        assert_eq!((named.images, named.ways), (vec![4], [Way::FileName].into()));
    }

    #[test]
    fn numbers_are_ids_where_the_labels_have_them_and_names_where_all_are() {
        let coco = pictures(ImageIds::Written, &[(7, "0001.jpg"), (8, "0002.jpg"), (1, "x.jpg")]);
        assert_eq!(found(&coco, &["7", "8"]).unwrap().ways, [Way::Id].into());
        assert_eq!(found(&coco, &["1", "2"]).unwrap().images, [7, 8]);
        assert!(found(&coco, &["1"]).unwrap().is_ambiguous && !found(&coco, &["7"]).unwrap().is_ambiguous);
        assert_eq!(found(&coco, &["x"]).unwrap().images, [1]);
        let error = found(&coco, &["7", "2"]).unwrap_err();
        assert!(error.starts_with("result 1 has image_id 2, which the dataset does not have: write"), "{error}");
        assert!(coco.find(&[result("7", None)], Some(Calling::Place)).unwrap_err().contains("drop `image_ids"));
    }

    #[test]
    fn a_name_of_several_images_is_none() {
        let voc = pictures(ImageIds::Places, &[(1, "a/7.jpg"), (2, "b/7.jpg"), (3, "c.jpg"), (4, "b/c.jpg")]);
        assert!(found(&voc, &["7"]).unwrap_err().contains("the name of several images: write the whole `file_name`"));
        assert!(found(&voc, &["c"]).unwrap_err().contains("\"c\", which is the name of several images"));
        assert_eq!(found(&voc, &["c.jpg", r"b\7.jpg", "./a/7.jpg"]).unwrap().images, [3, 2, 1]);
        let accents = pictures(ImageIds::Places, &[(1, "cafe\u{301}.jpg")]);
        assert_eq!(found(&accents, &["caf\u{e9}.jpg", "x/caf\u{e9}", "cafe\u{301}"]).unwrap().images, [1, 1, 1]);
        assert!(found(&voc, &["d"]).unwrap_err().contains("\"d\", which the dataset does not have"));
    }
}
