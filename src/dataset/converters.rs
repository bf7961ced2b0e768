//! Pictures of kinds that are not read, and the programs that make PNG of them. Told by their first bytes: phones call HEIC files
//! `.jpg`.

use std::io::Read;
use std::path::Path;

use crate::file;

/// What a file that cannot be decoded is, and how to convert it; `None` where it is of no kind that is known here.
pub fn advice(path: &Path) -> Option<String> {
    let mut head = Vec::new();
    file::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let (kind, program) = kind(&head)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let command = program.replace("IN", &name).replace("OUT", &format!("{stem}.png"));
    Some(format!(
        "it is {kind}, which is not read: convert it, for example with `{command}`, and name that file in the labels"
    ))
}

/// Bytes that tell the kind.
const HEAD: u64 = 32;

fn kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let brand = head.get(4..8).filter(|word| *word == b"ftyp").and(head.get(8..12));
    Some(match (brand, head) {
        (Some(b"avif" | b"avis"), _) => ("AVIF", "avifdec IN OUT"),
        (Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1"), _) => {
            ("HEIC", "heif-convert IN OUT")
        }
        (_, [0, 0, 0, 12, b'j', b'P', ..] | [0xff, 0x4f, 0xff, 0x51, ..]) => {
            ("JPEG 2000", "opj_decompress -i IN -o OUT")
        }
        (_, [0, 0, 0, 12, b'J', b'X', b'L', ..] | [0xff, 0x0a, ..]) => ("JPEG XL", "djxl IN OUT"),
        (_, [b'G', b'I', b'F', b'8', ..]) => ("GIF", "magick IN[0] OUT"),
        (_, [b'8', b'B', b'P', b'S', ..]) => ("a Photoshop file", "magick IN[0] OUT"),
        (_, [b'P', b'F' | b'f', b'\n', ..]) => ("PFM", "magick IN OUT"),
        (_, [b'P', b'1'..=b'7', b'\n' | b' ' | b'\r', ..]) => ("PNM", "magick IN OUT"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        std::fs::write(&path, b"\0\0\0\x18ftypheic\0\0\0\0").unwrap();
        let said = advice(&path).unwrap();
        assert!(
            said.starts_with("it is HEIC, which is not read: convert it, for example with `heif-convert a.jpg a.png`")
        );
        std::fs::write(&path, b"GIF89a").unwrap();
        assert!(advice(&path).unwrap().contains("`magick a.jpg[0] a.png`"));
        std::fs::write(&path, b"hello").unwrap();
        assert_eq!(advice(&path), None);
    }
}
