//! Answers of models in files.

use super::scene::{COCO, Scene};

/// A file of COCO results.
pub fn results(input: &[u8]) {
    let scene = Scene::new(COCO);
    scene.write("clean.json", input);
    scene.run();
}
