//! Where the XML files and pictures of a VOC dataset are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::dataset::files::{clean_name, files_in, has_extension, lines, read_text, stem};
use crate::dataset::findings::Findings;
use crate::dataset::{Bounds, DatasetError, split};

/// How the files of one split lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// `Annotations`, `JPEGImages` and `ImageSets/Main` of the VOC development kit.
    Devkit {
        /// The folder of the three.
        folder: PathBuf,
        /// The list of the split; all files without.
        list: Option<PathBuf>,
    },
    /// XML files beside their pictures.
    Flat(PathBuf),
}

/// Where the lists of splits are in the development kit.
pub fn lists(folder: &Path) -> PathBuf {
    folder.join("ImageSets").join("Main")
}

/// Whether a folder is one of the development kit.
pub fn is_devkit(folder: &Path) -> bool {
    annotations(folder).is_dir()
}

fn annotations(folder: &Path) -> PathBuf {
    folder.join("Annotations")
}

impl Layout {
    /// The folder or list that is the split.
    pub fn path(&self) -> &Path {
        match self {
            Self::Devkit { list: Some(list), .. } => list,
            Self::Devkit { folder, list: None } | Self::Flat(folder) => folder,
        }
    }

    /// The folder of the pictures.
    pub fn pictures(&self) -> PathBuf {
        match self {
            Self::Devkit { folder, .. } => folder.join("JPEGImages"),
            Self::Flat(folder) => folder.clone(),
        }
    }

    /// Whether the pictures are of this split alone.
    pub fn owns_pictures(&self) -> bool {
        match self {
            Self::Devkit { list, .. } => list.is_none(),
            Self::Flat(_) => true,
        }
    }

    /// The other splits that are there: the lists, or the folders, called `train`, `val` and `test`.
    pub fn others(&self) -> Vec<(String, Self)> {
        match self {
            Self::Devkit { list: None, .. } => Vec::new(),
            Self::Devkit { folder, list: Some(list) } => {
                let own = stem(list);
                let lists = split::other_words(&own).map(|word| (word, list.with_file_name(format!("{word}.txt"))));
                let there = lists.filter(|(_, other)| other.is_file());
                let layout = |other| Self::Devkit { folder: folder.clone(), list: Some(other) };
                there.map(|(word, other)| (word.to_owned(), layout(other))).collect()
            }
            Self::Flat(folder) => {
                let Some(around) = folder.parent() else { return Vec::new() };
                let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !split::is_word(&name) {
                    return Vec::new();
                }
                let has_xml =
                    |path: &PathBuf| files_in(path, |file| has_extension(file, "xml")).is_ok_and(|f| !f.is_empty());
                let there =
                    split::other_words(&name).map(|word| (word, around.join(word))).filter(|(_, path)| has_xml(path));
                there.map(|(word, path)| (word.to_owned(), Self::Flat(path))).collect()
            }
        }
    }

    /// The XML files of the split, sorted.
    ///
    /// # Errors
    /// A folder or list cannot be read.
    pub fn xml_files(&self, bounds: Bounds, findings: &mut Findings) -> Result<Vec<PathBuf>, DatasetError> {
        let is_xml = |path: &Path| has_extension(path, "xml");
        match self {
            Self::Devkit { folder, list: Some(list) } => listed(&annotations(folder), list, bounds, findings),
            Self::Devkit { folder, list: None } => files_in(&annotations(folder), is_xml),
            Self::Flat(folder) => files_in(folder, is_xml),
        }
    }
}

/// The XML files that a list names, a stem a line; of paths the file name counts. Lists of a class have a second column,
/// which is not read.
fn listed(folder: &Path, list: &Path, bounds: Bounds, findings: &mut Findings) -> Result<Vec<PathBuf>, DatasetError> {
    let text = read_text(list, "a list of images", bounds.bytes)?;
    let mut files = BTreeSet::new();
    for line in lines(&text).map(|(_, line)| line.trim()).filter(|line| !line.is_empty()) {
        let file = |name: &str| folder.join(format!("{name}.xml"));
        let clean = clean_name(line);
        let name = clean.rsplit('/').next().unwrap_or_default();
        let first = name.split_whitespace().next().unwrap_or_default();
        let named = [file(name), file(first), file(&stem(Path::new(name)))];
        match named.iter().find(|path| path.is_file()) {
            Some(path) if !files.insert(path.clone()) => findings.error("images listed twice", line),
            Some(_) => {}
            None => findings.error("missing XML files", named[1].display().to_string()),
        }
    }
    Ok(files.into_iter().collect())
}
