//! Entry points for fuzzing: a function per format that hostile hands may write, which reads it as the program does.
//! None may panic, hang, or let pass what the stages after it do not expect.
//!
//! `fuzz/` has a target per function and what the targets have collected, which the test here reads again. Compiled
//! for the two alone.

mod datasets;
mod models;
mod pictures;
mod reports;
mod scene;
mod shards;
mod specs;
mod stores;

pub use crate::predict::fuzzing::{
    class_results, http, oip, onnx_metadata, onnx_outputs, onnx_rules, roboflow, subprocess,
};
pub use datasets::{coco, voc, yolo};
pub use models::results;
pub use pictures::picture;
pub use reports::record;
pub use shards::shard;
pub use specs::spec;
pub use stores::store;

/// Reads one input.
pub type Target = fn(&[u8]);

/// Every target by its name in `fuzz`.
pub const ALL: [(&str, Target); 17] = [
    ("spec", spec),
    ("coco", coco),
    ("yolo", yolo),
    ("voc", voc),
    ("results", results),
    ("class_results", class_results),
    ("shard", shard),
    ("store", store),
    ("record", record),
    ("roboflow", roboflow),
    ("oip", oip),
    ("http", http),
    ("subprocess", subprocess),
    ("picture", picture),
    ("onnx_metadata", onnx_metadata),
    ("onnx_outputs", onnx_outputs),
    ("onnx_rules", onnx_rules),
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The files in `fuzz/{kind}/{name}`.
    fn inputs(kind: &str, name: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(name);
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }

    #[test]
    fn what_fuzzing_has_collected_is_read_without_a_panic() {
        for (name, target) in ALL {
            let corpus = inputs("corpus", name);
            assert!(!corpus.is_empty(), "fuzz/corpus/{name} is empty");
            for input in corpus.iter().chain(&inputs("regressions", name)) {
                target(input);
            }
        }
    }
}
