//! What is said of the spec itself.

use super::{Way, edit, follow, remove, sound};
use crate::support::Workshop;

/// Results under a condition, which are not those of the clean images to the last digit.
fn found_under(shop: &Workshop, condition: &str) {
    let score = format!("0.8{}", condition.len());
    shop.write(&format!("{condition}.json"), super::results().to_string().replace("0.9", &score));
}

/// A spec with a perturbation that changes little: brightness by a hundredth.
fn perturbed(shop: &Workshop) {
    sound(shop);
    found_under(shop, "dim@-0.01");
    edit(shop, "[[check]]", "[perturbation.dim]\nkind = \"brightness\"\ndelta = -0.01\n\n[[check]]");
}

const KEYS: &[Way] = &[
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
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "version = 1\n", "");
        },
        says: "add `version = 1`",
        follow: |shop| {
            let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
            shop.write("spec.toml", format!("version = 1\n{text}"));
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "version = 1", "version = 2");
        },
        says: "the spec is of format 2, and this program reads format 1",
        follow: |shop| edit(shop, "version = 2", "version = 1"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "name = \"s\"", "name = \"s p\"");
        },
        says: "use letters, digits, `_` and `-`",
        follow: |shop| edit(shop, "\"s p\"", "\"s-p\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "[model.m]", "[model.labels]");
        },
        says: "the word has a meaning of its own; choose another",
        follow: |shop| edit(shop, "[model.labels]", "[model.m]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "format = \"coco\"\n", "");
        },
        says: "add `format = \"coco\"`",
        follow: |shop| edit(shop, "[dataset.d]", "[dataset.d]\nformat = \"coco\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "[[check]]\non = \"clean\"\nmin = 0.5\n", "");
        },
        says: "add a `[[check]]` with `on` and a bound",
        follow: |shop| edit(shop, "[model.m]", "[[check]]\non = \"clean\"\nmin = 0.5\n\n[model.m]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "[[check]]", "[check]");
        },
        says: "write each check below a `[[check]]` of its own, in double brackets",
        follow: |shop| edit(shop, "[check]", "[[check]]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "min = 0.5\nmin = 0.4");
        },
        says: "keep one of them, or give one another name",
        follow: |shop| edit(shop, "\nmin = 0.4", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min_images = 1", "min_images = 1\nmax_dets = [100, 10, 1]");
        },
        says: "write three whole numbers from 1 to 65535, none less than the one before it: [1, 10, 300]",
        follow: |shop| edit(shop, "[100, 10, 1]", "[1, 10, 300]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min_images = 1", "min_images = 1\narea_ranges = [9216, 1024]");
        },
        says: "write the two areas in square pixels, the smaller first: [1024, 9216]",
        follow: |shop| edit(shop, "[9216, 1024]", "[1024, 9216]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min_images = 1", "min_images = 2");
        },
        says: "lower it, or take more images",
        follow: |shop| edit(shop, "min_images = 2", "min_images = 1"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "version = 1\n", "version = 1\nextends = \"nosuch.toml\"\n");
        },
        says: "paths start from the folder of the file that names them",
        follow: |shop| {
            shop.write("base/base.toml", "version = 1\nseed = 3\n");
            edit(shop, "nosuch.toml", "base/base.toml");
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "version = 1\n", "version = 1\nextends = 7\n");
        },
        says: "write `extends = [\"base.toml\"]`",
        follow: |shop| {
            shop.write("base.toml", "version = 1\nseed = 3\n");
            edit(shop, "extends = 7", "extends = [\"base.toml\"]");
        },
    },
];

/// Paths that lead nowhere, or elsewhere than was meant.
const PATHS: &[Way] = &[
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "labels.json", "label.json");
        },
        says: "did you mean `labels.json` in the same folder?",
        follow: |shop| edit(shop, "label.json", "labels.json"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            // As somebody writes it who stands where the data are, and not where the spec is.
            shop.write("base/defaults.toml", "version = 1\nseed = 3\n");
            edit(shop, "version = 1\n", "version = 1\nextends = \"base/defaults.toml\"\n");
            let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
            shop.write("specs/a/real.toml", text);
            shop.write("spec.toml", "version = 1\nextends = \"specs/a/real.toml\"\n");
        },
        says: "paths start from the folder of the spec: write `../../base/defaults.toml`",
        follow: |shop| {
            let text = std::fs::read_to_string(shop.path("specs/a/real.toml")).unwrap();
            let text = text.replace("\"base/", "\"../../base/").replace("\"labels.json", "\"../../labels.json");
            let text = text.replace("\"images\"", "\"../../images\"").replace("\"{condition}", "\"../../{condition}");
            shop.write("specs/a/real.toml", text);
        },
    },
];

const CHECKS: &[Way] = &[
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "on = \"clean\"\n", "");
        },
        says: "add `on = \"clean\"`, `on = \"all\"`, or the name of a perturbation",
        follow: |shop| edit(shop, "min = 0.5", "on = \"clean\"\nmin = 0.5"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5\n", "");
        },
        says: "add one of `min`",
        follow: |shop| edit(shop, "on = \"clean\"", "on = \"clean\"\nmin = 0.5"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "on = \"clean\"", "on = \"all\"");
        },
        says: "add a `[perturbation.NAME]` with a `kind` and `severity`",
        follow: |shop| {
            found_under(shop, "dim@1");
            edit(shop, "[[check]]", "[perturbation.dim]\nkind = \"brightness\"\nseverity = 1\n\n[[check]]");
        },
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "min = 0.5\nlevel = \"warn\"");
        },
        says: "add `reason = \"...\"`, and `until = 2030-12-31` if it is meant for a while",
        follow: |shop| edit(shop, "\"warn\"", "\"warn\"\nreason = \"...\"\nuntil = 2030-12-31"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "min = 0.5\nreason = \"known\"");
        },
        says: "add the level, or remove the key",
        follow: |shop| edit(shop, "reason", "level = \"warn\"\nreason"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "min = 0.5\nlevel = \"warn\"\nreason = \"known\"\nuntil = \"2030-12-31\"");
        },
        says: "write the date without quotes: until = 2030-12-31",
        follow: |shop| edit(shop, "\"2030-12-31\"", "2030-12-31"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "min = 0.5", "min = 0.5\nmetric = \"mapp\"");
        },
        says: "did you mean `map`?",
        follow: |shop| edit(shop, "\"mapp\"", "\"map\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
            shop.write("spec.toml", format!("{text}\n[[check]]\non = \"clean\"\nmin = 0.4\n"));
        },
        says: "remove one of the two checks, or set them on different conditions, metrics or bounds",
        follow: |shop| edit(shop, "\n[[check]]\non = \"clean\"\nmin = 0.4\n", ""),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "on = \"clean\"", "on = \"bright\"");
        },
        says: "there is: clean, all, dim",
        follow: |shop| edit(shop, "on = \"bright\"", "on = \"dim\""),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "on = \"clean\"", "on = \"dim@3\"");
        },
        says: "there is: dim@-0.01",
        follow: |shop| edit(shop, "dim@3", "dim@-0.01"),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "on = \"clean\"", "on = { group = \"photometric\" }");
        },
        says: "there is: geometric, blur, noise, weather, lighting",
        follow: |shop| edit(shop, "photometric", "lighting"),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "on = \"clean\"", "on = { group = \"noise\" }");
        },
        says: "remove the check, or add such a perturbation",
        follow: |shop| {
            found_under(shop, "grain@0.01");
            edit(shop, "[[check]]", "[perturbation.grain]\nkind = \"gaussian_noise\"\nsigma = 0.01\n\n[[check]]");
        },
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "delta = -0.01\n", "");
        },
        says: "add `severity = [1, 3, 5]`",
        follow: |shop| {
            for level in [1, 3, 5] {
                found_under(shop, &format!("dim@{level}"));
            }
            edit(shop, "\"brightness\"", "\"brightness\"\nseverity = [1, 3, 5]");
        },
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "delta = -0.01\n", "delta = -0.01\nseverity = 1\n");
        },
        says: "keep one of them; for both, write a second section",
        follow: |shop| edit(shop, "severity = 1\n", ""),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "kind = \"brightness\"", "kind = \"brightnes\"");
        },
        says: "did you mean `brightness`?",
        follow: |shop| edit(shop, "\"brightnes\"", "\"brightness\""),
    },
    Way {
        wrong: |shop| {
            perturbed(shop);
            edit(shop, "[[check]]", "[matrix]\nexclude = [{}]\n\n[[check]]");
        },
        says: "say which: { model = \"b\", on = \"rotation\" }",
        follow: |shop| edit(shop, "[{}]", "[{ model = \"m\", on = \"dim\" }]"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \"labels.json\"\ncategories = []");
        },
        says: "name at least one category, or leave it out to take all",
        follow: |shop| edit(shop, "categories = []\n", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \"labels.json\"\nevaluate = false");
        },
        says: "remove `evaluate = false`",
        follow: |shop| edit(shop, "evaluate = false\n", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            remove(shop, "clean.json");
        },
        says: "clean.json",
        follow: |shop| shop.write("clean.json", super::results().to_string()),
    },
];

#[test]
fn messages_about_keys_and_sections_lead_out() {
    follow(KEYS);
}

#[test]
fn messages_about_paths_lead_out() {
    follow(PATHS);
}

#[test]
fn messages_about_checks_and_conditions_lead_out() {
    follow(CHECKS);
}

#[test]
fn every_path_that_is_written_from_a_folder_above_is_found_and_told() {
    let shop = Workshop::new();
    shop.blood_cells(2);
    shop.write("models/a.onnx", std::fs::read(crate::support::repository("examples/models/bccd_a.onnx")).unwrap());
    shop.write("results/clean.json", "[]");
    shop.picture("voc/JPEGImages/a.png", 40, 30);
    shop.write("voc/Annotations/a.xml", super::page());
    shop.write("yolo/data.yaml", "val: images\nnames: [cat]\n");
    let told = |dataset: &str, model: &str, right: &str| {
        let text =
            format!("version = 1\n[dataset.d]\n{dataset}\n[model.m]\n{model}\n[[check]]\non = \"clean\"\nmin = 0.1\n");
        shop.write("specs/deep/s.toml", text);
        let ran = shop.run(&["check", "specs/deep/s.toml"]);
        assert!(ran.code == 2 && ran.says(&format!("write `../../{right}`")), "{right}: {}", ran.stderr);
    };
    let (coco, onnx) =
        ("format = \"coco\"\npath = \"../../labels.json\"", "kind = \"onnx\"\npath = \"../../models/a.onnx\"");
    told("format = \"coco\"\npath = \"labels.json\"", onnx, "labels.json");
    told(&format!("{coco}\nimages = \"./images\""), onnx, "images");
    told("format = \"voc\"\npath = \"voc\"", onnx, "voc");
    told("format = \"yolo\"\npath = \"yolo/data.yaml\"\nsplit = \"val\"", onnx, "yolo/data.yaml");
    told("format = \"yolo\"\npath = \"yolo\"\nsplit = \"val\"", onnx, "yolo");
    told(coco, "kind = \"onnx\"\npath = \"models/a.onnx\"", "models/a.onnx");
    told(coco, "kind = \"precomputed\"\npath = \"results/{condition}.json\"", "results/{condition}.json");
}
