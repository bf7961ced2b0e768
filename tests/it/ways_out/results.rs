//! What is said of results of models that run elsewhere.

use serde_json::json;

use super::{Way, edit, follow, results, sound, with_results, yolo};

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
        says: "give them its names with `rename = { theirs = \"ours\" }`",
        follow: |shop| {
            edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nrename = { kitten = \"cat\" }");
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["category_id"] = json!(16));
        },
        says: "else say which is which with `rename = { 16 = \"cat\" }`",
        follow: |shop| {
            edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nrename = { 16 = \"cat\" }");
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_results(shop, |results| results[0]["category_id"] = json!("kitten"));
            edit(shop, "path = \"{condition}.json\"", "path = \"{condition}.json\"\nrename = { kitten = \"cats\" }");
        },
        says: "which the dataset does not have (nearest: `cat`): on the right stands the dataset's name",
        follow: |shop| edit(shop, "\"cats\"", "\"cat\""),
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
            let dim = "[perturbation.dim]\nkind = \"brightness\"\ndelta = -0.01\n\n[[check]]\non = \"dim\"\nmin = 0.5\n\n[[check]]";
            edit(shop, "[[check]]", dim);
        },
        says: "the files are named by condition, for example `results/{condition}.json` -> results/dim@-0.01.json",
        follow: |shop| {
            shop.write("results/clean.json", results().to_string());
            shop.write("results/dim@-0.01.json", results().to_string().replace("0.9", "0.8"));
            edit(shop, "path = \"clean.json\"", "path = \"results/{condition}.json\"");
        },
    },
];

#[test]
fn messages_about_results_lead_out() {
    follow(RESULTS);
}
