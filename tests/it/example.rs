//! `windtunnel init --example`: a project that runs at once, whatever else is at hand.

use serde_json::Value;

use crate::support::{Workshop, repository};

#[test]
fn the_example_passes_at_once_and_fails_as_it_says() {
    let workshop = Workshop::new();
    let written = workshop.run(&["init", "--example"]);
    assert_eq!((written.code, written.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("example", written.stdout);
    let ran = workshop.run(&["run", "--offline", "--no-cache"]);
    assert_eq!(ran.code, 2, "the two together ask nobody: {}", ran.stderr);
    let ran = workshop.run(&["run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("example passed: 3 passed, 0 failed, 0 errors, 0 skipped"), "{}", ran.stdout);

    // Every command that it prints does what it says there.
    let commands = written.stdout.lines().filter_map(|line| line.trim().strip_prefix("windtunnel "));
    let commands: Vec<(&str, &str)> = commands.map(|line| line.split_once('#').unwrap()).collect();
    let codes: Vec<i32> =
        commands.iter().map(|(words, _)| workshop.run(&words.split_whitespace().collect::<Vec<_>>()).code).collect();
    assert_eq!(codes, [0, 1], "{commands:?}");
    assert!(workshop.path("target/windtunnel/example/report.html").is_file());

    // The figures in the spec's comments.
    let spec = std::fs::read_to_string(workshop.path("specs/example.toml")).unwrap();
    let severe = workshop.record("example");
    workshop.run(&["run", "-q"]);
    let record = workshop.record("example");
    let figure = |record: &Value, cell: usize| record["cells"][cell]["figures"]["map50"].as_f64().unwrap();
    let clean = figure(&record, 0);
    assert!(spec.contains(&format!("now {clean:.3}")), "{clean}");
    let costs = [clean - figure(&record, 1), clean - figure(&record, 2), clean - figure(&severe, 1)];
    let told = format!("cost {:.3} and {:.3}; severity = 5 costs {:.3}", costs[0], costs[1], costs[2]);
    assert!(spec.contains(&told), "{told}");
}

#[test]
fn it_goes_to_a_new_folder_and_nothing_there_is_written_over() {
    let workshop = Workshop::new();
    let ran = workshop.run(&["init", "new/tour", "--example"]);
    assert!(ran.code == 0 && ran.says("cd new/tour"), "{}", ran.stdout);
    assert_eq!(workshop.run(&["check", "new/tour/specs/example.toml"]).code, 0);

    for taken in ["example/mine.txt", "specs/example.toml"] {
        let workshop = Workshop::new();
        workshop.write(taken, "mine");
        let ran = workshop.run(&["init", "--example"]);
        assert_eq!(ran.code, 2);
        assert!(ran.says("is there already, and is left alone: name a new folder for the example"), "{}", ran.stderr);
        assert_eq!(std::fs::read_to_string(workshop.path(taken)).unwrap(), "mine");
        assert_eq!(std::fs::read_dir(workshop.path(".")).unwrap().count(), 1, "nothing is left of it");
    }
    let workshop = Workshop::new();
    workshop.write("file", "mine");
    let ran = workshop.run(&["init", "file", "--example"]);
    assert!(ran.code == 2 && ran.says("cannot write into file: name another folder"), "{}", ran.stderr);
    let ran = Workshop::new().run(&["init", "--example", "--github"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
}

#[test]
fn its_files_are_those_of_the_examples_and_few() {
    let folder = repository("src/bin/windtunnel/init/example");
    let same = |ours: &str, theirs: &str| {
        assert!(std::fs::read(folder.join(ours)).unwrap() == std::fs::read(repository(theirs)).unwrap(), "{ours}");
    };
    same("cells.onnx", "examples/models/bccd_a_int8.onnx");
    same("images/LICENSE", "examples/bccd/LICENSE");
    let read = |path| serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()).unwrap();
    let (ours, theirs) = (read(folder.join("labels.json")), read(repository("examples/bccd/annotations/test.json")));
    let list = |labels: &Value, key: &str| labels[key].as_array().unwrap().clone();
    for image in list(&ours, "images") {
        let name = image["file_name"].as_str().unwrap();
        same(&format!("images/{name}"), &format!("examples/bccd/images/{name}"));
        let of_image = |labels: &Value| {
            let mut found = list(labels, "annotations");
            found.retain(|annotation| annotation["image_id"] == image["id"]);
            found
        };
        assert_eq!(of_image(&ours), of_image(&theirs), "{name}");
    }
    assert_eq!(ours["categories"], theirs["categories"]);
    let size = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().len();
    let pictures = std::fs::read_dir(folder.join("images")).unwrap().map(|file| size(file.unwrap().path()));
    let all: u64 = pictures.sum::<u64>() + size(folder.join("cells.onnx")) + size(folder.join("labels.json"));
    assert!(all < 700_000, "a part of every program and wheel: {all} bytes");
}
