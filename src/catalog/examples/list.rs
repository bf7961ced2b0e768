//! Every example with its place, and the one of a key.

use super::datasets::{
    COCO, COCO_CROPS, CSV, CSV_EXPORT, FOLDER, LIST, PICTURES, ROBOFLOW_EXPORT, VIEWED, VOC, VOC_CROPS, YOLO,
    YOLO_CROPS,
};
use super::models::{
    HTTP_CLASSES, HTTP_FORM, HTTP_JSON, OIP, OIP_CLASSES, OIP_CLASSIFIER, OIP_TIMM, ONNX, ONNX_CLASSIFIER, ONNX_TIMM,
    ONNXRUNTIME, PRECOMPUTED, PRECOMPUTED_CLASSES, ROBOFLOW, SUBPROCESS, VARIANT,
};
use super::sections::{CHAIN, CLEAN, DEFAULTS, DROP, MEAN, MIRROR, REPORT, SPEC};

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
    ("[model.NAME] with kind = \"onnx\"", ONNX_TIMM),
    ("[model.NAME] with kind = \"precomputed\"", PRECOMPUTED),
    ("[model.NAME] with kind = \"precomputed\"", PRECOMPUTED_CLASSES),
    ("[model.NAME] with kind = \"subprocess\"", SUBPROCESS),
    ("[model.NAME] with kind = \"http\"", HTTP_FORM),
    ("[model.NAME] with kind = \"http\"", HTTP_JSON),
    ("[model.NAME] with kind = \"http\"", HTTP_CLASSES),
    ("[model.NAME] with kind = \"oip\"", OIP),
    ("[model.NAME] with kind = \"oip\"", OIP_CLASSIFIER),
    ("[model.NAME] with kind = \"oip\"", OIP_TIMM),
    ("[model.NAME] with kind = \"oip\"", OIP_CLASSES),
    ("[model.NAME] with kind = \"roboflow\"", ROBOFLOW),
];

/// The example of the key `name` of what stands at `place`.
pub fn example(place: &str, name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(of, text)| *of == place && has_key(text, name)).map(|(_, text)| *text)
}

/// Whether a part sets a key, or has a table of that name.
fn has_key(text: &str, name: &str) -> bool {
    let table = |line: &str| line.trim_matches(['[', ']']).split('.').next() == Some(name);
    let set = |line: &str| line.split(" = ").next() == Some(name);
    let within = [format!("{{ {name} = "), format!(", {name} = ")];
    text.lines()
        .any(|line| line.starts_with('[') && table(line) || set(line) || within.iter().any(|mark| line.contains(mark)))
}
