//! Looking around: files that may be datasets or models, the most promising first. Nothing is opened that a name does not
//! speak for.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use windtunnel::file::{self as files, MOST_OF_A_TEXT};

use super::json_keys::may_be_coco;

/// How deep folders are looked into.
const DEPTH: usize = 6;

/// Folders that hold other people's files.
const SKIPPED: [&str; 6] = ["target", "node_modules", "venv", "env", "site-packages", "__pycache__"];

/// The file that Roboflow puts into each split of a COCO export.
const EXPORTED: &str = "_annotations.coco.json";

/// Parts of a dataset by what they are for: figures are wanted of images that no model was trained on.
const SPLITS: [(&str, u8); 7] =
    [("test", 0), ("testing", 0), ("val", 1), ("valid", 1), ("validation", 1), ("train", 3), ("training", 3)];

/// What lies around.
pub struct Found {
    /// Ways to read datasets, the most promising first.
    pub datasets: Vec<Guess>,
    /// ONNX files, sorted; paths below the folder that was looked into.
    pub models: Vec<PathBuf>,
    /// Checkpoints of PyTorch, sorted; they have to be exported first.
    pub weights: Vec<PathBuf>,
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
}

/// Looks into `folder`.
pub fn look(folder: &Path) -> Found {
    let mut seen = Seen::default();
    seen.walk(folder, Path::new(""), DEPTH);
    let mut datasets: Vec<Guess> = seen.files.iter().flat_map(|file| guesses(folder, file, &seen.folders)).collect();
    datasets.sort();
    datasets.dedup();
    let of = |extension: &str| seen.files.iter().filter(|file| has_extension(file, extension)).cloned().collect();
    Found { datasets, models: of("onnx"), weights: of("pt") }
}

/// Files and folders below the one that is looked into, sorted.
#[derive(Default)]
struct Seen {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Seen {
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
            } else if ["json", "yaml", "yml", "xml", "onnx", "pt"]
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
    if has_extension(file, "json") {
        return coco(root, file, folders).into_iter().collect();
    }
    if has_extension(file, "xml") {
        return voc(root, &folder);
    }
    if has_extension(file, "yaml") || has_extension(file, "yml") { yolo(root, file) } else { Vec::new() }
}

fn guess(format: &'static str, path: &Path, images: Option<PathBuf>, split: Option<String>, rank: u8) -> Guess {
    Guess { rank: (rank, path.components().count()), format, path: path.to_path_buf(), images, split }
}

/// A COCO file with the folder in which its first image is.
fn coco(root: &Path, file: &Path, folders: &[PathBuf]) -> Option<Guess> {
    #[derive(Deserialize)]
    struct Peek {
        images: Vec<Image>,
        #[serde(rename = "annotations")]
        _annotations: Vec<IgnoredAny>,
        #[serde(rename = "categories")]
        _categories: Vec<IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Image {
        file_name: String,
    }
    if !may_be_coco(&root.join(file)) {
        return None;
    }
    let peek: Peek = serde_json::from_reader(BufReader::new(files::open(&root.join(file)).ok()?)).ok()?;
    let first = &peek.images.first()?.file_name;
    let beside = parent(file);
    let mut holding: Vec<&PathBuf> = folders.iter().filter(|folder| root.join(folder).join(first).is_file()).collect();
    holding.sort_by_key(|folder| (**folder != beside, folder.components().count()));
    let images = (*holding.first()?).clone();
    let named = file.to_string_lossy().to_lowercase();
    let rank = SPLITS.iter().find(|(word, _)| named.contains(word)).map_or(2, |(_, rank)| *rank);
    Some(guess("coco", file, Some(images).filter(|images| *images != beside), None, rank))
}

/// A description of YOLO data: a text with the names of the classes, and the parts that it lists.
fn yolo(root: &Path, file: &Path) -> Vec<Guess> {
    let text = files::read(&root.join(file), MOST_OF_A_TEXT).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.unwrap_or_default();
    let has = |key: &str| {
        text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')))
    };
    if !has("names") {
        return Vec::new();
    }
    let parts = SPLITS.iter().filter(|(word, _)| has(word));
    parts.map(|(word, rank)| guess("yolo", file, None, Some((*word).to_owned()), *rank)).collect()
}

/// A folder of XML files: a development kit's, a split of an export, or one that stands alone.
fn voc(root: &Path, folder: &Path) -> Vec<Guess> {
    if folder.file_name().is_some_and(|name| name == "Annotations") {
        let kit = parent(folder);
        let has_list = |word: &str| root.join(&kit).join("ImageSets/Main").join(word).with_extension("txt").is_file();
        let parts = SPLITS.iter().filter(|(word, _)| has_list(word));
        let parts = parts.map(|(word, rank)| guess("voc", &kit, None, Some((*word).to_owned()), *rank));
        return parts.chain([guess("voc", &kit, None, None, 2)]).collect();
    }
    vec![match of_split(folder) {
        Some((split, rank)) => guess("voc", &parent(folder), None, Some(split), rank),
        None => guess("voc", folder, None, None, 2),
    }]
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The split that a folder is called after.
fn of_split(folder: &Path) -> Option<(String, u8)> {
    let name = folder.file_name()?.to_str()?;
    SPLITS.iter().find(|(word, _)| *word == name).map(|(word, rank)| ((*word).to_owned(), *rank))
}
