//! What exporters write into a file's metadata beside class names.

use std::collections::BTreeMap;

use super::families::Family;
use super::inputs::MAX_SIDE;
use crate::detection::Size;
use crate::task::Task;

/// The size that a file was exported for, where it leaves its input open: Ultralytics' `imgsz`, the `str()` of a Python
/// list of height and width.
pub fn input_size(metadata: &BTreeMap<String, String>) -> Option<Size> {
    let list = metadata.get("imgsz")?.trim().strip_prefix('[')?.strip_suffix(']')?;
    let sides: Option<Vec<u32>> = list.split(',').map(|side| side.trim().parse().ok()).collect();
    match sides?[..] {
        [height, width] if [height, width].iter().all(|side| (1..=MAX_SIDE).contains(side)) => {
            Some(Size { width, height })
        }
        _ => None,
    }
}

/// The family of classifiers that a file tells: Ultralytics writes the task and the size, others write neither.
pub fn family(metadata: &BTreeMap<String, String>) -> Option<Family> {
    let is_classifier = metadata.get("task").is_some_and(|task| task == Task::Classify.word());
    (is_classifier && metadata.contains_key("imgsz")).then_some(Family::Ultralytics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ultralytics_classifiers_tell_their_family() {
        let said = |pairs: &[(&str, &str)]| {
            family(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(said(&[("task", "classify"), ("imgsz", "[224, 224]")]), Some(Family::Ultralytics));
        assert_eq!(said(&[("task", "detect"), ("imgsz", "[224, 224]")]), None);
        assert_eq!(said(&[("task", "classify")]), None);
    }

    #[test]
    fn height_comes_first_and_rubbish_is_none() {
        let size = |text: &str| input_size(&[("imgsz".to_owned(), text.to_owned())].into());
        assert_eq!(size("[256, 320]"), Some(Size { width: 320, height: 256 }));
        for rubbish in ["[256]", "[0, 9]", "[256, 99999]", "256", "[a, b]", ""] {
            assert_eq!(size(rubbish), None, "{rubbish}");
        }
        assert_eq!(input_size(&BTreeMap::new()), None);
    }
}
