//! Which names of folders of pictures may be those of classes. Nothing else says what such folders are: others sort their
//! pictures by what they are for, by camera or by day.

use std::path::Path;

/// What folders are called that hold a part of a dataset, or something beside its pictures.
const PARTS: [&str; 38] = [
    "train",
    "training",
    "val",
    "valid",
    "validation",
    "test",
    "testing",
    "images",
    "image",
    "imgs",
    "img",
    "jpegimages",
    "pictures",
    "pics",
    "photos",
    "frames",
    "labels",
    "label",
    "annotations",
    "annotation",
    "annots",
    "masks",
    "mask",
    "segmentation",
    "segmentations",
    "depth",
    "rgb",
    "thermal",
    "raw",
    "processed",
    "augmented",
    "original",
    "originals",
    "results",
    "predictions",
    "output",
    "outputs",
    "all",
];

/// What folders are numbered by that hold pictures of one camera, time or delivery.
const ORIGINS: [&str; 26] = [
    "cam", "camera", "video", "vid", "clip", "seq", "sequence", "scene", "session", "run", "batch", "part", "chunk",
    "shard", "folder", "dir", "set", "site", "day", "date", "week", "images", "frames", "drive", "take", "dataset",
];

/// Digits of a day without marks between: 20261129.
const DAY: usize = 8;

/// Whether a folder may be called so for the class of its pictures. A number may be one: digits are.
pub fn may_be_class(folder: &Path) -> bool {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.to_lowercase();
    let is_mark = |letter: char| matches!(letter, '-' | '_' | '.' | ' ' | ':');
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_day =
        digits >= DAY && name.chars().all(|letter| letter.is_ascii_digit() || is_mark(letter) || letter == 't');
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || is_mark(letter));
    let is_numbered = stem.len() < name.len() && ORIGINS.contains(&stem);
    !PARTS.contains(&name.as_str()) && !is_day && !is_numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cameras_and_days_are_no_classes() {
        for class in
            ["cat", "0", "10", "n01440764", "RBC", "set", "camera", "type 2", "7up", "test tube", "images of cats"]
        {
            assert!(may_be_class(Path::new(class)), "{class}");
        }
        for other in [
            "images",
            "Labels",
            "val",
            "cam1",
            "camera_02",
            "2026-11-29",
            "20261129",
            "2026-11-29T10-00",
            "batch 3",
            "part1",
        ] {
            assert!(!may_be_class(Path::new(other)), "{other}");
        }
    }
}
