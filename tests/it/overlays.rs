//! What a spec is made of: files that it extends, profiles, options of the command line; later ones win.

use crate::support::{DATASET, Workshop, detector};

/// A base with everything but a check, in a folder of its own: its paths start there.
fn workshop(spec: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let dataset = DATASET.replace("\"labels", "\"../labels").replace("\"images", "\"../images");
    let blur = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 3]\n";
    workshop.write("base/base.toml", format!("seed = 7\n{dataset}{}{blur}", detector("a")));
    workshop.write("spec.toml", spec);
    workshop
}

const CHILD: &str = "version = 1\nname = \"child\"\nextends = \"base/base.toml\"\n\
    [[check]]\nname = \"good\"\non = \"clean\"\nmin = 0.1\n\
    [profile.quick]\ndataset.test.limit = 2\nperturbation.blur.severity = 5\n\
    [[profile.quick.check]]\nname = \"good\"\non = \"blur\"\nmin = 0.01\n";

#[test]
fn a_spec_builds_on_another_file() {
    let workshop = workshop(CHILD);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("child");
    assert_eq!((&record["spec"]["seed"], &record["datasets"][0]["images"]), (&7.into(), &6.into()));
}

#[test]
fn a_profile_changes_keys_and_replaces_checks_of_its_names() {
    let workshop = workshop(CHILD);
    let ran = workshop.run(&["run", "spec.toml", "--profile", "quick"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("with --profile quick"), "{}", ran.stderr);
    let record = workshop.record("child");
    assert_eq!(record["datasets"][0]["images"], 2);
    let ids: Vec<&str> = record["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a/test/blur@5/map:min"]);
    assert_eq!(record["spec"]["options"][0][1], "quick");
}

#[test]
fn the_command_line_wins() {
    let workshop = workshop(CHILD);
    let set = ["--set", "name=set", "--set", "perturbation.blur.severity = [4]", "--limit", "3"];
    let ran = workshop.run(&[&["run", "spec.toml", "--profile", "quick"], &set[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("set");
    assert_eq!((&record["datasets"][0]["images"], &record["cases"][0]["on"]), (&3.into(), &"blur@4".into()));
    let plain = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(plain.code, 0);
    let digest = |name: &str| workshop.record(name)["spec"]["digest"].clone();
    assert_ne!(digest("set"), digest("child"), "options are part of what was run");
}

#[test]
fn the_command_that_repeats_a_failure_has_the_options() {
    let workshop = workshop(&CHILD.replace("min = 0.01", "min = 0.99"));
    let ran = workshop.run(&["run", "spec.toml", "--profile", "quick", "--limit", "3"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let again = "again: windtunnel run spec.toml --profile quick --limit 3 -k a/test/blur@5/map:min";
    assert!(ran.says(again), "{}", ran.stderr);
    assert!(ran.says("at spec.toml:"), "{}", ran.stderr);
}

#[test]
fn a_section_of_another_kind_replaces_the_earlier_one() {
    let turned = "[perturbation.blur]\nkind = \"rotate\"\ndegrees = 5\n[[check]]\non = \"blur\"\nmin = 0.01\n";
    let workshop = workshop(&format!("version = 1\nextends = [\"base/base.toml\"]\n{turned}"));
    let ran = workshop.run(&["list", "spec.toml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "a/test/blur@5/map:min\n"), "{}", ran.stderr);
}

#[test]
fn the_resolved_spec_tells_where_each_value_is_from() {
    let workshop = workshop(CHILD);
    let args = ["check", "--resolved", "spec.toml", "--profile", "quick", "--set", "seed=9"];
    let ran = workshop.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = ran.stdout.replace(&detector("a").lines().nth(3).unwrap()[7..], "\"a.onnx\"");
    insta::assert_snapshot!(text);
}

#[test]
fn the_resolved_spec_is_one_that_means_the_same() {
    let workshop = workshop(CHILD);
    workshop.write("specs/child.toml", CHILD.replace("name = \"child\"\n", "").replace("base/", "../base/"));
    let report =
        "[report]\njunit = \"../junit.xml\"\n[model.r]\nkind = \"precomputed\"\npath = \"r/{condition}.json\"\n";
    let base = std::fs::read_to_string(workshop.path("base/base.toml")).unwrap();
    workshop.write("base/base.toml", format!("{base}{report}"));
    for condition in ["clean", "blur@5"] {
        workshop.write(&format!("base/r/{condition}.json"), "[]");
    }
    let options = ["--profile", "quick", "--set", "dataset.test.images=images"];
    let plan = |args: &[&str]| {
        let ran = workshop.run(args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let unnamed = |text: &str| text.replace("specs/child.toml", "SPEC").replace("specs/saved.toml", "SPEC");
        (unnamed(&ran.stdout), unnamed(&ran.stderr))
    };
    let resolved = workshop.run(&[&["check", "--resolved", "specs/child.toml"], &options[..]].concat());
    assert_eq!(resolved.code, 0, "{}", resolved.stderr);
    assert!(resolved.stdout.starts_with("name = \"child\"  # the file's name\n"), "{}", resolved.stdout);
    workshop.write("specs/saved.toml", &resolved.stdout);
    let written = plan(&[&["list", "specs/child.toml"], &options[..]].concat());
    assert_eq!(plan(&["list", "specs/saved.toml"]), written);
    assert_eq!(
        plan(&["check", "specs/saved.toml"]).0,
        "SPEC: note: dataset `test`: partial: 2 of 6 images\nSPEC: note: model `r`: results on `test` cover 0 of 2 images \
         under clean, and not all under 1 more condition: those that they do not cover count as images where nothing was \
         found\nSPEC: 2 cases on 4 cells, ready to run\n"
    );
    assert_eq!(workshop.run(&["run", "specs/saved.toml", "-q"]).code, 1, "the empty results fail");
    assert!(workshop.path("junit.xml").exists(), "reports go to the same place");
}

#[test]
fn a_kind_that_is_set_leaves_keys_behind_which_is_told() {
    let set = ["--set", "model.a.kind=precomputed", "--set", "model.a.path=r/{condition}.json"];
    mistake("keys_of_the_earlier_kind", CHILD, &set);
}

#[test]
fn lists_are_not_set_element_by_element() {
    mistake("set_no_checks", CHILD, &["--set", "check=[]"]);
    mistake("set_an_element", CHILD, &["--set", "check.0.min=0.5"]);
    mistake("set_an_exclusion", CHILD, &["--set", "matrix.exclude.0.model=a"]);
}

#[test]
fn a_base_of_another_format_is_refused() {
    let workshop = workshop(CHILD);
    let base = std::fs::read_to_string(workshop.path("base/base.toml")).unwrap();
    workshop.write("base/base.toml", format!("version = 2\n{base}"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(
        ran.code == 2 && ran.says("the spec is of format 2, and this program reads format 1 --> base/base.toml:1:11"),
        "{}",
        ran.stderr
    );
}

fn mistake(name: &str, spec: &str, options: &[&str]) {
    let ran = workshop(spec).run(&[&["check", "spec.toml"], options].concat());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    insta::assert_snapshot!(name, ran.stderr);
}

#[test]
fn mistakes_of_layers() {
    mistake("profile_unknown", CHILD, &["--profile", "quik"]);
    mistake("set_a_wrong_value", CHILD, &["--set", "perturbation.blur.severity=9"]);
    mistake("set_an_unknown_key", CHILD, &["--set", "dataset.test.limits=9"]);
    mistake("set_no_value", CHILD, &["--set", "seed"]);
    mistake("base_missing", &CHILD.replace("base/base", "base/bse"), &[]);
    mistake("extends_itself", "version = 1\nextends = \"spec.toml\"\n", &[]);
    mistake("extends_a_number", "version = 1\nextends = 3\n", &[]);
    mistake("mistake_in_a_base", &CHILD.replace("name = \"child\"\n", ""), &["--set", "model.a.iou=2"]);
    mistake("profile_of_another_version", &format!("{CHILD}[profile.old]\nversion = 0\n"), &[]);
    mistake(
        "profile_that_is_no_table",
        &CHILD.replace("[profile.quick]\n", "[profile]\nslow = 3\n[profile.quick]\n"),
        &[],
    );
}

#[test]
fn check_looks_at_every_profile() {
    let workshop = workshop(&format!("{CHILD}[profile.slow]\ndataset.tst.limit = 3\n"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("did you mean [dataset.test]?"), "{}", ran.stderr);
    assert!(ran.says("spec.toml: wrong with --profile slow"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0, "a run is about what is chosen");
}

#[test]
fn a_wrong_spec_is_not_printed_as_resolved() {
    let secret = "[model.r]\nkind = \"roboflow\"\nmodel_id = \"a/1\"\napi_key = \"rf_SECRET\"\n";
    let workshop = workshop(&format!("{CHILD}{secret}"));
    let ran = workshop.run(&["check", "--resolved", "spec.toml"]);
    assert!(ran.code == 2 && ran.stdout.is_empty() && !ran.stderr.contains("rf_SECRET"), "{}", ran.stderr);
}

#[test]
fn mistakes_of_names_that_decide_what_a_section_is() {
    mistake("misspelt_format", &format!("{CHILD}[dataset.other]\nfromat = \"coco\"\npath = \"labels.json\"\n"), &[]);
    mistake("misspelt_section_in_set", CHILD, &["--set", "dataset.tset.limit=3"]);
    mistake("nothing_set", CHILD, &["--set", "seed="]);
}
