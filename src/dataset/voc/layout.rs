//! The files of one split of a VOC dataset.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::dataset::files::{clean_name, files_below, files_in, has_extension, lines, name_in, read_text, stem};
use crate::dataset::findings::Findings;
use crate::dataset::{Bounds, DatasetError};

/// How the files of one split lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The folder of the XML files.
    pub xml: PathBuf,
    /// The folder of the pictures.
    pub pictures: PathBuf,
    /// Whether the XML files lie in `xml` itself and not below, as something else may lie there, too.
    pub is_flat: bool,
    /// The list of the split's images; all XML files without.
    pub list: Option<PathBuf>,
    /// Whether the pictures are of this split alone.
    pub owns_pictures: bool,
    /// What messages call the split: its list, or its folder.
    pub place: PathBuf,
}

/// Whether a file is called like XML.
pub fn is_xml(path: &Path) -> bool {
    has_extension(path, "xml")
}

impl Layout {
    /// The XML files of the split, sorted.
    ///
    /// # Errors
    /// A folder or list cannot be read.
    pub fn xml_files(&self, bounds: Bounds, findings: &mut Findings) -> Result<Vec<PathBuf>, DatasetError> {
        match &self.list {
            Some(list) => listed(&self.xml, list, bounds, findings),
            None => {
                let files = self.files(&self.xml, is_xml)?;
                let below = if self.is_flat { files_below(&self.xml, &is_xml)? } else { Vec::new() };
                for path in below.iter().filter(|path| !files.contains(path)) {
                    findings.warning("XML files in folders below the others, left out", name_in(&self.xml, path));
                }
                Ok(files)
            }
        }
    }

    /// The files in `folder`, one of those here or another, that belong to the split and are `wanted`.
    ///
    /// # Errors
    /// A folder cannot be listed.
    pub fn files(&self, folder: &Path, wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, DatasetError> {
        if self.is_flat && folder == self.xml { files_in(folder, wanted) } else { files_below(folder, &wanted) }
    }
}

/// The XML files that a list names, one a line, by stem or by a path of the picture. Lists of a class have a second column, which
/// is not read.
fn listed(folder: &Path, list: &Path, bounds: Bounds, findings: &mut Findings) -> Result<Vec<PathBuf>, DatasetError> {
    let text = read_text(list, "a list of images", bounds.bytes)?;
    let mut files = BTreeSet::new();
    for line in lines(&text).map(|(_, line)| line.trim()).filter(|line| !line.is_empty()) {
        let names = names(line);
        let file = |name: &String| folder.join(format!("{name}.xml"));
        match names.iter().map(file).find(|path| path.is_file()) {
            Some(path) if !files.insert(path.clone()) => findings.error("images listed twice", line),
            Some(_) => {}
            None => {
                let wanted = names.last().map(file).unwrap_or_default();
                findings.error("missing XML files", wanted.display().to_string());
            }
        }
    }
    Ok(files.into_iter().collect())
}

/// What the XML file of a line may be called, without its extension: a stem may have points and blanks of its own, folders before
/// it may be of another machine.
fn names(line: &str) -> Vec<String> {
    let clean = clean_name(line);
    let first = clean.split_whitespace().next().unwrap_or_default().to_owned();
    let mut names = Vec::new();
    for whole in [clean.as_str(), first.as_str()] {
        let parts: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
        for from in 0..parts.len() {
            let name = parts[from..].join("/");
            let without = Path::new(&name).with_extension("").to_string_lossy().into_owned();
            names.extend([name, without]);
        }
    }
    if let Some(last) = first.rsplit('/').next() {
        names.push(stem(Path::new(last)));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_lists_are_stems_or_paths_of_pictures() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        for name in ["a.xml", "b 1.xml", "v1.2.xml", "sub/a.xml"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let list = folder.path().join("list.txt");
        let found = |line: &str| {
            std::fs::write(&list, line).unwrap();
            let mut findings = Findings::default();
            let bounds = Bounds { pixels: 1, bytes: 1000, allows_outside: false };
            let files = listed(folder.path(), &list, bounds, &mut findings).unwrap();
            files.iter().map(|file| file.strip_prefix(folder.path()).unwrap().display().to_string()).collect::<Vec<_>>()
        };
        for (line, file) in [
            ("a", "a.xml"),
            ("a -1", "a.xml"),
            ("b 1", "b 1.xml"),
            ("v1.2", "v1.2.xml"),
            ("sub/a", "sub/a.xml"),
            ("/data/VOC2007/JPEGImages/a.jpg", "a.xml"),
            (r"C:\set\sub\a.jpg", "sub/a.xml"),
            ("./JPEGImages/a.jpg ./Annotations/a.xml", "a.xml"),
        ] {
            assert_eq!(found(line), [file], "{line}");
        }
    }
}
