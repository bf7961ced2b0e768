//! Results as tools write them: a list, a table, lines; numbers with names beside them; scores in per cent.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop};

/// Two pictures with an object each, of ids and categories that no other file shares.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    for name in ["a.png", "b.png"] {
        workshop.picture(&format!("images/{name}"), 40, 30);
    }
    let labels = json!({
        "images": [{ "id": 11, "file_name": "a.png", "width": 40, "height": 30 }, { "id": 12, "file_name": "b.png", "width": 40, "height": 30 }],
        "categories": [{ "id": 5, "name": "cat" }, { "id": 6, "name": "dog" }],
        "annotations": [
            { "id": 1, "image_id": 11, "category_id": 5, "bbox": [1, 2, 20, 20], "area": 400, "iscrowd": 0 },
            { "id": 2, "image_id": 12, "category_id": 6, "bbox": [5, 5, 20, 20], "area": 400, "iscrowd": 0 },
        ],
    });
    workshop.write("labels.json", labels.to_string());
    workshop
}

fn run(results: &str, keys: &str) -> (Option<f64>, Ran) {
    let workshop = workshop();
    workshop.write("clean.json", results);
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"s\"\n[defaults]\nmin_images = 1\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \
             \"images\"\n[model.m]\nkind = \"precomputed\"\npath = \"{{condition}}.json\"\n{keys}\n[[check]]\non = \
             \"clean\"\nmin = 0.5\n"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    let map = workshop.has_reports().then(|| workshop.record("s")["cells"][0]["figures"]["map"].as_f64());
    (map.flatten(), ran)
}

fn right() -> Vec<Value> {
    vec![
        json!({ "image_id": 11, "category_id": 5, "bbox": [1, 2, 20, 20], "score": 0.9 }),
        json!({ "image_id": 12, "category_id": 6, "bbox": [5, 5, 20, 20], "score": 0.8 }),
    ]
}

/// As `FiftyOne` exports predictions: ids, names of images and categories of its own.
fn exported() -> Value {
    json!({
        "info": { "year": "" },
        "licenses": [],
        "categories": [{ "id": 0, "name": "dog", "supercategory": null }, { "id": 5, "name": "cat", "supercategory": null }],
        "images": [{ "id": 1, "file_name": "b.png", "width": 40, "height": 30 }, { "id": 12, "file_name": "data/a.png", "width": 40, "height": 30 }],
        "annotations": [
            { "id": 1, "image_id": 12, "category_id": 5, "bbox": [1, 2, 20, 20], "area": 400, "iscrowd": 0, "score": 0.9 },
            { "id": 2, "image_id": 1, "category_id": 0, "bbox": [5, 5, 20, 20], "area": 400, "iscrowd": 0, "score": 0.8 },
        ],
    })
}

#[test]
fn lists_tables_and_lines_give_the_same_figure() {
    let list = json!(right());
    let lines = right().iter().map(|result| format!("{result}\n")).collect::<Vec<_>>().concat();
    let named = list
        .to_string()
        .replace("\"category_id\":5", "\"category_id\":\"cat\"")
        .replace("\"category_id\":6", "\"category_name\":\"dog\"");
    for text in [
        list.to_string(),
        json!({ "annotations": list }).to_string(),
        json!({ "predictions": list, "annotations": [] }).to_string(),
        lines.clone(),
        format!("\u{feff}{}", lines.replace('\n', "\r\n")),
        named,
        exported().to_string(),
    ] {
        let (map, ran) = run(&text, "");
        assert!(map == Some(1.0) && ran.code == 0, "{text}: {}", ran.stderr);
    }
}

#[test]
fn names_of_categories_go_before_numbers_unless_the_spec_counts() {
    let mut other = exported();
    other["categories"][0]["name"] = json!("wolf");
    let (map, ran) = run(&other.to_string(), "");
    assert!(map == Some(0.5), "{}", ran.stderr);
    assert!(ran.says("of categories that it does not have are left out (1): `wolf`"), "{}", ran.stderr);
    other["categories"][1]["name"] = json!("lynx");
    let (_, ran) = run(&other.to_string(), "");
    assert!(ran.says("no result is of a category that the dataset has (`cat`, `dog`): they are of `wolf`, `lynx`; give them its names with `rename"), "{}", ran.stderr);
    // By their places: 0 is cat, 1 is dog.
    other["annotations"][0]["category_id"] = json!(0);
    other["annotations"][1]["category_id"] = json!(1);
    let (map, ran) = run(&other.to_string(), "first_label = 0");
    assert!(map == Some(1.0), "{}", ran.stderr);
}

#[test]
fn names_of_images_that_the_dataset_lacks_lead_to_the_ids() {
    let mut other = exported();
    other["images"] = json!([{ "id": 11, "file_name": "x1.png" }, { "id": 12, "file_name": "x2.png" }]);
    other["annotations"][0]["image_id"] = json!(11);
    other["annotations"][1]["image_id"] = json!(12);
    let (_, ran) = run(&other.to_string(), "");
    assert!(
        ran.code == 3 && ran.says("if the `image_id` are those of the labels, set `image_ids = \"id\"`"),
        "{}",
        ran.stderr
    );
    let (map, ran) = run(&other.to_string(), "image_ids = \"id\"");
    assert!(map == Some(1.0), "{}", ran.stderr);
}

#[test]
fn scores_in_per_cent_are_told_by_name_and_a_rounding_is_none() {
    let scored = |one: f64, other: f64| {
        let mut results = right();
        results[0]["score"] = json!(one);
        results[1]["score"] = json!(other);
        json!(results).to_string()
    };
    let (_, ran) = run(&scored(97.5, 80.0), "");
    assert!(ran.code == 3 && ran.says("where scores are in per cent, set `score_scale = 100`"), "{}", ran.stderr);
    assert_eq!(run(&scored(97.5, 80.0), "score_scale = 100").0, Some(1.0));
    assert_eq!(run(&scored(1.000_000_1, -1e-9), "").0, Some(1.0));
}

#[test]
fn what_is_no_file_of_results_is_told_with_what_it_is() {
    for (text, said) in [
        (
            exported().to_string().replace(",\"score\":0.9", "").replace(",\"score\":0.8", ""),
            "result 0 has no `score`: is the file one of labels?",
        ),
        (String::new(), "it is empty: where a model found nothing, write `[]`"),
        (
            "version https://git-lfs.github.com/spec/v1\n".to_owned(),
            "it is a pointer of Git LFS: fetch the file with `git lfs pull`",
        ),
        ("[{'image_id': 11}]".to_owned(), "it is what Python prints, not JSON: write it with `json.dump`"),
        (json!(right()).to_string().replace("[5,5,20,20]", "[5,5,20]"), "result 1 of the file: invalid length 3"),
        ("[{\"image_id\": 11, \"bbox\":".to_owned(), "it ends in the middle"),
    ] {
        let (_, ran) = run(&text, "");
        assert!(ran.code == 3 && ran.says(said), "`{said}`: {}", ran.stderr);
    }
}

#[test]
fn names_in_another_case_scores_called_confidence_and_files_of_other_kinds() {
    let mut results = right();
    for (result, name) in results.iter_mut().zip(["A.PNG", "B"]) {
        result["image_id"] = json!(name);
        result["confidence"] = result["score"].take();
        result.as_object_mut().unwrap().remove("score");
    }
    let (map, ran) = run(&json!(results).to_string(), "");
    assert!(map == Some(1.0), "{}", ran.stderr);
    let mut texts = right();
    texts[0]["score"] = json!("0.9");
    for (results, said) in [
        (
            json!(texts).to_string(),
            "result 0 of the file: invalid type: the text \"0.9\", expected a number; expected a list of",
        ),
        ("image,x,y,w,h\na.png,1,2,3,4\n".to_owned(), "expected value at line 1 column 1; expected a list of"),
    ] {
        let (_, ran) = run(&results, "");
        assert!(ran.code == 3 && ran.says(said), "{}", ran.stderr);
    }
}
