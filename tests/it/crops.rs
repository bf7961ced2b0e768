//! `crops`: the objects of a dataset of objects as pictures of their classes.

use serde_json::json;
use windtunnel::dataset::Dataset;
use windtunnel::detection::Size;
use windtunnel::framing::{Framing, SquareCut};

use crate::support::{Workshop, repository};

/// Two pictures of 40 by 30 pixels, five objects and a crowd.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let object = |id: u32, image: u32, category: u32, bbox: [i32; 4], crowd: u32| json!({ "id": id, "image_id": image, "category_id": category, "bbox": bbox, "iscrowd": crowd });
    let labels = json!({
        "images": [{ "id": 7, "file_name": "a.png", "weather": "rain" }, { "id": 9, "file_name": "b.png", "weather": "sun" }],
        "categories": [{ "id": 3, "name": "cat" }, { "id": 5, "name": "dog" }, { "id": 8, "name": "cow" }],
        "annotations": [
            object(1, 7, 3, [0, 10, 10, 20], 0),
            object(2, 7, 5, [1, 1, 30, 20], 1),
            object(3, 7, 5, [30, 10, 10, 5], 0),
            object(4, 9, 3, [4, 4, 5, 4], 0),
            object(5, 9, 5, [90, 4, 5, 4], 0),
        ],
    });
    workshop.write("labels.json", labels.to_string());
    workshop.picture("a.png", 40, 30);
    workshop.picture("b.png", 40, 30);
    workshop
}

const LABELS: &str = "format = \"coco\"\npath = \"labels.json\"\n";

fn classes(workshop: &Workshop, more: &str) -> Result<Dataset, String> {
    workshop.dataset_for("classify", &format!("{LABELS}{more}\n"))
}

fn names(data: &Dataset) -> Vec<&str> {
    data.images.iter().map(|image| image.file_name.as_str()).collect()
}

#[test]
fn each_object_that_counts_and_is_seen_is_a_picture_of_its_class() {
    let data = classes(&workshop(), "crops = 1.2").unwrap();
    assert_eq!(names(&data), ["a.png#1", "a.png#3", "b.png#1"]);
    assert_eq!(data.images.iter().map(|image| image.id).collect::<Vec<_>>(), [1, 2, 3]);
    let framing = |x, y, side| {
        Some(Framing { whole: Size { width: 40, height: 30 }, cut: Some(SquareCut { x, y, side }), view: None })
    };
    let found: Vec<_> = data.images.iter().map(|image| image.framing).collect();
    assert_eq!(found, [framing(-7, 8, 24), framing(29, 6, 12), framing(4, 3, 6)]);
    assert!(data.images.iter().all(|image| image.framing.unwrap().size() == image.size()));
    let labels: Vec<_> =
        data.annotations.iter().map(|list| (list.len(), list[0].category_id, list[0].is_whole)).collect();
    assert_eq!(labels, [(1, 3, true), (1, 5, true), (1, 3, true)]);
    assert_eq!(data.categories.len(), 3, "a class without a picture stays one");
    assert_eq!(
        data.metadata,
        [("weather".to_owned(), ["rain", "rain", "sun"].map(|value| Some(value.to_owned())).to_vec())]
    );
    let told = data.warnings.join("\n");
    assert!(
        told.contains("crowds and objects that do not count, of which `crops` makes no picture (1): a.png#2"),
        "{told}"
    );
    assert!(
        told.contains("objects of no size or outside of their image, of which `crops` makes no picture (1): b.png#2"),
        "{told}"
    );
}

#[test]
fn another_number_makes_another_dataset_and_a_limit_counts_objects() {
    let workshop = workshop();
    let digest = |more: &str| classes(&workshop, more).unwrap().digest;
    assert_ne!(digest("crops = 1.2"), digest("crops = 1.5"));
    assert_ne!(digest("crops = 1.2"), workshop.dataset(LABELS).unwrap().digest);
    assert_eq!(classes(&workshop, "crops = 1.2\nlimit = 2").unwrap().images.len(), 2);
}

#[test]
fn images_of_classes_that_do_not_count_are_left_out() {
    let data = classes(&workshop(), "crops = 1.2\ncategories = [\"cat\", \"cow\"]").unwrap();
    assert_eq!(names(&data), ["a.png#1", "b.png#1"]);
    assert!(
        data.warnings.contains(&"2 of 3 categories count; 1 images of others are left out (`dog` 1)".to_owned()),
        "{:?}",
        data.warnings
    );
    assert_eq!(data.numbering.left_out, [(2, "a.png#3".to_owned())]);
}

#[test]
fn labels_and_task_have_to_fit() {
    let workshop = workshop();
    let error = |task: &str, section: &str| workshop.dataset_for(task, section).unwrap_err();
    workshop.write("a.xml", "<annotation><object><name>cat</name></object></annotation>");
    let coco = error("classify", LABELS);
    assert!(coco.contains("with `crops = 1.2` each object becomes an image"), "{coco}");
    let voc = error("classify", "format = \"voc\"\npath = \".\"\n");
    assert!(voc.contains("are objects, and the task is to classify pictures"), "{voc}");
    assert!(voc.contains("set `crops = 1.2` beside it: each object becomes a picture of its class"), "{voc}");
    let crops = error("detect", &format!("{LABELS}crops = 1.2\n"));
    assert!(crops.contains("`crops` in [dataset.d] makes pictures of classes, and the task is to detect"), "{crops}");
    assert!(crops.contains("remove it, or set `task = \"classify\"` at the top of the spec"), "{crops}");
    let wrong = error("classify", &format!("{LABELS}crops = 0\n"));
    assert!(wrong.contains("0 is outside 0.5..=10") && !wrong.contains("set `crops"), "{wrong}");
}

#[test]
fn what_leaves_nothing_to_tell_apart_is_an_error() {
    let workshop = workshop();
    let one = classes(&workshop, "crops = 1.2\ncategories = [\"cat\"]").unwrap_err();
    assert!(one.contains("it has one class alone that counts, `cat`: there is nothing to tell apart"), "{one}");
    let large = classes(&workshop, "crops = 10\nmax_pixels = 2000").unwrap_err();
    assert!(large.contains("cuts of more pixels than `max_pixels` (3): a.png#1 is of 200x200 pixels"), "{large}");
    let mut labels = workshop.blood_cells(1);
    labels["annotations"] = json!([]);
    workshop.write("labels.json", labels.to_string());
    let none = classes(&workshop, "images = \"images\"\ncrops = 1.2").unwrap_err();
    assert!(none.contains("it has no object that counts, so that `crops` makes no picture"), "{none}");
}

#[test]
fn a_set_gives_the_same_cuts_in_every_format() {
    let workshop = Workshop::new();
    let cuts = |format: &str, path: &str, more: &str| {
        let quoted = |path: &str| json!(repository(path).display().to_string());
        let (path, images) = (quoted(path), quoted("examples/bccd/images"));
        let section = format!("format = \"{format}\"\npath = {path}\nimages = {images}\n{more}\ncrops = 1.2\n");
        let data = workshop.dataset_for("classify", &section).unwrap();
        let name = |id: u64| data.categories.iter().find(|category| category.id == id).unwrap().name.clone();
        let mut cuts: Vec<_> = data
            .images
            .iter()
            .zip(&data.annotations)
            .map(|(image, list)| (image.path.clone(), name(list[0].category_id), image.framing.unwrap().cut.unwrap()))
            .collect();
        cuts.sort();
        cuts
    };
    let coco = cuts("coco", "examples/bccd/annotations/test.json", "");
    assert_eq!(coco.len(), 945);
    assert_eq!(cuts("voc", "tests/fixtures/bccd/voc", "split = \"test\""), coco);
    // Six decimals of a share decide where a half goes.
    let yolo = cuts("yolo", "tests/fixtures/bccd/yolo", "split = \"test\"");
    let near = |one: &SquareCut, other: &SquareCut| {
        (one.x - other.x).abs() <= 1 && (one.y - other.y).abs() <= 1 && one.side.abs_diff(other.side) <= 1
    };
    let is_there = |(path, class, cut): &(_, String, SquareCut)| {
        yolo.iter().any(|other| (path, class) == (&other.0, &other.1) && near(cut, &other.2))
    };
    assert!(yolo.len() == 945 && coco.iter().all(is_there));
}
