//! The top of a spec, checks and the sections that are no dataset and no model.

pub const SPEC: &str = r#"extends = ["base.toml"]
version = 1
requires = ">=0.1"
name = "night"
task = "detect"
seed = 7
baseline = "windtunnel.baseline.json"
require_baseline = false
"#;

pub const DEFAULTS: &str = r#"[defaults]
metric = "map50"
min_images = 1
confidence = 0.9
resamples = 500
min_confidence = 0.25
strictness = 0.8
top_k = 3
latency_calls = 100
max_dets = [1, 10, 300]
area_ranges = [400, 10000]
"#;

pub const CLEAN: &str = r#"[[check]]
name = "cats are found in clear pictures"
on = "clean"
metric = "map50"
category = "cat"
min = 0.2
"#;

pub const DROP: &str = r#"[[check]]
on = "blur"
max_drop = { 1 = 0.03, 3 = 0.08 }
rule = "significant"
correction = "holm"
level = "warn"
reason = "a better lens comes in spring"
until = 2099-12-31
"#;

pub const MEAN: &str = r#"[[check]]
on = "all"
model = "a"
dataset = "test"
aggregate = "mean"
max_relative_drop = 0.2
"#;

pub const REPORT: &str = r#"[report]
junit = "out/junit.xml"
json = "out/record.json"
markdown = "out/summary.md"
junit_strict = "out/strict.xml"
html = "out/report.html"
"#;

pub const MIRROR: &str = r#"[perturbation.mirror]
kind = "horizontal_flip"
flip_pairs = [["left hand", "right hand"]]
min_visible = 0.5
boxes = "corners"
"#;

pub const CHAIN: &str = r#"[perturbation.dusk]
chain = [{ kind = "low_light", severity = 2 }, { kind = "gaussian_noise", severity = 1 }]
"#;
