//! VOC datasets as tools lay them out: every layout gives the same objects, and `init` drafts a spec on it.

use crate::support::Workshop;
use windtunnel::dataset::Dataset;

fn page(name: &str) -> String {
    format!(
        "<annotation><filename>{name}</filename><size><width>40</width><height>30</height></size><object><name>cat</name>\
         <bndbox><xmin>16</xmin><ymin>12</ymin><xmax>24</xmax><ymax>18</ymax></bndbox></object></annotation>"
    )
}

/// Pictures and pages, of which the file names lead to what is written.
fn lay(files: &[&str]) -> Workshop {
    let workshop = Workshop::new();
    for path in files {
        match path.rsplit_once('.').unwrap() {
            (stem, "xml") => workshop.write(path, page(&format!("{}.png", stem.rsplit('/').next().unwrap()))),
            (_, "txt") => {}
            _ => workshop.picture(path, 40, 30),
        }
    }
    workshop
}

fn read(workshop: &Workshop, keys: &str) -> Result<Dataset, String> {
    workshop.dataset(&format!("format = \"voc\"\n{keys}"))
}

/// Names of the images, each of which has its object.
fn names(workshop: &Workshop, keys: &str) -> Vec<String> {
    let dataset = read(workshop, keys).unwrap_or_else(|error| panic!("{keys}: {error}"));
    assert!(dataset.annotations.iter().all(|list| list.len() == 1), "{keys}");
    dataset.images.iter().map(|image| image.file_name.clone()).collect()
}

#[test]
fn pictures_and_pages_lie_beside_each_other_or_together() {
    for (files, path) in [
        (["set/Annotations/a.xml", "set/JPEGImages/a.png"], "set"),
        (["set/annotations/a.xml", "set/images/a.png"], "set"),
        (["set/Annotations/a.xml", "set/Images/a.png"], "set"),
        (["set/xmls/a.xml", "set/img/a.png"], "set"),
        (["set/labels/a.xml", "set/images/a.png"], "set"),
        (["set/a.xml", "set/a.png"], "set"),
        (["set/a.xml", "set/images/a.png"], "set"),
        (["set/Annotations/a.xml", "set/a.png"], "set"),
        (["set/Annotations/a.xml", "set/Annotations/a.png"], "set"),
        (["set/JPEGImages/a.xml", "set/JPEGImages/a.png"], "set"),
        (["set/Annotations/a.xml", "set/JPEGImages/a.png"], "set/Annotations"),
        (["VOCdevkit/VOC2007/Annotations/a.xml", "VOCdevkit/VOC2007/JPEGImages/a.png"], "VOCdevkit"),
        (["x/VOCdevkit/VOC2007/Annotations/a.xml", "x/VOCdevkit/VOC2007/JPEGImages/a.png"], "x"),
    ] {
        assert_eq!(names(&lay(&files), &format!("path = \"{path}\"")), ["a.png"], "{files:?}");
    }
}

#[test]
fn folders_below_may_have_pictures_of_the_same_name() {
    for (xml, pictures) in [("Annotations", "JPEGImages"), ("annotations", "images"), (".", ".")] {
        let place = |folder: &str, name: &str| format!("set/{folder}/{name}").replace("/./", "/");
        let (xml, pictures) = (|name| place(xml, name), |name| place(pictures, name));
        let files = [xml("s/a.xml"), xml("t/a.xml"), pictures("s/a.png"), pictures("t/a.png")];
        let workshop = lay(&files.each_ref().map(String::as_str));
        assert_eq!(names(&workshop, "path = \"set\""), ["s/a.png", "t/a.png"], "{files:?}");
    }
}

#[test]
fn splits_are_lists_or_folders() {
    let files = ["set/Annotations/a.xml", "set/Annotations/b.xml", "set/JPEGImages/a.png", "set/JPEGImages/b.png"];
    for (list, line) in [
        ("ImageSets/Main/val.txt", "b"),
        ("ImageSets/val.txt", "b"),
        ("val.txt", "./JPEGImages/b.png ./Annotations/b.xml"),
        ("ImageSets/Main/val.txt", "/data/VOC2007/JPEGImages/b.jpg"),
    ] {
        let workshop = lay(&files);
        workshop.write(&format!("set/{list}"), line);
        for split in ["val", "valid"] {
            assert_eq!(names(&workshop, &format!("path = \"set\"\nsplit = \"{split}\"")), ["b.png"], "{list}");
        }
        assert_eq!(names(&workshop, "path = \"set\""), ["a.png", "b.png"]);
    }
    for (files, name) in [
        (["set/train/a.xml", "set/train/a.png", "set/valid/b.xml", "set/valid/b.png"], "b.png"),
        (
            [
                "set/train/Annotations/a.xml",
                "set/train/JPEGImages/a.png",
                "set/valid/Annotations/b.xml",
                "set/valid/JPEGImages/b.png",
            ],
            "b.png",
        ),
        (
            [
                "set/annotations/train/a.xml",
                "set/images/train/a.png",
                "set/annotations/valid/b.xml",
                "set/images/valid/b.png",
            ],
            "b.png",
        ),
        (
            [
                "set/Annotations/train/a.xml",
                "set/JPEGImages/a.png",
                "set/Annotations/valid/b.xml",
                "set/JPEGImages/b.png",
            ],
            "b.png",
        ),
    ] {
        let workshop = lay(&files);
        for split in ["val", "valid"] {
            assert_eq!(names(&workshop, &format!("path = \"set\"\nsplit = \"{split}\"")), [name], "{files:?}");
        }
        let error = read(&workshop, "path = \"set\"\nsplit = \"test\"").unwrap_err();
        assert!(error.contains("no split `test` in ") && error.contains("valid"), "{error}");
    }
    // One folder for both, with a list.
    let workshop = lay(&["set/a.xml", "set/a.png", "set/b.xml", "set/b.png"]);
    workshop.write("set/ImageSets/Main/test.txt", "a\n");
    assert_eq!(names(&workshop, "path = \"set\"\nsplit = \"test\""), ["a.png"]);
}

#[test]
fn leakage_is_looked_for_in_the_other_splits_of_each_layout() {
    let lists = lay(&["set/annotations/a.xml", "set/images/a.png", "set/annotations/b.xml", "set/images/b.png"]);
    lists.write("set/ImageSets/Main/train.txt", "a");
    lists.write("set/ImageSets/Main/test.txt", "b");
    let folders = lay(&[
        "set/annotations/train/a.xml",
        "set/images/train/a.png",
        "set/annotations/test/b.xml",
        "set/images/test/b.png",
    ]);
    for workshop in [lists, folders] {
        let dataset = "[dataset.d]\nformat = \"voc\"\npath = \"set\"\nsplit = \"test\"\n";
        let model = "[model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n";
        workshop.write("clean.json", "[]");
        let check = "[[check]]\nmetric = \"leakage\"\nmax = 0\n";
        workshop.write("spec.toml", format!("version = 1\n[defaults]\nmin_images = 1\n{dataset}{model}{check}"));
        let ran = workshop.run(&["run", "spec.toml"]);
        assert!(ran.code == 1 && ran.says("leakage 1 > 0"), "the pictures are all the same: {}", ran.stderr);
    }
}

#[test]
fn accents_may_be_written_apart_in_one_of_two_names() {
    let workshop = lay(&["set/Annotations/cafe\u{301}.xml", "set/JPEGImages/caf\u{e9}.png"]);
    assert_eq!(names(&workshop, "path = \"set\""), ["caf\u{e9}.png"]);
}

#[test]
fn what_is_no_single_dataset_says_what_to_name() {
    let workshop = lay(&["set/train/a.xml", "set/train/a.png", "set/valid/b.xml", "set/valid/b.png"]);
    let error = read(&workshop, "path = \"set\"").unwrap_err();
    assert!(error.contains("choose one: `split = \"train\"` or `\"valid\"`"), "{error}");
    let years = [
        "k/VOC2007/Annotations/a.xml",
        "k/VOC2007/JPEGImages/a.png",
        "k/VOC2012/Annotations/a.xml",
        "k/VOC2012/JPEGImages/a.png",
    ];
    let error = read(&lay(&years), "path = \"k\"").unwrap_err();
    assert!(error.contains("name the folder of one of them: `path = \"k/VOC2007\"`"), "{error}");
    let workshop = lay(&["set/a.xml", "set/a.png", "set/old/b.xml"]);
    let warnings = read(&workshop, "path = \"set\"").unwrap().warnings;
    assert!(
        warnings.iter().any(|warning| warning.contains("below the others, left out (1): old/b.xml")),
        "{warnings:?}"
    );
    let workshop = lay(&["set/a.png"]);
    workshop.write("set/annotations.xml", "<annotations><image/></annotations>");
    let error = read(&workshop, "path = \"set\"").unwrap_err();
    assert!(error.contains("CVAT's own: export it as COCO or Pascal VOC"), "{error}");
}
