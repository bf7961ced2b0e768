//! Class names: from the spec, or from the `names` entry that exporters write into the file.

use std::collections::BTreeMap;

/// The 80 class names of COCO detection models in their usual contiguous order; `labels = "coco"`.
pub const COCO: [&str; 80] = [
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
];

/// The 90 names of COCO's category ids 1 to 90, in their order; `labels = "coco91"`. Ten ids are of objects that COCO
/// names but did not label in the end; networks that count classes by id (torchvision, TensorFlow, DETR, RF-DETR)
/// keep their places.
pub fn coco_by_id() -> Vec<String> {
    let mut names: Vec<String> = COCO.map(str::to_owned).to_vec();
    for (id, name) in UNLABELLED {
        names.insert(id - 1, name.to_owned());
    }
    names
}

/// The objects that COCO names without labels, with their ids, in order.
const UNLABELLED: [(usize, &str); 10] = [
    (12, "street sign"),
    (26, "hat"),
    (29, "shoe"),
    (30, "eye glasses"),
    (45, "plate"),
    (66, "mirror"),
    (68, "window"),
    (69, "desk"),
    (71, "door"),
    (83, "blender"),
];

/// Reads the `str()` of a Python dict from class number to name (`{0: 'RBC', 1: "it's"}`), or of a list of names, as
/// Ultralytics writes them, or the same as JSON. `None` where it is something else, or the numbers are not 0, 1, 2, ...
pub fn from_metadata(text: &str) -> Option<Vec<String>> {
    from_json(text).or_else(|| from_python(text))
}

/// The names in a file, one a line, or a list in JSON. Blank lines at the end are none.
///
/// # Errors
/// It is no text, empty, JSON of something else, or has a line without a name.
pub fn from_lines(bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
    if text.is_empty() {
        return Err("it names no class: write one name a line, in the model's order".to_owned());
    }
    if let Some(names) = from_json(text) {
        return Ok(names);
    }
    // No class is called `{` or `[`: each line of such a file would be one.
    if serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| json.is_array() || json.is_object()) {
        return Err("it is JSON, but no list of names: write one name a line, or `[\"cat\", \"dog\"]`".to_owned());
    }
    let named = |(number, line): (usize, &str)| {
        let name = line.trim();
        if name.is_empty() {
            Err(format!("line {number} is blank, and each line is a class"))
        } else {
            Ok(name.to_owned())
        }
    };
    (1..).zip(text.lines()).map(named).collect()
}

/// `["a", "b"]`, or `{"0": "a", "1": "b"}` in any order.
fn from_json(text: &str) -> Option<Vec<String>> {
    if let Ok(names) = serde_json::from_str::<Vec<String>>(text) {
        return Some(names);
    }
    let by_number: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    (0..by_number.len()).map(|number| by_number.get(&number.to_string()).cloned()).collect()
}

fn from_python(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim();
    let is_dict = rest.starts_with('{');
    rest = rest.strip_prefix(['{', '['])?;
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(end) = rest.strip_prefix(['}', ']']) {
            return end.trim().is_empty().then_some(labels);
        }
        if is_dict {
            let (number, after) = rest.split_once(':')?;
            if number.trim().parse() != Ok(labels.len()) {
                return None;
            }
            rest = after.trim_start();
        }
        let (label, after) = python_string(rest)?;
        labels.push(label);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
}

/// A Python string literal at the start of `text`, and what follows it.
fn python_string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut label = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return Some((label, &text[at + c.len_utf8()..])),
            '\\' => label.push(escaped(&mut chars)?),
            _ => label.push(c),
        }
    }
    None
}

/// What stands for itself after a backslash in `repr()` of a Python string; characters that cannot be printed are
/// written by number.
fn escaped(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let digits = match chars.next()?.1 {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        itself @ ('\\' | '\'' | '"') => return Some(itself),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let number: String = chars.take(digits).map(|(_, digit)| digit).collect();
    char::from_u32(u32::from_str_radix(&number, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lines_of_a_file() {
        let names = Ok(vec!["tench".to_owned(), "great white shark".to_owned()]);
        assert_eq!(from_lines("\u{feff}tench\r\n great white shark\n\n".as_bytes()), names);
        assert_eq!(
            from_lines(b"[\n  \"tench\",\n  \"great white shark\"\n]\n").unwrap(),
            ["tench", "great white shark"]
        );
        assert!(from_lines(br#"[{"name": "tench"}]"#).unwrap_err().contains("no list of names"));
        assert!(from_lines(b"a\n\nb").unwrap_err().contains("line 2 is blank"));
        assert!(from_lines(b" \n").unwrap_err().contains("names no class"));
        assert!(from_lines(&[0xFF]).is_err());
    }

    #[test]
    fn names_as_json_are_read() {
        let names = Some(vec!["a".to_owned(), "it's".to_owned()]);
        assert_eq!(from_metadata("[\"a\", \"it's\"]"), names);
        assert_eq!(from_metadata("{\"1\": \"it's\", \"0\": \"a\"}"), names);
        assert_eq!(from_metadata("{\"0\": \"a\", \"2\": \"b\"}"), None);
    }

    #[test]
    fn a_python_dict_with_an_apostrophe_is_read() {
        let labels = from_metadata(r#"{0: 'RBC', 1: "driver's cab", 2: 'a \'b\''}"#);
        assert_eq!(labels, Some(vec!["RBC".to_owned(), "driver's cab".to_owned(), "a 'b'".to_owned()]));
    }

    #[test]
    fn coco_counts_by_category_id() {
        let names = coco_by_id();
        assert_eq!(names.len(), 90);
        for (id, name) in [(1, "person"), (13, "stop sign"), (44, "bottle"), (67, "dining table"), (90, "toothbrush")] {
            assert_eq!(names[id - 1], name);
        }
    }

    /// Made by `str({0: 'caf\xe9', 1: 'a\\b', 2: 'no\xadbreak', 3: 'it\'s "so"', 4: 'x\ty'})` of Python 3.11.
    #[test]
    fn escapes_of_python_are_undone() {
        let text = r#"{0: 'café', 1: 'a\\b', 2: 'no\xadbreak', 3: 'it\'s "so"', 4: 'x\ty'}"#;
        let names = ["café", r"a\b", "no\u{ad}break", "it's \"so\"", "x\ty"];
        assert_eq!(from_metadata(text), Some(names.map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_list_is_read_and_gaps_or_rubbish_are_not() {
        assert_eq!(from_metadata("['a', 'b']"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(from_metadata("{0: 'a', 2: 'b'}"), None);
        assert_eq!(from_metadata("names"), None);
        assert_eq!(from_metadata("{0: 'a"), None);
    }
}
