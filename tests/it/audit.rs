//! Audits: what is planted in datasets is found, nothing else is, and checks on datasets gate runs and audits alike.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};
use serde_json::{Value, json};
use windtunnel::record::DataAudit;
use windtunnel::report::{Style, audit_console};

use crate::support::{Workshop, repository};

/// What Roboflow puts into names, with a hash of `letter`s.
fn exported(stem: &str, letter: char) -> String {
    format!("{stem}_jpg.rf.{}.jpg", letter.to_string().repeat(32))
}

/// The bytes of blood-cell image number `at`.
fn blood(at: usize) -> Vec<u8> {
    let folder = repository("examples/bccd/images");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    std::fs::read(&paths[at]).unwrap()
}

fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

fn jpeg(pixels: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(pixels).unwrap();
    bytes
}

fn png(pixels: RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A picture again, as a copy of it would be.
fn halved(bytes: &[u8]) -> Vec<u8> {
    let whole = pixels(bytes);
    png(imageops::resize(&whole, whole.width() / 2, whole.height() / 2, FilterType::Triangle))
}

/// Writes a split as a COCO export has it; each picture has one object.
fn split(shop: &Workshop, folder: &str, pictures: &[(&str, Vec<u8>)]) {
    let mut images = Vec::new();
    let mut annotations = Vec::new();
    for (id, (name, bytes)) in (1..).zip(pictures) {
        let size = image::load_from_memory(bytes).map_or((640, 480), |picture| (picture.width(), picture.height()));
        images.push(json!({"id": id, "file_name": name, "width": size.0, "height": size.1}));
        annotations.push(json!({"id": id, "image_id": id, "category_id": 1, "bbox": [10, 20, 60, 50], "area": 3000}));
        shop.write(&format!("{folder}/{name}"), bytes);
    }
    let labels = json!({"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "RBC"}]});
    shop.write(&format!("{folder}/_annotations.coco.json"), labels.to_string());
}

/// A model that says of each picture of a split what its label says, unless `change` makes it otherwise.
fn answers(shop: &Workshop, folder: &str, change: impl Fn(usize, &mut Value)) {
    let text = std::fs::read(shop.path(&format!("{folder}/_annotations.coco.json"))).unwrap();
    let labels: Value = serde_json::from_slice(&text).unwrap();
    let mut results: Vec<Value> = labels["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| {
            json!({"image_id": label["image_id"], "category_id": label["category_id"], "bbox": label["bbox"], "score": 0.9})
        })
        .collect();
    results.iter_mut().enumerate().for_each(|(at, result)| change(at, result));
    shop.write("clean.json", json!(results).to_string());
}

const MODEL: &str = "[model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n";
const TEST: &str = "[dataset.test]\nformat = \"coco\"\npath = \"test\"\n";
const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.1\n";

fn spec(datasets: &str, checks: &str) -> String {
    format!("version = 1\nname = \"data\"\n{datasets}{MODEL}{checks}")
}

/// The audit of `data.toml`, and the exit code.
fn audit(shop: &Workshop, args: &[&str]) -> (Value, i32) {
    let all: Vec<&str> = ["audit", "data.toml"].into_iter().chain(args.iter().copied()).collect();
    let ran = shop.run(&all);
    let path = shop.path("target/windtunnel/data/audit.json");
    let text = std::fs::read(path).unwrap_or_else(|_| panic!("{}", ran.stderr));
    (serde_json::from_slice(&text).unwrap(), ran.code)
}

/// A test split of six pictures and a training split that has four of them, each in another way.
fn leaking(checks: &str) -> Workshop {
    let shop = Workshop::new();
    let of_original = exported("shot_4", 'a');
    let copy_of_original = exported("shot_4", 'b');
    split(
        &shop,
        "test",
        &[
            ("0.jpg", blood(0)),
            ("1.jpg", blood(1)),
            ("2.jpg", blood(2)),
            (&of_original, blood(3)),
            ("4.jpg", blood(4)),
            ("5.jpg", blood(5)),
        ],
    );
    let mirrored = imageops::flip_horizontal(&pixels(&blood(3)));
    split(
        &shop,
        "train",
        &[
            ("other.jpg", blood(20)),
            ("same.jpg", blood(0)),
            ("again.jpg", jpeg(&pixels(&blood(1)), 40)),
            ("small.png", halved(&blood(2))),
            (&copy_of_original, jpeg(&mirrored, 90)),
            ("another.jpg", blood(21)),
        ],
    );
    answers(&shop, "test", |_, _| {});
    shop.write("data.toml", spec(TEST, &format!("{CLEAN}{checks}")));
    shop
}

const LEAKAGE: &str = "[[check]]\nname = \"no picture of training\"\nmetric = \"leakage\"\nmax = 0\n";

#[test]
fn what_another_split_of_an_export_shares_is_found_however_it_was_copied() {
    let shop = leaking("");
    let (audit, code) = audit(&shop, &[]);
    assert_eq!(code, 0);
    let dataset = &audit["datasets"][0];
    assert_eq!(dataset["compared_with"], json!([{"name": "train", "images": 6, "sampled_from": null}]));
    let pairs = dataset["leakage"]["found"].as_array().unwrap();
    let found: Vec<(&str, &str, &str)> =
        pairs.iter().map(|pair| ["image", "other", "sign"].map(|key| pair[key].as_str().unwrap()).into()).collect();
    let (one, other) = (exported("shot_4", 'a'), exported("shot_4", 'b'));
    let expected = [
        ("0.jpg", "same.jpg", "bytes"),
        ("1.jpg", "again.jpg", "pixels"),
        ("2.jpg", "small.png", "pixels"),
        (one.as_str(), other.as_str(), "original"),
    ];
    assert_eq!(found, expected);
    assert!(pairs[1]["distance"].as_u64().unwrap() <= 4, "{}", pairs[1]);
    assert!(pairs[2]["correlation"].as_f64().unwrap() > 0.99, "{}", pairs[2]);
    assert_eq!(dataset["duplicates"], json!({"found": []}));
}

#[test]
fn different_pictures_of_blood_cells_are_never_taken_for_one() {
    let shop = Workshop::new();
    let all = std::fs::read_dir(repository("examples/bccd/images")).unwrap().count();
    let names: Vec<String> = (0..all).map(|at| format!("{at}.jpg")).collect();
    let pictures: Vec<(&str, Vec<u8>)> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), blood(at))).collect();
    split(&shop, "test", &pictures);
    answers(&shop, "test", |_, _| {});
    shop.write("data.toml", spec(TEST, CLEAN));
    let (audit, _) = audit(&shop, &["--no-models"]);
    assert!(all > 60);
    assert_eq!(audit["datasets"][0]["duplicates"], json!({"found": []}));
    assert_eq!(audit["datasets"][0]["leakage"], Value::Null);
}

#[test]
fn a_picture_that_is_there_twice_is_a_duplicate_of_the_first() {
    let shop = Workshop::new();
    let whole = blood(0);
    split(&shop, "test", &[("a.jpg", whole.clone()), ("b.jpg", blood(1)), ("c.png", halved(&whole)), ("d.jpg", whole)]);
    answers(&shop, "test", |_, _| {});
    shop.write("data.toml", spec(TEST, "[[check]]\nmetric = \"duplicates\"\nmax = 1\n"));
    let (audit, code) = audit(&shop, &["--no-models"]);
    let pairs = audit["datasets"][0]["duplicates"]["found"].as_array().unwrap().clone();
    let found: Vec<(&str, &str)> =
        pairs.iter().map(|pair| (pair["image"].as_str().unwrap(), pair["other"].as_str().unwrap())).collect();
    assert_eq!(found, [("c.png", "a.jpg"), ("d.jpg", "a.jpg")]);
    assert_eq!(code, 1);
    assert_eq!(audit["cases"][0]["message"], "duplicates 2 > 1 (n=4)");
}

#[test]
fn boxes_that_cannot_be_meant_are_counted_whether_their_reader_keeps_them_or_not() {
    let shop = Workshop::new();
    shop.write("yolo/images/a.jpg", blood(0));
    let lines =
        ["0 0.5 0.5 0.2 0.2", "0 0.5 0.5 0.2 0.2", "0 0.5 0.5 0 0.2", "0 1.5 0.5 0.2 0.2", "0 0.95 0.5 0.4 0.2"];
    shop.write("yolo/labels/a.txt", lines.join("\n"));
    shop.write("yolo/data.yaml", "test: images\nnames: [RBC]\n");
    let datasets = "[dataset.test]\nformat = \"yolo\"\npath = \"yolo\"\nsplit = \"test\"\n";
    shop.write("clean.json", "[]");
    shop.write("data.toml", spec(datasets, "[[check]]\nmetric = \"invalid_boxes\"\nmax = 0\n"));
    let (audit, code) = audit(&shop, &["--no-models"]);
    let found = audit["datasets"][0]["invalid_boxes"].as_array().unwrap();
    let mut oddities: Vec<&str> = found.iter().map(|one| one["oddity"].as_str().unwrap()).collect();
    oddities.sort_unstable();
    assert_eq!(oddities, ["beyond", "no_size", "outside", "repeated"]);
    assert_eq!((code, audit["cases"][0]["verdict"]["value"].as_f64()), (1, Some(4.0)));
}

#[test]
fn labels_that_were_spoilt_are_the_suspects_and_no_others_are() {
    let shop = Workshop::new();
    let names: Vec<String> = (0..8).map(|at| format!("{at}.jpg")).collect();
    let pictures: Vec<(&str, Vec<u8>)> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), blood(at))).collect();
    split(&shop, "test", &pictures);
    answers(&shop, "test", |at, result| result["score"] = json!(0.95 - 0.01 * at as f64));
    let path = shop.path("test/_annotations.coco.json");
    let mut labels: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    labels["categories"].as_array_mut().unwrap().push(json!({"id": 2, "name": "WBC"}));
    let list = labels["annotations"].as_array_mut().unwrap();
    list[1]["category_id"] = json!(2);
    list[3]["bbox"] = json!([40, 20, 60, 50]);
    list.push(json!({"id": 90, "image_id": 1, "category_id": 1, "bbox": [400, 300, 50, 50], "area": 2500}));
    list.remove(5);
    std::fs::write(&path, labels.to_string()).unwrap();
    shop.write("data.toml", spec(TEST, "[[check]]\nmetric = \"suspect_labels\"\nmax = 2\n"));
    let (audit, code) = audit(&shop, &[]);
    let suspects = &audit["datasets"][0]["suspects"]["found"];
    let found: Vec<(&str, &str)> = suspects["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["image"].as_str().unwrap(), one["doubt"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("1.jpg", "wrong_category"), ("3.jpg", "badly_placed"), ("5.jpg", "missing_label")]);
    assert_eq!(suspects["labels"][0]["label"], "WBC");
    assert_eq!(suspects["unfound"][0]["bbox"], json!([400.0, 300.0, 50.0, 50.0]));
    assert_eq!(suspects["unfound"].as_array().unwrap().len(), 1);
    assert_eq!((code, audit["cases"][0]["id"].as_str()), (1, Some("test/suspect_labels:max")));
    let page = std::fs::read_to_string(shop.path("target/windtunnel/data/audit.html")).unwrap();
    assert_eq!(page.matches("data:image/jpeg;base64,").count(), 4);
    assert!(!page.contains("://"), "the page asks for nothing");
}

#[test]
fn an_object_in_three_copies_of_a_picture_is_one_finding_of_the_page() {
    let shop = Workshop::new();
    let first = blood(0);
    let copies = [first.clone(), jpeg(&pixels(&first), 60), jpeg(&pixels(&first), 40)];
    let names = ["a.jpg", "b.jpg", "c.jpg"];
    let mut pictures: Vec<(&str, Vec<u8>)> = names.into_iter().zip(copies).collect();
    pictures.push(("other.jpg", blood(3)));
    split(&shop, "test", &pictures);
    answers(&shop, "test", |_, _| {});
    let path = shop.path("test/_annotations.coco.json");
    let mut labels: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let list = labels["annotations"].as_array_mut().unwrap();
    let count = list.len();
    for (at, image) in [1, 2, 3, 4].into_iter().enumerate() {
        let id = list.iter().filter_map(|one| one["image_id"].as_u64()).collect::<std::collections::BTreeSet<_>>();
        let image = id.into_iter().nth(image - 1).unwrap();
        list.push(
            json!({"id": 900 + at, "image_id": image, "category_id": 1, "bbox": [400 + at, 300, 50, 50], "area": 2500}),
        );
    }
    assert!(count >= 4);
    std::fs::write(&path, labels.to_string()).unwrap();
    shop.write("data.toml", spec(TEST, CLEAN));
    let (audit, _) = audit(&shop, &[]);
    assert_eq!(audit["datasets"][0]["duplicates"]["found"].as_array().unwrap().len(), 2, "the record has all");
    assert_eq!(audit["datasets"][0]["suspects"]["found"]["unfound"].as_array().unwrap().len(), 4);
    let page = std::fs::read_to_string(shop.path("target/windtunnel/data/audit.html")).unwrap();
    assert!(page.contains("3 images are one picture") && page.contains("2 pairs of 1 picture."), "{page}");
    assert!(
        page.contains("4 labels that no detection overlaps, largest first (of 2 objects, some in several frames)"),
        "{page}"
    );
    assert!(page.contains("a.jpg; the same in 2 frames: b.jpg, c.jpg"));
    // One of the duplicates, two of the labels.
    assert_eq!(page.matches("data:image/jpeg;base64,").count(), 3);
}

#[test]
fn what_there_is_one_of_is_told_in_the_singular() {
    let shop = Workshop::new();
    split(&shop, "test", &[("a.jpg", blood(0)), ("b.jpg", jpeg(&pixels(&blood(0)), 60))]);
    answers(&shop, "test", |_, _| {});
    shop.write("data.toml", spec(TEST, CLEAN));
    audit(&shop, &[]);
    let page = std::fs::read_to_string(shop.path("target/windtunnel/data/audit.html")).unwrap();
    assert!(page.contains("<dt>duplicate</dt><dd>1</dd>") && page.contains("<dt>leaks</dt>"), "{page}");
    let is_digit = |at: usize| page[..at].ends_with(|letter: char| letter.is_ascii_digit());
    for word in ["images", "labels", "pictures", "pairs", "objects", "boxes"] {
        let wrong = page.match_indices(&format!("1 {word}")).find(|(at, _)| !is_digit(*at));
        assert_eq!(wrong, None, "{word}");
    }
}

#[test]
fn a_leak_fails_runs_and_audits_and_its_pictures_are_named() {
    let shop = leaking(LEAKAGE);
    let ran = shop.run(&["run", "data.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("leakage 4 > 0 (n=6)"), "{}", ran.stderr);
    assert!(ran.says("0.jpg is same.jpg of `train`: the same file"), "{}", ran.stderr);
    let junit = std::fs::read_to_string(shop.path("target/windtunnel/data/junit.xml")).unwrap();
    assert!(junit.contains("name=\"test/leakage:max\"") && junit.contains("classname=\"data.test.data\""), "{junit}");
    assert!(junit.contains("again.jpg"), "{junit}");
    let (audit, code) = audit(&shop, &[]);
    assert_eq!((code, audit["counts"]["failed"].as_u64()), (1, Some(1)));
    let first = shop.run(&["run", "data.toml", "-x"]);
    assert_eq!(first.code, 1, "{}", first.stderr);
    let alone = shop.run(&["run", "data.toml", "-k", "*/leakage:*"]);
    assert_eq!(alone.code, 1, "{}", alone.stderr);
    assert!(alone.says("0 passed, 1 failed"), "{}", alone.stderr);
}

#[test]
fn a_gate_on_data_that_holds_passes() {
    let shop = leaking("[[check]]\nmetric = \"leakage\"\nmax = 4\n[[check]]\nmetric = \"duplicates\"\nmax = 0\n");
    assert_eq!(shop.run(&["run", "data.toml"]).code, 0);
    assert_eq!(audit(&shop, &["--no-models"]).1, 0);
}

#[test]
fn leakage_without_another_split_could_never_fail_and_is_refused() {
    let shop = leaking(LEAKAGE);
    std::fs::remove_dir_all(shop.path("train")).unwrap();
    for command in ["run", "audit", "check"] {
        let ran = shop.run(&[command, "data.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.says("could never fail: there is nothing to compare it with"), "{}", ran.stderr);
    }
}

/// A YOLO set of four pictures, whose data.yaml has the splits of `splits`.
fn yolo(splits: &str) -> Workshop {
    let shop = Workshop::new();
    for at in 0..4 {
        shop.write(&format!("images/all/{at}.jpg"), blood(at));
        shop.write(&format!("labels/all/{at}.txt"), "0 0.5 0.5 0.2 0.2\n");
    }
    shop.write("data.yaml", format!("names: [RBC]\n{splits}"));
    shop.write("clean.json", "[]");
    shop.write("images/new/9.jpg", blood(9));
    shop.write("labels/new/9.txt", "0 0.5 0.5 0.2 0.2\n");
    shop
}

#[test]
fn the_same_pictures_under_the_name_of_another_split_are_leakage() {
    let test = "[dataset.test]\nformat = \"yolo\"\npath = \"data.yaml\"\nsplit = \"val\"\n";
    let train = "[dataset.train]\nformat = \"yolo\"\npath = \"data.yaml\"\nsplit = \"train\"\nevaluate = false\n";
    for (splits, datasets) in [
        // One folder.
        ("train: images/all\nval: images/all\n", test.to_owned()),
        // One folder by two paths.
        ("train: ./images/../images/all\nval: images/all\n", test.to_owned()),
        // A part of it is the whole.
        ("train: images\nval: images/all\n", test.to_owned()),
        // Both are datasets of the spec.
        ("train: images/all\nval: images/all\n", format!("{test}{train}")),
        // The training split is another one, but a third one is the same.
        ("train: images/new\nval: images/all\nextra: images/all\n", format!("{test}{train}")),
    ] {
        let shop = yolo(splits);
        shop.write("data.toml", spec(&datasets, LEAKAGE));
        let ran = shop.run(&["run", "data.toml"]);
        assert_eq!(ran.code, 1, "{splits}: {}", ran.stderr);
        assert!(ran.says("leakage 4 > 0 (n=4)"), "{splits}: {}", ran.stderr);
    }
    // Of a split of its own nothing is shared.
    let shop = yolo("train: images/new\nval: images/all\n");
    shop.write("data.toml", spec(test, LEAKAGE));
    let ran = shop.run(&["run", "data.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn models_that_are_sure_of_nothing_contradict_no_label() {
    let shop = leaking("");
    answers(&shop, "test", |_, result| result["score"] = json!(0.2));
    shop.write("data.toml", spec(TEST, "[[check]]\nmetric = \"suspect_labels\"\nmax = 0\n"));
    for command in ["run", "audit"] {
        let ran = shop.run(&[command, "data.toml"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert!(ran.says("no detection of `m` is at least 0.5 sure"), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_looked_at_is_no_pass() {
    let shop = leaking(LEAKAGE);
    let whole = blood(21);
    shop.write("train/another.jpg", &whole[..whole.len() / 2]);
    for command in [&["run"][..], &["audit"], &["audit", "--no-models"]] {
        let ran = shop.run(&[command, &["data.toml"]].concat());
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert!(ran.says("split `train`: pictures that cannot be looked at (1)"), "{}", ran.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_or_an_endless_file_among_the_pictures_is_told_and_not_read() {
    let audited = |shop: &Workshop| shop.run(&["audit", "data.toml", "--no-models"]);
    let shop = leaking(LEAKAGE);
    crate::damage::pipe(&shop, "train/another.jpg");
    let ran = audited(&shop);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("train/another.jpg (cannot read it: it is a pipe or a device"), "{}{}", ran.stdout, ran.stderr);
    // A picture whose header is right, and behind which nothing ends.
    let shop = leaking(LEAKAGE);
    let endless = std::fs::File::options().append(true).open(shop.path("train/another.jpg")).unwrap();
    endless.set_len(3 << 30).unwrap();
    let ran = audited(&shop);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.says("another.jpg: cannot read it: it is of 3072 MiB, and at most 2048 MiB are read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_dataset_that_is_not_evaluated_is_compared_with_and_run_by_no_model() {
    let shop = leaking("");
    std::fs::rename(shop.path("train"), shop.path("elsewhere")).unwrap();
    let datasets = format!("{TEST}[dataset.train]\nformat = \"coco\"\npath = \"elsewhere\"\nevaluate = false\n");
    // The folder beside it is no split of its own any more: it is the dataset.
    shop.write("data.toml", spec(&datasets, &format!("{CLEAN}{LEAKAGE}")));
    let ran = shop.run(&["run", "data.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("leakage 4 > 0 (n=6)"), "{}", ran.stderr);
    let record = shop.record("data");
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&record["datasets"]), ["test"]);
    assert_eq!(record["cells"].as_array().unwrap().len(), 1);
    let (audit, _) = audit(&shop, &[]);
    assert_eq!(names(&audit["datasets"]), ["test", "train"]);
    let compared: Vec<String> = names(&audit["datasets"][0]["compared_with"]);
    assert_eq!(compared, ["train"], "the same pictures are not compared twice");
}

#[test]
fn checks_on_data_take_nothing_that_is_about_models() {
    let shop = leaking("");
    for (check, message) in [
        (
            "metric = \"leakage\"\non = \"clean\"\nmax = 0",
            "`on` of check #1: `leakage` is a figure of the dataset itself",
        ),
        (
            "metric = \"leakage\"\nmodel = \"m\"\nmax = 0",
            "`model` of check #1: `leakage` is a figure of the dataset itself",
        ),
        ("metric = \"leakage\"\nmin = 1", "`min` of check #1: `leakage` is a figure of the dataset itself"),
        ("metric = \"class_imbalance\"\nmax = 0.5", "`max = 0.5` of check #1 can never hold"),
        ("metric = \"map\"\nmin = 0.1", "check #1 has no `on`"),
    ] {
        shop.write("data.toml", spec(TEST, &format!("[[check]]\n{check}\n")));
        let ran = shop.run(&["check", "data.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.says(message), "{}", ran.stderr);
    }
    let idle = format!("{TEST}[dataset.train]\nformat = \"coco\"\npath = \"train\"\nevaluate = false\n");
    shop.write("data.toml", spec(&idle, "[[check]]\ndataset = \"train\"\non = \"clean\"\nmin = 0.1\n"));
    let ran = shop.run(&["check", "data.toml"]);
    assert!(ran.says("check #1 is about `train`, which no model is run on"), "{}", ran.stderr);
}

#[test]
fn without_models_an_audit_tells_the_rest_and_judges_nothing_that_needs_them() {
    let shop = leaking("[[check]]\nmetric = \"suspect_labels\"\nmax = 0\n");
    let ran = shop.run(&["audit", "data.toml", "--no-models"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("suspect labels not looked for: no model was asked"), "{}", ran.stderr);
    assert!(ran.says("SKIP test/suspect_labels:max"), "{}", ran.stderr);
    assert!(!shop.path(".windtunnel").exists());
}

#[test]
fn an_audit_is_the_same_for_any_number_of_threads() {
    let shop = leaking(LEAKAGE);
    let json = |jobs: &str| shop.run(&["audit", "data.toml", "--json", "-", "-j", jobs, "-qq"]).stdout;
    let one = json("1");
    assert_eq!(one, json("4"));
    let audit: DataAudit = serde_json::from_str(&one).unwrap();
    assert_eq!(audit.version, 1);
    let style = Style { colored: false, width: 80, is_verbose: false };
    let text = audit_console(&audit, style);
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80 && !line.contains('/')).collect();
    assert!(long.is_empty(), "{long:?}");
    assert!(text.contains("\ntest: 6 images, 6 labels\n  leakage         4 against `train` (6)\n"), "{text}");
    assert!(text.contains("                  0.jpg is same.jpg of `train`: the same file\n"), "{text}");
    assert!(text.ends_with("data failed: 0 passed, 1 failed, 0 errors, 0 skipped\n"), "{text}");
}

#[test]
fn a_limit_is_not_about_what_others_are_compared_with() {
    let shop = leaking("");
    let datasets = format!("{TEST}[dataset.train]\nformat = \"coco\"\npath = \"train\"\nevaluate = false\n");
    shop.write("data.toml", spec(&datasets, CLEAN));
    let (audit, _) = audit(&shop, &["--no-models", "--limit", "3"]);
    assert_eq!(audit["datasets"][0]["sampled_from"], 6);
    assert_eq!(audit["datasets"][0]["compared_with"], json!([{"name": "train", "images": 6, "sampled_from": null}]));
    shop.write("data.toml", spec(&format!("{datasets}limit = 2\n"), CLEAN));
    let ran = shop.run(&["check", "data.toml"]);
    assert!(ran.says("`limit` has no meaning with `evaluate = false`"), "{}", ran.stderr);
}

#[test]
fn other_splits_of_a_data_yaml_are_found_by_themselves() {
    let shop = Workshop::new();
    for (split, at) in [("train", 0), ("valid", 1), ("test", 0)] {
        shop.write(&format!("set/{split}/images/{split}.jpg"), blood(at));
        shop.write(&format!("set/{split}/labels/{split}.txt"), "0 0.5 0.5 0.2 0.2\n");
    }
    shop.write("set/data.yaml", "train: ../train/images\nval: ../valid/images\ntest: ../test/images\nnames: [RBC]\n");
    let datasets = "[dataset.test]\nformat = \"yolo\"\npath = \"set\"\nsplit = \"test\"\n";
    shop.write("clean.json", "[]");
    shop.write("data.toml", spec(datasets, LEAKAGE));
    let (audit, code) = audit(&shop, &["--no-models"]);
    let compared = audit["datasets"][0]["compared_with"].as_array().unwrap();
    let names: Vec<&str> = compared.iter().map(|split| split["name"].as_str().unwrap()).collect();
    assert_eq!((names.as_slice(), code), (["train", "val"].as_slice(), 1));
    let pairs = audit["datasets"][0]["leakage"]["found"].as_array().unwrap();
    assert_eq!((pairs.len(), pairs[0]["split"].as_str()), (1, Some("train")));
}

/// A view of a fixed camera with a dark object on it, at `left`.
fn frame(left: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(360, 270, |x, y| {
        let is_object = (left..left + 24).contains(&x) && (150..174).contains(&y);
        let floor = if y > 140 { 150 } else { 70 };
        let stripe = if (x / 45 + y / 60) % 2 == 0 { 25 } else { 0 };
        image::Rgb([if is_object { 20 } else { (floor + x / 9 + stripe) as u8 }; 3])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn two_frames_of_one_camera_are_much_alike_and_a_compressed_copy_is_the_same() {
    let workshop = Workshop::new();
    let [first, later] = [60, 200].map(frame);
    let mut copy = std::io::Cursor::new(Vec::new());
    image::load_from_memory(&first).unwrap().write_to(&mut copy, image::ImageFormat::Jpeg).unwrap();
    let files = [("a.png", first), ("b.png", later), ("c.jpg", copy.into_inner())];
    let images: Vec<_> = (1..).zip(&files).map(|(id, (name, _))| json!({"id": id, "file_name": name})).collect();
    for (name, bytes) in &files {
        workshop.write(&format!("images/{name}"), bytes);
    }
    let annotation =
        json!({"id": 1, "image_id": 1, "category_id": 1, "bbox": [60, 150, 24, 24], "area": 576, "iscrowd": 0});
    let labels = json!({"images": images, "categories": [{"id": 1, "name": "RBC"}], "annotations": [annotation]});
    workshop.write("labels.json", labels.to_string());
    let model = crate::support::detector("a");
    let check = "[[check]]\nmetric = \"duplicates\"\nmax = 1\n";
    let spec =
        "version = 1\nname = \"frames\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n";
    workshop.write("spec.toml", format!("{spec}{model}{check}"));
    let ran = workshop.run(&["audit", "spec.toml", "--json", "audit.json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let audit: Value = serde_json::from_slice(&std::fs::read(workshop.path("audit.json")).unwrap()).unwrap();
    let [duplicates, near] = ["duplicates", "near"].map(|list| audit["datasets"][0][list].clone());
    let duplicates = &duplicates["found"];
    assert_eq!((duplicates[0]["image"].as_str(), duplicates[0]["other"].as_str()), (Some("c.jpg"), Some("a.png")));
    assert_eq!((near[0]["image"].as_str(), near[0]["sign"].as_str()), (Some("b.png"), Some("near")));
    assert!(ran.says("1 pair of images that are not the same (frames of one video?)"), "{}", ran.stdout);
}
