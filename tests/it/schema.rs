//! The JSON Schema of specs is in step with the code, takes what the program takes, and refuses mistakes.

use serde_json::Value as Json;

use crate::support::{Workshop, repository};

/// Why a spec is not valid by the schema; `None` if it is.
pub fn refusal(spec: &str) -> Option<String> {
    let schema: Json = serde_json::from_str(&windtunnel::catalog::schema()).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("http://spec/schema.json", schema).unwrap();
    let schema = compiler.compile("http://spec/schema.json", &mut schemas).unwrap();
    let spec = json(toml::from_str(spec).unwrap());
    schemas.validate(&spec, schema).err().map(|error| error.to_string())
}

/// Dates become texts, as the validators of editors have it.
fn json(value: toml::Value) -> Json {
    match value {
        toml::Value::Datetime(date) => Json::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

const DATASET: &str = "[dataset.d]\nformat = \"coco\"\npath = \"a.json\"\n";
const MODEL: &str = "[model.m]\nkind = \"onnx\"\npath = \"a.onnx\"\n";
const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.4\n";

fn with(rest: &str) -> String {
    format!("version = 1\n{DATASET}{MODEL}{CHECK}{rest}")
}

#[test]
fn the_file_is_what_the_program_prints() {
    let ran = Workshop::new().run(&["schema"]);
    let file = std::fs::read_to_string(repository("specs/windtunnel.schema.json")).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout == file, "make it anew: cargo run -- schema > specs/windtunnel.schema.json");
}

#[test]
fn every_shipped_spec_names_the_schema_and_is_valid() {
    for file in std::fs::read_dir(repository("specs")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("#:schema ./windtunnel.schema.json\n"), "{}", path.display());
            assert_eq!(refusal(&text), None, "{}", path.display());
        }
    }
}

#[test]
fn whole_specs_of_the_pages_are_valid() {
    let mut seen = 0;
    let pages = ["README.md", "CONTRIBUTING.md", "docs/*.md", "docs/*/*.md"];
    for page in pages.iter().flat_map(|page| glob::glob(repository(page).to_str().unwrap()).unwrap()) {
        let page = page.unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        let snippets = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        for spec in snippets.filter(|snippet| snippet.contains("version = 1")) {
            assert_eq!(refusal(spec), None, "{}: {spec}", page.display());
            seen += 1;
        }
    }
    assert!(seen > 3, "the pages hold whole specs");
}

/// Every section and most keys of the language, on example data.
const WHOLE: &str = r#"
version = 1
name = "site-safety"
seed = 3
require_baseline = false
baseline = "accepted.json"
[defaults]
metric = "map"
min_images = 2
confidence = 0.95
[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
limit = 3
[model.a]
kind = "precomputed"
path = "a/{condition}.json"
[model.b]
kind = "precomputed"
path = "b/{condition}.json"
trained_with = ["blur", "noise"]
reference = "a"
[perturbation.blur]
kind = "gaussian_blur"
severity = [1, 3, 5]
[perturbation.rotation]
kind = "rotate"
degrees = [-15, -5, 5, 15]
[perturbation.corruptions]
preset = "imagenet_c"
[perturbation.night_rain]
chain = [{ kind = "brightness", delta = -0.4 }, { kind = "rain", severity = 3 }]
[[check]]
name = "still accurate"
on = "clean"
min = 0.45
[[check]]
on = "blur"
max_drop = { 1 = 0.03, 3 = 0.08, 5 = 0.20 }
[[check]]
on = { group = "noise" }
aggregate = "mean"
max_relative_drop = 0.25
metric = "map50"
category = "RBC"
[[check]]
metric = "risk"
on = "all"
max = 45
[[check]]
metric = "stability"
on = "rotation"
min = 0.8
[[check]]
on = "all"
max_regression = 0.01
rule = "significant"
[[check]]
model = "b"
reference = "a"
on = "blur"
min_gain = 0.0
[[check]]
on = "night_rain"
max_drop = 0.10
level = "warn"
reason = "tracked in #41"
until = 2999-03-01
[matrix]
exclude = [{ model = "b", on = "rotation" }]
[report]
junit = "target/windtunnel/junit.xml"
[profile.ci]
require_baseline = true
[profile.quick]
dataset.test.limit = 2
"#;

#[test]
fn the_whole_language_is_taken_by_schema_and_parser() {
    assert_eq!(refusal(WHOLE), None);
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", WHOLE);
    for options in [&[][..], &["--profile", "ci", "--profile", "quick"], &["--set", "model.a.path=b/{condition}.json"]]
    {
        let ran = workshop.run(&[&["list", "spec.toml"], options].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        // Two models under clean images and 83 conditions, less the four that are excluded.
        assert!(ran.says("cases on 164 cells"), "{}", ran.stderr);
    }
}

#[test]
fn what_the_parser_takes_is_valid() {
    for rest in [
        "[defaults]\nmetric = \"map50\"\nresamples = 100\n[report]\njunit = \"a.xml\"\n",
        "[perturbation.a]\nkind = \"rotate\"\ndegrees = [-5, 5]\nboxes = \"corners\"\nflip_pairs = [[\"l\", \"r\"]]\n",
        "[perturbation.a]\npreset = \"weather\"\n",
        "[perturbation.a]\nkind = \"horizontal_flip\"\n",
        "[perturbation.a]\nchain = [{ kind = \"brightness\", delta = -0.4 }, { kind = \"rain\", severity = 3 }]\n",
        "[[check]]\non = { group = \"noise\" }\nmax_drop = { 1 = 0.03, \"0.5\" = 0.1 }\n",
        "[[check]]\non = [\"a\", \"b@1\"]\nmax = 1\nlevel = \"warn\"\nreason = \"x\"\nuntil = 2030-01-01\n",
        "[dataset.train]\nformat = \"coco\"\npath = \"a\"\nevaluate = false\n[[check]]\nmetric = \"leakage\"\nmax = 0\n",
        "[matrix]\nexclude = [{ model = \"m\", on = \"a\" }]\n[profile.quick]\ndataset.d.limit = 50\n",
        "[model.h]\nkind = \"http\"\nurl = \"http://a\"\nbody = \"json\"\ntemplate = '{\"a\": \"{image}\"}'\nlist = \"a\"\n\
         box_format = \"xyxy\"\n",
    ] {
        assert_eq!(refusal(&with(rest)), None, "{rest}");
    }
    assert_eq!(refusal("extends = \"base.toml\"\nname = \"night\"\n"), None);
}

#[test]
fn mistakes_are_refused() {
    for (text, told) in [
        (format!("colour = 1\n{}", with("")), "colour"),
        (with("[defaults]\nmetrics = \"map\"\n"), "metrics"),
        (with("[defaults]\nmetric = \"mapp\"\n"), "metric"),
        (with("[report]\nxml = \"a\"\n"), "xml"),
        (with("[dataset.e]\nformat = \"coco\"\npath = \"a\"\nlabels = [\"a\"]\n"), "labels"),
        (with("[dataset.e]\nformat = \"coca\"\npath = \"a\"\n"), "/dataset/e/format"),
        (with("[model.e]\nkind = \"onnx\"\npath = \"a\"\nurl = \"a\"\n"), "url"),
        (with("[model.e]\nkind = \"onnx\"\npath = 3\n"), "/model/e/path"),
        (with("[model.labels]\nkind = \"onnx\"\npath = \"a\"\n"), "invalid property 'labels'"),
        (with("[perturbation.e]\nkind = \"gausian_blur\"\nseverity = 1\n"), "/perturbation/e/kind"),
        (with("[perturbation.e]\nkind = \"rotate\"\nseverity = 6\n"), "/perturbation/e"),
        (with("[perturbation.e]\nkind = \"rotate\"\nsigma = 1\n"), "sigma"),
        (with("[perturbation.e]\npreset = \"weathr\"\n"), "/perturbation/e/preset"),
        (with("[perturbation.e]\nchain = [{ kind = \"rain\", level = 3 }]\n"), "level"),
        (with("[[check]]\non = \"clean\"\nmin = 1\nrules = \"point\"\n"), "rules"),
        (with("[[check]]\non = \"clean\"\nmin = \"high\"\n"), "/check/1/min"),
        (with("[[check]]\nmin = 0.4\n"), "on"),
        (with("[[check]]\nmetric = \"map50\"\nmin = 0.4\n"), "on"),
        (with("[[check]]\non = \"clean\"\nmetric = \"leakage\"\nmax = 0\n"), "on"),
        (with("[[check]]\non = \"clean\"\nmin = 0.4\nreason = \"x\"\n"), "reason"),
        (with("[matrix]\nexclude = [{ modl = \"m\" }]\n"), "modl"),
        (format!("version = 2\n{DATASET}{MODEL}{CHECK}"), "/version"),
        (format!("version = 1\n{DATASET}{MODEL}"), "check"),
    ] {
        let refusal = refusal(&text).unwrap_or_else(|| panic!("taken: {text}"));
        assert!(refusal.contains(told), "{text}\n{refusal}");
    }
}
