//! Pictures without labels: a folder of them, or a pattern. What agrees with a model's own answers can be measured on them
//! (`stability`, `affected`, `risk`, `agreement`), and nothing that takes somebody to say what is there.

use std::path::{Component, Path, PathBuf};

use toml::Spanned;

use super::files::{clean_path, files_below, is_picture, name_in};
use super::findings::Findings;
use super::metadata::metadata;
use super::records::{NamedPicture, record};
use super::{Aside, Dataset, DatasetError, Format, ImageIds, Numbering, Reader, Terms};
use crate::digest::Digest;
use crate::entry::{Entry, Named};
use crate::spec::{Diagnostic, Key, PathKind, Source, TableReader, ValueShape, existing_path};
use crate::task::Task;

/// The format without labels.
#[derive(Debug)]
pub struct Images;

impl Named for Images {
    fn entry(&self) -> Entry {
        Entry {
            name: "images",
            summary: "pictures without labels: for `stability`, `affected` and `risk`, which ask whether a model says of the \
                      perturbed picture what it said of the clean one",
        }
    }
}

const KEYS: &[Key] = &[Key::new(
    "path",
    ValueShape::PATH,
    "the folder of the pictures, those of folders in it among them, or a pattern: \"frames/*.jpg\"",
)
.required()];

/// Letters that make a path a pattern.
const WILD: [char; 3] = ['*', '?', '['];

impl Format for Images {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Detect, Task::Classify]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"frames\"")?;
        let whole = source.resolve(&path);
        if !path.get_ref().contains(WILD) || whole.exists() {
            let folder = existing_path(source, &path, PathKind::Folder, "folder of pictures", options)?;
            return Some(Box::new(ImagesReader { folder, pattern: None }));
        }
        let pattern = pattern(&whole, &path, options)?;
        Some(Box::new(ImagesReader { folder: plain_part(&whole), pattern: Some(pattern) }))
    }
}

fn pattern(whole: &Path, path: &Spanned<String>, options: &mut TableReader<'_, '_, '_>) -> Option<glob::Pattern> {
    match glob::Pattern::new(&clean_path(whole).to_string_lossy()) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let message = format!("`{}` is no pattern: {}", path.get_ref(), error.msg);
            options.wrong(
                Diagnostic::new(path.span(), message).help("`*` stands for any letters of a name, `**` for folders"),
            );
            None
        }
    }
}

/// The folders of a pattern before the first that has a wild letter.
fn plain_part(pattern: &Path) -> PathBuf {
    let is_plain = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(WILD);
    let folders = pattern.parent().unwrap_or(Path::new(""));
    clean_path(&folders.components().take_while(is_plain).collect::<PathBuf>())
}

/// The pictures, not looked for yet.
struct ImagesReader {
    folder: PathBuf,
    /// The pattern of whole paths; `None` for all of the folder.
    pattern: Option<glob::Pattern>,
}

impl Reader for ImagesReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let mut findings = Findings::default();
        findings.says_where(true);
        let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
        let is_meant = |path: &Path| {
            let matches = |pattern: &glob::Pattern| pattern.matches_path_with(&clean_path(path), options);
            is_picture(path) && self.pattern.as_ref().is_none_or(matches)
        };
        let paths = files_below(&self.folder, &is_meant)?;
        if paths.is_empty() {
            let deeper = glob::MatchOptions { require_literal_separator: false, ..options };
            let lies_deeper = |path: &Path| {
                let matches = |pattern: &glob::Pattern| pattern.matches_path_with(&clean_path(path), deeper);
                is_picture(path) && self.pattern.as_ref().is_some_and(matches)
            };
            match files_below(&self.folder, &lies_deeper)?.len() {
                0 => findings.refuse("it has no picture that `path` names"),
                deeper => findings.refuse(format!(
                    "it has no picture that `path` names, but {deeper} in folders further down: there `*` stands for letters of \
                     one name, and `**` for folders, as in \"frames/**/*.jpg\""
                )),
            }
        }
        let mut images = Vec::new();
        for (id, path) in (1..).zip(paths) {
            let name = name_in(&self.folder, &path);
            let named = NamedPicture { id, name, path, written: (None, None) };
            images.extend(record(named, terms, &mut findings).map(|pictured| pictured.record));
        }
        let warnings = findings.into_warnings(&self.folder)?;
        let digest = Digest::of_parts(images.iter().map(|image| image.file_name.as_bytes()));
        Ok(Dataset {
            annotations: vec![Vec::new(); images.len()],
            metadata: metadata(&images, &[]),
            images,
            categories: Vec::new(),
            is_labelled: false,
            digest,
            sampled_from: None,
            numbering: Numbering { ids: ImageIds::Places, ..Numbering::default() },
            warnings,
            aside: Aside::default(),
        })
    }
}
