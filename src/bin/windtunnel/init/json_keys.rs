//! Whether a JSON file may be COCO's, told by the keys near its beginning: files of gigabytes are not read for that.

use std::io::Read;
use std::path::Path;

use windtunnel::file;

/// How much is looked at: far more than the keys of a COCO file's own top take.
const BEGINNING: u64 = 64 * 1024;

/// The keys at the top of a COCO file.
const KEYS: [&[u8]; 5] = [b"info", b"licenses", b"images", b"annotations", b"categories"];

/// Whether the file at `path` begins as an object that has one of COCO's keys.
pub fn may_be_coco(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = file::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut begin));
    read.is_ok() && has_key(&begin)
}

/// Whether the object that `json` begins with has one of the keys, as far as `json` goes.
fn has_key(json: &[u8]) -> bool {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json).trim_ascii_start();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                let Some(end) = end_of_string(json, at + 1) else { return false };
                let is_key = depth == 1 && json[end + 1..].trim_ascii_start().starts_with(b":");
                if is_key && KEYS.contains(&&json[at + 1..end]) {
                    return true;
                }
                at = end;
            }
            b'{' | b'[' if depth == 0 && *byte == b'[' => return false,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return false,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    false
}

/// Where the string that begins at `start` ends: the place of its last quotation mark.
fn end_of_string(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match json.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_at_the_top_count() {
        assert!(has_key(b"\xEF\xBB\xBF {\"info\" : {}, \"images\": ["));
        assert!(has_key(br#"{"a": {"b": [1, "}"]}, "annotations": [{"id": 1"#), "what follows is not needed");
        assert!(!has_key(br#"{"type": "FeatureCollection", "features": [{"images": 1}, "images"]}"#));
        assert!(!has_key(br#"{"a": "images", "b": {"images": 1}"#));
        assert!(!has_key(br#"[{"images": 1}]"#));
        assert!(!has_key(b"{\"imag"));
    }
}
