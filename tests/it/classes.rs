//! Datasets of classes: folders, tables, lists and COCO, and what goes wrong with them elsewhere.

use std::collections::BTreeMap;

use serde_json::json;
use windtunnel::dataset::Dataset;
use windtunnel::predict::CategoryMap;
use windtunnel::task::Task;

use crate::support::Workshop;

fn read(workshop: &Workshop, section: &str) -> Result<Dataset, String> {
    workshop.dataset_for("classify", section)
}

fn workshop(pictures: &[&str]) -> Workshop {
    let workshop = Workshop::new();
    for name in pictures {
        workshop.picture(name, 8, 6);
    }
    workshop
}

/// The name of each image's class, by the image's name.
fn labels(data: &Dataset) -> BTreeMap<&str, &str> {
    let name = |id: u64| data.categories.iter().find(|category| category.id == id).unwrap().name.as_str();
    assert!(data.annotations.iter().zip(&data.images).all(|(list, image)| {
        list.len() == 1 && list[0].is_whole && list[0].bbox.area() == f64::from(image.width * image.height)
    }));
    data.images
        .iter()
        .zip(&data.annotations)
        .map(|(i, list)| (i.file_name.as_str(), name(list[0].category_id)))
        .collect()
}

fn classes(data: &Dataset) -> Vec<&str> {
    data.categories.iter().map(|category| category.name.as_str()).collect()
}

/// What classes of a model called `names`, in its order, are in the dataset.
fn matched<'d>(data: &'d Dataset, names: &[&str]) -> Vec<Option<&'d str>> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let map = CategoryMap::by_name(&names, data, Task::Classify).unwrap();
    let name = |id: u64| data.categories.iter().find(|category| category.id == id).unwrap().name.as_str();
    (0..names.len()).map(|at| map.id(at).map(name)).collect()
}

const FOLDER: &str = "format = \"folder\"\npath = \"set\"\n";
const CSV: &str = "format = \"csv\"\npath = \"labels.csv\"\n";
const LIST: &str = "format = \"list\"\npath = \"val.txt\"\nimages = \"val\"\n";

#[test]
fn folders_are_classes_by_their_names_whatever_their_order() {
    let workshop = workshop(&["set/10/a.png", "set/2/a.png", "set/Zebra/b.png", "set/ant/deep/c.jpg", "set/ant/d.png"]);
    let data = read(&workshop, FOLDER).unwrap();
    let expected = [
        ("10/a.png", "10"),
        ("2/a.png", "2"),
        ("Zebra/b.png", "Zebra"),
        ("ant/d.png", "ant"),
        ("ant/deep/c.jpg", "ant"),
    ];
    assert_eq!(labels(&data), BTreeMap::from(expected));
    // A model counts as it was trained: 2 before 10, small letters and capitals alike.
    let theirs = ["ant", "2", "10", "Zebra", "whale"];
    assert_eq!(matched(&data, &theirs), [Some("ant"), Some("2"), Some("10"), Some("Zebra"), None]);
    assert!(data.warnings.is_empty(), "{:?}", data.warnings);
}

#[test]
fn a_split_that_lacks_a_class_has_it_and_moves_no_other() {
    let workshop = workshop(&[
        "set/train/a/1.png",
        "set/train/b/1.png",
        "set/train/c/1.png",
        "set/val/a/2.png",
        "set/val/c/2.png",
    ]);
    for section in [format!("{FOLDER}split = \"valid\"\n"), FOLDER.replace("set", "set/val")] {
        let data = read(&workshop, &section).unwrap();
        assert_eq!(
            (classes(&data), labels(&data)),
            (vec!["a", "b", "c"], BTreeMap::from([("a/2.png", "a"), ("c/2.png", "c")]))
        );
        assert_eq!(data.warnings, ["1 of 3 classes have no picture here (`b`)"]);
        assert_eq!(matched(&data, &["a", "b", "c"]), [Some("a"), Some("b"), Some("c")]);
    }
    let all = read(&workshop, FOLDER).unwrap_err();
    assert!(all.contains("set holds the splits train, val, not classes"), "{all}");
    assert!(all.contains("choose one: `split = \"train\"` or `\"val\"`"), "{all}");
    let vehicles = self::workshop(&["set/train/1.png", "set/bus/1.png"]);
    assert_eq!(classes(&read(&vehicles, FOLDER).unwrap()), ["bus", "train"], "a train is a class, too");
}

#[test]
fn what_lies_in_folders_beside_pictures_is_left_out_and_counted() {
    let workshop = workshop(&["set/a/1.png", "set/b/1.png", "set/loose.png", "set/a/._1.png"]);
    workshop.write("set/a/Thumbs.db", "x");
    workshop.write("set/.DS_Store", "x");
    std::fs::create_dir(workshop.path("set/empty")).unwrap();
    let data = read(&workshop, FOLDER).unwrap();
    assert_eq!((classes(&data), data.images.len()), (vec!["a", "b", "empty"], 2));
    for told in [
        "pictures in no class folder, left out (1): loose.png",
        "files that are no pictures, left out (1): a/Thumbs.db",
        "hidden files, left out (1): a/._1.png",
        "1 of 3 classes have no picture here (`empty`)",
    ] {
        assert!(data.warnings.iter().any(|warning| warning == told), "{told}: {:?}", data.warnings);
    }
}

#[test]
fn folders_that_cannot_be_classes_are_errors() {
    let error = |pictures: &[&str]| read(&workshop(pictures), FOLDER).unwrap_err();
    assert!(error(&["set/a/1.png"]).contains("it has one class alone, `a`: there is nothing to tell apart"));
    assert!(error(&["set/1.png"]).contains("it has no folder, of which each is a class"));
    let broken = workshop(&["set/a/1.png", "set/b/1.png"]);
    broken.write("set/b/2.jpg", "no picture");
    let error = read(&broken, FOLDER).unwrap_err();
    assert!(error.contains("unusable image files (1): <folder>/set/b/2.jpg"), "{error}");
    let detect = broken.dataset(FOLDER).unwrap_err();
    assert!(detect.contains("are the classes of whole pictures, and the task is to detect objects"), "{detect}");
    assert!(detect.contains("set `task = \"classify\"` at the top of the spec"), "{detect}");
}

#[test]
fn wordnet_folders_are_called_by_their_names_and_known_by_all() {
    let workshop = workshop(&["set/n02012849/1.png", "set/n03126707/1.png", "set/n01440764/1.png"]);
    let with = |more: &[&str]| {
        let more = (0..).zip(more).map(|(at, name)| format!("n0150000{at} {name}\n")).collect::<Vec<_>>().concat();
        workshop.write("words.txt", format!("n01440764 tench, Tinca tinca\n{more}n02012849 crane\nn03126707 crane\n"));
        read(&workshop, &format!("{FOLDER}classes = \"words.txt\"\n")).unwrap()
    };
    let data = with(&[]);
    assert_eq!(classes(&data), ["tench", "n02012849 crane", "n03126707 crane"]);
    assert_eq!(labels(&data)["n03126707/1.png"], "n03126707 crane");
    let both = [Some("tench"), Some("n02012849 crane"), Some("n03126707 crane")];
    assert_eq!(matched(&data, &["n01440764", "n02012849", "n03126707"]), both);
    let error = |data: &Dataset, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        CategoryMap::by_name(&names, data, Task::Classify).unwrap_err().to_string()
    };
    assert!(error(&data, &["tench", "crane", "crane"]).contains("`n02012849 crane`"), "one name shows no order");
    // Of many the order shows which is which, and another order does not.
    let others = ["goldfish", "hen", "jay", "robin", "newt", "agama", "boa", "coucal"];
    let data = with(&others);
    let theirs = [&["background", "Tinca tinca"], &others[..], &["crane", "crane"]].concat();
    assert_eq!(matched(&data, &theirs)[10..], both[1..]);
    let turned: Vec<&str> = theirs.iter().rev().copied().collect();
    assert!(error(&data, &turned).contains("`n02012849 crane`"));
    let unnamed = read(&workshop, FOLDER).unwrap();
    assert!(unnamed.warnings.iter().any(|told| told.contains("called by WordNet ids")), "{:?}", unnamed.warnings);
    workshop.write("words.txt", "n01440764 tench\nn02012849 crane\n");
    let error = read(&workshop, &format!("{FOLDER}classes = \"words.txt\"\n")).unwrap_err();
    assert!(error.contains("classes that `classes` does not have (1): n03126707/1.png (`n03126707`)"), "{error}");
}

#[test]
fn tables_have_labels_by_name_or_number_with_or_without_a_header() {
    let workshop = workshop(&["a.png", "deep/b.png", "c d.png"]);
    let read_table = |table: &str, more: &str| {
        workshop.write("labels.csv", table);
        read(&workshop, &format!("{CSV}{more}\n"))
    };
    let expected = BTreeMap::from([("a.png", "cat"), ("c d.png", "dog"), ("deep/b.png", "cat")]);
    for table in [
        "a.png,cat\ndeep/b.png,cat\nc d.png,dog\n",
        "\u{feff}Image Path;Class\r\na.png;cat\r\nb;cat\r\n\"c d.png\";dog\r\n",
    ] {
        assert_eq!(labels(&read_table(table, "").unwrap()), expected, "{table}");
    }
    workshop.write("names.txt", "dog\ncat\nfish\n");
    let data = read_table("file,label\na.png,1.0\ndeep/b.png,1.0\nc d.png,0.0\n", "classes = \"names.txt\"").unwrap();
    assert_eq!((classes(&data), labels(&data)), (vec!["dog", "cat", "fish"], expected));
    let data = read_table("kind,light,where\nx,day,a.png\ny,night,b\n", "columns = [\"where\", \"kind\"]").unwrap();
    assert_eq!(labels(&data), BTreeMap::from([("a.png", "x"), ("deep/b.png", "y")]));
    assert_eq!(data.metadata[0].0, "light");
    let numbers = read_table("a.png,10\nb,2\n", "").unwrap();
    assert_eq!(matched(&numbers, &["2", "10"]), [Some("2"), Some("10")], "numbers without names are names");
}

#[test]
fn tables_that_contradict_themselves_are_errors_that_name_the_lines() {
    let workshop = workshop(&["a.png", "b.png"]);
    let error = |table: &str, more: &str| {
        workshop.write("labels.csv", table);
        read(&workshop, &format!("{CSV}{more}\n")).unwrap_err()
    };
    let twice = error("a.png,cat\nb.png,dog\na.png,dog\n", "");
    assert!(twice.contains("pictures of two classes (1): a.png (`cat` and `dog`)"), "{twice}");
    let gone = error("a.png,cat\nb.png,dog\nz.png,dog\n", "");
    assert!(gone.contains("missing image files (1): line 3 (z.png)"), "{gone}");
    assert!(error("a.png,cat\nb.png,\n", "").contains("lines without a label (1): line 2 (b.png)"));
    workshop.write("names.txt", "cat\ndog\n");
    let high = error("a.png,1\nb.png,2\n", "classes = \"names.txt\"");
    assert!(high.contains("class number 2, and `classes` has the numbers 0 to 1: are they counted from 1?"), "{high}");
    let stray = error("a.png,cat\nb.png,fish\n", "classes = \"names.txt\"");
    assert!(stray.contains("line 2 (b.png): `classes` has no `fish`"), "{stray}");
    workshop.write("labels.csv", "/data/of/others/a.png,cat\nb.png,dog\n");
    let moved = read(&workshop, CSV).unwrap();
    let told = "image files that are not where the labels say, found by their last names (1): /data/of/others/a.png";
    assert_eq!((labels(&moved)["a.png"], moved.warnings.clone()), ("cat", vec![told.to_owned()]));
    workshop.write("labels.csv", "a.png,cat\nb.png,dog\na.png,cat\n");
    let data = read(&workshop, CSV).unwrap();
    assert_eq!(data.warnings, ["pictures listed twice with the same class, counted once (1): a.png"]);
}

#[test]
fn a_column_per_class_gives_each_line_one_class() {
    let workshop = workshop(&["x/test/a.png", "x/test/b.png", "x/train/c.png"]);
    let table = "filename, cat, big dog, fish\na.png, 1, 0, 0\nb.png, 0, 1, 0\n";
    workshop.write("x/test/_classes.csv", table);
    workshop.write("x/train/_classes.csv", "filename,cat,fish\nc.png,1,0\n");
    let section = "format = \"csv\"\npath = \"x\"\nsplit = \"test\"\n";
    let data = read(&workshop, section).unwrap();
    assert_eq!(labels(&data), BTreeMap::from([("a.png", "cat"), ("b.png", "big dog")]));
    assert_eq!(classes(&data), ["big dog", "cat", "fish"]);
    workshop.write("x/test/_classes.csv", "filename, cat, big dog\na.png, 1, 1\nb.png, 0, 0\n");
    let error = read(&workshop, section).unwrap_err();
    assert!(
        error.contains("lines with several classes set, where a picture has one (1): line 2 (a.png): cat, big dog"),
        "{error}"
    );
    assert!(error.contains("lines with no class set, where a picture has to have one (1): line 3 (b.png)"), "{error}");
}

#[test]
fn lists_have_numbers_names_or_ids() {
    let workshop = workshop(&["val/1.png", "val/two words.png", "val/3.png"]);
    workshop.write("words.txt", "background\nn01440764 tench\nn01443537 goldfish\n");
    let read_list = |list: &str, more: &str| {
        workshop.write("val.txt", list);
        read(&workshop, &format!("{LIST}{more}\n"))
    };
    let expected = BTreeMap::from([("1.png", "tench"), ("3.png", "goldfish"), ("two words.png", "tench")]);
    for list in ["1.png 1\ntwo words.png 1\n3.png 2\n", "1.png n01440764\ntwo words.png tench\n3.png goldfish"] {
        let data = read_list(list, "classes = \"words.txt\"").unwrap();
        assert_eq!(labels(&data), expected);
        assert_eq!(
            matched(&data, &["background", "tench", "goldfish"]),
            [Some("background"), Some("tench"), Some("goldfish")]
        );
        assert_eq!(matched(&data, &["tench", "goldfish"]), [Some("tench"), Some("goldfish")], "1000 and 1001 classes");
    }
    let error = read_list("1.png 3\n3.png\n", "classes = \"words.txt\"").unwrap_err();
    assert!(error.contains("lines that are not a file and a class (1): line 2: `3.png`"), "{error}");
    assert!(error.contains("class number 3, and `classes` has the numbers 0 to 2"), "{error}");
    assert_eq!(classes(&read_list("1.png 65\n3.png 970\n", "").unwrap()), ["65", "970"]);
}

#[test]
fn annotations_of_coco_are_classes_with_or_without_boxes() {
    let workshop = workshop(&["a.png", "b.png"]);
    let write = |annotations: serde_json::Value| {
        let images = json!([{ "id": 1, "file_name": "a.png" }, { "id": 2, "file_name": "b.png" }]);
        let categories = json!([{ "id": 4, "name": "cat" }, { "id": 9, "name": "dog" }]);
        let labels = json!({ "images": images, "categories": categories, "annotations": annotations });
        workshop.write("labels.json", labels.to_string());
        read(&workshop, "format = \"coco\"\npath = \"labels.json\"\n")
    };
    let whole = json!([
        { "id": 1, "image_id": 1, "category_id": 4 },
        { "id": 2, "image_id": 2, "category_id": 9, "bbox": [1, 1, 2, 2] },
        { "id": 3, "image_id": 2, "category_id": 9, "bbox": [0, 0, 8, 6] },
    ]);
    assert_eq!(labels(&write(whole).unwrap()), BTreeMap::from([("a.png", "cat"), ("b.png", "dog")]));
    let error =
        write(json!([{ "id": 1, "image_id": 1, "category_id": 4 }, { "id": 2, "image_id": 1, "category_id": 9 }]))
            .unwrap_err();
    assert!(error.contains("images of several categories, where each has one class (with `crops = 1.2` each object becomes an image) (1): a.png (`cat`, `dog`)"), "{error}");
    assert!(error.contains("images without an annotation, and so without a class (1): b.png"), "{error}");
}

#[test]
fn pictures_without_labels_and_categories_that_do_not_count() {
    let workshop = workshop(&["set/a/1.png", "set/b/2.png", "set/c/3.png"]);
    let images = read(&workshop, "format = \"images\"\npath = \"set\"\n").unwrap();
    assert!(!images.is_labelled && images.images.len() == 3 && images.annotations.iter().all(Vec::is_empty));
    let two = read(&workshop, &format!("{FOLDER}categories = [\"a\", \"c\"]\n")).unwrap();
    assert_eq!(labels(&two), BTreeMap::from([("a/1.png", "a"), ("c/3.png", "c")]));
    assert_ne!(two.digest, read(&workshop, FOLDER).unwrap().digest);
}

#[test]
fn a_view_is_part_of_the_dataset_and_refused_for_objects() {
    let workshop = workshop(&["set/a/1.png", "set/b/2.png"]);
    let view = |text: &str| read(&workshop, &format!("{FOLDER}view = {text}\n"));
    let data = view("{ resize = 12, crop = 10 }").unwrap();
    assert!(data.images.iter().all(|image| (image.width, image.height) == (10, 10)));
    assert_eq!(labels(&data).len(), 2);
    let digests = [
        read(&workshop, FOLDER).unwrap().digest,
        data.digest,
        view("{ resize = 13, crop = 10 }").unwrap().digest,
        view("{ resize = 12, crop = 10, filter = \"bicubic\" }").unwrap().digest,
    ];
    assert!((0..4).all(|one| (0..one).all(|other| digests[one] != digests[other])));
    assert_eq!(view("{ resize = 12, crop = 10, filter = \"bilinear\" }").unwrap().digest, data.digest, "the default");
    assert!(view("{ resize = 10, crop = 12 }").unwrap_err().contains("a crop of 12 pixels is more than the 10"));
    assert!(view("{ resize = 0, crop = 0 }").unwrap_err().contains("sides are of 1 to 65535 pixels"));
    let objects =
        workshop.dataset("format = \"images\"\npath = \"set\"\nview = { resize = 12, crop = 10 }\n").unwrap_err();
    assert!(objects.contains("`view` in [dataset.d] is for pictures that have one class"), "{objects}");
}

/// Writes the cells of the first photos of the blood-cell test set into a folder per class, as `crops` cuts them.
pub fn cells(workshop: &Workshop, photos: usize, folder: &str, is_wanted: impl Fn(&str) -> bool) {
    workshop.blood_cells(photos);
    let section = "format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\ncrops = 1.2\n";
    let data = read(workshop, section).unwrap();
    for (number, (image, list)) in data.images.iter().zip(&data.annotations).enumerate() {
        let class = &data.categories.iter().find(|category| category.id == list[0].category_id).unwrap().name;
        if !is_wanted(class) {
            continue;
        }
        let picture = windtunnel::dataset::decode_picture(&std::fs::read(&image.path).unwrap()).unwrap();
        let cut = image.framing.unwrap().cut.unwrap();
        let mut cell = image::RgbImage::new(cut.side, cut.side);
        image::imageops::replace(&mut cell, &picture, -i64::from(cut.x), -i64::from(cut.y));
        let mut bytes = std::io::Cursor::new(Vec::new());
        cell.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        workshop.write(&format!("{folder}/{class}/{number:03}.png"), bytes.into_inner());
    }
}

#[test]
fn a_classifier_has_the_same_figures_on_crops_on_folders_and_on_tables_and_a_class_that_is_missing_moves_no_other() {
    let workshop = Workshop::new();
    cells(&workshop, 6, "cells/test", |_| true);
    cells(&workshop, 6, "cells/val", |class| class != "RBC");
    let mut table = String::new();
    for class in ["RBC", "WBC", "Platelets"] {
        for file in std::fs::read_dir(workshop.path(&format!("cells/test/{class}"))).unwrap() {
            let name = file.unwrap().file_name().to_string_lossy().into_owned();
            table.extend(["test/", class, "/", &name, ",", class, "\n"]);
        }
    }
    workshop.write("cells/labels.csv", table);
    let model = crate::support::repository("examples/models/bccd_cells.onnx");
    let spec = format!(
        r#"version = 1
name = "cells"
task = "classify"
[dataset.crops]
format = "coco"
path = "labels.json"
images = "images"
crops = 1.2
[dataset.folder]
format = "folder"
path = "cells"
split = "test"
[dataset.table]
format = "csv"
path = "cells/labels.csv"
[dataset.lacking]
format = "folder"
path = "cells"
split = "val"
[model.plain]
kind = "onnx"
path = {}
[[check]]
on = "clean"
metric = "top1"
min = 0.5
"#,
        json!(model.display().to_string())
    );
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("cells");
    let cell = |dataset: &str| {
        let cells = record["cells"].as_array().unwrap();
        cells.iter().find(|cell| cell["dataset"] == dataset).unwrap().clone()
    };
    let crops = cell("crops");
    assert!(crops["figures"]["top1"].as_f64().unwrap() > 0.9, "{}", crops["figures"]);
    for dataset in ["folder", "table"] {
        for metric in ["top1", "balanced_accuracy", "nll"] {
            let (found, wanted) = (cell(dataset)["figures"][metric].as_f64(), crops["figures"][metric].as_f64());
            assert!((found.unwrap() - wanted.unwrap()).abs() < 1e-9, "{dataset} {metric}: {found:?} is not {wanted:?}");
        }
    }
    let recall = |dataset: &str, class: &str| cell(dataset)["per_category"][class]["recall"].clone();
    assert_eq!(recall("lacking", "WBC"), recall("crops", "WBC"));
    assert!(cell("lacking")["figures"]["top1"].as_f64().unwrap() > 0.9);
}
