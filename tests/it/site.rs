//! `windtunnel history site`: what is written, what is told of what is not, and what is left alone.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use windtunnel::store::Store;

use crate::support::{Ran, Workshop, small_spec};

const HOLDS: &str = "[[check]]\non = \"clean\"\nmin = 0.01\n";
const FAILS: &str =
    "[[check]]\non = \"clean\"\nmin = 0.01\n[[check]]\non = \"clean\"\nmetric = \"mar_1\"\nmin = 0.999\n";
const RECORD: &str = "target/windtunnel/small/record.json";

/// Two pictures, and the suite `small`, which has passed once.
fn passed() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    run(&workshop, "small", HOLDS, 0);
    workshop
}

fn run(workshop: &Workshop, name: &str, checks: &str, code: i32) {
    let file = format!("{name}.toml");
    workshop.write(&file, small_spec(checks).replace("name = \"small\"", &format!("name = \"{name}\"")));
    assert_eq!(workshop.run(&["run", &file, "-qq"]).code, code);
}

fn site(workshop: &Workshop) -> Ran {
    workshop.run(&["history", "site", "--out", "site"])
}

fn read(workshop: &Workshop, name: &str) -> String {
    std::fs::read_to_string(workshop.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(path).unwrap());
        }
    }
    found
}

/// The same record of a run long ago.
fn of_long_ago(record: &str) -> String {
    let mut record: Value = serde_json::from_str(record).unwrap();
    record["times"]["started_unix"] = json!(1);
    record.to_string()
}

#[test]
fn a_site_has_the_newest_report_of_every_suite_with_its_trend_a_badge_of_each_and_an_overview() {
    let workshop = passed();
    run(&workshop, "small", HOLDS, 0);
    run(&workshop, "worse", FAILS, 1);
    let ran = site(&workshop);
    assert!(ran.code == 0 && ran.says("site/index.html: 2 reports") && ran.stderr.is_empty(), "{}", ran.stderr);
    let written = files(&workshop.path("site"));
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    let expected =
        ["badge.svg", "index.html", "small/badge.svg", "small/index.html", "worse/badge.svg", "worse/index.html"];
    assert_eq!(names, expected);

    let index = read(&workshop, "site/index.html");
    for told in [
        "<strong>Failed</strong> 1 of 2 suites passed",
        "href=\"small/index.html\"",
        "href=\"worse/badge.svg\"",
        "0 of 1 check failed",
        "1 of 2 checks failed",
        "The last 2 runs, the oldest first: passed, passed",
        "3 runs in the history",
    ] {
        assert!(index.contains(told), "{told}: {index}");
    }
    let page = read(&workshop, "site/small/index.html");
    assert!(
        page.contains("id=\"trend\"") && page.contains("href=\"../index.html\"") && page.contains("id=\"samples\"")
    );
    assert!(!read(&workshop, "site/worse/index.html").contains("id=\"trend\""), "it has run once");
    for (badge, told) in [("", "robustness: 1 failed"), ("small/", "robustness: 1 passed")] {
        assert!(read(&workshop, &format!("site/{badge}badge.svg")).contains(told));
    }
    for (name, bytes) in &written {
        let text = String::from_utf8_lossy(bytes).replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("<script") && !text.contains("http:") && !text.contains("https:"), "{name}");
    }

    // The same records make the same bytes, also over those that are there.
    assert_eq!(site(&workshop).code, 0);
    assert_eq!(workshop.run(&["history", "site", "--out", "other/deep"]).code, 0);
    assert_eq!(files(&workshop.path("site")), written);
    assert_eq!(files(&workshop.path("other/deep")), written);
}

#[test]
fn what_cannot_be_read_is_told_by_name_and_is_no_success() {
    let workshop = passed();
    workshop.write("target/windtunnel/torn/record.json", "{\"version\": 4");
    workshop.write("target/windtunnel/old/record.json", "{\"version\": 1}");
    let record = read(&workshop, RECORD).replace("\"name\": \"small\"", "\"name\": \"../../small\"");
    workshop.write("target/windtunnel/escape/record.json", record);
    let store = Store::open(&workshop.path(".windtunnel/store.sqlite")).unwrap();
    store.remember(1, "small", "{").unwrap();
    let summary = store.runs(None).unwrap().pop().unwrap().found;
    store.remember(2, "away", &summary.replace("\"suite\":\"small\"", "\"suite\":\"../away\"")).unwrap();
    drop(store);

    let ran = site(&workshop);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let index = read(&workshop, "site/index.html");
    for told in [
        "target/windtunnel/torn/record.json",
        "target/windtunnel/old/record.json: it is a record of format 1",
        "target/windtunnel/escape/record.json: it is of a suite called `../../small`",
        "run #2 of the store cannot be read",
        "cannot use run #3 of the store: it is of a suite called `../away`",
    ] {
        assert!(ran.says(told), "{told}: {}", ran.stderr);
        assert!(index.contains(told), "{told}: {index}");
    }
    assert_eq!(files(&workshop.path("site")).len(), 4, "an overview and the one suite that can be read");
    assert!(!workshop.path("away").exists());
}

#[test]
fn a_suite_without_a_record_of_its_newest_run_is_shown_by_its_history() {
    let workshop = passed();
    run(&workshop, "other", HOLDS, 0);
    let old = read(&workshop, RECORD);
    run(&workshop, "small", FAILS, 1);
    // That of an older run: a pass would be shown that is none any more.
    workshop.write(RECORD, of_long_ago(&old));
    assert_eq!(site(&workshop).code, 0);
    let index = read(&workshop, "site/index.html");
    assert!(index.contains("1 of 2 checks failed") && index.contains("history alone"), "{index}");
    let page = read(&workshop, "site/small/index.html");
    assert!(page.contains("There is no report of this run: target/windtunnel/small/record.json is of an older one"));
    assert!(page.contains("id=\"trend\"") && page.contains("id=\"runs\"") && page.contains("<strong>Failed</strong>"));
    assert!(read(&workshop, "site/small/badge.svg").contains("robustness: 1 failed"));

    std::fs::remove_dir_all(workshop.path("target")).unwrap();
    let ran = site(&workshop);
    assert!(ran.code == 0 && ran.says("site/index.html: 2 reports"), "{}", ran.stderr);
    assert!(
        read(&workshop, "site/other/index.html").contains("target/windtunnel holds no record of it that can be used")
    );
}

#[test]
fn runs_of_some_cases_stand_apart_and_do_not_stand_for_their_suite() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    run(&workshop, "small", FAILS, 1);
    assert_eq!(workshop.run(&["run", "small.toml", "-k", "a/test/clean/map:min", "-qq"]).code, 0);
    assert_eq!(site(&workshop).code, 0);
    let index = read(&workshop, "site/index.html");
    assert!(index.contains("<strong>Failed</strong> 0 of 1 suite passed"), "{index}");
    assert!(index.contains("href=\"small/selected/index.html\"") && index.contains("some cases"), "{index}");
    assert!(read(&workshop, "site/badge.svg").contains("robustness: 1 failed"));
    assert!(read(&workshop, "site/small/selected/index.html").contains("href=\"../../index.html\""));
    assert!(workshop.run(&["history", "list"]).says("small, some cases: 1 passed"));
}

#[test]
fn records_of_many_jobs_are_gathered_and_an_older_one_is_told() {
    let workshop = passed();
    let record = read(&workshop, RECORD);
    workshop.write("jobs/one/small/record.json", &record);
    workshop.write("jobs/two/small/record.json", of_long_ago(&record));
    let ran = workshop.run(&["history", "site", "jobs", "--out", "site"]);
    assert!(ran.code == 0 && ran.says("jobs/two/small/record.json is not shown: jobs/one"), "{}", ran.stderr);
    assert!(read(&workshop, "site/index.html").contains("jobs/two/small/record.json is not shown"));
}

#[test]
fn files_of_others_are_neither_overwritten_nor_deleted_and_are_told() {
    let workshop = passed();
    workshop.write("site/index.html", "<title>my own</title>");
    let ran = site(&workshop);
    assert!(ran.code == 2 && ran.says("site/index.html is not of such a site"), "{}", ran.stderr);
    assert_eq!(files(&workshop.path("site")).len(), 1);
    std::fs::remove_file(workshop.path("site/index.html")).unwrap();
    workshop.write("site/CNAME", "example.org");
    workshop.write("site/gone/index.html", "of a suite that is no more");
    for _ in 0..2 {
        let ran = site(&workshop);
        assert!(ran.code == 0 && ran.says("site also holds what was not written now: site/CNAME, site/gone"));
    }
    assert_eq!(read(&workshop, "site/CNAME"), "example.org");
    workshop.write("file", "");
    let ran = workshop.run(&["history", "site", "--out", "file"]);
    assert!(ran.code == 2 && ran.says("choose another place with `--out`"), "{}", ran.stderr);
    assert_eq!(read(&workshop, "file"), "");
}

#[test]
#[cfg(unix)]
fn nothing_is_written_through_a_link() {
    let workshop = passed();
    workshop.write("elsewhere/kept", "");
    std::fs::create_dir(workshop.path("site")).unwrap();
    std::os::unix::fs::symlink(workshop.path("elsewhere"), workshop.path("site/small")).unwrap();
    let ran = site(&workshop);
    assert!(ran.code == 2 && ran.says("site/small is a link"), "{}", ran.stderr);
    assert_eq!(files(&workshop.path("elsewhere")).len(), 1);
    assert!(!workshop.path("site/index.html").exists());
}

#[test]
fn without_runs_there_is_an_error_with_a_way_out_and_no_site() {
    let workshop = Workshop::new();
    let ran = site(&workshop);
    assert!(ran.code == 2 && ran.says("there is no run to show") && ran.says("run a spec first"), "{}", ran.stderr);
    Store::open(&workshop.path(".windtunnel/store.sqlite")).unwrap();
    assert!(site(&workshop).code == 2 && !workshop.path("site").exists());
    let ran = workshop.run(&["history", "site", "--out", "site", "--store", "absent.sqlite"]);
    assert!(ran.code == 2 && ran.says("there is no store at absent.sqlite"), "{}", ran.stderr);
    // What is there and cannot be used is told, too.
    workshop.write("target/windtunnel/torn/record.json", "{");
    let ran = site(&workshop);
    assert!(ran.code == 2 && ran.says("target/windtunnel/torn/record.json"), "{}", ran.stderr);
}
