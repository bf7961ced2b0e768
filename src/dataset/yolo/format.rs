//! The options of the YOLO format.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::darknet;
use super::data_yaml;
use super::reader::YoloReader;
use crate::dataset::crops::CROPS;
use crate::dataset::files::{files_in, has_extension};
use crate::dataset::{Format, Reader, split};
use crate::entry::{Entry, Named};
use crate::spec::{Diagnostic, Key, PathKind, Source, TableReader, ValueShape, existing_path, optional_path};
use crate::task::Task;

/// The YOLO format.
#[derive(Debug)]
pub struct Yolo;

impl Named for Yolo {
    fn entry(&self) -> Entry {
        Entry {
            name: "yolo",
            summary: "a data.yaml with a text file of labels per image, as Ultralytics and Roboflow write it",
        }
    }
}

const KEYS: &[Key] = &[
    Key::new("path", ValueShape::PATH, "the data.yaml (or darknet's obj.data, or a classes.txt), or the folder that holds it").required(),
    Key::new("split", ValueShape::TEXT, "the part of the dataset, a key of data.yaml: train, val (or valid), test; \"all\" where only classes are listed")
        .required(),
    Key::new("images", ValueShape::PATH, "the folder of the pictures, where they are not where data.yaml says"),
    CROPS,
];

impl Format for Yolo {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Detect]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"data.yaml\"");
        let split = options.required::<String>("split", "split = \"test\"");
        let images = options.optional::<String>("images");
        let yaml = yaml_file(source, &path?, options)?;
        let split = known_split(&yaml, &split?, options)?;
        let images = optional_path(source, images, PathKind::Folder, "folder of images", options)?;
        Some(Box::new(YoloReader { yaml, split, images }))
    }
}

/// The file that `path` names, or the one in the folder that it names.
fn yaml_file(source: &Source, path: &Spanned<String>, options: &mut TableReader<'_, '_, '_>) -> Option<PathBuf> {
    let folder = source.resolve(path);
    if !folder.is_dir() {
        return existing_path(source, path, PathKind::File, "data.yaml", options);
    }
    let files = files_in(&folder, is_yaml).unwrap_or_default();
    let called = |name: &str| files.iter().find(|file| file.ends_with(name)).cloned();
    let only = || (files.len() == 1).then(|| files[0].clone());
    let found = called("data.yaml").or_else(|| called("data.yml")).or_else(only);
    let found = found.or_else(|| files.is_empty().then(|| darknet::beside(&folder)).flatten());
    if found.is_none() {
        let message = format!("no data.yaml in {}", folder.display());
        let help = "it names the classes and splits of a YOLO dataset; with several YAML files, name the one to read; obj.data and \
                    classes.txt do as well";
        options.wrong(Diagnostic::new(path.span(), message).help(help));
    }
    found
}

fn is_yaml(path: &Path) -> bool {
    has_extension(path, "yaml") || has_extension(path, "yml")
}

/// The split as the file calls it. A broken file says so when it is read.
fn known_split(yaml: &Path, split: &Spanned<String>, options: &mut TableReader<'_, '_, '_>) -> Option<String> {
    let Ok(data) = data_yaml::read(yaml) else { return Some(split.get_ref().clone()) };
    let names = data.split_names();
    let found = split::find(split.get_ref(), |word| names.iter().any(|name| name == word));
    if found.is_none() {
        if names.is_empty() {
            let message = format!("{} names no split", yaml.display());
            let help = format!("add a line such as `{}: images` with the folder of its images", split.get_ref());
            options.wrong(Diagnostic::new(split.span(), message).help(help));
        } else {
            split::unknown(split, yaml, &names, options);
        }
    }
    found
}
