//! Files as other tools lay them out and spell them: read, or refused with what to do.

use serde_json::json;
use windtunnel::dataset::Dataset;

use crate::support::{Workshop, small_spec};

fn pictures(workshop: &Workshop, names: &[&str]) {
    for name in names {
        workshop.picture(name, 40, 30);
    }
}

/// Image, category and box of every object.
fn objects(dataset: &Dataset) -> Vec<(String, String, [f64; 4])> {
    let name = |id: u64| dataset.categories.iter().find(|category| category.id == id).unwrap().name.clone();
    let of_image = dataset.images.iter().zip(&dataset.annotations);
    of_image
        .flat_map(|(image, list)| {
            list.iter().map(|one| (image.file_name.clone(), name(one.category_id), one.bbox.into()))
        })
        .collect()
}

fn yolo(workshop: &Workshop, path: &str, split: &str) -> Dataset {
    let section = format!("format = \"yolo\"\npath = \"{path}\"\nsplit = \"{split}\"");
    workshop.dataset(&section).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const LINE: &str = "1 0.5 0.5 0.2 0.2\n";

fn expected(name: &str, category: &str) -> Vec<(String, String, [f64; 4])> {
    vec![(name.to_owned(), category.to_owned(), [16.0, 12.0, 8.0, 6.0])]
}

fn says(dataset: &Dataset, note: &str) {
    assert!(dataset.warnings.iter().any(|warning| warning.contains(note)), "`{note}` is not in {:?}", dataset.warnings);
}

#[test]
fn a_root_that_is_called_images() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/val/a.png"]);
    workshop.write("set/labels/val/a.txt", LINE);
    workshop.write("set/cfg/data.yaml", "path: ../images\nval: val\nnames: [cat, dog]\n");
    assert_eq!(objects(&yolo(&workshop, "set/cfg/data.yaml", "val")), expected("a.png", "dog"));
    // Where there is no folder of labels, they are beside the pictures.
    std::fs::rename(workshop.path("set/labels/val/a.txt"), workshop.path("set/images/val/a.txt")).unwrap();
    std::fs::remove_dir_all(workshop.path("set/labels")).unwrap();
    assert_eq!(objects(&yolo(&workshop, "set/cfg/data.yaml", "val")), expected("a.png", "dog"));
}

#[test]
fn labels_beside_the_pictures_of_a_folder_called_images() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/a.png"]);
    workshop.write("set/images/a.txt", LINE);
    workshop.write("set/data.yaml", "val: images\nnames: [cat, dog]\n");
    let dataset = yolo(&workshop, "set", "val");
    assert_eq!(objects(&dataset), expected("a.png", "dog"));
    says(&dataset, "labels are read from beside the pictures");
}

#[test]
fn classes_of_which_only_the_number_is_written() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/a.png"]);
    workshop.write("set/labels/a.txt", LINE);
    workshop.write("set/data.yaml", "val: images\nnc: 2\n");
    let dataset = yolo(&workshop, "set", "val");
    assert_eq!(objects(&dataset), expected("a.png", "class_1"));
    says(&dataset, "no `names`: the 2 classes are called class_0, class_1");
}

#[test]
fn a_row_that_is_written_twice_counts_once() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/a.png"]);
    workshop.write("set/labels/a.txt", format!("{LINE}{LINE}"));
    workshop.write("set/data.yaml", "val: images\nnames: [cat, dog]\n");
    let dataset = yolo(&workshop, "set", "val");
    assert_eq!(objects(&dataset), expected("a.png", "dog"));
    says(&dataset, "objects written twice, of which one is kept (1)");
}

#[test]
fn cvat_s_layout_for_darknet() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/obj_train_data/a.png"]);
    workshop.write("set/obj_train_data/a.txt", LINE);
    workshop.write("set/obj.data", "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n");
    workshop.write("set/obj.names", "cat\ndog\n");
    workshop.write("set/train.txt", "data/obj_train_data/a.png\n");
    for path in ["set", "set/obj.data"] {
        assert_eq!(objects(&yolo(&workshop, path, "train")), expected("obj_train_data/a.png", "dog"), "{path}");
    }
    workshop.write("set/obj.data", "classes = 3\ntrain = data/train.txt\nnames = data/obj.names\n");
    let section = "format = \"yolo\"\npath = \"set\"\nsplit = \"train\"";
    let error = workshop.dataset(section).unwrap_err();
    assert!(error.contains("`classes = 3` disagrees with the 2 names in data/obj.names"), "{error}");
}

#[test]
fn a_list_of_classes_beside_images_and_labels() {
    // Label Studio.
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/a.png"]);
    workshop.write("set/labels/a.txt", LINE);
    workshop.write("set/classes.txt", "cat\ndog\n");
    workshop.write("set/notes.json", "{}");
    assert_eq!(objects(&yolo(&workshop, "set", "all")), expected("a.png", "dog"));
    // LabelImg.
    let workshop = Workshop::new();
    pictures(&workshop, &["set/a.png"]);
    workshop.write("set/a.txt", LINE);
    workshop.write("set/classes.txt", "cat\ndog\n");
    assert_eq!(objects(&yolo(&workshop, "set", "all")), expected("a.png", "dog"));
    // A folder for each split.
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/val/a.png", "set/images/train/b.png"]);
    workshop.write("set/labels/val/a.txt", LINE);
    workshop.write("set/labels/train/b.txt", LINE);
    workshop.write("set/classes.txt", "cat\ndog\n");
    assert_eq!(objects(&yolo(&workshop, "set", "val")), expected("a.png", "dog"));
}

#[test]
fn coco_files_with_numbers_for_names_and_without_annotations() {
    let workshop = Workshop::new();
    pictures(&workshop, &["a.png"]);
    let labels = json!({
        "images": [{ "id": 1, "file_name": "a.png", "width": 40, "height": 30 }],
        "categories": [{ "id": 1, "name": 0 }, { "id": 2, "name": true }],
        "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [16, 12, 8, 6] }],
    });
    workshop.write("labels.json", labels.to_string());
    let section = "format = \"coco\"\npath = \"labels.json\"";
    assert_eq!(objects(&workshop.dataset(section).unwrap()), expected("a.png", "0"));
    let mut empty = labels.clone();
    empty["annotations"][0]["bbox"] = json!([]);
    workshop.write("labels.json", empty.to_string());
    let error = workshop.dataset(section).unwrap_err();
    assert!(error.contains("a `bbox` that is not [x, y, width, height] (1): annotation 1 has 0 numbers"), "{error}");
    let mut bare = labels;
    bare.as_object_mut().unwrap().remove("annotations");
    workshop.write("labels.json", bare.to_string());
    says(
        &workshop.dataset(section).unwrap(),
        "the file has no `annotations`: its images are taken as images without objects",
    );
}

#[test]
fn pictures_that_are_not_where_the_labels_say_are_found_by_their_last_names() {
    let workshop = Workshop::new();
    pictures(&workshop, &["images/x.png", "images/b/y z.png", "elsewhere/x.png"]);
    let names = [r"..\..\label-studio\media\upload\1\x.png", "/data/upload/2/y%20z.png"];
    let images = (1..).zip(names).map(|(id, name)| json!({ "id": id, "file_name": name, "width": 40, "height": 30 }));
    let labels = json!({
        "images": images.collect::<Vec<_>>(),
        "categories": [{ "id": 1, "name": "cat" }],
        "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [16, 12, 8, 6] }],
    });
    let section = "format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"";
    workshop.write("labels.json", labels.to_string());
    let dataset = workshop.dataset(section).unwrap();
    assert_eq!(objects(&dataset), expected("x.png", "cat"));
    assert_eq!(dataset.images[1].file_name, "b/y z.png");
    says(&dataset, "image files that are not where the labels say, found by their last names (2): ");
    // What is inside goes before what a path leads out to.
    workshop.write(
        "labels.json",
        labels.to_string().replace(r"..\\..\\label-studio\\media\\upload\\1\\x.png", "../elsewhere/x.png"),
    );
    assert_eq!(workshop.dataset(section).unwrap().images[0].path, workshop.path("images/x.png"));
    // Of two of a name nobody can tell which is meant.
    pictures(&workshop, &["images/c/x.png"]);
    workshop.write("labels.json", labels.to_string());
    assert!(workshop.dataset(section).unwrap_err().contains("missing image files (1)"));
}

#[test]
fn pictures_of_other_kinds_name_what_converts_them() {
    let workshop = Workshop::new();
    workshop.write("images/a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let labels = json!({
        "images": [{ "id": 1, "file_name": "a.jpg", "width": 40, "height": 30 }],
        "categories": [{ "id": 1, "name": "cat" }],
        "annotations": [],
    });
    workshop.write("labels.json", labels.to_string());
    let error = workshop.dataset("format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"").unwrap_err();
    let said = "it is HEIC, which is not read: convert it, for example with `pip install pillow-heif` and `python -c";
    assert!(error.contains(said), "{error}");
}

#[test]
fn files_of_other_tools_and_wrong_items_are_called_by_their_names() {
    let labels = |annotation: &str| {
        format!(
            "{{\"images\": [{{\"id\": 1, \"file_name\": \"a.png\"}}], \"categories\": [{{\"id\": 1, \"name\": \"cat\"}}], \
             \"annotations\": [{annotation}]}}"
        )
    };
    for (text, said) in [
        (r#"{"_via_img_metadata": {}, "_via_settings": {}}"#.to_owned(), "it is a file of the VGG Image Annotator"),
        (
            r#"{"version": "5", "shapes": [], "imagePath": "a.png"}"#.to_owned(),
            "it is a file of labelme, of one picture",
        ),
        (
            r#"[{"id": 1, "data": {"image": "x"}, "annotations": []}]"#.to_owned(),
            "it is a list of another tool's tasks",
        ),
        (r#"[{"image": "a.png", "annotations": []}]"#.to_owned(), "it is a list of another tool's tasks"),
        ("{}".to_owned(), "it has no keys, and no `images`"),
        ("{\"images\": [],}".to_owned(), "trailing comma at line 1"),
        (
            labels("{\"id\": 866, \"image_id\": 1}"),
            "annotation 0 of `annotations` (id 866): missing field `category_id`",
        ),
        (
            labels("{\"id\": 866, \"image_id\": 1, \"category_id\": \"cat\"}"),
            "(id 866): the text \"cat\" where a number belongs",
        ),
        (
            labels("").replace("\"file_name\": \"a.png\"", "\"x\": 1"),
            "image 0 of `images` (id 1): missing field `file_name`",
        ),
        (
            labels("").replace("\"name\": \"cat\"", "\"x\": 1"),
            "category 0 of `categories` (id 1): missing field `name`",
        ),
        (
            labels("").replace("\"id\": 1, \"file", "\"id\": -1, \"file"),
            "image 0 of `images` (id -1): invalid type: integer `-1`, expected a whole number of at least 0",
        ),
    ] {
        let workshop = Workshop::new();
        pictures(&workshop, &["a.png"]);
        workshop.write("labels.json", &text);
        let error = workshop.dataset("format = \"coco\"\npath = \"labels.json\"").unwrap_err();
        assert!(error.contains(said), "`{said}` is not in {error}");
    }
}

#[test]
fn coco_without_annotations_is_judged_by_what_needs_none() {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(3);
    labels.as_object_mut().unwrap().remove("annotations");
    workshop.write("labels.json", labels.to_string());
    let blur = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n";
    let spec = |check: &str| workshop.write("spec.toml", small_spec(&format!("{blur}[[check]]\n{check}")));
    spec("on = \"blur\"\nmetric = \"stability\"\nmin = 0.05\n");
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("the file has no `annotations`"), "{}", ran.stderr);
    assert_eq!(workshop.record("small")["counts"]["passed"], 1);
    // What needs objects is no figure, and no pass.
    spec("on = \"blur\"\nmin = 0.0\n");
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 2);
}

#[test]
fn names_in_another_case_and_of_addresses_lead_to_their_pictures_and_are_counted() {
    let workshop = Workshop::new();
    pictures(&workshop, &["images/a.png", "images/b.png", "images/c.png"]);
    let names = ["A.PNG", "https://store.example/x/b.png?key=1", "c"];
    let images = (1..).zip(names).map(|(id, name)| json!({ "id": id, "file_name": name, "width": 40, "height": 30 }));
    let labels = json!({
        "images": images.collect::<Vec<_>>(),
        "categories": [{ "id": 1, "name": "dog" }],
        "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [16, 12, 8, 6], "iscrowd": null }],
    });
    workshop.write("labels.json", labels.to_string());
    let dataset = workshop.dataset("format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"").unwrap();
    assert_eq!(dataset.images.len(), 3);
    says(&dataset, "image files that are not where the labels say, found by their last names (3): A.PNG");
}

#[test]
fn rows_that_are_parted_otherwise_or_name_their_class_say_what_is_expected() {
    let workshop = Workshop::new();
    pictures(&workshop, &["set/images/a.png"]);
    workshop.write("set/data.yaml", "val: images\nnames: [cat, dog]\n");
    for (row, hint) in [
        (
            "0,0.5,0.5,0.2,0.2",
            "`0,0.5,0.5,0.2,0.2` is not a number: spaces part the values, and their decimals have a point",
        ),
        ("0 0,5 0,5 0,2 0,2", "`0,5` is not a number: spaces part the values"),
        ("cat 0.5 0.5 0.2 0.2", "`cat` is not a number: a class is its number in `names`"),
    ] {
        workshop.write("set/labels/a.txt", row);
        let error = workshop.dataset("format = \"yolo\"\npath = \"set\"\nsplit = \"val\"").unwrap_err();
        assert!(error.contains(hint), "{error}");
    }
}
