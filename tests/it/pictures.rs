//! Every form of picture file that datasets hold, against what Pillow makes of it (`.ci/make_pictures.py`).

use image::RgbImage;
use windtunnel::dataset::{decode_picture, header_size};

use crate::support::repository;

/// Mean absolute difference in levels: none but for the decoders' own rounding of JPEG (and of CMYK, which has no one
/// conversion), and half a level for 16 bits, which we round and Pillow cuts.
fn tolerance(name: &str) -> f64 {
    match name.split_once('.') {
        Some(("cmyk", _)) => 2.0,
        Some((_, "jpg") | ("grey16" | "rgb16", _)) => 0.5,
        _ => 0.0,
    }
}

fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    let sum: u64 = one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.len() as f64
}

#[test]
fn every_form_of_file_becomes_rgb_the_right_way_up() {
    let folder = repository("tests/fixtures/pictures");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let picture = decode_picture(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = folder.join("expected").join(name.replace('.', "_")).with_extension("png");
        let expected = image::open(expected).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), expected.dimensions(), "{name}");
        let size = header_size(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(picture.dimensions(), (size.width, size.height), "{name}: the header's size");
        let difference = difference(&picture, &expected);
        assert!(difference <= tolerance(name), "{name}: {difference}");
        seen += 1;
    }
    assert_eq!(seen, 21);
}
