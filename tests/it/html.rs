//! The HTML report: its skeleton, names that try to break out of it, its size, and that nothing is missing from it.

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};
use windtunnel::record::Record;
use windtunnel::report::html;

use crate::support::{Workshop, detector, small_spec};

const CHECKS: &str = "
[perturbation.blur]
kind = \"gaussian_blur\"
severity = [1, 5]
[perturbation.flip]
kind = \"horizontal_flip\"
[[check]]
name = \"a soft lens costs nothing\"
on = \"blur\"
max_drop = -0.3
[[check]]
on = \"clean\"
min = 0.2
";

/// Everything that tries to end a text, an attribute, a comment or a style.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title>]]>--><svg onload=alert(1)>\u{1b}\u{0}&lt;\u{1f980}\u{202e}\u{5e9}";

/// A run of two models and one that does not open, with two failed checks each.
fn finished() -> (Workshop, Value) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let broken = "[model.z]\nkind = \"onnx\"\npath = \"labels.json\"\n";
    workshop.write("spec.toml", small_spec(&format!("{}{broken}{CHECKS}", detector("b"))));
    let ran = workshop.run(&["run", "spec.toml", "--intervals"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = workshop.record("small");
    (workshop, record)
}

fn folder(workshop: &Workshop) -> std::path::PathBuf {
    workshop.path("target/windtunnel/small")
}

fn read(record: &Value) -> Record {
    serde_json::from_value(record.clone()).unwrap()
}

/// A tag with the names of its attributes, and its text as written.
struct Tag {
    name: String,
    attributes: Vec<String>,
    text: String,
}

/// Every opening tag in document order, as a browser would find them.
fn tags(page: &str) -> Vec<Tag> {
    let style = page.find("<style>").unwrap() + "<style>".len()..page.find("</style>").unwrap();
    let page = format!("{}{}", &page[..style.start], &page[style.end..]);
    let mut found = Vec::new();
    for (at, _) in
        page.match_indices('<').filter(|(at, _)| page[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        let mut quoted = false;
        let end = page[at..].find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let text = &page[at..=at + end.unwrap()];
        // The parts outside quotes.
        let bare: String = text.trim_matches(['<', '>']).split('"').step_by(2).collect::<Vec<_>>().join(" ");
        let mut words = bare.split_whitespace().map(|word| word.trim_end_matches('=').to_owned());
        found.push(Tag { name: words.next().unwrap(), attributes: words.collect(), text: text.to_owned() });
    }
    found
}

/// What assistive technology builds an outline of.
fn skeleton(page: &str) -> String {
    let told = [
        "header", "nav", "main", "section", "article", "footer", "h1", "h2", "h3", "h4", "table", "details", "fieldset",
    ];
    let lines = tags(page).into_iter().filter(|tag| told.contains(&tag.name.as_str())).map(|tag| tag.text);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_has_its_sections_in_order() {
    let (workshop, _) = finished();
    let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
    insta::assert_snapshot!(skeleton(&page));
}

#[test]
fn the_same_record_makes_the_same_bytes_and_a_second_run_a_trend() {
    let (workshop, record) = finished();
    let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
    assert_eq!(html(&read(&record), &folder(&workshop), &[]), page);
    let again = workshop.run(&["report", "target/windtunnel/small/record.json", "--to", "html"]);
    assert_eq!(again.stdout, page.replace(&workshop.path("").display().to_string(), "<folder>/"));
    assert!(!page.contains("id=\"trend\""));
    workshop.run(&["run", "spec.toml", "--intervals", "-qq"]);
    let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
    assert!(page.contains("id=\"trend\""));
}

#[test]
fn a_page_made_again_from_the_record_tells_of_the_runs_before_it() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", small_spec(CHECKS));
    let again = ["report", "target/windtunnel/small/record.json", "--to", "html", "--store", "kept.sqlite"];
    let mut records = Vec::new();
    for _ in 0..2 {
        workshop.run(&["run", "spec.toml", "--store", "kept.sqlite", "-qq"]);
        let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
        let page = page.replace(&workshop.path("").display().to_string(), "<folder>/");
        assert_eq!(workshop.run(&again).stdout, page);
        records.push(std::fs::read(folder(&workshop).join("record.json")).unwrap());
    }
    // What is at its usual place is taken without being named.
    assert!(!workshop.run(&again[..4]).stdout.contains("id=\"trend\""));
    std::fs::create_dir(workshop.path(".windtunnel")).unwrap();
    std::fs::copy(workshop.path("kept.sqlite"), workshop.path(".windtunnel/store.sqlite")).unwrap();
    assert!(workshop.run(&again[..4]).stdout.contains("id=\"trend\""));
    // A record that the store does not remember: the runs that were started before it.
    let mut later: Value = serde_json::from_slice(&records[1]).unwrap();
    later["times"]["started_unix"] = json!(later["times"]["started_unix"].as_u64().unwrap() + 3600);
    workshop.write("target/windtunnel/small/record.json", later.to_string());
    assert!(workshop.run(&again).stdout.contains("mpc on test over 3 runs"));
}

#[test]
fn a_store_that_is_not_there_or_not_asked_for_is_refused() {
    let (workshop, _) = finished();
    let record = "target/windtunnel/small/record.json";
    let absent = workshop.run(&["report", record, "--to", "html", "--store", "absent.sqlite"]);
    assert!(absent.code == 2 && absent.says("there is no store at absent.sqlite"), "{}", absent.stderr);
    let other = workshop.run(&["report", record, "--to", "json", "--store", ".windtunnel/store.sqlite"]);
    assert!(other.code == 2 && other.says("`--store` is for the trend of `--to html`"), "{}", other.stderr);
}

#[test]
fn bars_of_groups_have_whiskers_with_a_single_model_where_intervals_are_drawn() {
    let workshop = Workshop::new();
    workshop.blood_cells(8);
    workshop.write("spec.toml", small_spec(CHECKS));
    let whiskers = || {
        let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
        let section = page.split("<section id=\"groups\"").nth(1).unwrap().split("</section>").next().unwrap();
        section.matches("class=\"whisker\"").count()
    };
    workshop.run(&["run", "spec.toml", "-qq", "--intervals"]);
    let record = read(&workshop.record("small"));
    let groups = &record.robustness[0].groups;
    assert_eq!(groups.iter().map(|group| group.group.as_str()).collect::<Vec<_>>(), ["geometric", "blur"]);
    // A whisker is a line with two ends; each group has one of its figure and one of its share of affected images.
    assert_eq!(whiskers(), 3 * 2 * groups.len());
    for group in groups {
        let (figure, interval) = (group.figure.unwrap(), group.interval.unwrap());
        assert!(interval.low < figure && figure < interval.high, "{group:?}");
        let (affected, interval) = (group.affected.unwrap(), group.affected_interval.unwrap());
        assert!(interval.low <= affected && affected <= interval.high, "{group:?}");
    }
    // A group of one condition is that condition; the cell's draws are rounded to floats.
    let flip = record.cells.iter().find(|cell| cell.condition.to_string() == "flip").unwrap().interval.unwrap();
    let group = groups[0].interval.unwrap();
    assert!((flip.low - group.low).abs() < 1e-6 && (flip.high - group.high).abs() < 1e-6, "{flip:?} {group:?}");
    let mut plain = workshop.record("small");
    for group in plain["robustness"][0]["groups"].as_array_mut().unwrap() {
        group.as_object_mut().unwrap().retain(|key, _| !key.ends_with("interval"));
    }
    assert_eq!(read(&plain).robustness[0].groups[0].interval, None, "records of before are read");
}

#[test]
fn every_case_that_did_not_pass_appears_with_its_numbers_and_command() {
    let (workshop, record) = finished();
    let page = html(&read(&record), &folder(&workshop), &[]);
    let cases = record["cases"].as_array().unwrap();
    let failed: Vec<&Value> = cases.iter().filter(|case| case["verdict"]["outcome"]["outcome"] == "fail").collect();
    assert!(failed.len() >= 4, "{}", failed.len());
    for case in failed {
        let id = case["id"].as_str().unwrap();
        let message = case["message"].as_str().unwrap().replace(" -> ", " \u{2192} ").replace('>', "&gt;");
        assert!(page.contains(&format!("windtunnel run spec.toml -k {id}</code>")), "{id}");
        assert!(page.contains(&message), "{message}");
    }
    assert!(page.contains("labels.json"), "the model that does not open");
    let header = page.split("</header>").next().unwrap();
    assert!(header.contains("What now: see <a href=\"#case-") && header.contains("href=\"#images-"), "{header}");
    let shots = record["galleries"].as_array().unwrap().iter().flat_map(|one| one["pairs"].as_array().unwrap()).count();
    assert!(shots > 0);
    // Those of the worst failure stand beside the verdict, too.
    assert_eq!(page.matches("class=\"shot\"").count(), 2 * (shots + 1));
    assert!(page.contains("data:image/jpeg;base64,/9j/") && !page.contains("class=\"gone\""));
}

#[test]
fn names_stay_text() {
    let (workshop, record) = finished();
    let plain = html(&read(&record), &folder(&workshop), &[]);
    let page = html(&read(&spoilt(&record)), &folder(&workshop), &[]);
    let (plain, spoilt) = (tags(&plain), tags(&page));
    for (expected, found) in plain.iter().zip(&spoilt) {
        assert_eq!((&expected.name, &expected.attributes), (&found.name, &found.attributes), "{}", found.text);
    }
    assert_eq!(plain.len(), spoilt.len());
    assert!(page.matches("&lt;script&gt;").count() > 50, "the names are there");
    assert!(!page.contains(['\u{1b}', '\u{0}', '\u{202e}']));
}

/// The record with all names and messages made hostile, each in the same way wherever it stands.
fn spoilt(value: &Value) -> Value {
    let name = |text: &str| match text {
        "a" | "b" | "z" | "test" | "RBC" | "WBC" | "Platelets" | "small" | "blur" | "flip" => {
            format!("{text}{HOSTILE}")
        }
        "blur@1" | "blur@5" => text.replace('@', &format!("{HOSTILE}@")),
        _ if text.contains(' ') || text.starts_with("BloodImage") || text == "spec.toml" => {
            format!("{text}{HOSTILE}")
        }
        _ => text.to_owned(),
    };
    match value {
        Value::String(text) => Value::String(name(text)),
        Value::Array(values) => values.iter().map(spoilt).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (name(key), spoilt(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn two_hundred_failed_checks_fit_into_five_megabytes_and_what_does_not_is_told() {
    let (workshop, mut record) = finished();
    let folder = folder(&workshop);
    let (case, gallery) = failed_case(&record);
    let bytes = std::fs::read(folder.join(gallery["pairs"][0]["after"]["picture"].as_str().unwrap())).unwrap();
    let (mut cases, mut galleries) = (Vec::new(), Vec::new());
    for at in 0..200 {
        let (mut case, mut gallery) = (case.clone(), gallery.clone());
        case["id"] = json!(format!("a/test/blur@{at}/map:max_drop"));
        case["picture"] = json!(format!("failures/{at}.jpg"));
        gallery["sheet"] = case["picture"].clone();
        for (rank, pair) in gallery["pairs"].as_array_mut().unwrap().iter_mut().enumerate() {
            for side in ["before", "after"] {
                let path = format!("failures/images/{at}.{rank}.{side}.jpg");
                std::fs::write(folder.join(&path), &bytes).unwrap();
                pair[side]["picture"] = json!(path);
            }
        }
        cases.push(case);
        galleries.push(gallery);
    }
    record["cases"] = json!(cases);
    record["galleries"] = json!(galleries);
    let page = html(&read(&record), &folder, &[]);
    assert!(page.len() < 5_000_000, "{}", page.len());
    assert!(page.len() > 3_000_000, "the room is used: {}", page.len());
    assert!(page.contains("left out to keep this file small"));
    for at in 0..200 {
        assert_eq!(page.matches(&format!("id=\"case-{at}\"")).count(), 1);
        assert!(page.contains(&format!("a/test/blur@{at}/map:max_drop")));
    }
}

#[test]
fn a_run_in_which_all_holds_shows_what_its_conditions_do() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", small_spec(&CHECKS.replace("max_drop = -0.3", "max_drop = 0.3")));
    assert_eq!(workshop.run(&["run", "spec.toml", "-qq"]).code, 0);
    let mut record = workshop.record("small");
    let samples: Vec<&str> =
        record["samples"].as_array().unwrap().iter().map(|one| one["condition"].as_str().unwrap()).collect();
    assert_eq!(samples, ["clean", "blur@1", "blur@5", "flip"]);
    let picture = |at: usize| {
        let path = folder(&workshop).join(record["samples"][at]["picture"].as_str().unwrap());
        image::open(path).unwrap().to_rgb8()
    };
    let (clean, flipped) = (picture(0), image::imageops::flip_horizontal(&picture(3)));
    let far = clean.as_raw().iter().zip(flipped.as_raw()).filter(|(a, b)| a.abs_diff(**b) > 24).count();
    assert!(far * 50 < clean.as_raw().len(), "{far} values: the sample is of the condition");
    assert_ne!(picture(1), picture(2));
    let page = html(&read(&record), &folder(&workshop), &[]);
    let header = page.split("</header>").next().unwrap();
    let named = |text: &str| {
        ["clean", "blur@1", "blur@5", "flip"].map(|name| text.contains(&format!("<bdi>{name}</bdi></figcaption>")))
    };
    assert_eq!(named(header), [true, false, true, true], "the strongest level stands beside the verdict");
    assert_eq!(named(page.split("id=\"samples\"").nth(1).unwrap()), [true; 4]);
    // Each picture is held once, the four of what is found among them. A record of before has none.
    assert_eq!(page.matches("data:image/jpeg").count(), 4 + 4);
    record.as_object_mut().unwrap().remove("samples");
    assert!(!html(&read(&record), &folder(&workshop), &[]).contains("class=\"samples\""));
}

/// Two models on one picture: every shot shows its own picture, however often each is shown.
#[test]
fn every_shot_shows_the_picture_that_the_record_names() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let check = "[[check]]\non = [\"clean\", \"blur\"]\nmetric = \"agreement\"\nmodel = \"b\"\nreference = \"a\"\nmin = 0.999\n";
    let perturbations = &CHECKS[..CHECKS.find("[[check]]").unwrap()];
    workshop.write("spec.toml", small_spec(&format!("{}{perturbations}{check}", detector("b"))));
    assert_eq!(workshop.run(&["run", "spec.toml", "-qq"]).code, 1);
    let (record, folder) = (workshop.record("small"), folder(&workshop));
    let page = html(&read(&record), &folder, &[]);
    let held: Vec<(&str, &str)> = page
        .match_indices("<image id=\"")
        .map(|(at, start)| {
            let rest = &page[at + start.len()..];
            let base64 = rest.split_once("data:image/jpeg;base64,").unwrap().1;
            (rest.split_once('"').unwrap().0, base64.split_once('"').unwrap().0)
        })
        .collect();
    let ids: std::collections::BTreeSet<&str> = held.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), held.len(), "each number stands for one picture");
    let pairs = record["galleries"].as_array().unwrap().iter().flat_map(|gallery| gallery["pairs"].as_array().unwrap());
    let mut shown = 0;
    for pair in pairs {
        for shot in [&pair["before"], &pair["after"]] {
            let [file, condition, model] =
                [&pair["file_name"], &shot["condition"], &shot["model"]].map(|one| one.as_str().unwrap());
            let label = format!("role=\"img\" aria-label=\"{file}, {condition} of model {model}: ");
            for (at, _) in page.match_indices(&label) {
                let id = page[at..].split_once("<use href=\"#").unwrap().1.split_once('"').unwrap().0;
                let bytes = std::fs::read(folder.join(shot["picture"].as_str().unwrap())).unwrap();
                let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
                assert!(held.contains(&(id, base64.as_str())), "{label} shows #{id}");
                shown += 1;
            }
        }
    }
    assert!(shown > 8, "{shown}");
}

#[test]
fn many_conditions_are_sampled_at_their_strongest_level() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let levels = (1..=40).map(|level| format!("{}", f64::from(level) / 100.0)).collect::<Vec<_>>().join(", ");
    workshop.write(
        "spec.toml",
        small_spec(&format!(
            "[perturbation.dark]\nkind = \"brightness\"\ndelta = [{levels}]\n[[check]]\non = \"clean\"\nmin = 0.2\n"
        )),
    );
    assert_eq!(workshop.run(&["run", "spec.toml", "-qq"]).code, 0);
    let record = workshop.record("small");
    assert_eq!(record["samples"].as_array().unwrap().len(), 2);
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert!(page.contains("2 of 41, the strongest level of each perturbation"));
}

#[test]
fn a_run_of_checks_without_labels_plots_stability() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let checks = |metric: &str| {
        let perturbations = &CHECKS[..CHECKS.find("[[check]]").unwrap()];
        format!("{perturbations}[[check]]\non = \"all\"\nmetric = \"{metric}\"\nmin = 0.0001\n")
    };
    let curves = |metric: &str| {
        workshop.write("spec.toml", small_spec(&checks(metric)));
        workshop.run(&["run", "spec.toml", "-qq"]);
        let page = std::fs::read_to_string(folder(&workshop).join("report.html")).unwrap();
        page.split("<section id=\"curves\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned()
    };
    let plotted = curves("stability");
    assert!(plotted.contains("stability over the levels") && plotted.contains("clean 1.000"), "{plotted}");
    assert!(curves("map").contains("map over the levels"));
}

#[test]
fn what_was_not_measured_has_no_column_and_no_section() {
    let (workshop, mut record) = finished();
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert!(page.contains(">Clean map</th>") && page.contains(">Interval</th>") && page.contains("id=\"curves\""));
    for cell in record["cells"].as_array_mut().unwrap() {
        cell["figures"].as_object_mut().unwrap().remove("map");
        cell.as_object_mut().unwrap().remove("interval");
    }
    for found in record["robustness"].as_array_mut().unwrap() {
        for key in ["mpc", "rpc"] {
            found[key] = Value::Null;
        }
        for group in found["groups"].as_array_mut().unwrap() {
            group["figure"] = Value::Null;
        }
        for category in found["categories"].as_array_mut().unwrap() {
            category["clean"] = Value::Null;
            category["figure"] = Value::Null;
        }
    }
    let page = html(&read(&record), &folder(&workshop), &[]);
    for gone in [
        ">Clean map</th>",
        ">mPC</th>",
        ">rPC</th>",
        "id=\"curves\"",
        "id=\"conditions\"",
        "id=\"losses\"",
        "id=\"categories\"",
    ] {
        assert!(!page.contains(gone), "{gone}");
    }
    assert!(page.contains(">Risk</th>") && page.contains(">Affected</th>"));
}

#[test]
fn an_interval_is_told_to_who_points_at_a_mark() {
    let (workshop, record) = finished();
    let page = html(&read(&record), &folder(&workshop), &[]);
    let section = |id: &str| {
        page.split(&format!("<section id=\"{id}\"")).nth(1).unwrap().split("</section>").next().unwrap().to_owned()
    };
    assert!(section("curves").contains("<title>clean 0."), "{}", section("curves"));
    for id in ["curves", "losses"] {
        assert!(section(id).contains(" to 0."), "{id}");
    }
    assert!(section("conditions").contains("title=\"a under blur@1: 0."), "{}", section("conditions"));
}

#[test]
fn images_can_be_filtered_by_category_and_by_what_is_wrong() {
    let (workshop, mut record) = finished();
    let pair = |after: Value| {
        let shot = |boxes: Value| {
            let mut shot = record["galleries"][0]["pairs"][0]["before"].clone();
            (shot["boxes"], shot["below"]) = (boxes, json!([]));
            shot
        };
        json!({ "file_name": "a.jpg", "before": shot(json!([])), "after": shot(after) })
    };
    let a_box = |kind: &str, category: &str, error: Value| json!({ "kind": kind, "category": category, "bbox": [1, 2, 3, 4], "error": error });
    record["galleries"][0]["pairs"] = json!([
        pair(json!([a_box("missed", "RBC", Value::Null)])),
        pair(json!([a_box("false", "WBC", json!("background")), a_box("found", "RBC", Value::Null)])),
    ]);
    let galleries = json!([record["galleries"][0]]);
    record["galleries"] = galleries;
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert!(page.contains("<option id=\"only-k0\">RBC</option><option id=\"only-k1\">WBC</option>"));
    assert!(page.contains(
        "<option id=\"only-e-missed\">missed objects</option><option id=\"only-e-background\">on nothing</option>"
    ));
    assert!(page.contains("class=\"pair e-missed k0\"") && page.contains("class=\"pair e-background k0 k1\""));
    assert!(page.contains("#gallery:has(#only-k1:checked) .pair .c:not(.k1)"));
    assert!(page.contains("<title>false: WBC, on nothing</title>"));
}

#[test]
fn detections_just_below_the_threshold_are_shown_as_such() {
    let (workshop, mut record) = finished();
    let shot = &mut record["galleries"][0]["pairs"][0]["after"];
    shot["below"] = json!([{ "kind": "found", "category": "WBC", "bbox": [1, 2, 3, 4], "score": 0.47 }]);
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert!(page.contains("id=\"show-below\"") && page.contains("WBC 0.47</text>") && page.contains("; 1 just below"));
    // Records of before have none.
    for gallery in record["galleries"].as_array_mut().unwrap() {
        for pair in gallery["pairs"].as_array_mut().unwrap() {
            for side in ["before", "after"] {
                pair[side].as_object_mut().unwrap().remove("below");
            }
        }
    }
    assert!(!html(&read(&record), &folder(&workshop), &[]).contains("id=\"show-below\""));
}

#[test]
fn every_shot_can_be_seen_large_without_a_script() {
    let (workshop, record) = finished();
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert_eq!(page.matches("class=\"zoomer sr\"").count(), page.matches("class=\"shot\"").count());
    assert!(!page.contains("<script") && page.contains(":has(.zoomer:checked)"));
}

fn failed_case(record: &Value) -> (Value, Value) {
    let gallery = record["galleries"][0].clone();
    let cases = record["cases"].as_array().unwrap();
    (cases.iter().find(|case| case["picture"] == gallery["sheet"]).unwrap().clone(), gallery)
}

#[test]
fn pictures_that_are_gone_or_elsewhere_are_told_of_in_their_place() {
    let (workshop, mut record) = finished();
    let page = html(&read(&record), Path::new("no-such-folder"), &[]);
    assert!(page.contains("is not beside the record any more") && !page.contains("base64,"));
    workshop.write("target/windtunnel/secret.jpg", [0xff, 0xd8, 0xff, 0xe0]);
    workshop.write("target/windtunnel/small/failures/text.jpg", "no picture");
    record["galleries"][0]["pairs"][0]["before"]["picture"] = json!("../secret.jpg");
    record["galleries"][0]["pairs"][0]["after"]["picture"] = json!("failures/text.jpg");
    let page = html(&read(&record), &folder(&workshop), &[]);
    assert_eq!(page.matches("class=\"gone\"").count(), 2);
}
