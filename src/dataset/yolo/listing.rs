//! Which images a split has, and where their labels are.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::outline::DataYaml;
use crate::dataset::files::{
    clean_name, clean_path, files_below, has_extension, is_outside, is_picture, lines, locate, name_in,
    pictures_by_stem, read_text, stem,
};
use crate::dataset::findings::Findings;
use crate::dataset::place::is_allowed;
use crate::dataset::{Bounds, DatasetError, composed};
use crate::file;

/// An image and its labels; neither need exist.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The name in the dataset.
    pub name: String,
    /// The picture file.
    pub picture: PathBuf,
    /// The label file.
    pub labels: PathBuf,
}

/// Lists the images of a split.
pub struct Lister<'a> {
    data: &'a DataYaml,
    root: PathBuf,
    /// Where the pictures are instead.
    images: Option<&'a Path>,
    bounds: Bounds,
}

impl<'a> Lister<'a> {
    /// Starts on a dataset.
    pub fn new(data: &'a DataYaml, images: Option<&'a Path>, bounds: Bounds, findings: &mut Findings) -> Self {
        Self { root: root(data, findings), data, images, bounds }
    }

    /// The folder that the pictures lie in.
    pub fn folder_of_pictures(&self) -> &Path {
        self.images.unwrap_or(&self.root)
    }

    /// The images of `split`, sorted by name.
    ///
    /// # Errors
    /// A folder or list cannot be read.
    pub fn list(&self, split: &str, findings: &mut Findings) -> Result<Vec<Listed>, DatasetError> {
        let mut listed = Vec::new();
        for source in self.data.sources(split) {
            let Some(path) = self.find(split, source, findings) else { continue };
            let found = match self.images {
                _ if path.is_file() => self.list_file(&path, findings)?,
                None => self.folder(&path, findings)?,
                Some(images) => self.folder_of_labels(&path, images, findings)?,
            };
            if found.is_empty() {
                findings.refuse(format!("`{split}: {source}` has no images ({})", path.display()));
            }
            listed.extend(found);
        }
        listed.sort();
        beside_pictures(&mut listed, findings);
        Ok(listed)
    }

    /// Where `source` leads: from the root, without `../`, from the root's parent.
    fn find(&self, split: &str, source: &str, findings: &mut Findings) -> Option<PathBuf> {
        let plain = clean_name(source);
        let stripped = plain.trim_start_matches("../");
        let parent = clean_path(&self.root.join(".."));
        let mut places = vec![locate(&self.root, source)];
        if stripped != plain {
            places.push(clean_path(&self.root.join(stripped)));
        }
        places.push(clean_path(&parent.join(stripped)));
        let mut seen = HashSet::new();
        places.retain(|place| seen.insert(place.clone()));
        let is_here = |path: &PathBuf| path.as_os_str().is_empty() || file::is_there(path);
        let exists = |path: &PathBuf| is_here(path) || self.images.is_some() && self.labels_of(path).is_dir();
        let Some(found) = places.iter().find(|path| exists(path)) else {
            let shown: Vec<String> = places.iter().map(|path| path.display().to_string()).collect();
            let root = self.data.root.as_ref().map(|root| {
                format!("; mend `path: {root}`, which is where Ultralytics looks from, or name the folder of the pictures by `images` in the spec")
            });
            let root = root.unwrap_or_default();
            findings.refuse(format!("`{split}: {source}` leads nowhere (looked at {}){root}", shown.join(", ")));
            return None;
        };
        if holds(found, &self.data.folder) {
            let found = found.display();
            findings.refuse(format!("`{split}: {source}` holds the folder of the dataset itself ({found})"));
            return None;
        }
        let other = places[1..].iter().find(|path| *path != found && exists(path));
        if *found != places[0] {
            findings.note(format!("`{split}: {source}` is not there; read from {}", found.display()));
        } else if let Some(other) = other.filter(|_| stripped != plain) {
            let (found, other) = (found.display(), other.display());
            findings.note(format!("`{split}: {source}` is read from {found}, not from {other}"));
        } else if is_outside(found, &self.root) {
            findings.note(format!("`{split}: {source}` is outside of the dataset's folder ({})", found.display()));
        }
        Some(found.clone())
    }

    /// The pictures in a folder and below.
    fn folder(&self, folder: &Path, findings: &mut Findings) -> Result<Vec<Listed>, DatasetError> {
        let mut listed: Vec<Listed> = files_below(folder, &is_picture)?
            .into_iter()
            .map(|path| self.listed(name_in(folder, &path), path))
            .collect();
        let labels = self.labels_of(folder);
        if labels != *folder && file::is_folder(&labels) {
            let known: HashSet<&PathBuf> = listed.iter().map(|image| &image.labels).collect();
            let mut others = files_below(&labels, &is_labels)?;
            others.retain(|path| !known.contains(path));
            take_other_forms(&mut listed, &mut others);
            for path in others {
                findings.warning("label files without an image", name_in(&labels, &path));
            }
        }
        Ok(listed)
    }

    /// The label files that belong to a folder of pictures, with the pictures in `images`.
    fn folder_of_labels(
        &self,
        folder: &Path,
        images: &Path,
        findings: &mut Findings,
    ) -> Result<Vec<Listed>, DatasetError> {
        let pictures = pictures_by_stem(images)?;
        let listed = files_below(&self.labels_of(folder), &is_labels)?.into_iter().map(|labels| {
            let stem = stem(&labels);
            let picture = match pictures.get(&stem).map(Vec::as_slice) {
                Some([picture, others @ ..]) => {
                    if !others.is_empty() {
                        findings.error("label files with several pictures of their name", format!("{stem}.txt"));
                    }
                    picture.clone()
                }
                _ => images.join(format!("{stem}.jpg")),
            };
            Listed { name: name_in(images, &picture), picture, labels }
        });
        Ok(listed.collect())
    }

    /// The images that a text file lists, each seen from the list's folder or the root.
    fn list_file(&self, list: &Path, findings: &mut Findings) -> Result<Vec<Listed>, DatasetError> {
        let text = read_text(list, "a list of images", self.bounds.bytes)?;
        let folder = list.parent().unwrap_or(Path::new(""));
        let lines = lines(&text).map(|(_, line)| line.trim()).filter(|line| !line.is_empty());
        Ok(lines.filter_map(|line| self.line_of_list(line, folder, findings)).collect())
    }

    /// `None` where it leads elsewhere.
    fn line_of_list(&self, line: &str, folder: &Path, findings: &mut Findings) -> Option<Listed> {
        let mut places = vec![locate(folder, line), locate(&self.root, line)];
        // CVAT's lists begin with the folder that darknet would be run from.
        places.extend(clean_name(line).split_once('/').map(|(_, inner)| clean_path(&self.root.join(inner))));
        let is_there = |path: &&PathBuf| path.is_file() || self.labels_of(path).is_file();
        let path = places.iter().find(is_there).unwrap_or(&places[0]).clone();
        if line.contains('\\') && path.to_string_lossy() != line {
            findings.warning("images written with `\\`", line);
        }
        if !is_allowed(&path, &self.root, line, self.bounds, findings) {
            return None;
        }
        let name = name_in(&self.root, &path);
        Some(match self.images {
            None => self.listed(name, path),
            Some(images) => {
                let picture = images.join(path.file_name().unwrap_or_default());
                Listed { labels: self.labels_of(&path).with_extension("txt"), name: name_in(images, &picture), picture }
            }
        })
    }

    fn listed(&self, name: String, picture: PathBuf) -> Listed {
        Listed { name, labels: self.labels_of(&picture).with_extension("txt"), picture }
    }

    /// `path` with the last folder called `images` below the root called `labels`.
    fn labels_of(&self, path: &Path) -> PathBuf {
        let (base, below) = match path.strip_prefix(&self.root) {
            Ok(below) => (self.root.as_path(), below),
            Err(_) => (Path::new(""), path),
        };
        let parts: Vec<_> = below.iter().collect();
        match parts.iter().rposition(|part| *part == "images") {
            Some(last) => base.join(renamed(&parts, last)),
            None => labels_around(path).unwrap_or_else(|| path.to_path_buf()),
        }
    }
}

/// Gives pictures without a label file that of the same name in another form of Unicode (macOS writes letters and accents
/// apart), out of `others`.
fn take_other_forms(listed: &mut [Listed], others: &mut Vec<PathBuf>) {
    let name = |path: &Path| composed(&path.to_string_lossy());
    let forms: HashMap<String, PathBuf> = others.iter().map(|path| (name(path), path.clone())).collect();
    let mut taken = HashSet::new();
    for image in listed.iter_mut().filter(|image| !forms.is_empty() && !image.labels.is_file()) {
        if let Some(path) = forms.get(&name(&image.labels)) {
            image.labels.clone_from(path);
            taken.insert(path);
        }
    }
    others.retain(|other| !taken.contains(other));
}

/// Parts of a path with the one at `last` called `labels`.
fn renamed(parts: &[&OsStr], last: usize) -> PathBuf {
    parts.iter().enumerate().map(|(at, part)| if at == last { OsStr::new("labels") } else { *part }).collect()
}

/// `path` with the last folder called `images` of it all called `labels`, if there is such a folder: of a dataset whose root is
/// `images` itself.
fn labels_around(path: &Path) -> Option<PathBuf> {
    let parts: Vec<&OsStr> = path.iter().collect();
    let last = parts.iter().rposition(|part| *part == "images")?;
    renamed(&parts[..=last], last).is_dir().then(|| renamed(&parts, last))
}

/// Where no image has its labels where Ultralytics looks, but some have a file beside them, those are the labels.
fn beside_pictures(listed: &mut [Listed], findings: &mut Findings) {
    let beside = |image: &Listed| image.picture.with_extension("txt");
    if listed.iter().any(|image| image.labels.is_file()) || !listed.iter().any(|image| beside(image).is_file()) {
        return;
    }
    findings.note(format!("there is no {}: labels are read from beside the pictures", listed[0].labels.display()));
    for image in listed {
        image.labels = beside(image);
    }
}

/// Whether `folder` is one around `inner`.
fn holds(folder: &Path, inner: &Path) -> bool {
    let real = |path: &Path| if path.as_os_str().is_empty() { Path::new(".") } else { path }.canonicalize().ok();
    real(folder).zip(real(inner)).is_some_and(|(folder, inner)| folder != inner && inner.starts_with(folder))
}

/// `path:` as the root of the splits, seen from the file's folder or the folder around it.
fn root(data: &DataYaml, findings: &mut Findings) -> PathBuf {
    let Some(written) = &data.root else { return data.folder.clone() };
    let around = clean_path(&data.folder.join(".."));
    let places = [locate(&data.folder, written), locate(&around, written)];
    // No path at all is the folder that the program runs in.
    let is_folder = |place: &&PathBuf| place.as_os_str().is_empty() || place.is_dir();
    if let Some(found) = places.iter().find(is_folder) {
        return found.clone();
    }
    // Exports are moved; Ultralytics looks in a folder of its own settings, which says nothing about this machine.
    findings.note(format!("`path: {written}` is not there; splits are looked for beside the file that says so"));
    data.folder.clone()
}

/// Whether a file may hold labels: notes and class lists have the same extension.
fn is_labels(path: &Path) -> bool {
    let name = stem(path).to_lowercase();
    has_extension(path, "txt") && name != "classes" && !name.starts_with("readme")
}
