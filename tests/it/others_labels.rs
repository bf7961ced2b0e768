//! Labels that others wrote in ways that would make figures wrong in silence: the right figure, a counted note, or an error.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop};

/// Runs a precomputed model on the dataset of which `section` has the keys; the mAP, or `None`, and what was said.
fn run(workshop: &Workshop, section: &str, results: &Value) -> (Option<f64>, Ran) {
    run_with(workshop, section, "", "min = 0.001", results)
}

fn run_with(workshop: &Workshop, section: &str, model: &str, check: &str, results: &Value) -> (Option<f64>, Ran) {
    workshop.write("clean.json", results.to_string());
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"s\"\n[dataset.d]\n{section}\n[model.m]\nkind = \"precomputed\"\n\
             path = \"{{condition}}.json\"\n{model}\n[[check]]\non = \"clean\"\n{check}\n"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    let map = workshop.has_reports().then(|| workshop.record("s")["cells"][0]["figures"]["map"].as_f64());
    (map.flatten(), ran)
}

fn result(image: impl Into<Value>, category: u64, bbox: [f64; 4]) -> Value {
    json!({ "image_id": image.into(), "category_id": category, "bbox": bbox, "score": 0.9 })
}

const COCO: &str = "format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"";

/// Two pictures of 400 by 300 with an object each.
fn coco(change: impl FnOnce(&mut Value)) -> Workshop {
    let workshop = Workshop::new();
    let mut labels = json!({
        "images": [
            { "id": 1, "file_name": "a.png", "width": 400, "height": 300 },
            { "id": 2, "file_name": "b.png", "width": 400, "height": 300 },
        ],
        "categories": [{ "id": 1, "name": "cat" }],
        "annotations": [
            { "id": 1, "image_id": 1, "category_id": 1, "bbox": [100, 140, 200, 20], "area": 4000, "iscrowd": 0 },
            { "id": 2, "image_id": 2, "category_id": 1, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0 },
        ],
    });
    change(&mut labels);
    for image in labels["images"].as_array().unwrap() {
        workshop.picture(&format!("images/{}", image["file_name"].as_str().unwrap()), 400, 300);
    }
    workshop.write("labels.json", labels.to_string());
    workshop
}

fn right() -> Value {
    json!([result(1, 1, [100.0, 140.0, 200.0, 20.0]), result(2, 1, [10.0, 10.0, 20.0, 20.0])])
}

#[test]
fn areas_that_cannot_be_are_those_of_the_boxes() {
    let note = "`area`s that cannot be true, those of the boxes taken (2): annotation 1 has";
    for areas in [[1.0, 1.0], [0.0, 0.0], [-4.0, -1.0], [1e9, 1e9], [300.0, 300.0], [0.033, 0.003]] {
        let workshop = coco(|labels| {
            for (at, area) in areas.iter().enumerate() {
                labels["annotations"][at]["area"] = json!(area);
            }
        });
        let (map, ran) = run_with(&workshop, COCO, "", "metric = \"map_medium\"\nmin = 0.5", &right());
        assert!(map == Some(1.0) && ran.code == 0 && ran.says(note), "{areas:?}: {}", ran.stderr);
        let figures = &workshop.record("s")["cells"][0]["figures"];
        assert_eq!((&figures["map_small"], &figures["map_medium"]), (&json!(1.0), &json!(1.0)), "{areas:?}");
    }
    let (_, ran) = run(&coco(|_| {}), COCO, &right());
    assert!(!ran.says("cannot be true"), "{}", ran.stderr);
}

#[test]
fn turned_boxes_are_those_around_them() {
    let standing = json!([result(1, 1, [190.0, 50.0, 20.0, 200.0]), result(2, 1, [10.0, 10.0, 20.0, 20.0])]);
    let note = "boxes turned by `rotation`, the upright boxes around them taken (1): annotation 1 by 90 degrees";
    for turned in [
        json!({ "attributes": { "occluded": false, "rotation": 90.0 } }),
        json!({ "attributes": [{ "name": "rotation", "value": "90" }] }),
        json!({ "rotation": 90, "segmentation": [] }),
        json!({ "rotation": 90, "segmentation": [[]] }),
    ] {
        let workshop = coco(|labels| {
            for (key, value) in turned.as_object().unwrap() {
                labels["annotations"][0][key] = value.clone();
            }
        });
        let (map, ran) = run(&workshop, COCO, &standing);
        assert!(map == Some(1.0) && ran.says(note), "{turned}: {map:?} {}", ran.stderr);
    }
    for (key, value, note) in [
        ("theta", json!(1.5), "annotations with an angle, whose boxes are taken as upright (1): annotation 1 by 1.5"),
        ("attributes", json!({ "angle": 30 }), "annotations with an angle"),
    ] {
        let (map, ran) = run(&coco(|labels| labels["annotations"][0][key] = value), COCO, &right());
        assert!(map == Some(1.0) && ran.says(note), "{}", ran.stderr);
    }
    // Around a mask the box is what is seen.
    let masked = coco(|labels| {
        labels["annotations"][0]["rotation"] = json!(90);
        labels["annotations"][0]["segmentation"] = json!([[100, 140, 300, 140, 300, 160]]);
    });
    let (map, ran) = run(&masked, COCO, &right());
    assert!(map == Some(1.0) && ran.says("boxes with `rotation` and a mask, taken as they are (1)"), "{}", ran.stderr);
    for upright in [json!({ "rotation": 0.0 }), json!({ "rotation": 180 }), json!({ "rotation": "left" })] {
        let (_, ran) = run(&coco(|labels| labels["annotations"][0]["attributes"] = upright), COCO, &right());
        assert!(!ran.says("turned") && !ran.says("angle"), "{}", ran.stderr);
    }
    let five = coco(|labels| labels["annotations"][0]["bbox"] = json!([200, 150, 200, 20, 1.57]));
    let said = "a `bbox` that is not [x, y, width, height] (1): annotation 1 has 5 numbers, as turned boxes have";
    assert!(run(&five, COCO, &right()).1.says(said));
}

#[test]
fn turned_boxes_of_voc_files_are_those_around_them() {
    let workshop = Workshop::new();
    workshop.picture("set/a.png", 400, 300);
    let corners = "<xmin>100</xmin><ymin>140</ymin><xmax>300</xmax><ymax>160</ymax>";
    let attributes = "<attributes><attribute><name>rotation</name><value>90.0</value></attribute></attributes>";
    let object = |bndbox: &str| {
        let bndbox = bndbox.replace("CORNERS", corners);
        format!("<annotation><object><name>cat</name>{bndbox}{attributes}</object></annotation>")
    };
    workshop.write("set/a.xml", object("<bndbox>CORNERS</bndbox>"));
    let section = "format = \"voc\"\npath = \"set\"";
    let (map, ran) = run(&workshop, section, &json!([result("a", 1, [190.0, 50.0, 20.0, 200.0])]));
    let note = "boxes turned by `rotation`, the upright boxes around them taken (1): a.png cat by 90 degrees";
    assert!(map == Some(1.0) && ran.says(note), "{map:?} {}", ran.stderr);
    workshop.write("set/a.xml", object("<robndbox><cx>200</cx></robndbox>"));
    let (_, ran) = run(&workshop, section, &json!([]));
    assert!(
        ran.says("a cat without `bndbox`; its `robndbox` is turned: write the upright box around it"),
        "{}",
        ran.stderr
    );
}

const YOLO: &str = "format = \"yolo\"\npath = \"set\"\nsplit = \"val\"";

fn yolo(labels: &[(&str, &str)]) -> Workshop {
    let workshop = Workshop::new();
    workshop.write("set/data.yaml", "val: images/val\nnames: [cat, dog]\n");
    for (name, text) in labels {
        workshop.picture(&format!("set/images/val/{name}.png"), 200, 100);
        workshop.write(&format!("set/labels/val/{name}.txt"), text);
    }
    workshop
}

#[test]
fn labels_and_pictures_in_other_forms_of_unicode_belong_together() {
    let workshop = Workshop::new();
    workshop.write("set/data.yaml", "val: images/val\nnames: [cat, dog]\n");
    workshop.picture("set/images/val/cafe\u{301}.png", 200, 100);
    workshop.write("set/labels/val/caf\u{e9}.txt", "0 0.5 0.5 0.2 0.4\n");
    workshop.write("set/labels/val/none.txt", "0 0.5 0.5 0.2 0.4\n");
    let (figure, ran) = run(&workshop, YOLO, &json!([result("caf\u{e9}", 0, [80.0, 30.0, 40.0, 40.0])]));
    assert_eq!(figure, Some(1.0), "{}", ran.stderr);
    assert!(ran.says("label files without an image (1): none.txt"), "{}", ran.stderr);
}

#[test]
fn lines_of_trackers_are_no_polygons() {
    let tracks = yolo(&[("a", "0 0.225 0.267 0.25 0.267 0.912 1\n"), ("b", "1 0.5 0.5 0.2 0.2 0.5 2\n")]);
    let refused = "lines that end in a confidence and a track id, which are predictions and no labels (of a polygon that ends \
                   so, repeat the first corner) (2):";
    assert!(run(&tracks, YOLO, &json!([])).1.says(refused));
    let later = yolo(&[("a", "0 0.225 0.267 0.25 0.267 0.912 17\n")]);
    assert!(run(&later, YOLO, &json!([])).1.says("it ends in a confidence and a track id: a prediction and no label"));
    let poses = "0 0.5 0.5 0.4 0.4 0.4 0.4 0.6 0.6\n";
    let poses = yolo(&[("a", poses), ("b", poses), ("c", poses)]);
    assert!(
        run(&poses, YOLO, &json!([])).1.says("lines of a box with keypoints, of which data.yaml says nothing: add")
    );
    // What the messages say helps.
    poses.write("set/data.yaml", "val: images/val\nnames: [cat, dog]\nkpt_shape: [2, 2]\n");
    let of_a = result("a", 0, [60.0, 30.0, 80.0, 40.0]);
    assert!(run(&poses, YOLO, &json!([of_a])).0.is_some());
    let repeated = yolo(&[("a", "0 0.5 0.5 0.2 0.2 0.5 1 0.5 0.5\n")]);
    assert!(run(&repeated, YOLO, &json!([result("a", 0, [40.0, 20.0, 60.0, 80.0])])).0 == Some(1.0));
    // Among other polygons it is one, and said.
    let mixed = yolo(&[("a", "0 0.5 0.5 0.2 0.2 0.5 1\n0 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5\n")]);
    assert!(run(&mixed, YOLO, &json!([of_a])).1.says("polygons that end like a confidence and a track id (1)"));
    let crossed = yolo(&[("a", "0 0.1 0.1 0.5 0.5 0.5 0.1 0.1 0.5\n")]);
    assert!(run(&crossed, YOLO, &json!([of_a])).1.says("polygons that cross themselves, of no area"));
}

#[test]
fn pictures_that_exif_data_turn_are_told_and_labels_can_turn_with_them() {
    // Stored 60 x 40, looked at as 40 x 60; a box at the top left of what is stored is at the top right.
    let stored =
        |section: &str, workshop: &Workshop| run(workshop, section, &json!([result("a", 0, [20.0, 0.0, 20.0, 30.0])]));
    let workshop = yolo(&[("b", "")]);
    workshop.sideways("set/images/val/a.jpg", 60, 40);
    workshop.write("set/labels/val/a.txt", "0 0.25 0.25 0.5 0.5\n");
    let (map, ran) = stored(YOLO, &workshop);
    let note = "pictures that EXIF data turn, whose labels are taken to be of the picture the right way up (if they are not, \
                set `exif = \"stored\"`) (1): a.jpg";
    assert!(map == Some(0.0) && ran.says(note), "{map:?} {}", ran.stderr);
    let before = workshop.record("s")["datasets"][0]["digest"].clone();
    let (map, ran) = stored(&format!("{YOLO}\nexif = \"stored\""), &workshop);
    assert!(
        map == Some(1.0) && ran.says("pictures that EXIF data turn, labels turned with them (1): a.jpg"),
        "{map:?}"
    );
    assert_ne!(workshop.record("s")["datasets"][0]["digest"], before, "other boxes, another dataset");
    let (_, ran) = stored(&format!("{YOLO}\nexif = \"upright\""), &workshop);
    assert!(!ran.says("EXIF"), "{}", ran.stderr);
}

#[test]
fn coco_files_of_turned_pictures_say_which_they_are_of_or_have_to_be_asked() {
    let turned = |width: u32, height: u32| {
        let workshop = Workshop::new();
        workshop.sideways("images/a.jpg", 60, 40);
        let labels = json!({
            "images": [{ "id": 1, "file_name": "a.jpg", "width": width, "height": height }],
            "categories": [{ "id": 1, "name": "cat" }],
            "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 30, 20] }],
        });
        workshop.write("labels.json", labels.to_string());
        workshop
    };
    let of_stored = json!([result(1, 1, [20.0, 0.0, 20.0, 30.0])]);
    let said = "a.jpg is 40x60 the right way up, not 60x40: the labels are of the picture before its EXIF orientation (set \
                `exif = \"stored\"`, or \"upright\" if only the size is)";
    assert!(run(&turned(60, 40), COCO, &of_stored).1.says(said));
    assert_eq!(run(&turned(60, 40), &format!("{COCO}\nexif = \"stored\""), &of_stored).0, Some(1.0));
    let of_upright = json!([result(1, 1, [0.0, 0.0, 30.0, 20.0])]);
    assert_eq!(run(&turned(60, 40), &format!("{COCO}\nexif = \"upright\""), &of_upright).0, Some(1.0));
    let (map, ran) = run(&turned(40, 60), COCO, &of_upright);
    assert!(map == Some(1.0) && !ran.says("EXIF"), "{}", ran.stderr);
    let (_, ran) = run(&turned(40, 60), &format!("{COCO}\nexif = \"stored\""), &of_upright);
    assert!(ran.says("a.jpg is 60x40 as stored, not 40x60"), "{}", ran.stderr);
}

#[test]
fn results_on_labels_without_ids_are_matched_by_name() {
    // Sorted as texts, 10 comes before 2.
    let names = ["1", "2", "10"];
    let labels = names.map(|name| (name, if name == "2" { "1 0.5 0.5 0.2 0.4\n" } else { "0 0.25 0.5 0.2 0.4\n" }));
    let workshop = yolo(&labels);
    let bbox = |name: &str| if name == "2" { [80.0, 30.0, 40.0, 40.0] } else { [30.0, 30.0, 40.0, 40.0] };
    let results = |id: &dyn Fn(&str) -> Value| -> Value {
        names.iter().map(|name| result(id(name), u64::from(*name == "2"), bbox(name))).collect()
    };
    let by = |how: &str| format!("model `m`: results on `d` are matched with images by {how}");
    let (map, ran) = run(&workshop, YOLO, &results(&|name| json!(name.parse::<u64>().unwrap())));
    assert!(map == Some(1.0) && ran.says(&by("the numbers in `image_id` as names of files")), "{map:?} {}", ran.stderr);
    for id in [|name: &str| json!(format!("{name}.png")), |name: &str| json!(format!("images/val/{name}.jpg"))] {
        let (map, ran) = run(&workshop, YOLO, &results(&id));
        assert!(map == Some(1.0) && ran.says(&by("file names in `image_id`")), "{map:?} {}", ran.stderr);
    }
    // Names go before numbers that somebody has made up.
    let mut named = results(&|_| json!(7));
    for (result, name) in named.as_array_mut().unwrap().iter_mut().zip(names) {
        result["file_name"] = json!(format!("{name}.png"));
    }
    let (map, ran) = run(&workshop, YOLO, &named);
    assert!(map == Some(1.0) && ran.says(&by("`file_name`")), "{map:?} {}", ran.stderr);
    // Numbers that are no names may be places, which is said; others are nothing.
    let places = results(&|name| {
        json!(match name {
            "1" => 1,
            "10" => 2,
            _ => 3,
        })
    });
    let (map, ran) = run(&workshop, YOLO, &places);
    assert!(map == Some(1.0) && ran.says(&by("the numbers in `image_id` as places")), "{map:?} {}", ran.stderr);
    let (_, ran) = run(&workshop, YOLO, &json!([result(4, 0, [0.0, 0.0, 9.0, 9.0])]));
    let wrong = "result 0 has image_id 4, which the dataset does not have: its labels give images no numbers, so write the \
                 `file_name` beside it, or set `image_ids = \"place\"` if the numbers are those of `windtunnel export`";
    assert!(ran.code == 3 && ran.says(wrong), "{}", ran.stderr);
    let (map, ran) = run_with(&workshop, YOLO, "image_ids = \"place\"", "min = 0.1", &places);
    assert!(map == Some(1.0) && ran.says(&by("the numbers in `image_id` as places")), "{map:?} {}", ran.stderr);
}

#[test]
fn detections_written_by_a_run_on_yolo_are_read_again() {
    let workshop = yolo(&[("b", "0 0.25 0.5 0.2 0.4\n"), ("a", "")]);
    let (map, _) = run(&workshop, YOLO, &json!([result("b", 0, [30.0, 30.0, 40.0, 40.0])]));
    assert_eq!(map, Some(1.0));
    assert_eq!(workshop.run(&["run", "spec.toml", "--no-cache", "--detections", "cells"]).code, 0);
    let written = std::fs::read(workshop.path("cells/m/d/clean.json")).unwrap();
    let (map, ran) = run(&workshop, YOLO, &serde_json::from_slice(&written).unwrap());
    assert!(map == Some(1.0) && ran.says("by `file_name`"), "{}", ran.stderr);
}

#[test]
fn numbers_that_may_be_ids_or_names_are_told() {
    let workshop = coco(|labels| {
        labels["images"][0]["file_name"] = json!("2.png");
        labels["images"][1]["file_name"] = json!("1.png");
    });
    let (map, ran) = run(&workshop, COCO, &right());
    let note = "as names of files they would be others: if they are names, set `image_ids = \"name\"`, else `image_ids = \"id\"`";
    assert!(map == Some(1.0) && ran.says(note), "{}", ran.stderr);
    let (map, ran) = run_with(&workshop, COCO, "image_ids = \"id\"", "min = 0.1", &right());
    assert!(map == Some(1.0) && !ran.says("names of files"), "{}", ran.stderr);
    let swapped = json!([result(2, 1, [100.0, 140.0, 200.0, 20.0]), result(1, 1, [10.0, 10.0, 20.0, 20.0])]);
    let (map, ran) = run_with(&workshop, COCO, "image_ids = \"name\"", "min = 0.1", &swapped);
    assert_eq!(map, Some(1.0), "{}", ran.stderr);
}

#[test]
fn ids_may_be_texts() {
    let workshop = coco(|labels| {
        for (at, id) in ["0000001_02999_d_0000005", "0000001_03499_d_0000006"].into_iter().enumerate() {
            labels["images"][at]["id"] = json!(id);
            labels["annotations"][at]["image_id"] = json!(id);
            labels["annotations"][at]["id"] = json!(format!("x{at}"));
        }
    });
    let results = json!([
        result("0000001_02999_d_0000005", 1, [100.0, 140.0, 200.0, 20.0]),
        result("0000001_03499_d_0000006", 1, [10.0, 10.0, 20.0, 20.0]),
    ]);
    let (map, ran) = run(&workshop, COCO, &results);
    assert!(map == Some(1.0) && !ran.says("matched with images"), "{}", ran.stderr);
    // A text on one side, a number on the other.
    let (map, _) = run(&coco(|labels| labels["annotations"][1]["image_id"] = json!("2")), COCO, &right());
    assert_eq!(map, Some(1.0));
    let texts = json!([result("1", 1, [100.0, 140.0, 200.0, 20.0]), result("2", 1, [10.0, 10.0, 20.0, 20.0])]);
    assert_eq!(run(&coco(|_| {}), COCO, &texts).0, Some(1.0));
    let (_, ran) = run(&workshop, COCO, &json!([result(1, 1, [0.0, 0.0, 9.0, 9.0])]));
    assert!(
        ran.says("image_id 1, which the dataset does not have: its labels give images no numbers"),
        "{}",
        ran.stderr
    );
}

#[test]
fn results_of_a_part_of_the_images_are_told() {
    let (_, ran) = run(&coco(|_| {}), COCO, &json!([result(2, 1, [10.0, 10.0, 20.0, 20.0])]));
    let note = "model `m`: results on `d` cover 1 of 2 images under clean: those that they do not cover count as images where \
                nothing was found";
    assert!(ran.code == 0 && ran.says(note), "{}", ran.stderr);
    assert!(!run(&coco(|_| {}), COCO, &right()).1.says("results on `d`"));
}

#[test]
fn results_of_more_images_and_categories_than_there_are() {
    let workshop = coco(|_| {});
    let mut results = right();
    results.as_array_mut().unwrap().push(result(1, 62, [10.0, 10.0, 20.0, 20.0]));
    let (map, ran) = run(&workshop, COCO, &results);
    let note = "results on `d` of categories that it does not have are left out (1): category_id 62";
    assert!(map == Some(1.0) && ran.says(note), "{}", ran.stderr);
    let (_, ran) = run(&workshop, COCO, &json!([result(1, 62, [10.0, 10.0, 20.0, 20.0])]));
    let wrong = "no result is of a category that the dataset has (1): their category_id is 62; if they count the categories in \
                 order, set `first_label`";
    assert!(ran.code == 3 && ran.says(wrong), "{}", ran.stderr);
    let (map, ran) = run(&workshop, &format!("{COCO}\nlimit = 1"), &right());
    assert!(map == Some(1.0) && ran.code == 0, "{map:?} {}", ran.stderr);
}

#[test]
fn a_score_that_rounding_has_brought_beyond_one_is_one() {
    let mut results = right();
    results[0]["score"] = json!(1.000_000_1);
    assert_eq!(run(&coco(|_| {}), COCO, &results).0, Some(1.0));
    results[0]["score"] = json!(1.01);
    assert!(run(&coco(|_| {}), COCO, &results).1.says("a score of 0..1 is expected"));
}

/// Two pictures with objects of three categories.
fn three_categories() -> (Workshop, Vec<(u64, u64, [f64; 4])>) {
    let objects = vec![
        (1, 1, [20.0, 30.0, 60.0, 40.0]),
        (1, 2, [150.0, 100.0, 80.0, 90.0]),
        (2, 3, [220.0, 30.0, 40.0, 110.0]),
        (2, 2, [10.0, 200.0, 90.0, 60.0]),
    ];
    let workshop = coco(|labels| {
        labels["categories"] = json!([{ "id": 1, "name": "a" }, { "id": 2, "name": "b" }, { "id": 3, "name": "c" }]);
        let annotation = |(id, (image, category, bbox)): (u64, &(u64, u64, [f64; 4]))| json!({ "id": id, "image_id": image, "category_id": category, "bbox": bbox, "iscrowd": 0 });
        labels["annotations"] = (1..).zip(&objects).map(annotation).collect();
    });
    (workshop, objects)
}

#[test]
fn results_whose_numbers_mean_something_else_are_told_with_what_helps() {
    let (workshop, objects) = three_categories();
    let results = |read: &dyn Fn(u64, [f64; 4]) -> (u64, [f64; 4])| -> Value {
        let one = |&(image, category, bbox): &(u64, u64, [f64; 4])| {
            let (category, bbox) = read(category, bbox);
            result(image, category, bbox)
        };
        objects.iter().map(one).collect()
    };
    let corners = results(&|category, [x, y, w, h]| (category, [x, y, x + w, y + h]));
    let shares = results(&|category, [x, y, w, h]| {
        (category, [(x + w / 2.0) / 400.0, (y + h / 2.0) / 300.0, w / 400.0, h / 300.0])
    });
    let from_zero = results(&|category, bbox| (category - 1, bbox));
    for (results, said, helps) in [
        (corners, "once their numbers are read as left, top, right, bottom; if they are,", "box_format = \"xyxy\""),
        (
            shares,
            "once their numbers are read as centre, width, height in shares; if they are,",
            "box_format = \"cxcywh\"\nunit = \"unit\"",
        ),
        (from_zero, "with categories one below: they look counted from 0; if they are,", "first_label = 0"),
    ] {
        let (map, ran) = run(&workshop, COCO, &results);
        assert!(map.unwrap() < 0.1 && ran.says(said), "{helps}: {map:?} {}", ran.stderr);
        let probed = workshop.run(&["check", "spec.toml", "--probe"]);
        assert!(probed.says(said) && probed.code == 0, "{helps}: {}", probed.stderr);
        let (map, ran) = run_with(&workshop, COCO, helps, "min = 0.9", &results);
        assert!(map.is_some_and(|map| map > 0.999) && !ran.says("next to nothing"), "{helps}: {map:?} {}", ran.stderr);
    }
    let (map, ran) = run(&workshop, COCO, &results(&|category, bbox| (category, bbox)));
    assert!(map == Some(1.0) && !ran.says("next to nothing"), "{}", ran.stderr);
}

#[test]
fn labels_that_are_corners_are_recognised_in_every_format_that_wants_sizes() {
    let corners = [[150, 140, 300, 260], [210, 10, 390, 290], [120, 90, 380, 200], [5, 200, 100, 299]];
    let workshop = coco(|labels| {
        let annotation = |(id, bbox): (usize, &[u32; 4])| json!({ "id": id, "image_id": 1, "category_id": 1, "bbox": bbox, "iscrowd": 0 });
        labels["annotations"] = corners.iter().enumerate().map(annotation).collect();
    });
    let read = workshop.dataset(COCO).unwrap();
    let note = "the boxes look like corners (left, top, right, bottom): 4 of 4 reach beyond their images as left, top, width, height";
    assert!(read.warnings.iter().any(|warning| warning.starts_with(note)), "{:?}", read.warnings);
    let line = |[x, y, right, bottom]: &[u32; 4]| {
        let share = |value: &u32, of: f64| f64::from(*value) / of;
        format!("0 {} {} {} {}\n", share(x, 400.0), share(y, 300.0), share(right, 400.0), share(bottom, 300.0))
    };
    let workshop = yolo(&[("a", &corners.iter().map(line).collect::<String>())]);
    let read = workshop.dataset("format = \"yolo\"\npath = \"set/data.yaml\"\nsplit = \"val\"").unwrap();
    let note = "the boxes look like corners (left, top, right, bottom): ";
    assert!(read.warnings.iter().any(|warning| warning.starts_with(note)), "{:?}", read.warnings);
    // Labels as they should be are none.
    assert!(!coco(|_| {}).dataset(COCO).unwrap().warnings.iter().any(|warning| warning.contains("corners")));
}
