//! One contract for all perturbations.

use image::{Rgb, RgbImage};
use windtunnel::detection::{BBox, Size};
use windtunnel::perturb::{ALL, FrameSeed, Perturbation, Rng, Warp};

/// Every kind, and the published forms of those that have one.
fn kinds() -> Vec<&'static Perturbation> {
    ALL.iter().copied().flat_map(|kind| [Some(kind), kind.published]).flatten().collect()
}

/// The values behind severity 5, or none for a kind of one strength.
fn strongest(kind: &Perturbation) -> Vec<f64> {
    kind.ladder.map(|ladder| ladder[4].to_vec()).unwrap_or_default()
}

fn rng(kind: &Perturbation, values: &[f64]) -> Rng {
    FrameSeed { seed: 7, image: "picture.png", kind: kind.entry.name, values, step: 0 }.rng()
}

fn apply(kind: &Perturbation, image: &RgbImage, values: &[f64]) -> RgbImage {
    kind.apply(image, values, rng(kind, values))
}

/// Smooth colours with a texture, different in every corner.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let texture = if (x / 4 + y / 3) % 2 == 0 { 0 } else { 40 };
        Rgb([(x * 211 / width.max(1)) as u8 + texture, (y * 199 / height.max(1)) as u8 + texture, 90 + texture])
    })
}

#[test]
fn names_are_unique_and_ladders_lie_within_the_parameters() {
    let mut names: Vec<&str> = kinds().iter().map(|kind| kind.entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), kinds().len());
    for kind in kinds() {
        for values in kind.ladder.iter().flatten() {
            assert_eq!(values.len(), kind.parameters.len(), "{}", kind.entry.name);
            for (value, parameter) in values.iter().zip(kind.parameters) {
                assert!((parameter.min..=parameter.max).contains(value), "{} {value}", kind.entry.name);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_the_input_is_untouched() {
    let image = picture(64, 48);
    for kind in kinds() {
        let before = image.clone();
        let (one, two) = (apply(kind, &image, &strongest(kind)), apply(kind, &image, &strongest(kind)));
        assert_eq!(one, two, "{}", kind.entry.name);
        assert_eq!(image, before, "{}", kind.entry.name);
    }
}

#[test]
fn the_strongest_level_changes_the_picture() {
    let image = picture(64, 48);
    for kind in kinds() {
        assert_ne!(apply(kind, &image, &strongest(kind)), image, "{}", kind.entry.name);
    }
}

#[test]
fn every_size_works_and_gives_the_size_declared() {
    for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (33, 17), (640, 480)] {
        let image = picture(width, height);
        for kind in kinds() {
            for values in kind.ladder.map_or(vec![vec![]], |ladder| ladder.map(<[f64]>::to_vec).to_vec()) {
                let out = apply(kind, &image, &values);
                let size = kind.size(Size { width, height }, &values);
                assert_eq!((out.width(), out.height()), (size.width, size.height), "{} {values:?}", kind.entry.name);
            }
        }
    }
}

/// A picture of a twelve-megapixel camera.
#[test]
#[ignore = "takes more than a minute without optimisation; .ci/run runs it in release"]
fn a_large_picture_works_and_gives_the_size_declared() {
    let (width, height) = (4000, 3000);
    let image = picture(width, height);
    for kind in kinds() {
        let values = strongest(kind);
        let (out, size) = (apply(kind, &image, &values), kind.size(Size { width, height }, &values));
        assert_eq!((out.width(), out.height()), (size.width, size.height), "{}", kind.entry.name);
        assert_ne!(out, image, "{}", kind.entry.name);
    }
}

/// A white square on black ends where the warp says, within a pixel, and on a picture of the declared size.
#[test]
fn picture_and_warp_agree() {
    let (size, square) = (Size { width: 320, height: 240 }, BBox::from([180.0, 85.0, 40.0, 40.0]));
    let image = RgbImage::from_fn(size.width, size.height, |x, y| {
        let inside = (180..220).contains(&x) && (85..125).contains(&y);
        if inside { Rgb([255; 3]) } else { Rgb([0; 3]) }
    });
    for kind in kinds() {
        for values in kind.ladder.map_or(vec![vec![]], |ladder| ladder.map(<[f64]>::to_vec).to_vec()) {
            let warp = kind.warp(size, &values, rng(kind, &values));
            if matches!(warp, Warp::Identity) {
                assert_eq!(kind.size(size, &values), size, "{} {values:?}", kind.entry.name);
                continue;
            }
            let out = apply(kind, &image, &values);
            assert_eq!(Size { width: out.width(), height: out.height() }, kind.size(size, &values));
            let without = apply(kind, &RgbImage::new(size.width, size.height), &values);
            let (x, y) = centre_of_difference(&out, &without);
            let (wanted_x, wanted_y) = centre_of_moved(&warp, &square);
            let off = (x - wanted_x).hypot(y - wanted_y);
            assert!(off < 1.0, "{} {values:?}: at {x:.1},{y:.1}, not {wanted_x:.1},{wanted_y:.1}", kind.entry.name);
        }
    }
}

/// The centre of mass of the moved square: of the polygon of points along its edge.
fn centre_of_moved(warp: &Warp, square: &BBox) -> (f64, f64) {
    let side = square.width;
    let along = |index: u32| f64::from(index % 100) / 100.0 * side;
    let edge = (0..400_u32).map(|index| match index / 100 {
        0 => (along(index), 0.0),
        1 => (side, along(index)),
        2 => (side - along(index), side),
        _ => (0.0, side - along(index)),
    });
    let moved: Vec<(f64, f64)> = edge.map(|(x, y)| warp.point(square.x + x, square.y + y)).collect();
    let pairs = moved.iter().zip(moved.iter().cycle().skip(1));
    let [area, x, y] = pairs.fold([0.0; 3], |[area, x, y], (p, q)| {
        let cross = p.0 * q.1 - q.0 * p.1;
        [area + cross, x + (p.0 + q.0) * cross, y + (p.1 + q.1) * cross]
    });
    (x / (3.0 * area), y / (3.0 * area))
}

/// The centre of mass of what the square has changed in the picture.
fn centre_of_difference(with: &RgbImage, without: &RgbImage) -> (f64, f64) {
    let (mut mass, mut sum_x, mut sum_y) = (0.0, 0.0, 0.0);
    for ((x, y, one), other) in with.enumerate_pixels().zip(without.pixels()) {
        let weight: f64 = one.0.iter().zip(other.0).map(|(a, b)| f64::from(a.abs_diff(b))).sum();
        mass += weight;
        sum_x += weight * (f64::from(x) + 0.5);
        sum_y += weight * (f64::from(y) + 0.5);
    }
    (sum_x / mass, sum_y / mass)
}

/// Pixels may only change together with the revision: the digests are of all pixels of a textured picture.
#[test]
fn pixels_change_only_with_the_revision() {
    let image = picture(97, 71);
    let mut lines = Vec::new();
    for kind in kinds() {
        let ladder = kind.ladder.map_or(vec![vec![]], |ladder| ladder.map(<[f64]>::to_vec).to_vec());
        for values in ladder {
            let digest = windtunnel::digest::Digest::of_bytes(apply(kind, &image, &values).as_raw());
            lines.push(format!("{} r{} {values:?} {}", kind.entry.name, kind.revision, digest.short()));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// Headings that every page of the catalogue has, in order.
const HEADINGS: [&str; 5] =
    ["## What it does", "## Field condition", "## Parameter and severities", "## Boxes", "## Reference"];

#[test]
fn every_kind_has_a_page_with_the_fixed_headings() {
    for kind in kinds() {
        let page = windtunnel::perturb::page(kind);
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", kind.entry.name);
        assert!(page.starts_with("# "), "{}", kind.entry.name);
    }
}
