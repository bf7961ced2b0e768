//! Where a VOC dataset has its XML files, pictures and lists: as development kits, `LabelImg`, CVAT, Label Studio, Roboflow and
//! PaddleDetection lay them out.

use std::path::{Path, PathBuf};

use super::layout::{Layout, is_xml};
use crate::dataset::files::{files_below, files_in, is_picture, stem};
use crate::dataset::split;

/// What folders of XML files are called, in small letters.
const ANNOTATIONS: [&str; 6] = ["annotations", "annotation", "xmls", "xml", "annots", "labels"];

/// What folders of pictures are called, in small letters.
const PICTURES: [&str; 9] =
    ["jpegimages", "images", "image", "imgs", "img", "pictures", "photos", "pngimages", "jpgimages"];

/// Where lists of splits are.
const LISTS: [&str; 3] = ["ImageSets/Main", "ImageSets", ""];

/// Folders around a dataset that hold nothing else, as archives leave them (`VOCdevkit/VOC2007`).
const WRAPPINGS: usize = 3;

/// Why there is no layout.
#[derive(Debug, PartialEq, Eq)]
pub enum Lack {
    /// No XML file.
    Xml(PathBuf),
    /// No such split; those that are there.
    Split(PathBuf, Vec<String>),
    /// Only splits; those that are there.
    Whole(Vec<String>),
    /// Several datasets beside each other.
    Several(Vec<String>),
}

/// The layout of a split of the dataset in `folder`, or of the whole.
///
/// # Errors
/// There is none.
pub fn find(folder: &Path, split: Option<&str>) -> Result<Layout, Lack> {
    let root = unwrapped(folder, split)?;
    let Some(word) = split else {
        return whole(&root)
            .map_err(|lack| if lack == Lack::Xml(root) { Lack::Xml(folder.to_path_buf()) } else { lack });
    };
    if let Some(found) = split::find(word, |word| part(&root, word).is_some()) {
        return part(&root, &found).ok_or(Lack::Xml(root));
    }
    match split::find(word, |word| root.join(word).is_dir()) {
        Some(empty) => Err(Lack::Xml(root.join(empty))),
        None => Err(Lack::Split(place_of_splits(&root), parts(&root))),
    }
}

/// The other splits of the dataset that `layout` is one of, by name.
pub fn others(layout: &Layout, folder: &Path, split: Option<&str>) -> Vec<(String, Layout)> {
    let own = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (root, split) = match split {
        Some(split) => (folder.to_path_buf(), split.to_owned()),
        // A folder called after a split lies beside the others.
        None if split::is_word(&own(folder)) => match folder.parent() {
            Some(around) => (around.to_path_buf(), own(folder)),
            None => return Vec::new(),
        },
        None => return Vec::new(),
    };
    let Ok(root) = unwrapped(&root, Some(&split)) else { return Vec::new() };
    let found = split::other_words(&split).filter_map(|word| Some((word.to_owned(), part(&root, word)?)));
    found.filter(|(_, other)| other.place != layout.place).collect()
}

/// The folder that holds the dataset, where `folder` holds nothing but that folder.
fn unwrapped(folder: &Path, split: Option<&str>) -> Result<PathBuf, Lack> {
    let mut root = folder.to_path_buf();
    for _ in 0..WRAPPINGS {
        if annotations(&root).is_some()
            || split.is_some_and(|word| split::find(word, |w| root.join(w).is_dir()).is_some())
        {
            break;
        }
        let kits: Vec<String> =
            split::folders(&root).into_iter().filter(|name| annotations(&root.join(name)).is_some()).collect();
        match (kits.as_slice(), split::folders(&root).as_slice()) {
            ([only], _) | ([], [only]) if !split::is_word(only) => root = root.join(only),
            ([_, _, ..], _)
                if !kits.iter().any(|kit| split::is_word(kit)) && kits.iter().all(|kit| is_kit(&root.join(kit))) =>
            {
                return Err(Lack::Several(kits));
            }
            _ => break,
        }
    }
    Ok(root)
}

/// Whether a folder has lists, or folders of its own for XML files and for pictures.
fn is_kit(folder: &Path) -> bool {
    named(folder, &ANNOTATIONS).is_some() || folder.join("ImageSets").is_dir()
}

fn whole(root: &Path) -> Result<Layout, Lack> {
    if let Some(xml) = annotations(root) {
        return Ok(layout(root, xml, None, root.to_path_buf()));
    }
    let parts = parts(root);
    if !parts.is_empty() {
        return Err(Lack::Whole(parts));
    }
    if !holds(root, is_xml) {
        return Err(Lack::Xml(root.to_path_buf()));
    }
    Ok(Layout { is_flat: false, ..layout(root, root.to_path_buf(), None, root.to_path_buf()) })
}

/// The split that is called `word` exactly.
fn part(root: &Path, word: &str) -> Option<Layout> {
    let xml = annotations(root);
    if let Some(xml) = xml.clone() {
        let lists = LISTS.iter().map(|lists| root.join(lists).join(format!("{word}.txt")));
        if let Some(list) = lists.into_iter().find(|list| list.is_file()) {
            return Some(layout(root, xml, Some(list.clone()), list));
        }
    }
    // A folder for each split, which holds all of it, or its XML files alone.
    let folder = root.join(word);
    if folder.is_dir() && holds(&folder, is_xml) {
        return whole(&folder).ok();
    }
    let folder = xml?.join(word);
    (folder.is_dir() && holds(&folder, is_xml)).then(|| {
        let mut layout = layout(root, folder.clone(), None, folder);
        let own = layout.pictures.join(word);
        layout.owns_pictures = own.is_dir();
        if layout.owns_pictures {
            layout.pictures = own;
        }
        layout
    })
}

/// The splits that are there: lists, and folders with XML files below them.
fn parts(root: &Path) -> Vec<String> {
    let xml = annotations(root);
    let lists = LISTS.iter().filter(|lists| xml.is_some() && root.join(lists).is_dir()).take(1);
    let lists =
        lists.flat_map(|lists| files_in(&root.join(lists), |path| path.extension().is_some_and(|e| e == "txt")));
    let mut parts: Vec<String> = lists.flatten().map(|list| stem(&list)).collect();
    let places = [Some(root.to_path_buf()), xml];
    for place in places.into_iter().flatten() {
        let folders = split::folders(&place).into_iter().filter(|name| split::is_word(name));
        parts.extend(folders.filter(|name| holds(&place.join(name), is_xml)));
    }
    parts.sort();
    parts.dedup();
    parts
}

/// Where somebody would look for splits.
fn place_of_splits(root: &Path) -> PathBuf {
    let lists = LISTS.iter().map(|lists| root.join(lists));
    lists.into_iter().find(|lists| lists.is_dir()).unwrap_or_else(|| root.to_path_buf())
}

/// The folder of the XML files: one that is called so, the root itself, or that of the pictures.
fn annotations(root: &Path) -> Option<PathBuf> {
    let called = named(root, &ANNOTATIONS).filter(|folder| holds(folder, is_xml));
    let itself = || has(root, is_xml).then(|| root.to_path_buf());
    called.or_else(itself).or_else(|| named(root, &PICTURES).filter(|folder| holds(folder, is_xml)))
}

fn layout(root: &Path, xml: PathBuf, list: Option<PathBuf>, place: PathBuf) -> Layout {
    let pictures = pictures(root, &xml);
    Layout { owns_pictures: list.is_none(), is_flat: xml == root, xml, pictures, list, place }
}

/// The folder of the pictures: one that is called so beside the XML files, or that of the XML files, or the root.
fn pictures(root: &Path, xml: &Path) -> PathBuf {
    let beside = root.parent().filter(|_| xml == root);
    if xml == root && has(root, is_picture) {
        return root.to_path_buf();
    }
    let mut places = [Some(root), beside].into_iter().flatten().filter_map(|around| named(around, &PICTURES));
    let filled = places.find(|folder| holds(folder, is_picture));
    let itself = || holds(xml, is_picture).then(|| xml.to_path_buf());
    let at_root = || has(root, is_picture).then(|| root.to_path_buf());
    let first = || if xml == root { root.to_path_buf() } else { root.join("JPEGImages") };
    filled.or_else(itself).or_else(at_root).unwrap_or_else(first)
}

/// The folder in `root` that is called by the first of `words` that one is called by.
fn named(root: &Path, words: &[&str]) -> Option<PathBuf> {
    let folders = split::folders(root);
    let called = |word: &&&str| folders.iter().find(|name| name.to_lowercase() == **word).cloned();
    words.iter().find_map(|word| called(&word)).map(|name| root.join(name))
}

/// Whether a folder holds such a file, itself.
fn has(folder: &Path, wanted: fn(&Path) -> bool) -> bool {
    files_in(folder, wanted).is_ok_and(|files| !files.is_empty())
}

/// Whether a folder holds such a file, itself or below.
fn holds(folder: &Path, wanted: fn(&Path) -> bool) -> bool {
    files_below(folder, &wanted).is_ok_and(|files| !files.is_empty())
}
