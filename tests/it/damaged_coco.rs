//! Damaged COCO files: each ends in an error that names it, in a counted warning, or in the right objects and figures.

use serde_json::{Value, json};

use crate::damage::{Damages, Object};
use crate::support::Workshop;

const CAT: Object = ("a.png", "cat", [1.0, 2.0, 10.0, 10.0]);
const DOG: Object = ("b.png", "dog", [5.0, 5.0, 20.0, 20.0]);

fn base(workshop: &Workshop) {
    workshop.picture("set/a.png", 40, 30);
    workshop.picture("set/b.png", 40, 30);
    workshop.write("set/labels.json", labels().to_string());
}

fn labels() -> Value {
    json!({
        "images": [
            {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
            {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0},
            {"id": 2, "image_id": 2, "category_id": 2, "bbox": [5, 5, 20, 20], "area": 400, "iscrowd": 0},
        ],
    })
}

fn damages() -> Damages {
    Damages::new(base, "format = \"coco\"\npath = \"set/labels.json\"")
}

/// The file with a value at a JSON pointer.
fn with(pointer: &'static str, value: Value) -> impl Fn(&Workshop) {
    move |workshop| {
        let mut labels = labels();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        labels.pointer_mut(parent).unwrap()[key] = value.clone();
        workshop.write("set/labels.json", labels.to_string());
    }
}

/// The file with one text in place of another.
fn with_text(from: &'static str, to: &'static str) -> impl Fn(&Workshop) {
    move |workshop| {
        let text = labels().to_string();
        assert!(text.contains(from), "{from} is not in {text}");
        workshop.write("set/labels.json", text.replace(from, to));
    }
}

/// The file made of the sound one's bytes.
fn with_bytes(change: fn(Vec<u8>) -> Vec<u8>) -> impl Fn(&Workshop) {
    move |workshop| workshop.write("set/labels.json", change(labels().to_string().into_bytes()))
}

const BOX: &str = "/annotations/0/bbox";

#[test]
fn the_text() {
    let mut damages = damages();
    damages.read_as("nothing", |_| {}, None, &[CAT, DOG]);
    damages.refused(
        "cut short",
        with_bytes(|b| b[..b.len() / 2].to_vec()),
        "is not COCO instances JSON: it ends in the middle",
    );
    damages.refused("empty", with_bytes(|_| Vec::new()), "is not COCO instances JSON: it is empty");
    damages.refused("zeros", with_bytes(|b| vec![0; b.len()]), "is not COCO instances JSON: expected value");
    damages.refused("results", with_bytes(|_| b"[]".to_vec()), "is not COCO instances JSON: ");
    damages.refused("twice", with_bytes(|b| [b.clone(), b].concat()), "trailing characters");
    damages.refused(
        "no images",
        with_text("\"images\"", "\"pictures\""),
        "and no `images`; name the file of COCO labels in `path`",
    );
    damages.refused("a key twice", with_text("\"categories\"", "\"annotations\""), "duplicate field `annotations`");
    damages.refused("a lone comma", with_text("}]", "},]"), "trailing comma");
    damages.refused("deep", with_bytes(|_| [b"{\"images\":".to_vec(), vec![b'['; 100_000]].concat()), "invalid type");
    damages.refused(
        "deep aside",
        with_bytes(|_| [b"{\"info\":".to_vec(), vec![b'['; 100_000]].concat()),
        "it ends in the middle",
    );
}

#[test]
fn encodings_and_line_ends() {
    let mut damages = damages();
    let utf16 = |bytes: Vec<u8>| [b"\xff\xfe".to_vec(), bytes.iter().flat_map(|byte| [*byte, 0]).collect()].concat();
    damages.refused("UTF-16", with_bytes(utf16), "it is UTF-16: save it as UTF-8");
    // The letter A with a circumflex is no UTF-8 on its own.
    let latin1 = |bytes: Vec<u8>| bytes.iter().map(|byte| if *byte == b'o' { 0xe2 } else { *byte }).collect();
    damages.refused("Latin-1", with_bytes(latin1), "is not COCO instances JSON: ");
    let marked = |bytes: Vec<u8>| {
        [b"\xef\xbb\xbf".to_vec(), String::from_utf8(bytes).unwrap().replace(',', ",\r\n").into()].concat()
    };
    damages.read_as("a byte order mark and CRLF", with_bytes(marked), None, &[CAT, DOG]);
    let old = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(',', ",\r").into_bytes();
    damages.read_as("lone CR", with_bytes(old), None, &[CAT, DOG]);
    damages.read_as("escapes", with_text("cat", "c\\u0061t"), None, &[CAT, DOG]);
}

#[test]
fn paths_and_pictures() {
    let mut damages = damages();
    let named = |name: &'static str| with("/images/0/file_name", json!(name));
    let missing = "missing image files (1): ";
    let moved = Some("image files that are not where the labels say, found by their last names (1): C:\\data\\a.png");
    damages.read_as("of another machine", named("C:\\data\\a.png"), moved, &[CAT, DOG]);
    damages.refused("no name", named(""), "it is a folder, not a file");
    damages.refused("null", with("/images/0/file_name", Value::Null), "invalid type: null, expected a string");
    let cased = Some("image files that are not where the labels say, found by their last names (1): A.png");
    damages.read_as("another case", named("A.png"), cased, &[CAT, DOG]);
    damages.refused("listed twice", named(".\\b.png"), "image files listed twice (1)");
    damages.refused("gone", |w| std::fs::remove_file(w.path("set/a.png")).unwrap(), missing);
    damages.refused("empty picture", |w| w.write("set/a.png", ""), "unusable image files (1)");
    damages.refused("a text", |w| w.write("set/a.png", "hello"), "unusable image files (1)");
    damages.refused("another size", with("/images/0/width", json!(30)), "image sizes that differ from the files'");
    damages.refused(
        "control characters",
        named("a\u{1b}[2J.png"),
        "image names with control characters (1): \"a\\u{1b}[2J.png\"",
    );
    damages.read_as("no size", with("/images/0/width", Value::Null), None, &[CAT, DOG]);
    let slashed = |w: &Workshop| {
        w.picture("set/x/a.png", 40, 30);
        std::fs::remove_file(w.path("set/a.png")).unwrap();
        with("/images/0/file_name", json!("x\\a.png"))(w);
    };
    let cat = ("x/a.png", "cat", CAT.2);
    damages.read_as("backslashes", slashed, Some("image files written with `\\` (1)"), &[cat, DOG]);
    let elsewhere = |w: &Workshop| {
        std::fs::rename(w.path("set/a.png"), w.path("a.png")).unwrap();
        with("/images/0/file_name", json!("../a.png"))(w);
    };
    damages.refused(
        "outside of the folder",
        elsewhere,
        "image files outside of their folder, which are not read (1): ../a.png",
    );
    let same = |w: &Workshop| {
        for (folder, width) in [("x", 40), ("y", 20)] {
            w.picture(&format!("set/{folder}/a.png"), width, 30);
        }
        let mut labels = labels();
        labels["images"] =
            json!([{"id": 1, "file_name": "x/a.png", "width": 40}, {"id": 2, "file_name": "y/a.png", "width": 20}]);
        labels["annotations"][1]["bbox"] = json!([5, 5, 10, 20]);
        labels["annotations"][1]["area"] = json!(200);
        w.write("set/labels.json", labels.to_string());
        for name in ["set/a.png", "set/b.png"] {
            std::fs::remove_file(w.path(name)).unwrap();
        }
    };
    let dog = ("y/a.png", "dog", [5.0, 5.0, 10.0, 20.0]);
    damages.read_as("one name in two folders", same, None, &[cat, dog]);
    damages.read_as(
        "an image without labels",
        |w| w.picture("set/c.png", 9, 9),
        Some("that it does not list, left out (1): c.png"),
        &[CAT, DOG],
    );
    damages.refused("labels without an image", with("/annotations/0/image_id", json!(3)), "unknown images (1)");
}

#[test]
#[cfg(unix)]
fn files_that_are_none() {
    use crate::damage::{link, pipe};
    let mut damages = damages();
    damages.refused("a pipe as picture", |w| pipe(w, "set/a.png"), "it is a pipe or a device, not a file");
    damages.refused(
        "a pipe as labels",
        |w| pipe(w, "set/labels.json"),
        "is a pipe or a device, not the annotation file",
    );
    damages.refused("a link to itself", |w| link(w, "set/a.png", "set/a.png"), "unusable image files (1)");
    let loops = |w: &Workshop| {
        for folder in ["x", "y"] {
            std::fs::create_dir(w.path(&format!("set/{folder}"))).unwrap();
        }
        for link_of in ["1", "2", "3"] {
            link(w, "set/y", &format!("set/x/{link_of}"));
            link(w, "set/x", &format!("set/y/{link_of}"));
        }
        w.picture("set/x/c.png", 9, 9);
    };
    // Beside the file, and behind each link that does not lead back.
    let told = Some("that it does not list, left out (4): x/c.png, y/1/c.png, y/2/c.png, ...");
    damages.read_as("folders that link to each other", loops, told, &[CAT, DOG]);
}

#[test]
fn boxes() {
    let mut damages = damages();
    let cat = |sides: [f64; 4]| [("a.png", "cat", sides), DOG];
    let beyond = Some("boxes that reach beyond their image (1): a.png [-3, -2, 10, 10]");
    damages.read_as("negative corner", with(BOX, json!([-3, -2, 10, 10])), beyond, &cat([-3.0, -2.0, 10.0, 10.0]));
    let outside = Some("boxes outside of their image, which no detection can match (1)");
    damages.read_as("far outside", with(BOX, json!([-30, 2, 10, 10])), outside, &cat([-30.0, 2.0, 10.0, 10.0]));
    damages.read_as("of no size", with(BOX, json!([1, 2, 0, 0])), Some("boxes of no size"), &cat([1.0, 2.0, 0.0, 0.0]));
    damages.refused("negative size", with(BOX, json!([9, 9, -3, 4])), "impossible boxes (1): annotation 1 has bbox");
    damages.refused("NaN", with_text("[1,2,10,10]", "[1,NaN,10,10]"), "a number is NaN or infinite (line 1 column");
    damages.refused("infinite", with_text("[1,2,10,10]", "[1,-Infinity,10,10]"), "a number is NaN or infinite");
    damages.refused("beyond doubles", with_text("[1,2,10,10]", "[1,1e999,10,10]"), "a number is NaN or infinite");
    damages.refused("an infinite area", with(BOX, json!([1, 2, 1e200, 1e200])), "impossible boxes (1): annotation 1");
    damages.refused(
        "three numbers",
        with(BOX, json!([1, 2, 3])),
        "a `bbox` that is not [x, y, width, height] (1): annotation 1 has 3 numbers",
    );
    damages.refused(
        "five numbers",
        with(BOX, json!([1, 2, 3, 4, 5])),
        "annotation 1 has 5 numbers, as turned boxes have",
    );
    damages.refused("texts", with(BOX, json!(["1", "2", "3", "4"])), "invalid type: the text \"1\", expected a number");
    damages.refused("null", with(BOX, json!([1, 2, null, 4])), "invalid type: null, expected a number");
    damages.refused("none", with(BOX, Value::Null), "annotations without a `bbox` (1): 1");
    let doubted =
        Some("`area`s that cannot be true, those of the boxes taken (1): annotation 1 has -5 for a box of 100");
    damages.read_as("negative area", with("/annotations/0/area", json!(-5)), doubted, &[CAT, DOG]);
    damages.read_as("no area", with("/annotations/0/area", Value::Null), None, &[CAT, DOG]);
}

#[test]
fn ids() {
    let mut damages = damages();
    damages.read_as("an image's as a text", with("/images/0/id", json!("1")), None, &[CAT, DOG]);
    damages.read_as("an annotation's image as a text", with("/annotations/0/image_id", json!("1")), None, &[CAT, DOG]);
    let hash = "unknown images (1): annotation 1 has image_id 1";
    damages.refused("a hash of an image alone", with("/images/0/id", json!("6f1e")), hash);
    damages.refused("negative", with("/images/0/id", json!(-1)), "expected a whole number of at least 0");
    damages.refused("a fraction", with("/images/0/id", json!(1.5)), "expected a whole number of at least 0");
    damages.refused("beyond 64 bits", with_text("\"id\":1", "\"id\":18446744073709551616"), "expected a whole number");
    damages.refused("null", with("/annotations/0/id", Value::Null), "expected a whole number of at least 0");
    damages.refused("an image's twice", with("/images/1/id", json!(1)), "duplicated image ids (1): 1");
    damages.refused("an annotation's twice", with("/annotations/1/id", json!(1)), "duplicated annotation ids (1): 1");
    damages.refused("a category's twice", with("/categories/1/id", json!(1)), "duplicated category ids (1): 1");
    damages.refused("a name twice", with("/categories/1/name", json!("cat")), "duplicated category names (1): `cat`");
    let unshowable = "category names that are empty or have control characters (1): ";
    damages.refused("a name of no letters", with("/categories/0/name", json!(" ")), unshowable);
    damages.refused("a name of two lines", with("/categories/0/name", json!("cat\ndog: passed")), unshowable);
    damages.refused("an unknown category", with("/annotations/0/category_id", json!(9)), "unknown categories (1)");
    damages.read_as("spelt with a point", with("/images/0/id", json!(1.0)), None, &[CAT, DOG]);
}

/// Two ids that are one as doubles: 2^53 and the next.
const CLOSE: [u64; 2] = [9_007_199_254_740_992, 9_007_199_254_740_993];

#[test]
fn ids_of_64_bits_are_kept_apart() {
    let mut damages = damages();
    let make = |w: &Workshop| {
        let mut labels = labels();
        for (at, id) in CLOSE.into_iter().enumerate() {
            labels["images"][at]["id"] = json!(id);
            labels["annotations"][at]["image_id"] = json!(id);
        }
        w.write("set/labels.json", labels.to_string());
    };
    let result = |id: u64, category: u64, bbox: Value| json!({"image_id": id, "category_id": category, "bbox": bbox, "score": 0.9});
    let right = json!([result(CLOSE[0], 1, json!([1, 2, 10, 10])), result(CLOSE[1], 2, json!([5, 5, 20, 20]))]);
    damages.scored("right", make, &right.to_string(), 1.0);
    let swapped = json!([result(CLOSE[1], 1, json!([1, 2, 10, 10])), result(CLOSE[0], 2, json!([5, 5, 20, 20]))]);
    damages.scored("swapped", make, &swapped.to_string(), 0.0);
    let largest = |w: &Workshop| {
        let mut labels = labels();
        labels["images"][0]["id"] = json!(u64::MAX);
        labels["annotations"][0]["image_id"] = json!(u64::MAX);
        w.write("set/labels.json", labels.to_string());
    };
    let right = json!([result(u64::MAX, 1, json!([1, 2, 10, 10])), result(2, 2, json!([5, 5, 20, 20]))]);
    damages.scored("the largest", largest, &right.to_string(), 1.0);
}

/// Both objects found, and another cat in the picture of the dog, surer than both.
const RESULTS: &str = r#"[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "score": 0.8},
{"image_id": 2, "category_id": 1, "bbox": [10, 10, 4, 4], "score": 0.9},
{"image_id": 2, "category_id": 2, "bbox": [5, 5, 20, 20], "score": 0.7}]"#;

/// With a third annotation, of a cat in the picture of the dog, with `more` keys.
fn with_third(more: Value) -> impl Fn(&Workshop) {
    move |workshop| {
        let mut labels = labels();
        let mut third =
            json!({"id": 3, "image_id": 2, "category_id": 1, "bbox": [0, 0, 30, 25], "area": 750, "iscrowd": 0});
        third.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        labels["annotations"].as_array_mut().unwrap().push(third);
        workshop.write("set/labels.json", labels.to_string());
    }
}

const THIRD: Object = ("b.png", "cat", [0.0, 0.0, 30.0, 25.0]);

#[test]
fn crowds_and_what_is_to_be_ignored() {
    let mut damages = damages();
    // The surest cat is wrong: at every recall half of what was found is right.
    damages.scored("nothing", |_| {}, RESULTS, f64::midpoint(0.5, 1.0));
    damages.scored("a crowd", with_third(json!({"iscrowd": 1})), RESULTS, 1.0);
    damages.scored("a crowd as truth value", with_third(json!({"iscrowd": true})), RESULTS, 1.0);
    damages.refused("a crowd of 2", with_third(json!({"iscrowd": 2})), "expected 0 or 1, or a boolean");
    damages.refused("a crowd as text", with_third(json!({"iscrowd": "1"})), "expected 0 or 1, or a boolean");
    let counts =
        "annotations with `ignore`, which pycocotools does not read: they count, unlike those with `iscrowd` (1): 3";
    damages.read_as("to be ignored", with_third(json!({"ignore": 1})), Some(counts), &[CAT, DOG, THIRD]);
    damages.read_as("not to be ignored", with_third(json!({"ignore": 0})), None, &[CAT, DOG, THIRD]);
    let both = with_third(json!({"ignore": 1, "iscrowd": 1}));
    damages.read_as("a crowd to be ignored", &both, None, &[CAT, DOG, THIRD]);
    damages.scored("a crowd to be ignored", both, RESULTS, 1.0);
}

#[test]
fn masks() {
    let mut damages = damages();
    let objects = [CAT, DOG, THIRD];
    let masks = [
        ("polygons", json!([[0, 0, 30, 0, 30, 25], [1, 1, 2, 2, 3, 1]])),
        ("run lengths", json!({"counts": [0, 750, 450], "size": [30, 40]})),
        ("compressed run lengths", json!({"counts": "0Vg0Z7", "size": [30, 40]})),
        ("a broken polygon", json!([[0, 0, 30]])),
        ("a text", json!("mask.png")),
        ("nothing", Value::Null),
    ];
    for (what, mask) in masks {
        damages.read_as(what, with_third(json!({"segmentation": mask})), None, &objects);
    }
    let boxless = with_third(json!({"bbox": null, "segmentation": [[0, 0, 30, 0, 30, 25]]}));
    damages.refused("a mask without a box", boxless, "annotations without a `bbox` (1): 3");
}
