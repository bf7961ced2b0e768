//! Datasets and models that cannot be used: the place in the spec to mend, with an excerpt, and a way out.

use crate::support::{DATASET, Workshop, detector, repository};

const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.2\n";

/// What `check` says of a spec of `sections` on three images, and that `run` says the same.
fn told(name: &str, sections: &str, make: impl FnOnce(&Workshop)) {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    make(&workshop);
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{sections}{CHECK}"));
    let checked = workshop.run(&["check", "spec.toml"]);
    assert_eq!(checked.code, 3, "{}", checked.stderr);
    let excerpt = checked.stderr.split("\n\n").next().unwrap();
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.starts_with(excerpt), "{}", ran.stderr);
    let place = excerpt.lines().find_map(|line| line.trim().strip_prefix("--> spec.toml:")).unwrap();
    let line: u64 = place.split(':').next().unwrap().parse().unwrap();
    assert_eq!(workshop.record("small")["setup"][0]["line"], line, "reports name the same line");
    let shown = excerpt.replace(&repository("").display().to_string(), "<repository>/");
    insta::assert_snapshot!(name, shown);
}

#[test]
fn too_few_labels_are_told_at_the_labels() {
    let model = std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap();
    let section = "[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\nlabels = [\"RBC\", \"WBC\"]\n";
    told("labels_too_few", &format!("{DATASET}{section}"), |workshop| workshop.write("a.onnx", model));
}

#[test]
fn missing_pictures_are_told_at_their_folder() {
    told("pictures_missing", &format!("{DATASET}{}", detector("a")), |workshop| {
        std::fs::rename(workshop.path("images"), workshop.path("pictures")).unwrap();
        workshop.write("images/notes.txt", "");
    });
}

#[test]
fn a_data_yaml_is_told_at_the_format() {
    let dataset = DATASET.replace("labels.json", "data.yaml");
    told("yaml_as_coco", &format!("{dataset}{}", detector("a")), |workshop| {
        workshop.write("data.yaml", "names: [RBC]\nval: images\n");
    });
}

#[test]
fn too_few_images_are_told_at_the_number() {
    let defaults = "[defaults]\nmin_images = 50\n";
    told("images_too_few", &format!("{defaults}{DATASET}{}", detector("a")), |_| {});
}

#[test]
fn files_that_are_no_models_are_told_at_their_path() {
    let section = "[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\n";
    let spec = format!("{DATASET}{section}");
    told("model_in_git_lfs", &spec, |workshop| {
        workshop.write("a.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    });
    told("model_of_pytorch", &spec, |workshop| workshop.write("a.onnx", b"PK\x03\x04\x00\x00"));
    told("model_empty", &spec, |workshop| workshop.write("a.onnx", ""));
}

#[test]
fn a_folder_is_no_model_file() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("models/a.onnx", "");
    let section = "[model.a]\nkind = \"onnx\"\npath = \"models\"\n";
    workshop.write("spec.toml", format!("version = 1\n{DATASET}{section}{CHECK}"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("models is a folder, not the model file"), "{}", ran.stderr);
    assert!(ran.says("name a file in it, such as `a.onnx`"), "{}", ran.stderr);
}
