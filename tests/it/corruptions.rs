//! The corruptions of the literature against imagecorruptions 1.1.2, on one photograph; golden files by
//! `.ci/corruptions.py`, which also compares SSIM and the kinds that need more seeds.

use image::RgbImage;
use serde_json::Value;
use windtunnel::dataset::decode_picture;
use windtunnel::perturb::{ALL, FrameSeed, Perturbation};

use crate::support::repository;

/// Kinds without randomness.
const DETERMINISTIC: [&str; 8] = [
    "defocus_blur",
    "zoom_blur",
    "brightness",
    "contrast",
    "pixelate",
    "jpeg_compression",
    "gaussian_blur",
    "saturate",
];

/// Random kinds whose statistics hardly differ from seed to seed.
const RANDOM: [&str; 7] =
    ["gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "glass_blur", "snow", "elastic_transform"];

const SEEDS: u64 = 4;

fn fixture(name: &str) -> RgbImage {
    decode_picture(&std::fs::read(repository("tests/fixtures/corruptions").join(name)).unwrap()).unwrap()
}

/// The published form of a kind at a severity.
fn corrupt(name: &str, picture: &RgbImage, severity: usize, seed: u64) -> RgbImage {
    let kind: &Perturbation = ALL.iter().find(|kind| kind.entry.name == name).unwrap();
    let kind = kind.published.unwrap_or(kind);
    let values = kind.ladder.unwrap()[severity - 1];
    kind.apply(picture, values, FrameSeed { seed, image: "picture.png", kind: name, values, step: 0 }.rng())
}

fn values(picture: &RgbImage) -> impl Iterator<Item = f64> {
    picture.as_raw().iter().map(|&value| f64::from(value))
}

fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0));
    sum / count
}

#[test]
fn kinds_without_randomness_are_within_a_level_of_the_reference() {
    let picture = fixture("picture.png");
    for name in DETERMINISTIC {
        for severity in 1..=5 {
            let whole = corrupt(name, &picture, severity, 0);
            let reference = fixture(&format!("{name}_{severity}.png"));
            let (width, height) = reference.dimensions();
            let (left, top) = ((picture.width() - width) / 2, (picture.height() - height) / 2);
            let ours = image::imageops::crop_imm(&whole, left, top, width, height).to_image();
            let difference = mean(values(&ours).zip(values(&reference)).map(|(a, b)| (a - b).abs()));
            assert!(difference <= 1.0, "{name} {severity}: {difference}");
        }
    }
}

/// Mean, standard deviation and PSNR to the clean picture, averaged over seeds, within 3 %.
#[test]
fn random_kinds_have_the_statistics_of_the_reference() {
    let text = std::fs::read(repository("tests/fixtures/corruptions/stats.json")).unwrap();
    let stats: Value = serde_json::from_slice(&text).unwrap();
    let picture = fixture("picture.png");
    for name in RANDOM {
        for severity in 1..=5 {
            let outputs: Vec<RgbImage> = (0..SEEDS).map(|seed| corrupt(name, &picture, severity, seed)).collect();
            let spread = |out: &RgbImage| {
                let centre = mean(values(out));
                mean(values(out).map(|value| (value - centre).powi(2))).sqrt()
            };
            let psnr = |out: &RgbImage| {
                let error = mean(values(out).zip(values(&picture)).map(|(a, b)| (a - b).powi(2)));
                10.0 * (255.0_f64.powi(2) / error).log10()
            };
            let found = [
                ("mean", mean(outputs.iter().map(|out| mean(values(out))))),
                ("std", mean(outputs.iter().map(spread))),
                ("psnr", mean(outputs.iter().map(psnr))),
            ];
            for (key, found) in found {
                let wanted = stats[format!("{name}_{severity}")][key][0].as_f64().unwrap();
                assert!((found / wanted - 1.0).abs() <= 0.03, "{name} {severity} {key}: {found} is not {wanted}");
            }
        }
    }
}
