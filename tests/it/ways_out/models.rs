//! What is said of ONNX models and of children.

use super::{Way, edit, follow, sound};
use crate::support::{Workshop, small_spec};

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
        says: "leave it out, or set `engine = \"onnxruntime\"`",
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

#[test]
fn messages_about_models_lead_out() {
    follow(MODELS);
}
