//! What a YOLO dataset says of itself, whichever file says it.

use std::path::PathBuf;

/// A data.yaml, or what says the same in another form.
#[derive(Debug)]
pub struct DataYaml {
    /// Its folder.
    pub folder: PathBuf,
    /// `path` as written.
    pub root: Option<String>,
    /// The class names, by number.
    pub names: Vec<String>,
    /// Values per object after its box, for datasets with keypoints.
    pub keypoint_values: usize,
    /// The file's text, for the digest.
    pub text: String,
    /// What somebody should know of it.
    pub notes: Vec<String>,
    /// The splits with where their images are, as written, in the file's order.
    pub splits: Vec<(String, Vec<String>)>,
}

impl DataYaml {
    /// What another file says that says the same.
    pub fn of(folder: PathBuf, names: Vec<String>, splits: Vec<(String, Vec<String>)>, text: String) -> Self {
        Self { folder, root: None, names, keypoint_values: 0, text, notes: Vec::new(), splits }
    }

    /// The splits that the file names, in its order.
    pub fn split_names(&self) -> Vec<String> {
        self.splits.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Where a split's images are, as written; empty where the file has no such split.
    pub fn sources(&self, split: &str) -> &[String] {
        self.splits.iter().find(|(name, _)| name == split).map_or(&[], |(_, sources)| sources)
    }
}
