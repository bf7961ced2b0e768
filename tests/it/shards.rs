//! One run on many machines: parts are answered apart, and what they merge into is what one machine would have found.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use windtunnel::plan::{Costs, Images, Partition, Plan, Selection, resolve};
use windtunnel::position::DatasetAt;
use windtunnel::run::Shard;
use windtunnel::spec::{Source, load};

use crate::support::{DATASET, Ran, Workshop, detector, small_spec};

/// Checks of which some fail, so that there are pictures, intervals and a gallery, too.
const REST: &str = "
[perturbation.noise]
kind = \"gaussian_noise\"
severity = [1, 5]
[[check]]
on = \"all\"
min = 0.01
[[check]]
on = \"noise\"
max_drop = 0.001
";

fn workshop(images: usize) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(images);
    workshop.write("spec.toml", small_spec(REST));
    workshop
}

/// Everything that a run leaves in its folder, without times.
fn left(workshop: &Workshop) -> BTreeMap<String, Vec<u8>> {
    let mut left = BTreeMap::new();
    collect(&workshop.path("target/windtunnel/small"), &mut left);
    let mut record: Value = serde_json::from_slice(&left["record.json"]).unwrap();
    record.as_object_mut().unwrap().remove("times").unwrap();
    left.insert("record.json".to_owned(), record.to_string().into_bytes());
    let junit = String::from_utf8(left["junit.xml"].clone()).unwrap();
    let is_time = |word: &&str| !word.starts_with("time=") && !word.starts_with("timestamp=");
    let junit: Vec<&str> = junit.split_whitespace().filter(is_time).collect();
    left.insert("junit.xml".to_owned(), junit.join(" ").into_bytes());
    // The page tells how long it all took.
    left.remove("report.html").unwrap();
    left
}

fn collect(folder: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            into.insert(name, std::fs::read(path).unwrap());
        }
    }
}

/// Answers every part of `count`, one after the other.
fn parts(workshop: &Workshop, count: usize, args: &[&str]) {
    for index in 1..=count {
        let partition = format!("{index}/{count}");
        let ran = workshop.run(&[&["run", "spec.toml", "--partition", &partition], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
}

fn merged(workshop: &Workshop, args: &[&str]) -> Ran {
    workshop.run(&[&["merge"], args].concat())
}

#[test]
fn any_number_of_shards_gives_the_bytes_of_a_single_run() {
    let workshop = workshop(7);
    let single = workshop.run(&["run", "spec.toml", "--no-cache"]);
    assert_eq!(single.code, 1, "{}", single.stderr);
    let expected = left(&workshop);
    assert!(expected.len() > 3, "pictures are part of it: {:?}", expected.keys());
    for count in [1, 2, 3, 7, 9] {
        std::fs::remove_dir_all(workshop.path("target")).unwrap();
        parts(&workshop, count, &["--no-cache"]);
        let ran = merged(&workshop, &[]);
        assert_eq!(ran.code, 1, "{count} parts: {}", ran.stderr);
        let found = left(&workshop);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{count} parts");
        for (name, bytes) in &expected {
            assert!(found[name] == *bytes, "{name} of {count} parts differs");
        }
    }
}

#[test]
fn shards_of_one_store_run_at_once_and_leave_it_whole() {
    let workshop = workshop(6);
    let children: Vec<_> = (1..=3)
        .map(|index| {
            let partition = format!("{index}/3");
            workshop.command(&["run", "spec.toml", "--partition", &partition]).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(merged(&workshop, &[]).code, 1);
    let of_shards = left(&workshop);
    let times = &workshop.record("small")["times"];
    assert_eq!((times["asked"].as_u64(), times["from_store"].as_u64()), (Some(18), Some(0)));
    assert_eq!(workshop.run(&["run", "spec.toml", "--offline"]).code, 1);
    assert!(left(&workshop) == of_shards, "the store answers as the shards did");
}

#[test]
fn numbers_of_result_files_come_through_as_they_are_written() {
    let workshop = workshop(4);
    let ran = workshop.run(&["run", "spec.toml", "--detections", "found"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let precomputed = "[model.p]\nkind = \"precomputed\"\npath = \"found/a/{dataset}/{condition}.json\"\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}\n{precomputed}\n{REST}"));
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 1);
    let expected = left(&workshop);
    parts(&workshop, 3, &[]);
    assert_eq!(merged(&workshop, &[]).code, 1);
    assert!(left(&workshop) == expected);
}

#[test]
fn what_could_not_be_measured_is_merged_too() {
    let workshop = workshop(5);
    let model = "[model.gone]\nkind = \"subprocess\"\ncommand = [\"./nothing-here\"]\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n";
    workshop
        .write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}\n{model}\n{}\n{REST}", detector("a")));
    let single = workshop.run(&["run", "spec.toml", "--no-cache"]);
    assert_eq!(single.code, 3, "{}", single.stderr);
    let expected = left(&workshop);
    for index in ["1/2", "2/2"] {
        let part = workshop.run(&["run", "spec.toml", "--no-cache", "--partition", index]);
        assert_eq!(part.code, 3, "{}", part.stderr);
        assert!(part.says("error: "), "{}", part.stderr);
    }
    assert_eq!(merged(&workshop, &[]).code, 3);
    assert!(left(&workshop) == expected);
}

#[test]
fn an_unusable_image_spoils_the_dataset_as_in_a_single_run() {
    let workshop = workshop(5);
    let labels: Value = serde_json::from_slice(&std::fs::read(workshop.path("labels.json")).unwrap()).unwrap();
    let file = format!("images/{}", labels["images"][3]["file_name"].as_str().unwrap());
    let whole = std::fs::read(workshop.path(&file)).unwrap();
    // Cut short, it is found out when the second part decodes it; without a header, when either reads the labels.
    for (content, expected_codes) in [(&whole[..whole.len() / 2], [0, 3]), (b"no picture".as_slice(), [3, 3])] {
        workshop.write(&file, content);
        assert_eq!(workshop.run(&["run", "spec.toml", "--no-cache"]).code, 3);
        let expected = left(&workshop);
        let codes =
            ["1/2", "2/2"].map(|part| workshop.run(&["run", "spec.toml", "--no-cache", "--partition", part]).code);
        assert_eq!(codes, expected_codes);
        assert_eq!(merged(&workshop, &[]).code, 3);
        assert!(left(&workshop) == expected);
    }
}

#[test]
fn the_merge_asks_for_what_the_shards_were_asked_for() {
    let workshop = workshop(4);
    let asked = ["-k", "*/noise@5/*", "--seed", "7", "--limit", "3", "--set", "perturbation.noise.severity=[5]"];
    parts(&workshop, 2, &asked);
    let ran = merged(&workshop, &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record_of_selected("small");
    assert_eq!(record["spec"]["seed"], 7);
    assert_eq!(record["datasets"][0]["images"], 3);
    assert_eq!(record["cases"].as_array().unwrap().len(), 2);
}

#[test]
fn shards_that_are_not_one_whole_are_refused() {
    let workshop = workshop(4);
    let refused = |args: &[&str], message: &str| {
        let ran = merged(&workshop, args);
        assert_eq!(ran.code, 5, "{message}: {}", ran.stderr);
        assert!(ran.says(message), "{message}: {}", ran.stderr);
        assert!(!workshop.path("target/windtunnel/small").exists(), "nothing is judged");
    };
    refused(&[], "there is no shard at target/windtunnel/shards");
    parts(&workshop, 2, &["--shards", "s"]);
    parts(&workshop, 3, &["--shards", "t"]);
    refused(&["s/small-1-of-2.jsonl.gz"], "part 2 of 2 is missing: `windtunnel run --partition 2/2` makes it");
    refused(&["s", "t/small-1-of-3.jsonl.gz"], "merge the shards of one run alone");
    std::fs::copy(workshop.path("s/small-1-of-2.jsonl.gz"), workshop.path("again.jsonl.gz")).unwrap();
    refused(&["s", "again.jsonl.gz"], "are both part 1 of 2: leave one of them out");
    refused(&["spec.toml"], "it is no shard, or a damaged one");

    let whole = std::fs::read(workshop.path("s/small-2-of-2.jsonl.gz")).unwrap();
    workshop.write("s/small-2-of-2.jsonl.gz", &whole[..whole.len() / 2]);
    refused(&["s"], "it is no shard, or a damaged one");
    workshop.write("s/small-2-of-2.jsonl.gz", edited(&whole, |lines| lines.truncate(2)));
    refused(&["s"], "the file ends after 1 of 2 images");
    workshop.write(
        "s/small-2-of-2.jsonl.gz",
        edited(&whole, |lines| {
            lines[0] = lines[0].replacen("\"version\":1", "\"version\":2", 1);
        }),
    );
    refused(&["s"], "its format has version 2, this program reads 1");
    workshop.write(
        "s/small-2-of-2.jsonl.gz",
        edited(&whole, |lines| {
            lines[1] = lines[1].replacen("\"image\":1", "\"image\":0", 1);
        }),
    );
    refused(&["s"], "it has an image that another part has too");
    workshop.write(
        "s/small-2-of-2.jsonl.gz",
        edited(&whole, |lines| {
            lines[1] = lines[1].replacen("\"image\":1", "\"image\":99", 1);
        }),
    );
    refused(&["s"], "an image that the plan does not have");
    workshop.write(
        "s/small-2-of-2.jsonl.gz",
        edited(&whole, |lines| {
            lines[1] = lines[1].replacen("\"cell\":0", "\"cell\":1", 1);
        }),
    );
    refused(&["s"], "has not one answer per cell");

    workshop.write("s/small-2-of-2.jsonl.gz", whole);
    workshop.write("spec.toml", small_spec(&REST.replace("severity = [1, 5]", "severity = [1, 4]")));
    refused(&["s"], "the spec's text, the perturbations, the selected cases differ from what is here");
    workshop.write("spec.toml", small_spec(REST));
    workshop.blood_cells(3);
    refused(&["s"], "is of another plan: dataset `test` differs from what is here");
}

/// A shard with its lines changed.
fn edited(shard: &[u8], edit: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let mut text = String::new();
    GzDecoder::new(shard).read_to_string(&mut text).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    edit(&mut lines);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for line in lines {
        writeln!(gzip, "{line}").unwrap();
    }
    gzip.finish().unwrap()
}

#[test]
fn schedulers_say_which_part_a_job_is() {
    let workshop = workshop(2);
    let of = |variables: &[(&str, &str)]| {
        let mut command = workshop.command(&["run", "spec.toml", "--partition", "auto"]);
        command.envs(variables.iter().copied());
        workshop.finish(command.output().unwrap())
    };
    assert_eq!(of(&[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "2")]).code, 0);
    assert_eq!(of(&[("JOB_COMPLETION_INDEX", "1"), ("JOB_COMPLETIONS", "2")]).code, 0);
    assert_eq!(merged(&workshop, &[]).code, 1);
    let none = of(&[]);
    assert_eq!(none.code, 2);
    assert!(none.says("finds no scheduler that tells this job its index"), "{}", none.stderr);
}

#[test]
fn a_part_judges_nothing_and_says_so() {
    let workshop = workshop(2);
    for (option, value) in [("--junit", Some("j.xml")), ("-x", None), ("--exit-zero", None), ("--intervals", None)] {
        let args: Vec<&str> = ["run", "spec.toml", "--partition", "1/2", option].into_iter().chain(value).collect();
        let ran = workshop.run(&args);
        assert_eq!(ran.code, 2, "{option}");
        assert!(ran.says("cannot be used with"), "{}", ran.stderr);
    }
    for wrong in ["0/2", "3/2", "2", "a/b", "1/0", "-1/2"] {
        let ran = workshop.run(&["run", "spec.toml", &format!("--partition={wrong}")]);
        assert_eq!(ran.code, 2, "{wrong}");
        assert!(ran.says("write M/N, the M-th of N parts, such as 3/8"), "{}", ran.stderr);
    }
}

#[test]
fn a_job_of_github_finds_its_shard_in_the_outputs() {
    let workshop = workshop(2);
    let mut command = workshop.command(&["run", "spec.toml", "--partition", "auto"]);
    command.envs([("GITHUB_ACTIONS", "true"), ("STRATEGY_JOB_INDEX", "0"), ("STRATEGY_JOB_TOTAL", "2")]);
    command.env("GITHUB_OUTPUT", workshop.path("outputs")).env("GITHUB_STEP_SUMMARY", workshop.path("summary"));
    assert_eq!(workshop.finish(command.output().unwrap()).code, 0);
    let outputs = std::fs::read_to_string(workshop.path("outputs")).unwrap();
    assert!(outputs.contains("shard=target/windtunnel/shards/small-1-of-2.jsonl.gz\n"), "{outputs}");
    let summary = std::fs::read_to_string(workshop.path("summary")).unwrap();
    assert!(summary.contains("small: part 1/2: 1 image, 3 frames asked"), "{summary}");
}

fn plan(workshop: &Workshop) -> Plan {
    let text = std::fs::read_to_string(workshop.path("spec.toml")).unwrap();
    let source = Source::new(&workshop.path("spec.toml"), text);
    let (spec, mistakes) = load(&source).unwrap();
    resolve(&spec, mistakes, &Selection::default()).unwrap()
}

/// Two datasets, the second of which is run clean alone.
fn uneven() -> Workshop {
    let workshop = workshop(6);
    let other = DATASET.replace("dataset.test", "dataset.other");
    let rest = format!("{other}{REST}[matrix]\nexclude = [{{ dataset = \"other\", on = \"noise\" }}]\n");
    workshop.write(
        "spec.toml",
        small_spec(&rest.replace("on = \"noise\"\nmax_drop", "on = \"noise\"\ndataset = \"test\"\nmax_drop")),
    );
    workshop
}

#[test]
fn every_image_is_in_one_part_and_parts_cost_alike() {
    let plan = plan(&uneven());
    for count in 1..=13 {
        let parts: Vec<Images> =
            (1..=count).map(|index| Partition::new(index, count).unwrap().images(&plan, None)).collect();
        for dataset in [0, 1].map(DatasetAt) {
            let mut images: Vec<usize> = parts.iter().flat_map(|part| part[dataset].clone()).collect();
            images.sort_unstable();
            assert_eq!(images, (0..6).collect::<Vec<_>>(), "{count} parts");
        }
        let costs = parts.iter().map(|part| 3 * part[DatasetAt(0)].len() + part[DatasetAt(1)].len());
        assert!(costs.clone().max().unwrap() - costs.min().unwrap() <= 3, "{count} parts");
    }
}

#[test]
fn measured_costs_balance_the_parts() {
    let plan = plan(&uneven());
    let cost = |dataset: &str, seconds| (["a", dataset, "clean"].map(str::to_owned), seconds);
    let costs = Costs { answers: [cost("test", 1.0), cost("other", 5.0)].into(), pixels: 0.0 };
    let images = |index, count| Partition::new(index, count).unwrap().images(&plan, Some(&costs));
    // 6 x 5 + 6 x 1 = 36 seconds.
    for index in 1..=3 {
        let part = images(index, 3);
        assert_eq!((part[DatasetAt(1)].len(), part[DatasetAt(0)].len()), (2, 2), "part {index}");
    }
    let free = Costs::default();
    let sizes: Vec<usize> = (1..=3)
        .map(|index| Partition::new(index, 3).unwrap().images(&plan, Some(&free)).iter().map(Vec::len).sum())
        .collect();
    assert_eq!(sizes, [4, 4, 4], "what costs nothing is dealt out by number");
}

#[test]
fn a_record_says_what_frames_cost_unless_the_store_answered() {
    let workshop = workshop(4);
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 1);
    std::fs::rename(workshop.path("target/windtunnel/small/record.json"), workshop.path("times.json")).unwrap();
    parts(&workshop, 2, &["--balance", "times.json"]);
    assert_eq!(merged(&workshop, &[]).code, 1);
    let other = [
        "run",
        "spec.toml",
        "--partition",
        "1/2",
        "--balance",
        "times.json",
        "--set",
        "perturbation.noise.severity=[4]",
    ];
    let ran = workshop.run(&other);
    assert!(ran.code == 2 && ran.says("times.json has no times of a/test/noise@4"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 1);
    let ran =
        workshop.run(&["run", "spec.toml", "--partition", "1/2", "--balance", "target/windtunnel/small/record.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("12 of its answers came from the store, which tells no times"), "{}", ran.stderr);
}

/// A shard as the program wrote it before answers said their kind.
const FORMER: &str = r#"{"version":1,"tool":"0.1.0","suite":"small","request":{"spec":"spec.toml","filter":[],"profiles":[],"sets":[],"limit":null,"seed":null},"index":1,"count":1,"plan":[{"what":"the program's version","digest":"ad53c30d120825624c031a7ee1d37833f6904de2d25723d90a79ac4d0dd99dd8"}],"images":1,"unreached":[null],"asked":2,"from_store":0,"phases":{"read":0.003386796,"perturb":0.0,"preprocess":0.0,"inference":1.061555307,"decode":0.0,"store":1.161e-06,"score":0.0,"judge":0.0,"draw":0.0},"notes":[],"started_unix":1795944484,"seconds":1.087971528}
{"dataset":0,"image":0,"outcome":{"answers":[{"cell":0,"found":{"Ok":{"packed":"AQAAIEEAAKRBAAC0QgAAvkIAAGA/"}},"seconds":0.534187}],"pixels_seconds":0.001834379,"digest":"79871b62796b529aa967ba39e5d7d085d5c3b4e917f5adfcf074acc7669bd8b2","failure":null,"changed":[0]}}
"#;

#[test]
fn a_shard_of_a_program_that_knew_one_kind_alone_is_read_and_another_kind_is_refused() {
    let read = |lines: &str| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(lines.as_bytes()).unwrap();
        Shard::read(&gzip.finish().unwrap()[..])
    };
    let shard = read(FORMER).unwrap();
    let mut written = Vec::new();
    shard.write(&mut written).unwrap();
    assert_eq!(Shard::read(&written[..]).unwrap(), shard);
    let mut text = String::new();
    GzDecoder::new(&written[..]).read_to_string(&mut text).unwrap();
    assert!(text.contains(FORMER_ANSWER), "no byte more than before: {text}");
    // The mark, kind 9, version 1.
    let error = read(&FORMER.replace(FORMER_ANSWER, "\"packed\":\"gAAJAQ\"")).unwrap_err().to_string();
    assert!(
        error.starts_with("line 2 is not what a shard holds (the bytes are an answer of kind 9 in version 1"),
        "{error}"
    );
}

const FORMER_ANSWER: &str = "\"packed\":\"AQAAIEEAAKRBAAC0QgAAvkIAAGA/\"";
