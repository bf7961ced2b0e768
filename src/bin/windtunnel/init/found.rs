//! Looking around: files that may be datasets or models, the most promising first. Nothing is opened that a name does not
//! speak for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use windtunnel::file::{self as files, MOST_OF_A_TEXT};
use windtunnel::json;
use windtunnel::untrusted::Shown as _;

use super::class_names::may_be_class;
use super::json_keys::may_be_coco;

/// How deep folders are looked into.
const DEPTH: usize = 6;

/// Bytes of a file of labels: COCO's training labels are of 448 MiB.
const MOST_OF_LABELS: u64 = 512 << 20;

/// Folders that hold other people's files.
const SKIPPED: [&str; 6] = ["target", "node_modules", "venv", "env", "site-packages", "__pycache__"];

/// The file that Roboflow puts into each split of a COCO export.
const EXPORTED: &str = "_annotations.coco.json";

/// The file that Roboflow puts into each split of an export of classes.
const EXPORTED_CLASSES: &str = "_classes.csv";

/// How labels end that nothing here reads, as Roboflow names them: `CreateML`, Keras' YOLO, TensorFlow.
const FOREIGN: [&str; 4] = ["_annotations.createml.json", "_annotations.txt", "_annotations.csv", ".tfrecord"];

/// The list of classes that stands in place of a data.yaml.
const LISTED: &str = "classes.txt";

/// Parts of a dataset by what they are for: figures are wanted of images that no model was trained on.
const SPLITS: [(&str, u8); 7] =
    [("test", 0), ("testing", 0), ("val", 1), ("valid", 1), ("validation", 1), ("train", 3), ("training", 3)];

/// Extensions of pictures.
const PICTURES: [&str; 7] = ["bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp"];

/// What lies around.
pub struct Surroundings {
    /// Ways to read datasets, the most promising first.
    pub datasets: Vec<Guess>,
    /// Where folders of pictures were taken for classes: the same pictures without labels, if the models say otherwise.
    pub pictures: Option<Guess>,
    /// Folders that have pictures, and how many, sorted.
    pub picture_folders: Vec<(PathBuf, usize)>,
    /// ONNX files, sorted; paths below the folder that was looked into.
    pub models: Vec<PathBuf>,
    /// Checkpoints of PyTorch, sorted; they have to be exported first.
    pub weights: Vec<PathBuf>,
    /// What looks like labels that nothing here reads, in words with the way out.
    pub unread: Option<String>,
}

/// A dataset as it might be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guess {
    /// Lower is better.
    rank: (u8, usize),
    /// The format's name.
    pub format: &'static str,
    /// Below the folder that was looked into.
    pub path: PathBuf,
    /// The folder of images, where it has to be named; below the same folder.
    pub images: Option<PathBuf>,
    /// The part.
    pub split: Option<String>,
    /// The folders that were taken for classes, where nothing but their names and pictures says that they are.
    pub classes: Vec<String>,
}

impl Guess {
    /// The same with paths that lead over `folder`, in which it was found.
    pub fn below(&self, folder: &Path) -> Self {
        // Without a slash at the end where it is the folder itself.
        let over = |path: &Path| if path.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(path) };
        Self { path: over(&self.path), images: self.images.as_deref().map(over), ..self.clone() }
    }
}

impl Surroundings {
    /// Folders with pictures that are not read where `guess` is: none of labels, which say themselves what is meant.
    pub fn left_out(&self, guess: &Guess) -> Vec<(PathBuf, usize)> {
        let is_read = |(folder, _): &&(PathBuf, usize)| guess.format != "images" || folder.starts_with(&guess.path);
        self.picture_folders.iter().filter(|folder| !is_read(folder)).cloned().collect()
    }
}

/// Looks into `folder`.
pub fn look(folder: &Path) -> Surroundings {
    let mut seen = SeenFolder::default();
    seen.walk(folder, Path::new(""), DEPTH);
    let mut datasets: Vec<Guess> = seen.files.iter().flat_map(|file| guesses(folder, file, &seen.folders)).collect();
    datasets.sort();
    datasets.dedup();
    // Folders of pictures are classes only where no labels say otherwise.
    let mut pictures = None;
    if datasets.is_empty() {
        datasets = seen.class_layouts();
        pictures = datasets.first().map(|classes| guess("images", &classes.path, None, None, 9));
    }
    // Pictures alone, only where nothing says what is in them: labels that cannot be read are to be mended.
    if datasets.is_empty() {
        datasets.extend(seen.most_pictures().map(|folder| guess("images", folder, None, None, 9)));
    }
    let of = |extension: &str| seen.files.iter().filter(|file| has_extension(file, extension)).cloned().collect();
    let (models, weights, unread) = (of("onnx"), of("pt"), seen.unread());
    Surroundings { datasets, pictures, picture_folders: seen.pictures.into_iter().collect(), models, weights, unread }
}

/// Files and folders below the one that is looked into, sorted.
#[derive(Default)]
struct SeenFolder {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    /// Pictures in each folder.
    pictures: BTreeMap<PathBuf, usize>,
    /// Texts in each folder.
    texts: BTreeMap<PathBuf, usize>,
    /// Labels in formats that nothing here reads.
    foreign: Vec<PathBuf>,
}

impl SeenFolder {
    /// The folder with the most pictures in it, the first of equal ones.
    fn most_pictures(&self) -> Option<&Path> {
        let most = self.pictures.iter().max_by_key(|(folder, count)| (**count, std::cmp::Reverse(*folder)));
        most.map(|(folder, _)| folder.as_path())
    }

    /// What looks like labels and is not read.
    fn unread(&self) -> Option<String> {
        if let Some(file) = self.foreign.first() {
            let file = file.shown();
            return Some(format!(
                "{file} looks like labels of a format that is not read: export them as COCO, YOLO or Pascal VOC"
            ));
        }
        let is_as_many =
            |folder: &&PathBuf| self.pictures.get(*folder).is_some_and(|count| self.texts[*folder] * 2 >= *count);
        let folder = self.texts.keys().find(is_as_many)?.join(LISTED);
        Some(format!(
            "text files lie beside the pictures: if they are YOLO labels, write the names of their classes, a line each, into {}",
            folder.shown()
        ))
    }

    /// Folders of which each folder in it has pictures and a name that a class may have: classes, or in folders called as
    /// splits are, those of splits.
    fn class_layouts(&self) -> Vec<Guess> {
        let of_layout = |folder: &PathBuf| {
            let inside: Vec<&PathBuf> = self.folders.iter().filter(|inner| is_in(inner, folder)).collect();
            let has_pictures = |folder: &Path| self.pictures.contains_key(folder);
            let is_class = |folder: &&PathBuf| has_pictures(folder) && may_be_class(folder);
            if has_pictures(folder) || inside.len() < 2 || !inside.iter().all(is_class) {
                return None;
            }
            let found = match of_split(folder) {
                Some((split, rank)) => guess("folder", &parent(folder), None, Some(split), rank),
                None => guess("folder", folder, None, None, 2),
            };
            let name = |folder: &&PathBuf| Some(folder.file_name()?.to_string_lossy().into_owned());
            Some(Guess { classes: inside.iter().filter_map(name).collect(), ..found })
        };
        let mut layouts: Vec<Guess> = self.folders.iter().filter_map(of_layout).collect();
        layouts.sort();
        layouts
    }

    fn walk(&mut self, root: &Path, below: &Path, depth: usize) {
        self.folders.push(below.to_path_buf());
        let entries = fs::read_dir(root.join(below)).into_iter().flatten().flatten();
        let mut entries: Vec<(PathBuf, fs::FileType)> =
            entries.filter_map(|entry| Some((below.join(entry.file_name()), entry.file_type().ok()?))).collect();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        for (path, kind) in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() && depth > 0 {
                self.walk(root, &path, depth - 1);
            } else if PICTURES.iter().any(|extension| has_extension(&path, extension)) {
                *self.pictures.entry(below.to_path_buf()).or_default() += 1;
            } else if FOREIGN.iter().any(|foreign| name.ends_with(foreign)) {
                self.foreign.push(path);
            } else if has_extension(&path, "txt") && !is_list_of_classes(&path) {
                *self.texts.entry(below.to_path_buf()).or_default() += 1;
            } else if is_list_of_classes(&path)
                || name == EXPORTED_CLASSES
                || ["json", "yaml", "yml", "data", "xml", "onnx", "pt"]
                    .iter()
                    .any(|extension| has_extension(&path, extension))
            {
                self.files.push(path);
            }
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn guesses(root: &Path, file: &Path, folders: &[PathBuf]) -> Vec<Guess> {
    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
    if file.file_name().is_some_and(|name| name == EXPORTED) {
        return vec![match of_split(&folder) {
            Some((split, rank)) => guess("coco", &parent(&folder), None, Some(split), rank),
            None => guess("coco", file, None, None, 2),
        }];
    }
    if file.file_name().is_some_and(|name| name == EXPORTED_CLASSES) {
        return vec![match of_split(&folder) {
            Some((split, rank)) => guess("csv", &parent(&folder), None, Some(split), rank),
            None => guess("csv", file, None, None, 2),
        }];
    }
    if has_extension(file, "json") {
        return coco(root, file, folders).into_iter().collect();
    }
    if has_extension(file, "xml") {
        return voc(root, &folder);
    }
    if is_list_of_classes(file) {
        return of_classes(file, folders);
    }
    if ["yaml", "yml", "data"].iter().any(|extension| has_extension(file, extension)) {
        yolo(root, file)
    } else {
        Vec::new()
    }
}

/// Whether a file is the list of classes that stands in place of a data.yaml.
fn is_list_of_classes(file: &Path) -> bool {
    let lists = ["classes.txt", "obj.names", "labels.txt", "_darknet.labels"];
    file.file_name().is_some_and(|name| lists.iter().any(|list| name == *list))
}

/// A list of classes with pictures and labels beside it: the parts that have folders, and the whole.
fn of_classes(file: &Path, folders: &[PathBuf]) -> Vec<Guess> {
    let folder = parent(file);
    let is_there = |word: &str| ["images", ""].iter().any(|images| folders.contains(&folder.join(images).join(word)));
    let parts = SPLITS.iter().filter(|(word, _)| is_there(word));
    let parts = parts.map(|(word, rank)| guess("yolo", file, None, Some((*word).to_owned()), *rank));
    let rank = of_split(&folder).map_or(4, |(_, rank)| rank);
    parts.chain([guess("yolo", file, None, Some("all".to_owned()), rank)]).collect()
}

fn guess(format: &'static str, path: &Path, images: Option<PathBuf>, split: Option<String>, rank: u8) -> Guess {
    Guess {
        rank: (rank, path.components().count()),
        format,
        path: path.to_path_buf(),
        images,
        split,
        classes: Vec::new(),
    }
}

/// A COCO file with the folder in which its first image is.
fn coco(root: &Path, file: &Path, folders: &[PathBuf]) -> Option<Guess> {
    #[derive(Deserialize)]
    struct Peek {
        images: Vec<Image>,
        annotations: Vec<Object>,
        #[serde(rename = "categories")]
        _categories: Vec<IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Image {
        file_name: String,
    }
    #[derive(Deserialize)]
    struct Object {
        score: Option<IgnoredAny>,
    }
    if !may_be_coco(&root.join(file)) {
        return None;
    }
    let peek: Peek = json::from_bytes(&files::read(&root.join(file), MOST_OF_LABELS).ok()?).ok()?;
    // What a model has found, in the form of labels.
    if peek.annotations.first()?.score.is_some() {
        return None;
    }
    let first = &peek.images.first()?.file_name;
    let beside = parent(file);
    let holding = |name: &str| {
        let mut holding: Vec<&PathBuf> =
            folders.iter().filter(|folder| !name.is_empty() && root.join(folder).join(name).is_file()).collect();
        holding.sort_by_key(|folder| (**folder != beside, folder.components().count()));
        holding.first().map(|folder| (*folder).clone())
    };
    // Labels keep paths of other machines; the reader finds pictures by the last names.
    let last = || holding(first.rsplit(['/', '\\']).next().unwrap_or_default());
    let images = Some(first).filter(|first| !first.starts_with("..")).and_then(|first| holding(first)).or_else(last)?;
    let named = file.to_string_lossy().to_lowercase();
    let rank = SPLITS.iter().find(|(word, _)| named.contains(word)).map_or(2, |(_, rank)| *rank);
    Some(guess("coco", file, Some(images).filter(|images| *images != beside), None, rank))
}

/// A description of YOLO data: a text with the names of the classes, and the parts that it lists.
fn yolo(root: &Path, file: &Path) -> Vec<Guess> {
    let text = files::read(&root.join(file), MOST_OF_A_TEXT).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.unwrap_or_default();
    let has = |key: &str| {
        text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with([':', '='])))
    };
    if !has("names") && !has("nc") {
        return Vec::new();
    }
    let parts = SPLITS.iter().filter(|(word, _)| has(word));
    parts.map(|(word, rank)| guess("yolo", file, None, Some((*word).to_owned()), *rank)).collect()
}

/// What folders of a VOC dataset are called that lie in the folder of the whole, in small letters.
const VOC_FOLDERS: [&str; 8] = ["annotations", "annotation", "xmls", "xml", "annots", "labels", "jpegimages", "images"];

/// How far up from an XML file those are looked for.
const WITHIN: usize = 4;

/// A folder of XML files: a development kit's, a split of an export, or one that stands alone.
fn voc(root: &Path, folder: &Path) -> Vec<Guess> {
    // Folders of the user's own may lie in those.
    let is_known = |folder: &Path| {
        folder.file_name().is_some_and(|name| VOC_FOLDERS.contains(&name.to_string_lossy().to_lowercase().as_str()))
    };
    let known = folder.ancestors().take(WITHIN).find(|around| is_known(around));
    let is_split = of_split(folder).is_some();
    let (mut whole, mut split) = (known.filter(|_| !is_split).unwrap_or(folder).to_path_buf(), None);
    while let Some(name) = whole.file_name().and_then(|name| name.to_str()) {
        match of_split(&whole) {
            Some(found) if split.is_none() => split = Some(found),
            _ if VOC_FOLDERS.contains(&name.to_lowercase().as_str()) => {}
            _ => break,
        }
        whole = parent(&whole);
    }
    if let Some((split, rank)) = split {
        return vec![guess("voc", &whole, None, Some(split), rank)];
    }
    let has_list = |word: &str| {
        let lists = ["ImageSets/Main", "ImageSets", ""].map(|lists| root.join(&whole).join(lists));
        lists.iter().any(|lists| lists.join(word).with_extension("txt").is_file())
    };
    let parts = SPLITS.iter().filter(|(word, _)| has_list(word));
    let parts = parts.map(|(word, rank)| guess("voc", &whole, None, Some((*word).to_owned()), *rank));
    // XML files may lie in folders of the folder that is meant.
    let around = guess("voc", &parent(&whole), None, None, 4);
    parts.chain([guess("voc", &whole, None, None, 2), around]).collect()
}

/// Whether `inner` lies in `folder`, and in no folder between.
fn is_in(inner: &Path, folder: &Path) -> bool {
    inner != folder && inner.parent() == Some(folder)
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The split that a folder is called after.
fn of_split(folder: &Path) -> Option<(String, u8)> {
    let name = folder.file_name()?.to_str()?;
    SPLITS.iter().find(|(word, _)| *word == name).map(|(word, rank)| ((*word).to_owned(), *rank))
}
