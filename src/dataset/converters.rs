//! Pictures of kinds that are not read, and what makes PNG of them. Told by their first bytes: phones call HEIC files `.jpg`. The
//! programs are Pillow's, as whoever trains a detector has it, and as it reads all of these with a package more at most; the
//! command-line tools differ from system to system.

use std::io::Read;
use std::path::Path;

use crate::file;

/// What a file that cannot be decoded is, and how to convert it; `None` where it is of no kind that is known here.
pub fn advice(path: &Path) -> Option<String> {
    let mut head = Vec::new();
    file::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let Kind { name, package, import } = kind(&head)?;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let command =
        format!("python -c \"{import}from PIL import Image; Image.open('{file}').convert('RGB').save('{stem}.png')\"");
    Some(format!(
        "it is {name}, which is not read: convert it, for example with `pip install {package}` and `{command}`; put the new file in \
         the place of the old one, also where labels name it"
    ))
}

/// Bytes that tell the kind.
const HEAD: u64 = 32;

struct Kind {
    name: &'static str,
    /// That reads it.
    package: &'static str,
    /// What the program needs before it can.
    import: &'static str,
}

fn kind(head: &[u8]) -> Option<Kind> {
    let pillow = |name| Kind { name, package: "pillow", import: "" };
    let brand = head.get(4..8).filter(|word| *word == b"ftyp").and(head.get(8..12));
    Some(match (brand, head) {
        (Some(b"avif" | b"avis"), _) => pillow("AVIF"),
        (Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1"), _) => Kind {
            name: "HEIC",
            package: "pillow-heif",
            import: "import pillow_heif; pillow_heif.register_heif_opener(); ",
        },
        (_, [0, 0, 0, 12, b'j', b'P', ..] | [0xff, 0x4f, 0xff, 0x51, ..]) => pillow("JPEG 2000"),
        (_, [0, 0, 0, 12, b'J', b'X', b'L', ..] | [0xff, 0x0a, ..]) => {
            Kind { name: "JPEG XL", package: "pillow-jxl-plugin", import: "import pillow_jxl; " }
        }
        (_, [b'G', b'I', b'F', b'8', ..]) => pillow("GIF"),
        (_, [b'8', b'B', b'P', b'S', ..]) => pillow("a Photoshop file"),
        (_, [b'P', b'1'..=b'6', b'\n' | b' ' | b'\r', ..]) => pillow("PNM"),
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
            said.starts_with(
                "it is HEIC, which is not read: convert it, for example with `pip install pillow-heif` and"
            ),
            "{said}"
        );
        assert!(said.contains(
            "register_heif_opener(); from PIL import Image; Image.open('a.jpg').convert('RGB').save('a.png')"
        ));
        std::fs::write(&path, b"GIF89a").unwrap();
        let said = advice(&path).unwrap();
        assert!(
            said.contains("`pip install pillow` and `python -c \"from PIL import Image; Image.open('a.jpg')"),
            "{said}"
        );
        std::fs::write(&path, b"hello").unwrap();
        assert_eq!(advice(&path), None);
    }
}
