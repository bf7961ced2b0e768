//! Messages that name a way out: for each, an input that raises it, and the same input after the message was followed to the letter,
//! which succeeds. A new message with a way out belongs into the table.

use serde_json::{Value, json};

use crate::support::{Workshop, small_spec};

/// What is wrong, what is said of it, and what that leads to.
struct Way {
    /// The state that raises the message.
    wrong: fn(&Workshop),
    /// A part of the message: the way out, as it is printed.
    says: &'static str,
    /// Does what the message says.
    follow: fn(&Workshop),
}

fn labels() -> Value {
    json!({
        "images": [{ "id": 1, "file_name": "a.png", "width": 40, "height": 30 }],
        "categories": [{ "id": 1, "name": "cat" }],
        "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 20, 20], "area": 400, "iscrowd": 0 }],
    })
}

fn results() -> Value {
    json!([{ "image_id": 1, "category_id": 1, "bbox": [1, 2, 20, 20], "score": 0.9 }])
}

/// A spec that holds as it stands: one picture, one object, found.
fn sound(shop: &Workshop) {
    shop.picture("images/a.png", 40, 30);
    shop.write("labels.json", labels().to_string());
    shop.write("clean.json", results().to_string());
    spec(shop, "format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"", "");
}

/// Writes the spec on a dataset and results, with more keys of the model.
fn spec(shop: &Workshop, dataset: &str, model: &str) {
    shop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"s\"\n\n[defaults]\nmin_images = 1\n\n[dataset.d]\n{dataset}\n\n[model.m]\nkind = \
             \"precomputed\"\npath = \"{{condition}}.json\"\n{model}\n\n[[check]]\non = \"clean\"\nmin = 0.5\n"
        ),
    );
}

/// Changes what stands in the spec.
fn edit(shop: &Workshop, from: &str, to: &str) {
    let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    shop.write("spec.toml", text.replacen(from, to, 1));
}

fn with_labels(shop: &Workshop, change: impl FnOnce(&mut Value)) {
    let mut changed = labels();
    change(&mut changed);
    shop.write("labels.json", changed.to_string());
}

fn with_results(shop: &Workshop, change: impl FnOnce(&mut Value)) {
    let mut changed = results();
    change(&mut changed);
    shop.write("clean.json", changed.to_string());
}

fn remove(shop: &Workshop, path: &str) {
    let path = shop.path(path);
    if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
}

fn page() -> &'static str {
    "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>21</xmax><ymax>22</ymax></bndbox></object>\
     </annotation>"
}

/// A YOLO dataset with its results by name.
fn yolo(shop: &Workshop) {
    shop.picture("set/images/a.png", 40, 30);
    shop.write("set/labels/a.txt", "0 0.275 0.4 0.5 0.6666667\n");
    shop.write("set/data.yaml", "val: images\nnames: [cat]\n");
    with_results(shop, |results| {
        results[0]["image_id"] = json!("a");
        results[0]["category_id"] = json!(0);
    });
    spec(shop, "format = \"yolo\"\npath = \"set\"\nsplit = \"val\"", "");
}

/// A VOC dataset, likewise.
fn voc(shop: &Workshop) {
    shop.picture("set/JPEGImages/a.png", 40, 30);
    shop.write("set/Annotations/a.xml", page());
    with_results(shop, |results| results[0]["image_id"] = json!("a"));
    spec(shop, "format = \"voc\"\npath = \"set\"", "");
}

const LABELS: &[Way] = &[
    Way {
        wrong: |shop| {
            sound(shop);
            shop.write("annotations/labels.json", labels().to_string());
            edit(shop, "path = \"labels.json\"\nimages = \"images\"\n", "path = \"annotations/labels.json\"\n");
        },
        says: "set `images` to the folder that the file names start from",
        follow: |shop| edit(shop, "labels.json\"\n", "labels.json\"\nimages = \"images\"\n"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.picture("other/b.png", 40, 30);
            edit(shop, "images = \"images\"", "images = \"other\"");
        },
        says: "`images` is not the folder that the file names start from: name that one",
        follow: |shop| edit(shop, "images = \"other\"", "images = \"images\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| {
                let image = json!({ "id": 2, "file_name": "b.png", "width": 40, "height": 30 });
                labels["images"].as_array_mut().unwrap().push(image);
            });
        },
        says: "put them where the others are, or take them out of the labels",
        follow: |shop| shop.picture("images/b.png", 40, 30),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \"clean.json\"");
        },
        says: "it is a list of results, not labels; name the file of labels in `path`, and results in the `path` of a model",
        follow: |shop| edit(shop, "path = \"clean.json\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.write("notes.json", "{\"title\": \"x\"}");
            edit(shop, "path = \"labels.json\"", "path = \"notes.json\"");
        },
        says: "it has the keys `title`, and no `images`; name the file of COCO labels in `path`",
        follow: |shop| edit(shop, "path = \"notes.json\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| drop(labels.as_object_mut().unwrap().remove("categories")));
        },
        says: "it has no `categories`; add `\"categories\": [{\"id\": 1, \"name\": \"...\"}]`",
        follow: |shop| with_labels(shop, |labels| labels["categories"] = json!([{ "id": 1, "name": "..." }])),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            let text = std::fs::read(shop.path("labels.json")).unwrap();
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.iter().flat_map(|byte| [*byte, 0])).collect();
            shop.write("labels.json", wide);
        },
        says: "it is UTF-16: save it as UTF-8",
        follow: |shop| shop.write("labels.json", labels().to_string()),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| labels["images"][0]["file_name"] = json!("../elsewhere/a.png"));
            remove(shop, "images/a.png");
            shop.picture("elsewhere/a.png", 40, 30);
        },
        says: "set `allow_outside = true`",
        follow: |shop| edit(shop, "images = \"images\"", "images = \"images\"\nallow_outside = true"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            let padding = " ".repeat(2 << 20);
            shop.write("labels.json", format!("{}{padding}", labels()));
            edit(shop, "images = \"images\"", "images = \"images\"\nmax_file_mib = 1");
        },
        says: "raise `max_file_mib`",
        follow: |shop| edit(shop, "max_file_mib = 1", "max_file_mib = 8"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "images = \"images\"", "images = \"images\"\nsplit = \"val\"");
        },
        says: "a JSON file is one split already: drop `split`",
        follow: |shop| edit(shop, "split = \"val\"\n", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \".\"");
        },
        says: "name the JSON file itself",
        follow: |shop| edit(shop, "path = \".\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.sideways("images/a.png", 30, 40);
            with_labels(shop, |labels| {
                labels["images"][0]["width"] = json!(30);
                labels["images"][0]["height"] = json!(40);
            });
        },
        says: "set `exif = \"stored\"`, or \"upright\" if only the size is",
        follow: |shop| {
            // The size alone is of what is stored: the object is where the results have it.
            edit(shop, "images = \"images\"", "images = \"images\"\nexif = \"upright\"");
        },
    },
];

const FORMATS: &[Way] = &[
    Way {
        wrong: |shop| {
            yolo(shop);
            edit(shop, "format = \"yolo\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"set/data.yaml\"");
            edit(shop, "split = \"val\"", "");
        },
        says: "a data.yaml is read by `format = \"yolo\"`, with a `split`",
        follow: |shop| edit(shop, "format = \"coco\"", "format = \"yolo\"\nsplit = \"val\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "format = \"voc\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"set/Annotations/a.xml\"");
        },
        says: "VOC files are read by `format = \"voc\"`, which takes their folder",
        follow: |shop| {
            edit(shop, "format = \"coco\"", "format = \"voc\"");
            edit(shop, "path = \"set/Annotations/a.xml\"", "path = \"set/Annotations\"");
        },
    },
    Way {
        wrong: |shop| {
            voc(shop);
            shop.write("annotations.xml", "<?xml version=\"1.0\"?>\n<annotations><version>1.1</version></annotations>");
            edit(shop, "format = \"voc\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"annotations.xml\"");
        },
        says: "CVAT's own format is not read: export it from CVAT as COCO or Pascal VOC",
        follow: |shop| {
            edit(shop, "format = \"coco\"", "format = \"voc\"");
            edit(shop, "path = \"annotations.xml\"", "path = \"set\"");
        },
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "path = \"set\"", "path = \"set/JPEGImages\"");
        },
        says: "name the folder that holds `Annotations`",
        follow: |shop| edit(shop, "path = \"set/JPEGImages\"", "path = \"set\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            std::fs::create_dir(shop.path("all")).unwrap();
            std::fs::rename(shop.path("set"), shop.path("all/train")).unwrap();
            edit(shop, "path = \"set\"", "path = \"all\"");
        },
        says: "choose one: `split = \"train\"`",
        follow: |shop| edit(shop, "path = \"all\"", "path = \"all\"\nsplit = \"train\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "path = \"set\"", "path = \"set\"\nlabels = [\"cta\"]");
        },
        says: "did you mean `cta`?",
        follow: |shop| edit(shop, "labels = [\"cta\"]", "labels = [\"cat\"]"),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            shop.write("set/data.yaml", "names: [cat]\n");
        },
        says: "add a line such as `val: images`",
        follow: |shop| shop.write("set/data.yaml", "names: [cat]\nval: images\n"),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            remove(shop, "set/data.yaml");
            shop.write("set/notes.txt", "");
        },
        says: "obj.data and classes.txt do as well",
        follow: |shop| {
            shop.write("set/classes.txt", "cat\n");
            edit(shop, "split = \"val\"", "split = \"all\"");
        },
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            edit(shop, "split = \"val\"", "split = \"vla\"");
        },
        says: "did you mean `val`?",
        follow: |shop| edit(shop, "split = \"vla\"", "split = \"val\""),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            shop.write("set/labels/a.txt", b"0 0.275 0.4 0.5 0.6666667 \xe4\n");
        },
        says: "it is not UTF-8: save it as UTF-8",
        follow: |shop| shop.write("set/labels/a.txt", "0 0.275 0.4 0.5 0.6666667\n"),
    },
];

const RESULTS: &[Way] = &[
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["score"] = json!(90));
        },
        says: "set `score_scale = 100`",
        follow: |shop| edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nscore_scale = 100"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["category_id"] = json!(0));
        },
        says: "if they count the categories in order, set `first_label`",
        follow: |shop| edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nfirst_label = 0"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["category_id"] = json!("kitten"));
        },
        says: "call them as the dataset does",
        follow: |shop| with_results(shop, |results| results[0]["category_id"] = json!("cat")),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["image_id"] = json!(9));
        },
        says: "write the image's id in the labels, or its `file_name`",
        follow: |shop| with_results(shop, |results| results[0]["file_name"] = json!("a.png")),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["file_name"] = json!("renamed.png"));
        },
        says: "if the `image_id` are those of the labels, set `image_ids = \"id\"`",
        follow: |shop| edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nimage_ids = \"id\""),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            with_results(shop, |results| {
                results[0]["image_id"] = json!(7);
                results[0]["category_id"] = json!(0);
            });
        },
        says: "so write the `file_name` beside it",
        follow: |shop| {
            with_results(shop, |results| {
                results[0]["category_id"] = json!(0);
                results[0]["file_name"] = json!("a.png");
            });
        },
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nimage_ids = \"id\"");
            with_results(shop, |results| {
                results[0]["image_id"] = json!(1);
                results[0]["category_id"] = json!(0);
            });
        },
        says: "drop `image_ids`, and write file names",
        follow: |shop| {
            edit(shop, "image_ids = \"id\"", "");
            with_results(shop, |results| {
                results[0]["image_id"] = json!("a.png");
                results[0]["category_id"] = json!(0);
            });
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nimage_ids = \"place\"");
        },
        says: "drop `image_ids = \"place\"`",
        follow: |shop| edit(shop, "image_ids = \"place\"", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["bbox"] = json!([21, 22, -20, -20]));
        },
        says: "left, top, width, height of a size of at least 0 are expected",
        follow: |shop| with_results(shop, |results| results[0]["bbox"] = json!([1, 2, 20, 20])),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"{condition}.json\"", "path = \"clean.json\"");
        },
        says: "the files are named by condition, for example `results/{condition}.json`",
        follow: |shop| {
            shop.write("results/clean.json", results().to_string());
            edit(shop, "path = \"clean.json\"", "path = \"results/{condition}.json\"");
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "kind = \"precomputed\"", "kind = \"precomptued\"");
        },
        says: "did you mean `precomputed`?",
        follow: |shop| edit(shop, "kind = \"precomptued\"", "kind = \"precomputed\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "mni = 0.5");
        },
        says: "did you mean `min`?",
        follow: |shop| edit(shop, "mni = 0.5", "min = 0.5"),
    },
];

/// A spec that holds, on a detector that ships.
fn onnx(shop: &Workshop) {
    shop.blood_cells(3);
    shop.write("spec.toml", small_spec("[[check]]\non = \"clean\"\nmin = 0.05\n"));
}

const NAMES: &str = "labels = [\"RBC\", \"WBC\", \"Platelets\"]";

/// A spec on a child that finds the object.
fn child(shop: &Workshop, class: &str, delay: &str) {
    sound(shop);
    let hello = format!("echo '{{\"windtunnel\": 1, \"classes\": [\"{class}\"]}}'\n");
    let answer =
        format!(r#"{{"id": ID, "detections": [{{"bbox": [1, 2, 20, 20], "category": "{class}", "score": 0.9}}]}}"#);
    let answers =
        format!("id=0\nwhile read -r line; do {delay}echo '{answer}' | sed \"s/ID/$id/\"; id=$((id + 1)); done\n");
    shop.write("child.sh", hello + &answers);
    edit(
        shop,
        "kind = \"precomputed\"\npath = \"{condition}.json\"\n",
        "kind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]\n",
    );
}

const MODELS: &[Way] = &[
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, "");
        },
        says: "add `labels = [...]` with their names in the model's order",
        follow: |shop| edit(shop, "kind = \"onnx\"", &format!("kind = \"onnx\"\n{NAMES}")),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, "labels = [\"RBC\", \"WBC\"]");
        },
        says: "set `labels` to the names of all of them, in the model's order",
        follow: |shop| edit(shop, "labels = [\"RBC\", \"WBC\"]", NAMES),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, &format!("{NAMES}\ndecoder = \"yolov5\""));
        },
        says: "or another `decoder` where it has not so many",
        follow: |shop| edit(shop, "yolov5", "yolov8"),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, "labels = [\"red cell\", \"WBC\", \"Platelets\"]");
        },
        says: "`rename = { theirs = \"ours\" }` where they are named differently",
        follow: |shop| edit(shop, "labels = ", "rename = { \"red cell\" = \"RBC\" }\nlabels = "),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, "labels = [\"red cell\", \"WBC\", \"Platelets\"]");
        },
        says: "keep what both have with `categories = [\"WBC\", \"Platelets\"]` in [dataset.test]",
        follow: |shop| edit(shop, "[dataset.test]\n", "[dataset.test]\ncategories = [\"WBC\", \"Platelets\"]\n"),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, &format!("{NAMES}\nrename = {{ RBCs = \"RBC\" }}"));
        },
        says: "which is none of its classes (nearest: `RBC`)",
        follow: |shop| edit(shop, "RBCs = \"RBC\"", "RBC = \"RBC\""),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, &format!("{NAMES}\noutputs = [\"nope\"]"));
        },
        says: "it has `output0`",
        follow: |shop| edit(shop, "nope", "output0"),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, NAMES, &format!("{NAMES}\nproviders = [\"cpu\"]"));
        },
        says: "leave them out, or set `engine = \"onnxruntime\"`",
        follow: |shop| edit(shop, "\nproviders = [\"cpu\"]", ""),
    },
    Way {
        wrong: |shop| {
            onnx(shop);
            edit(shop, "bccd_a.onnx", "bccd_aa.onnx");
        },
        says: "did you mean `bccd_a.onnx` in the same folder?",
        follow: |shop| edit(shop, "bccd_aa.onnx", "bccd_a.onnx"),
    },
    Way {
        wrong: |shop| child(shop, "feline", ""),
        says: "give its classes the dataset's names with `rename = { theirs = \"ours\" }`",
        follow: |shop| edit(shop, "command = ", "rename = { feline = \"cat\" }\ncommand = "),
    },
    Way {
        wrong: |shop| {
            child(shop, "cat", "sleep 1; ");
            edit(shop, "command = ", "timeout_seconds = 0.2\ncommand = ");
        },
        says: "give it more time with `timeout_seconds`",
        follow: |shop| edit(shop, "timeout_seconds = 0.2", "timeout_seconds = 30"),
    },
];

fn follow(ways: &[Way]) {
    let mut wrong = Vec::new();
    for way in ways {
        let shop = Workshop::new();
        (way.wrong)(&shop);
        let before = shop.run(&["run", "spec.toml", "--no-cache"]);
        (way.follow)(&shop);
        let after = shop.run(&["run", "spec.toml", "--no-cache"]);
        if before.code == 0 || !before.says(way.says) {
            wrong.push(format!("`{}` is not said:\n{}", way.says, before.stderr));
        }
        if after.code != 0 {
            wrong.push(format!("`{}` was followed, and:\n{}", way.says, after.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn messages_about_labels_lead_out() {
    follow(LABELS);
}

#[test]
fn messages_about_models_lead_out() {
    follow(MODELS);
}

#[test]
fn messages_about_formats_and_layouts_lead_out() {
    follow(FORMATS);
}

#[test]
fn messages_about_results_and_keys_lead_out() {
    follow(RESULTS);
}
