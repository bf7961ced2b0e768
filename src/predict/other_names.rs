//! What people call ways to a model that have another name here: networks, frameworks, servers.

use crate::entry::NotFound;

/// Beginnings of words in small letters, and what helps.
const WORDS: &[(&[&str], &str)] = &[
    (
        &[
            "yolo",
            "ultralytics",
            "darknet",
            "detr",
            "rtdetr",
            "rt-detr",
            "rfdetr",
            "rf-detr",
            "pytorch",
            "torch",
            "tensorflow",
            "keras",
            "tflite",
            "tensorrt",
            "openvino",
            "coreml",
            "faster",
            "mmdet",
            "detectron",
            "paddle",
            "efficientdet",
            "ssd",
            "fcos",
            "retinanet",
        ],
        "a network is run as the file that it was exported to: `kind = \"onnx\"` (Ultralytics: `yolo export \
         format=onnx`), or by a program of yours: `kind = \"subprocess\"`",
    ),
    (
        &["triton", "kserve", "mlserver", "ovms", "openvino_model_server"],
        "such a server is asked by `kind = \"oip\"`, the Open Inference Protocol",
    ),
    (
        &["rest", "api", "url", "server", "fastapi", "flask", "torchserve", "tf_serving", "tfserving", "bentoml"],
        "a server that takes pictures and answers JSON is asked by `kind = \"http\"`",
    ),
    (
        &["python", "script", "command", "process", "program", "executable", "docker"],
        "a program of yours is started by `kind = \"subprocess\"`, with a `command`",
    ),
    (
        &["json", "coco", "result", "prediction", "detections", "file"],
        "results in files are read by `kind = \"precomputed\"`",
    ),
];

/// What to write in place of a kind of model that there is not.
pub fn meant(not_found: &NotFound) -> String {
    let wanted = not_found.name.to_lowercase();
    let is_typo = not_found.nearest.as_ref().is_some_and(|near| strsim::damerau_levenshtein(&wanted, near) <= 2);
    let known = WORDS.iter().find(|(words, _)| words.iter().any(|word| wanted.starts_with(word)));
    match known {
        Some((_, help)) if !is_typo => (*help).to_owned(),
        _ => not_found.help(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::find;
    use crate::predict::ALL;

    #[test]
    fn words_of_others_lead_to_kinds_that_there_are_and_spelling_mistakes_stay_what_they_are() {
        let help = |word: &str| meant(&find(ALL, word).err().unwrap());
        for (words, help) in WORDS {
            assert!(words.iter().all(|word| find(ALL, word).is_err()), "{words:?}");
            let kinds = help.split("kind = \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
            assert!(kinds.into_iter().all(|kind| ALL.iter().any(|known| known.entry().name == kind)), "{help}");
        }
        assert!(help("yolo").contains("`kind = \"onnx\"`") && help("YOLOv8").contains("`kind = \"onnx\"`"));
        assert_eq!(help("onxx"), "did you mean `onnx`?");
        assert_eq!(help("htttp"), "did you mean `http`?");
        assert_eq!(help("nonsense"), "there is: onnx, precomputed, roboflow, http, oip, subprocess");
    }
}
