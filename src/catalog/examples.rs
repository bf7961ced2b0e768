//! Parts of specs that work, with every key in one of them: the examples of `windtunnel explain KEY`.

/// Where a part stands, as `explain` calls it, and the part.
type Example = (&'static str, &'static str);

/// The first part that has a key is its example. A test completes each to a spec and checks it.
pub const EXAMPLES: &[Example] = &[
    ("the spec", SPEC),
    ("the spec", "[profile.quick.defaults]\nresamples = 200\n"),
    ("[defaults]", DEFAULTS),
    ("[[check]]", CLEAN),
    ("[[check]]", DROP),
    ("[[check]]", MEAN),
    ("[[check]]", "[[check]]\non = \"clean\"\nmodel = \"b\"\nmax_regression = 0.01\nreference = \"a\"\n"),
    ("[[check]]", "[[check]]\non = \"blur\"\nmax_drop = 0.10\nwarn = 0.05\n"),
    ("[[check]]", "[[check]]\non = \"clean\"\nmodel = \"b\"\nmin_gain = 0.01\nreference = \"a\"\n"),
    ("[[check]]", "[[check]]\non = \"clean\"\nmetric = \"agreement\"\nmodel = \"b\"\nreference = \"a\"\nmin = 0.95\n"),
    (
        "[[check]]",
        "[[check]]\non = \"clean\"\nmetric = \"latency_p50\"\nmodel = \"b\"\nreference = \"a\"\nmax_relative_regression = 0.15\n",
    ),
    ("[[check]]", "[[check]]\nmetric = \"invalid_boxes\"\nmax = 0\n"),
    ("[[check]]", "[[check]]\non = \"blur\"\nslice = \"size:small\"\nmax_drop = 0.1\n"),
    ("[matrix]", "[matrix]\nexclude = [{ model = \"b\", dataset = \"test\", on = \"blur\" }]\n"),
    ("[report]", REPORT),
    ("[slices]", "[slices]\nby = [\"brightness\", \"size\"]\nmin_performance_drop = 0.1\n"),
    ("[perturbation.NAME]", MIRROR),
    ("[perturbation.NAME]", "[perturbation.weather]\npreset = \"weather\"\nseverity = [1, 3]\n"),
    ("[perturbation.NAME]", "[perturbation.haze]\nkind = \"gaussian_noise\"\nseverity = 3\ncompat = \"imagenet_c\"\n"),
    ("[perturbation.NAME]", CHAIN),
    ("[dataset.NAME] with format = \"coco\"", COCO),
    ("[dataset.NAME] with format = \"coco\"", ROBOFLOW_EXPORT),
    ("[dataset.NAME] with format = \"coco\"", COCO_CROPS),
    ("[dataset.NAME] with format = \"yolo\"", YOLO),
    ("[dataset.NAME] with format = \"yolo\"", YOLO_CROPS),
    ("[dataset.NAME] with format = \"voc\"", VOC),
    ("[dataset.NAME] with format = \"voc\"", VOC_CROPS),
    ("[dataset.NAME] with format = \"folder\"", FOLDER),
    ("[dataset.NAME] with format = \"csv\"", CSV),
    ("[dataset.NAME] with format = \"csv\"", CSV_EXPORT),
    ("[dataset.NAME] with format = \"list\"", LIST),
    ("[dataset.NAME] with format = \"images\"", PICTURES),
    ("[dataset.NAME] with format = \"images\"", VIEWED),
    ("[model.NAME]", VARIANT),
    ("[model.NAME] with kind = \"onnx\"", ONNX),
    ("[model.NAME] with kind = \"onnx\"", ONNXRUNTIME),
    ("[model.NAME] with kind = \"onnx\"", ONNX_CLASSIFIER),
    ("[model.NAME] with kind = \"precomputed\"", PRECOMPUTED),
    ("[model.NAME] with kind = \"precomputed\"", PRECOMPUTED_CLASSES),
    ("[model.NAME] with kind = \"subprocess\"", SUBPROCESS),
    ("[model.NAME] with kind = \"http\"", HTTP_FORM),
    ("[model.NAME] with kind = \"http\"", HTTP_JSON),
    ("[model.NAME] with kind = \"http\"", HTTP_CLASSES),
    ("[model.NAME] with kind = \"oip\"", OIP),
    ("[model.NAME] with kind = \"oip\"", OIP_CLASSIFIER),
    ("[model.NAME] with kind = \"oip\"", OIP_CLASSES),
    ("[model.NAME] with kind = \"roboflow\"", ROBOFLOW),
];

/// The example of the key `name` of what stands at `place`.
pub fn example(place: &str, name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(of, text)| *of == place && has_key(text, name)).map(|(_, text)| *text)
}

/// Whether a part sets a key, or has a table of that name.
pub fn has_key(text: &str, name: &str) -> bool {
    let table = |line: &str| line.trim_matches(['[', ']']).split('.').next() == Some(name);
    let set = |line: &str| line.split(" = ").next() == Some(name);
    let within = [format!("{{ {name} = "), format!(", {name} = ")];
    text.lines()
        .any(|line| line.starts_with('[') && table(line) || set(line) || within.iter().any(|mark| line.contains(mark)))
}

const FOLDER: &str = r#"[dataset.test]
format = "folder"
path = "animals"
split = "test"
classes = "words.txt"
categories = ["cat", "dog"]
limit = 200
exif = "upright"
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const CSV: &str = r#"[dataset.test]
format = "csv"
path = "labels.csv"
images = "images"
columns = ["file", "label"]
classes = "words.txt"
categories = ["cat", "dog"]
limit = 200
exif = "upright"
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const CSV_EXPORT: &str = r#"[dataset.test]
format = "csv"
path = "animals"
split = "test"
"#;

const LIST: &str = r#"[dataset.test]
format = "list"
path = "val.txt"
images = "images"
classes = "words.txt"
categories = ["cat", "dog"]
limit = 200
exif = "upright"
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const VIEWED: &str = r#"[dataset.frames]
format = "images"
path = "images"
categories = ["cat", "dog"]
view = { resize = 256, crop = 224 }

[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

const PICTURES: &str = r#"[dataset.frames]
format = "images"
path = "images"
categories = ["cat", "dog"]
limit = 1
exif = "upright"
max_pixels = 100000000
max_file_mib = 512
allow_outside = false
evaluate = true

[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

const VARIANT: &str = r#"[model.fp32]
kind = "onnx"
path = "a.onnx"
engine = "rten"
confidence = 0.2

[model.stricter]
extends = "fp32"
confidence = 0.5
"#;

const SPEC: &str = r#"extends = ["base.toml"]
version = 1
requires = ">=0.1"
name = "night"
task = "detect"
seed = 7
baseline = "windtunnel.baseline.json"
require_baseline = false
"#;

const DEFAULTS: &str = r#"[defaults]
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

const CLEAN: &str = r#"[[check]]
name = "cats are found in clear pictures"
on = "clean"
metric = "map50"
category = "cat"
min = 0.2
"#;

const DROP: &str = r#"[[check]]
on = "blur"
max_drop = { 1 = 0.03, 3 = 0.08 }
rule = "significant"
correction = "holm"
level = "warn"
reason = "a better lens comes in spring"
until = 2099-12-31
"#;

const MEAN: &str = r#"[[check]]
on = "all"
model = "a"
dataset = "test"
aggregate = "mean"
max_relative_drop = 0.2
"#;

const REPORT: &str = r#"[report]
junit = "out/junit.xml"
json = "out/record.json"
markdown = "out/summary.md"
junit_strict = "out/strict.xml"
html = "out/report.html"
"#;

const MIRROR: &str = r#"[perturbation.mirror]
kind = "horizontal_flip"
flip_pairs = [["left hand", "right hand"]]
min_visible = 0.5
boxes = "corners"
"#;

const CHAIN: &str = r#"[perturbation.dusk]
chain = [{ kind = "low_light", severity = 2 }, { kind = "gaussian_noise", severity = 1 }]
"#;

const COCO_CROPS: &str = r#"[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const YOLO_CROPS: &str = r#"[dataset.test]
format = "yolo"
path = "data.yaml"
split = "val"
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const VOC_CROPS: &str = r#"[dataset.test]
format = "voc"
path = "voc"
split = "test"
labels = ["cat", "dog"]
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

const COCO: &str = r#"[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
exif = "upright"
categories = ["cat", "dog"]
limit = 200
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
"#;

const ROBOFLOW_EXPORT: &str = r#"[dataset.test]
format = "coco"
path = "export"
split = "test"
"#;

const YOLO: &str = r#"[dataset.test]
format = "yolo"
path = "data.yaml"
split = "val"
images = "images"
exif = "upright"
categories = ["cat", "dog"]
limit = 200
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
"#;

const VOC: &str = r#"[dataset.test]
format = "voc"
path = "voc"
split = "test"
images = "images"
exif = "upright"
labels = ["cat", "dog"]
corners = "edges"
categories = ["cat", "dog"]
limit = 200
evaluate = true
max_pixels = 50000000
max_file_mib = 64
allow_outside = false
"#;

const ONNX: &str = r#"[model.a]
kind = "onnx"
path = "a.onnx"
engine = "rten"
decoder = "yolov5"
outputs = ["output"]
labels = ["feline", "dog"]
rename = { feline = "cat" }
first_label = 0
batch = 1
layout = "nchw"
input_size = [64, 64]
placement = "letterbox"
resize = "linear"
channels = "rgb"
scale = 255
mean = [0, 0, 0]
std = [1, 1, 1]
pad = 114
confidence = 0.01
iou = 0.6
max_detections = 100
trained_with = ["rotation"]
reference = "b"
"#;

const ONNXRUNTIME: &str = r#"[model.a]
kind = "onnx"
path = "a.onnx"
engine = "onnxruntime"
library = "libonnxruntime.so"
providers = ["tensorrt", "cuda"]
provider_options = { tensorrt = { trt_fp16_enable = true }, cuda = { device_id = 0 } }
graph_optimization = "basic"
threads = 4
"#;

const ONNX_CLASSIFIER: &str = r#"version = 1
task = "classify"

[model.a]
kind = "onnx"
path = "a.onnx"
engine = "onnxruntime"
library = "libonnxruntime.so"
labels_file = "names.txt"
preprocess = "torchvision"
resize = 232
crop = 224
filter = "bilinear"
activation = "softmax"
"#;

const PRECOMPUTED: &str = r#"[model.a]
kind = "precomputed"
path = "results/{condition}.json"
image_ids = "id"
first_label = 0
box_format = "xywh"
unit = "pixel"
score_scale = 100
rename = { feline = "cat" }
max_file_mib = 64
trained_with = ["rotation"]
reference = "b"
"#;

const PRECOMPUTED_CLASSES: &str = r#"version = 1
task = "classify"

[dataset.test]
format = "images"
path = "images"
categories = ["cat", "dog"]

[model.a]
kind = "precomputed"
path = "classes/{condition}.csv"
labels = ["feline", "dog"]
rename = { feline = "cat" }
activation = "softmax"

[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

const SUBPROCESS: &str = r#"[model.a]
kind = "subprocess"
command = ["python", "predict.py"]
workers = 2
timeout_seconds = 30
start_timeout_seconds = 120
version = "2026-11"
files = ["predict.py"]
labels = ["feline", "dog"]
rename = { feline = "cat" }
confidence = 0.01
max_detections = 100
trained_with = ["rotation"]
reference = "b"
"#;

const HTTP_FORM: &str = r#"[model.a]
kind = "http"
url = "http://localhost:8000/predict"
body = "multipart"
field = "file"
fields = { threshold = 0.01 }
fields_env = { api_key = "MY_API_KEY" }
transport = "jpeg"
quality = 90
max_side = 1280
headers = { Accept = "application/json" }
headers_env = { X-Api-Key = "MY_API_KEY" }
bearer_env = "MY_TOKEN"
query_env = { key = "MY_API_KEY" }
version = "2026-11"
list = "predictions"
box = ["x1", "y1", "x2", "y2"]
box_format = "xyxy"
unit = "pixel"
score = "confidence"
score_scale = 100
class = "label"
error = "error.message"
labels = ["feline", "dog"]
rename = { feline = "cat" }
confidence = 0.01
max_detections = 100
timeout_seconds = 30
retries = 3
patience_seconds = 120
concurrency = 4
requests_per_second = 10
trained_with = ["rotation"]
reference = "b"
"#;

const HTTP_JSON: &str = r#"[model.a]
kind = "http"
url = "http://localhost:8000/predict"
body = "json"
template = '{"instances": [{"b64": "{image}"}]}'
list = "predictions.0"
box = "detection_boxes"
box_format = "yxyx"
unit = "unit"
score = "detection_scores"
class = "detection_classes"
labels = ["cat", "dog"]
"#;

const HTTP_CLASSES: &str = r#"version = 1
task = "classify"

[dataset.test]
format = "images"
path = "images"
categories = ["cat", "dog"]

[model.a]
kind = "http"
url = "http://localhost:8501/v1/models/cells:predict"
body = "json"
template = '{"instances": [{"b64": "{image}"}]}'
list = "predictions.0"
labels = ["cat", "dog"]
activation = "softmax"

[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

const OIP: &str = r#"[model.a]
kind = "oip"
url = "http://localhost:8000"
model = "cells"
model_version = "1"
version = "2026-11"
binary = true
bearer_env = "MY_TOKEN"
decoder = "yolov5"
outputs = ["output"]
labels = ["feline", "dog"]
rename = { feline = "cat" }
first_label = 0
batch = 1
layout = "nchw"
input_size = [64, 64]
placement = "letterbox"
resize = "linear"
channels = "rgb"
scale = 255
mean = [0, 0, 0]
std = [1, 1, 1]
pad = [0, 0, 0]
confidence = 0.01
iou = 0.6
max_detections = 100
timeout_seconds = 30
retries = 3
patience_seconds = 120
concurrency = 4
requests_per_second = 10
trained_with = ["rotation"]
reference = "b"
"#;

const OIP_CLASSIFIER: &str = r#"version = 1
task = "classify"

[model.a]
kind = "oip"
url = "http://localhost:8000"
model = "cells"
version = "2026-11"
labels_file = "names.txt"
preprocess = "timm"
resize = 236
crop = 224
filter = "bicubic"
activation = "softmax"
"#;

const OIP_CLASSES: &str = r#"version = 1
task = "classify"

[model.a]
kind = "oip"
url = "http://localhost:8000"
model = "cells"
version = "2026-11"
preprocess = "torchvision"
classification = 5
"#;

const ROBOFLOW: &str = r#"[model.a]
kind = "roboflow"
model_id = "cells/3"
version = "2026-11"
api = "v0"
url = "http://localhost:9001"
api_key_env = "ROBOFLOW_API_KEY"
confidence = 0.01
overlap = 0.5
max_detections = 100
labels = ["feline", "dog"]
rename = { feline = "cat" }
timeout_seconds = 30
retries = 3
patience_seconds = 120
concurrency = 4
requests_per_second = 10
trained_with = ["rotation"]
reference = "b"
"#;
