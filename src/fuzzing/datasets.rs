//! Labels of datasets.

use super::scene::{COCO, Scene};

/// A JSON file of COCO instances.
pub fn coco(input: &[u8]) {
    let scene = Scene::new(COCO);
    scene.write("labels.json", input);
    scene.write("clean.json", b"[]");
    scene.run();
}

/// A `data.yaml`, then the labels of an image, then a list of images, with zeros between them.
pub fn yolo(input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let scene = Scene::new("format = \"yolo\"\npath = \"data.yaml\"\nsplit = \"val\"");
    scene.picture("images/a.png");
    scene.picture("images/b.png");
    scene.write("data.yaml", part());
    scene.write("labels/a.txt", part());
    scene.write("list.txt", part());
    scene.write("labels/b.txt", b"0 0.5 0.5 0.2 0.2\n");
    scene.write("clean.json", b"[]");
    scene.run();
}

/// An XML file of Pascal VOC.
pub fn voc(input: &[u8]) {
    let scene = Scene::new("format = \"voc\"\npath = \".\"");
    scene.write("a.xml", input);
    scene.write("clean.json", b"[]");
    scene.run();
}
