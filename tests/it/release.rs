//! What is released lies where others look for it: `cargo binstall` for programs, editors for the schema.

use std::collections::BTreeMap;

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Workshop, repository, small_spec};

fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

/// The archive that the workflow makes for each platform.
fn released() -> BTreeMap<String, String> {
    let workflow = text(".github/workflows/release.yml");
    let yaml = YamlLoader::load_from_str(&workflow).unwrap();
    let platforms = yaml[0]["jobs"]["build"]["strategy"]["matrix"]["include"].as_vec().unwrap().clone();
    let name = |platform: &Yaml| platform["program"].as_str().unwrap().to_owned();
    let archive = |platform: &str| {
        let ending = if platform.contains("-windows-") { "zip" } else { "tar.gz" };
        let script = format!("dist/windtunnel-$VERSION-$PROGRAM.{ending}");
        assert!(workflow.contains(&script), "{script}");
        format!("windtunnel-0.1.0-{platform}.{ending}")
    };
    platforms.iter().map(name).map(|platform| (platform.clone(), archive(&platform))).collect()
}

/// The archive that `cargo binstall` takes on a platform, and its format.
fn taken(platform: &str) -> (String, String) {
    let cargo: toml::Table = text("Cargo.toml").parse().unwrap();
    let binstall = cargo["package"]["metadata"]["binstall"].as_table().unwrap();
    let own = binstall["overrides"].get(platform);
    let key = |key: &str| {
        let value = own.and_then(|own| own.get(key)).unwrap_or(&binstall[key]);
        value.as_str().unwrap().to_owned()
    };
    let url = key("pkg-url").replace("{ name }", "windtunnel").replace("{ target }", platform);
    (url.replace("{ version }", "0.1.0"), key("pkg-fmt"))
}

#[test]
fn cargo_binstall_takes_what_the_workflow_releases() {
    let released = released();
    assert_eq!(released.len(), 5);
    // Rust's usual Linux takes the static programs.
    let usual = |platform: &str| platform.replace("-musl", "-gnu");
    let asked = released.keys().flat_map(|platform| [(platform.clone(), platform), (usual(platform), platform)]);
    for (platform, of) in asked {
        let (url, format) = taken(&platform);
        let archive = &released[of];
        assert_eq!(url, format!("{{ repo }}/releases/download/v0.1.0/{archive}"), "{platform}");
        assert!(archive.ends_with(&format.replace("tgz", "tar.gz")), "{platform}: {format}");
    }
    // The programs are at the top of the archives.
    let (cargo, workflow) = (text("Cargo.toml"), text(".github/workflows/release.yml"));
    assert!(cargo.contains("bin-dir = \"{ bin }{ binary-ext }\"\n"));
    assert!(workflow.contains("LICENSE-APACHE LICENSE-MIT windtunnel ;;"));
    // `{ repo }` is a key that a person sets, and without it there is no release.
    assert!(workflow.contains("grep -qx \"repository = \\\"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY\\\"\" Cargo.toml"));
}

#[test]
fn the_entry_for_editors_is_one_that_the_catalog_takes() {
    let entry: Value = serde_json::from_str(&text(".github/schemastore.json")).unwrap();
    // SchemaStore's `schema-catalog.json`: these keys and no others, `fileMatch` without repetitions, an address by https.
    let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["description", "fileMatch", "name", "url"]);
    assert!(["name", "description", "url"].iter().all(|key| entry[*key].as_str().is_some_and(|text| !text.is_empty())));
    let url = entry["url"].as_str().unwrap();
    // Where the site has it, under the address that a person sets.
    assert!(url.starts_with("https://OWNER.") && url.ends_with("/reference/windtunnel.schema.json"), "{url}");
    assert!(text(".ci/site.py").contains("(pages / \"windtunnel.schema.json\").write_text(said(program, \"schema\"))"));
    let patterns: Vec<&str> = entry["fileMatch"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let mut once = patterns.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), patterns.len());
    // It asks for names that no other tool's files have: all of `specs` would be too much.
    assert!(patterns.iter().all(|pattern| pattern.contains("windtunnel") || pattern.contains("robustness")));
}

#[test]
fn the_names_that_editors_know_are_those_that_users_are_told_and_that_run() {
    let entry: Value = serde_json::from_str(&text(".github/schemastore.json")).unwrap();
    let page = text("docs/how-to/spec.md");
    let told = ["windtunnel.toml", "NAME.windtunnel.toml", "specs/robustness.toml"];
    let patterns =
        entry["fileMatch"].as_array().unwrap().iter().map(|one| glob::Pattern::new(one.as_str().unwrap()).unwrap());
    for (pattern, name) in patterns.zip(told) {
        assert!(page.contains(&format!("`{name}`")), "{name} is not on the page");
        assert!(pattern.matches(name), "{name}");
    }
    // What `init` writes.
    assert!(text("src/bin/windtunnel/args.rs").contains("default_value = \"robustness\""));

    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let spec = small_spec("[[check]]\non = \"clean\"\nmin = 0.1\n").replace("name = \"small\"\n", "");
    workshop.write("night.windtunnel.toml", &spec);
    workshop.write("windtunnel.toml", &spec);
    let ran = workshop.run(&["run", "night.windtunnel.toml", "windtunnel.toml"]);
    assert!(ran.says("night passed") && ran.says("windtunnel passed"), "{}{}", ran.stdout, ran.stderr);
}
