//! Slices: what is measured on pictures is OpenCV's, planted failures are found where they were planted and nowhere else,
//! gates on slices, and the same bytes however a run is made.

use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use windtunnel::slice::Look;

use crate::support::{Ran, Workshop, repository};

const IMAGES: usize = 36;

/// Side of the square pictures, pixels.
const SIDE: u32 = 600;

/// Small, medium and large: sides of boxes.
const SIZES: [f64; 3] = [24.0, 60.0, 120.0];

const SPEC: &str = r#"
version = 1
name = "sliced"
[defaults]
resamples = 200
[dataset.d]
format = "coco"
path = "labels.json"
images = "images"
[model.dark]
kind = "precomputed"
path = "dark/{condition}.json"
[model.small]
kind = "precomputed"
path = "small/{condition}.json"
[model.even]
kind = "precomputed"
path = "even/{condition}.json"
[perturbation.blur]
kind = "gaussian_blur"
severity = 3
"#;

const SLICES: &str = "[slices]\n[[check]]\non = \"blur\"\nmin = 0.01\n";

/// Where the middle of an object is: inside, at the border, beside the middle.
fn bbox(spot: usize, side: f64) -> [f64; 4] {
    let half = side / 2.0;
    match spot {
        0 => [300.0 - half, 300.0 - half, side, side],
        1 => [0.0, 100.0 - half, side, side],
        _ => [300.0 - half, 510.0 - half, side, side],
    }
}

/// Pictures of one grey each, the darkest first; each with a small, a medium and a large object, whose places and
/// categories have nothing to do with their sizes; rain on every other one, and fog on three.
fn labels() -> Value {
    let image = |at: usize| {
        let fog = if at % 12 == 5 { "yes" } else { "no" };
        let weather = if at.is_multiple_of(2) { "rain" } else { "dry" };
        let name = format!("{at}.png");
        json!({ "id": at, "file_name": name, "width": SIDE, "height": SIDE, "weather": weather, "extra": { "fog": fog } })
    };
    let object = |id: usize| {
        let (at, size) = (id / 3, id % 3);
        let bbox = bbox((at + size) % 3, SIZES[size]);
        let area = SIZES[size] * SIZES[size];
        json!({ "id": id, "image_id": at, "category_id": 1 + (at / 3 + size) % 2, "bbox": bbox, "area": area, "iscrowd": 0 })
    };
    json!({
        "images": (0..IMAGES).map(image).collect::<Vec<_>>(),
        "annotations": (0..3 * IMAGES).map(object).collect::<Vec<_>>(),
        "categories": [{ "id": 1, "name": "cup" }, { "id": 2, "name": "ball" }],
    })
}

/// What a model finds: all but what `misses` says, of the image's position, the object's size and its id.
fn results(labels: &Value, misses: impl Fn(usize, usize, usize) -> bool) -> String {
    let mut results = Vec::new();
    for (id, object) in labels["annotations"].as_array().unwrap().iter().enumerate() {
        if !misses(id / 3, id % 3, id) {
            let score = 0.5 + 0.004 * (id % 100) as f64;
            results.push(json!({
                "image_id": object["image_id"], "category_id": object["category_id"], "bbox": object["bbox"], "score": score,
            }));
        }
    }
    Value::Array(results).to_string()
}

/// The scene with three models that see everything on clean images. Blurred, one misses four of five objects in the darkest
/// third, one four of five small objects, one three of ten of all sorts.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let labels = labels();
    for at in 0..IMAGES {
        let picture = RgbImage::from_pixel(SIDE, SIDE, Rgb([10 + 6 * at as u8; 3]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        workshop.write(&format!("images/{at}.png"), bytes.into_inner());
    }
    workshop.write("labels.json", labels.to_string());
    for model in ["dark", "small", "even"] {
        workshop.write(&format!("{model}/clean.json"), results(&labels, |_, _, _| false));
    }
    workshop.write("dark/blur@3.json", results(&labels, |image, _, id| image < IMAGES / 3 && id % 5 != 0));
    workshop.write("small/blur@3.json", results(&labels, |image, size, _| size == 0 && image % 5 != 0));
    workshop.write("even/blur@3.json", results(&labels, |_, _, id| 7 * id % 10 < 3));
    workshop
}

fn run(workshop: &Workshop, rest: &str, args: &[&str]) -> Ran {
    workshop.write("spec.toml", format!("{SPEC}{rest}"));
    workshop.run(&[&["run", "spec.toml", "-q"], args].concat())
}

fn record(workshop: &Workshop) -> Value {
    let mut record = workshop.record("sliced");
    record.as_object_mut().unwrap().remove("times").unwrap();
    record
}

/// Model and slice of the clusters that do or do not stand out.
fn clusters(record: &Value, stands_out: bool) -> Vec<(String, String)> {
    let clusters = record["slices"]["clusters"].as_array().unwrap().iter();
    let text = |cluster: &Value, key: &str| cluster[key].as_str().unwrap().to_owned();
    let kept = clusters.filter(|cluster| cluster["stands_out"] == stands_out);
    let mut found: Vec<_> = kept.map(|cluster| (text(cluster, "model"), text(cluster, "slice"))).collect();
    found.sort();
    found
}

fn case<'r>(record: &'r Value, id: &str) -> &'r Value {
    record["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id}"))
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(model, slice)| ((*model).to_owned(), (*slice).to_owned())).collect()
}

#[test]
fn looks_are_those_of_numpy_and_opencv() {
    let golden = std::fs::read(repository("tests/fixtures/golden/looks.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let hold = |what: &str, picture: &RgbImage, wanted: &Value, tolerance: f64| {
        let look = Look::at(picture);
        for (attribute, wanted) in wanted.as_object().unwrap() {
            let (found, wanted) = (look.value(attribute).unwrap(), wanted.as_f64().unwrap());
            let error = (found - wanted).abs() / wanted.abs().max(1e-3);
            assert!(error <= tolerance, "{attribute} of {what}: {found}, not {wanted}");
        }
    };
    for (size, wanted) in golden["made"].as_object().unwrap() {
        let (width, height) = size.split_once('x').unwrap();
        let picture = RgbImage::from_fn(width.parse().unwrap(), height.parse().unwrap(), |x, y| {
            Rgb([x * x * 3 + y * 5, x * 7 + y * y, x * y * 11 + 13].map(|value| (value % 256) as u8))
        });
        hold(size, &picture, wanted, 1e-9);
    }
    for (name, wanted) in golden["photos"].as_object().unwrap() {
        let path = repository("examples/coco-mini/images").join(name);
        let picture = windtunnel::dataset::decode_picture(&std::fs::read(path).unwrap()).unwrap();
        // Two decoders of JPEG differ by a level here and there, which the Laplacian doubles.
        hold(name, &picture, wanted, 0.01);
    }
}

#[test]
fn planted_failures_are_found_where_they_are_and_nowhere_else() {
    let workshop = workshop();
    let gates = "
[[check]]
model = \"dark\"
on = \"blur\"
slice = \"brightness:low\"
max_drop = 0.1
[[check]]
model = \"dark\"
on = \"blur\"
slice = \"brightness:high\"
max_drop = 0.1
[[check]]
model = \"small\"
on = \"blur\"
slice = \"size:small\"
max_drop = 0.1
rule = \"non_inferior\"
[[check]]
model = \"small\"
on = \"blur\"
slice = \"size:large\"
category = \"cup\"
max_drop = 0.1
[[check]]
name = \"no better than another model where it is dark\"
model = \"dark\"
reference = \"even\"
on = \"blur\"
slice = \"brightness:low\"
max_regression = 0.1
[[check]]
model = \"dark\"
metric = \"stability\"
on = \"blur\"
slice = \"metadata.weather:rain\"
min = 0.99
";
    let ran = run(&workshop, &format!("{SLICES}{gates}"), &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = record(&workshop);
    assert_eq!(clusters(&record, true), pairs(&[("dark", "brightness:low"), ("small", "size:small")]));
    let others = clusters(&record, false);
    let is_told = |model: &str, slice: &str| others.contains(&(model.to_owned(), slice.to_owned()));
    assert!(is_told("dark", "size:small") && is_told("even", "brightness:low"), "all that lost is told: {others:?}");
    assert!(
        !is_told("dark", "brightness:high") && !is_told("small", "size:large"),
        "what lost nothing is not: {others:?}"
    );
    let outcomes = [
        ("dark/d/blur@3/map{brightness:low}:max_drop", "fail"),
        ("dark/d/blur@3/map{brightness:high}:max_drop", "pass"),
        ("small/d/blur@3/map{size:small}:max_drop", "fail"),
        ("small/d/blur@3/map(cup){size:large}:max_drop", "pass"),
        ("dark/d/blur@3/map{brightness:low}:max_regression(even)", "fail"),
        ("dark/d/blur@3/stability{metadata.weather:rain}:min", "fail"),
    ];
    for (id, outcome) in outcomes {
        assert_eq!(case(&record, id)["verdict"]["outcome"]["outcome"], outcome, "{id}");
    }
    let dark = case(&record, outcomes[0].0);
    let (verdict, message) = (&dark["verdict"], dark["message"].as_str().unwrap());
    assert!(message.starts_with("map on brightness:low drop 0.7") && message.ends_with("n=12 of 36)"), "{message}");
    assert!(verdict["interval"]["low"].as_f64().unwrap() > 0.5, "{verdict}");
    let losses = dark["image_losses"].as_array().unwrap();
    let is_dark =
        |loss: &Value| loss["file_name"].as_str().unwrap().trim_end_matches(".png").parse::<usize>().unwrap() < 12;
    assert!(!losses.is_empty() && losses.iter().all(is_dark), "{losses:?}");
    assert!(ran.says("failure clusters: 2 of"), "{}", ran.stderr);
    // The command that a failure is told with runs that case alone.
    let again = workshop.run(&["run", "spec.toml", "-q", "-k", outcomes[0].0]);
    assert_eq!((again.code, record_of_cases(&workshop)), (1, 1), "{}", again.stderr);
}

fn record_of_cases(workshop: &Workshop) -> usize {
    workshop.record_of_selected("sliced")["cases"].as_array().unwrap().len()
}

#[test]
fn slices_by_size_are_cocos_and_small_ones_are_listed_without_a_verdict() {
    let workshop = workshop();
    let sizes = ["small", "medium", "large"];
    let gate =
        |size: &str| format!("[[check]]\nmodel = \"even\"\non = \"blur\"\nslice = \"size:{size}\"\nmin = 0.001\n");
    let few = "[[check]]\nmodel = \"even\"\non = \"blur\"\nslice = \"metadata.extra.fog:yes\"\nmin = 0.001\n";
    let ran = run(&workshop, &format!("{SLICES}{}{few}", sizes.map(gate).concat()), &["--fail-fast"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let ran = run(&workshop, &format!("{SLICES}{}{few}", sizes.map(gate).concat()), &[]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = record(&workshop);
    let cell = record["cells"].as_array().unwrap().iter().find(|c| c["model"] == "even" && c["condition"] == "blur@3");
    for size in sizes {
        let ours = &case(&record, &format!("even/d/blur@3/map{{size:{size}}}:min"))["verdict"]["figure"];
        let cocos = &cell.unwrap()["figures"][format!("map_{size}")];
        assert!((ours.as_f64().unwrap() - cocos.as_f64().unwrap()).abs() < 1e-12, "{size}: {ours}, {cocos}");
    }
    let fog = case(&record, "even/d/blur@3/map{metadata.extra.fog:yes}:min");
    assert_eq!(fog["verdict"]["outcome"]["outcome"], "error");
    let reason = fog["verdict"]["reason"].as_str().unwrap();
    assert_eq!(reason, "slice `metadata.extra.fog:yes` is too small to judge: 3 images, of at least 10");
    let slices = record["slices"]["slices"].as_array().unwrap();
    let slice = |name: &str| slices.iter().find(|slice| slice["slice"] == name);
    assert_eq!(slice("metadata.extra.fog:yes").unwrap()["left_out"], "3 images, of at least 10");
    assert_eq!(slice("metadata.extra.fog:no").unwrap()["left_out"], "nearly all of the dataset is in it");
    assert_eq!(slice("aspect:square").unwrap()["left_out"], "nearly all of the dataset is in it");
    assert!(slice("contrast:low").is_none(), "pictures of one grey have no contrast to be cut by");
    let range = slice("brightness:low").unwrap()["range"].as_array().unwrap();
    assert_eq!(range[0], json!(10.0 / 255.0));
}

#[test]
fn threads_shards_and_the_store_change_no_byte() {
    let workshop = workshop();
    let gates = "[[check]]\nmodel = \"dark\"\non = \"blur\"\nslice = \"brightness:low\"\nmax_drop = 0.1\n";
    let rest = format!("{SLICES}{gates}");
    let one = (run(&workshop, &rest, &["-j", "1", "--no-cache"]).code, record(&workshop));
    let kept = (run(&workshop, &rest, &["-j", "4"]).code, record(&workshop));
    let recalled = (run(&workshop, &rest, &["-j", "4"]).code, record(&workshop));
    for part in ["1/3", "2/3", "3/3"] {
        let ran = workshop.run(&["run", "spec.toml", "--partition", part, "--no-cache"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let merged = workshop.run(&["merge", "-q"]);
    assert_eq!(one.0, 1);
    assert_eq!(clusters(&one.1, true).len(), 2);
    assert!(one == kept && one == recalled, "threads or the store change the record");
    assert_eq!((merged.code, &record(&workshop)), (1, &one.1), "{}", merged.stderr);
}

#[test]
fn without_the_section_nothing_is_looked_for() {
    let workshop = workshop();
    let ran = run(&workshop, "[[check]]\non = \"blur\"\nmin = 0.01\n", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = record(&workshop);
    assert!(record.get("slices").is_none());
    assert_eq!(record["datasets"][0]["images_digest"], Value::Null, "nobody opens the pictures");
}

#[test]
fn slices_that_cannot_be_judged_are_refused_before_the_run() {
    let workshop = workshop();
    let check = |slice: &str, rest: &str| format!("[[check]]\non = \"blur\"\nslice = \"{slice}\"\n{rest}\n");
    let mistakes = [
        (check("brightnes:low", "min = 0.1"), "did you mean `brightness:low`?"),
        (check("size:tiny", "min = 0.1"), "dataset `d` has no slice `size:tiny`"),
        (check("category:cup", "min = 0.1"), "write `category = \"cup\"`"),
        (check("size:small", "metric = \"f1\"\nmin = 0.1"), "`f1` of check #1 is not measured on slices of objects"),
        (check("size:small", "max_regression = 0.1"), "name a `reference` model, or set another bound"),
        (
            format!("[slices]\nby = [\"colorfulness\"]\n{}", check("size:small", "min = 0.1")),
            "did you mean `colourfulness`?",
        ),
        (format!("[slices]\nmin_performance_drop = 2\n{}", check("size:small", "min = 0.1")), "2 is outside 0..=1"),
    ];
    for (rest, message) in mistakes {
        let ran = run(&workshop, &rest, &[]);
        assert!(ran.code == 2 && ran.says(message), "{message}: {}", ran.stderr);
    }
}
