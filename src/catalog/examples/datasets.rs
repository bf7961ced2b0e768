//! Sections of datasets.

pub const FOLDER: &str = r#"[dataset.test]
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

pub const CSV: &str = r#"[dataset.test]
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

pub const CSV_EXPORT: &str = r#"[dataset.test]
format = "csv"
path = "animals"
split = "test"
"#;

pub const LIST: &str = r#"[dataset.test]
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

pub const VIEWED: &str = r#"[dataset.frames]
format = "images"
path = "images"
categories = ["cat", "dog"]
view = { resize = 256, crop = 224 }

[[check]]
on = "all"
metric = "stability"
min = 0.5
"#;

pub const PICTURES: &str = r#"[dataset.frames]
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

pub const COCO_CROPS: &str = r#"[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

pub const YOLO_CROPS: &str = r#"[dataset.test]
format = "yolo"
path = "data.yaml"
split = "val"
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

pub const VOC_CROPS: &str = r#"[dataset.test]
format = "voc"
path = "voc"
split = "test"
labels = ["cat", "dog"]
crops = 1.2
view = { resize = 256, crop = 224, filter = "bilinear" }
"#;

pub const COCO: &str = r#"[dataset.test]
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

pub const ROBOFLOW_EXPORT: &str = r#"[dataset.test]
format = "coco"
path = "export"
split = "test"
"#;

pub const YOLO: &str = r#"[dataset.test]
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

pub const VOC: &str = r#"[dataset.test]
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
