//! `windtunnel migrate`: specs and baselines of an earlier windtunnel, rewritten in place.

use serde_json::{Value, json};
use windtunnel::digest::Digest;

use crate::support::{Workshop, small_spec};

const CHECKS: &str = "[[check]]\non = \"clean\"\nmin = 0.01\n[[check]]\non = \"clean\"\nmax_regression = 0.01\n";

/// A project as an earlier windtunnel had it: its spec extends a file in which the baseline's place is a default of checks.
fn earlier() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    workshop.write(
        "base.toml",
        "# Ours.\r\n[defaults]\r\n# Reviewed.\r\nbaseline = \"accepted.json\"  # by all\r\ntop_k = 5\r\n",
    );
    let spec = small_spec(CHECKS).replace("version = 1\n", "version = 1\nextends = \"../base.toml\"\n");
    workshop.write("specs/small.toml", in_folder(&spec));
    workshop
}

/// A spec that lies in a folder beside its data.
fn in_folder(spec: &str) -> String {
    spec.replace("\"labels.json\"", "\"../labels.json\"").replace("\"images\"", "\"../images\"")
}

fn read(workshop: &Workshop, name: &str) -> String {
    std::fs::read_to_string(workshop.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_spec_that_is_refused_is_rewritten_with_what_it_extends_and_then_runs() {
    let workshop = earlier();
    let refused = workshop.run(&["check"]);
    assert_eq!(refused.code, 2);
    assert!(refused.says("`baseline` stands at the top of a spec, not in [defaults]"), "{}", refused.stderr);
    assert!(refused.says("let `windtunnel migrate` do it"), "{}", refused.stderr);

    let before = read(&workshop, "base.toml");
    let dry = workshop.run(&["migrate", "--dry-run"]);
    assert_eq!(
        (dry.code, dry.stdout.as_str()),
        (
            1,
            "specs/../base.toml:4: `baseline` moved from [defaults] to the top of the spec\n1 file would be rewritten: leave out \
             --dry-run\n"
        )
    );
    assert_eq!(read(&workshop, "base.toml"), before);

    let ran = workshop.run(&["migrate"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("1 file rewritten"), "{}", ran.stdout);
    assert_eq!(
        read(&workshop, "base.toml"),
        "# Reviewed.\r\nbaseline = \"accepted.json\"  # by all\r\n# Ours.\r\n[defaults]\r\ntop_k = 5\r\n"
    );
    assert_eq!(workshop.run(&["run", "-qq"]).code, 0);
    assert_eq!(workshop.record("small")["spec"]["baseline"], "specs/../accepted.json");

    let again = workshop.run(&["migrate"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "nothing to rewrite in 1 spec\n"));
}

#[test]
fn accepted_figures_of_the_first_format_are_rewritten_without_a_run() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    workshop.write("specs/small.toml", in_folder(&small_spec(CHECKS)));
    assert_eq!(workshop.run(&["run", "-qq"]).code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first", "--force"]).code, 0);
    let names = ["specs/windtunnel.baseline.json", "specs/windtunnel.baseline.details.json"];
    let [now, details] = names.map(|name| read(&workshop, name));

    // As the first format had them: sealed with their details.
    let mut first: Value = serde_json::from_str(&now).unwrap();
    let beside: Value = serde_json::from_str(&details).unwrap();
    first["version"] = json!(1);
    for (key, entry) in first["figures"].as_object_mut().unwrap() {
        let (value, details) = (entry["value"].as_f64().unwrap(), beside["figures"][key].to_string());
        entry["seal"] = json!(Digest::of_parts([value.to_le_bytes().as_slice(), details.as_bytes()]).short());
        entry.as_object_mut().unwrap().remove("details");
    }
    workshop.write(names[0], first.to_string());

    let dry = workshop.run(&["migrate", "--dry-run"]);
    assert_eq!(dry.code, 1, "{}{}", dry.stdout, dry.stderr);
    assert_eq!(read(&workshop, names[0]), first.to_string());
    let ran = workshop.run(&["migrate"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.starts_with("specs/windtunnel.baseline.json: rewritten in the format of this version"),
        "{}",
        ran.stdout
    );
    assert_eq!(names.map(|name| read(&workshop, name)), [now, details]);

    first["figures"].as_object_mut().unwrap().values_mut().for_each(|entry| entry["value"] = json!(0.001));
    workshop.write(names[0], first.to_string());
    let ran = workshop.run(&["migrate"]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("do not belong together"), "{}", ran.stderr);
    assert_eq!(read(&workshop, names[0]), first.to_string());
}

#[test]
fn what_only_people_know_is_told_and_left() {
    let workshop = earlier();
    let spec = read(&workshop, "specs/small.toml");
    workshop.write(
        "specs/small.toml",
        format!("\u{feff}{}", spec.replace("version = 1", "version = \"1\"").replace("min = 0.01", "mim = 0.01")),
    );
    let ran = workshop.run(&["migrate"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("`version = \"1\"` is now `version = 1`"), "{}", ran.stdout);
    assert!(ran.says("unknown key `mim`") && ran.says("specs/small.toml:"), "{}", ran.stderr);
    assert!(read(&workshop, "specs/small.toml").starts_with("\u{feff}version = 1\nextends"));

    workshop.write("base.toml", "");
    workshop.write("specs/small.toml", spec.replace("version = 1", "version = 2"));
    for args in [&["migrate"][..], &["migrate", "--dry-run"]] {
        let ran = workshop.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(
            ran.says("the spec is of format 2") && ran.says("nothing that could be rewritten without you"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_key_that_stands_in_both_places_is_for_people_to_remove() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let with = |top: &str| {
        let spec = small_spec(&format!("[defaults]\nbaseline = \"a.json\"\n{CHECKS}"));
        workshop.write("spec.toml", spec.replace("version = 1\n", &format!("version = 1\n{top}")));
        workshop.run(&["check", "spec.toml"])
    };
    let both = with("baseline = \"b.json\"\n");
    assert_eq!(both.code, 2, "{}", both.stderr);
    assert!(both.says("it stands there, too: remove one of both"), "{}", both.stderr);
    assert!(!both.says("let `windtunnel migrate`"), "{}", both.stderr);
    let one = with("");
    assert!(one.code == 2 && one.says("let `windtunnel migrate` do it"), "{}", one.stderr);
}

#[test]
fn files_that_are_no_specs_stay_as_they_are() {
    let workshop = Workshop::new();
    let text = "[package]\nname = \"a\"\n[defaults]\nbaseline = \"b\"\n";
    workshop.write("Cargo.toml", text);
    let ran = workshop.run(&["migrate", "."]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("unknown key `package`"), "{}", ran.stderr);
    assert_eq!(read(&workshop, "Cargo.toml"), text);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_spec_stays_a_link() {
    let workshop = earlier();
    std::fs::rename(workshop.path("base.toml"), workshop.path("shared.toml")).unwrap();
    std::os::unix::fs::symlink("shared.toml", workshop.path("base.toml")).unwrap();
    assert_eq!(workshop.run(&["migrate"]).code, 0);
    assert!(workshop.path("base.toml").is_symlink());
    assert!(read(&workshop, "shared.toml").starts_with("# Reviewed."));
}
