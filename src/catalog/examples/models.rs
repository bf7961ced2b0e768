//! Sections of models, with what a spec needs beside them for the keys of a task.

pub const VARIANT: &str = r#"[model.fp32]
kind = "onnx"
path = "a.onnx"
engine = "rten"
confidence = 0.2

[model.stricter]
extends = "fp32"
confidence = 0.5
"#;

pub const ONNX: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;

pub const ONNXRUNTIME: &str = r#"[model.a]
kind = "onnx"
path = "a.onnx"
engine = "onnxruntime"
library = "libonnxruntime.so"
providers = ["tensorrt", "cuda"]
provider_options = { tensorrt = { trt_fp16_enable = true }, cuda = { device_id = 0 } }
graph_optimization = "basic"
threads = 4
"#;

pub const ONNX_CLASSIFIER: &str = r#"version = 1
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

pub const ONNX_TIMM: &str = r#"version = 1
task = "classify"

[model.a]
kind = "onnx"
path = "a.onnx"
engine = "onnxruntime"
library = "libonnxruntime.so"
labels_file = "names.txt"
preprocess = "timm"
crop_pct = 0.95
"#;

pub const PRECOMPUTED: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;

pub const PRECOMPUTED_CLASSES: &str = r#"version = 1
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

pub const SUBPROCESS: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;

pub const HTTP_FORM: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;

pub const HTTP_JSON: &str = r#"[model.a]
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

pub const HTTP_CLASSES: &str = r#"version = 1
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

pub const OIP: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;

pub const OIP_CLASSIFIER: &str = r#"version = 1
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

pub const OIP_TIMM: &str = r#"version = 1
task = "classify"

[model.a]
kind = "oip"
url = "http://localhost:8000"
model = "cells"
version = "2026-11"
labels_file = "names.txt"
preprocess = "timm"
crop_pct = 0.95
"#;

pub const OIP_CLASSES: &str = r#"version = 1
task = "classify"

[model.a]
kind = "oip"
url = "http://localhost:8000"
model = "cells"
version = "2026-11"
preprocess = "torchvision"
classification = 5
"#;

pub const ROBOFLOW: &str = r#"[model.a]
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
min_confidence = { cat = 0.4 }
"#;
