//! Messages that name a way out: for each, an input that raises it, and the same input after the message was followed to the letter,
//! which succeeds. A new message with a way out belongs into the table.

mod labels;
mod models;
mod results;
mod servers;
mod specs;

use serde_json::{Value, json};

use crate::support::{Ran, Workshop};

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

/// A variable of the environment that the runs to come are given.
fn variable(shop: &Workshop, name: &str, value: &str) {
    shop.write("variables", format!("{name}={value}"));
}

fn run(shop: &Workshop) -> Ran {
    let mut command = shop.command(&["run", "spec.toml", "--no-cache"]);
    let set = std::fs::read_to_string(shop.path("variables")).unwrap_or_default();
    command.envs(set.lines().filter_map(|line| line.split_once('=')));
    shop.finish(command.output().unwrap())
}

fn follow(ways: &[Way]) {
    let mut wrong = Vec::new();
    for way in ways {
        let shop = Workshop::new();
        (way.wrong)(&shop);
        let before = run(&shop);
        (way.follow)(&shop);
        let after = run(&shop);
        if before.code == 0 || !before.says(way.says) {
            wrong.push(format!("`{}` is not said:\n{}", way.says, before.stderr));
        }
        if after.code != 0 {
            wrong.push(format!("`{}` was followed, and:\n{}", way.says, after.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
