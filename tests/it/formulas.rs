//! What `explain` states as a formula is what the code does: each sentence is looked for in its page, and tried on pixels.

use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use windtunnel::catalog::explain;
use windtunnel::detection::{BBox, Size};
use windtunnel::perturb::{ALL, FrameSeed, Outline, Perturbation, Rng, Warp};

use crate::support::Workshop;

fn kind(name: &str) -> &'static Perturbation {
    ALL.iter().find(|kind| kind.entry.name == name).unwrap()
}

fn rng(kind: &Perturbation, values: &[f64]) -> Rng {
    FrameSeed { seed: 7, image: "picture.png", kind: kind.entry.name, values, step: 0 }.rng()
}

/// What `explain` says, wherever its lines are broken.
fn page(name: &str) -> String {
    explain(name).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The picture under `name` at `values`; the page has to state `sentence`.
fn stated(name: &str, sentence: &str, values: &[f64], image: &RgbImage) -> RgbImage {
    let page = page(name);
    assert!(page.contains(sentence), "{name} does not state `{sentence}`: {page}");
    let kind = kind(name);
    kind.apply(image, values, rng(kind, values))
}

/// Every value of each channel, beside others.
fn colours() -> RgbImage {
    RgbImage::from_fn(256, 4, |x, y| Rgb([x as u8, (255 - x) as u8, (x * 7 + y * 50) as u8]))
}

/// Holds every channel value of a perturbed picture against what `wanted` makes of pixel and channel, within `tolerance`.
fn assert_values(image: &RgbImage, found: &RgbImage, tolerance: f64, wanted: impl Fn([f64; 3], usize) -> f64) {
    for (before, after) in image.pixels().zip(found.pixels()) {
        for channel in 0..3 {
            let value = wanted(before.0.map(f64::from), channel).clamp(0.0, 255.0);
            let found = f64::from(after.0[channel]);
            assert!((found - value).abs() <= tolerance, "{before:?} channel {channel}: {found}, not {value}");
        }
    }
}

/// The sRGB curve (IEC 61966-2-1), shares of full scale.
fn linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn curved(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// Cut off or rounded to whole levels.
const LEVEL: f64 = 1.0;

#[test]
fn formulas_of_single_values() {
    let image = colours();
    let sentence = "Multiplies the linear light of the picture by 2^`stops`, clipped at white";
    let found = stated("exposure", sentence, &[1.5], &image);
    assert_values(&image, &found, LEVEL, |rgb, c| 255.0 * curved((linear(rgb[c] / 255.0) * 2_f64.powf(1.5)).min(1.0)));

    let sentence = "Raises each channel value, as a share of full scale, to the power `exponent`";
    let found = stated("gamma", sentence, &[2.0], &image);
    assert_values(&image, &found, LEVEL, |rgb, c| 255.0 * (rgb[c] / 255.0).powf(2.0));

    let found = stated("invert", "Replaces each channel value by 255 minus itself", &[], &image);
    assert_values(&image, &found, 0.0, |rgb, c| 255.0 - rgb[c]);

    let found = stated("posterize", "Keeps the `bits` highest bits of each channel value", &[3.0], &image);
    assert_values(&image, &found, 0.0, |rgb, c| f64::from(rgb[c] as u8 & 0b1110_0000));

    let mean = |channel: usize| image.pixels().map(|pixel| f64::from(pixel.0[channel])).sum::<f64>() / (256.0 * 4.0);
    let means: Vec<f64> = (0..3).map(mean).collect();
    let sentence = "Moves each channel value towards (factor < 1) or away from (factor > 1) its channel's mean";
    for factor in [0.5, 2.0] {
        let found = stated("contrast", sentence, &[factor], &image);
        assert_values(&image, &found, LEVEL, |rgb, c| means[c] + factor * (rgb[c] - means[c]));
    }
}

#[test]
fn formulas_of_levels_in_linear_light() {
    let image = colours();
    let sentence = "Rounds each channel value to one of 2^`bits` levels that are equally far apart in linear light";
    let found = stated("quantization", sentence, &[3.0], &image);
    let steps = 7.0; // between 8 levels
    assert_values(&image, &found, LEVEL, |rgb, c| 255.0 * curved((linear(rgb[c] / 255.0) * steps).round() / steps));
}

#[test]
fn formulas_of_hsv() {
    let image = colours();
    let value = |rgb: [f64; 3]| rgb.into_iter().fold(0.0, f64::max);
    let sentence = "Adds `delta` to the value channel of HSV, clipped to 0..1: colours keep hue and saturation";
    let found = stated("brightness", sentence, &[0.2], &image);
    assert_values(&image, &found, LEVEL, |rgb, c| {
        let before = value(rgb);
        if before == 0.0 { 51.0 } else { rgb[c] / before * (before + 51.0).min(255.0) }
    });
    let sentence = "Multiplies the saturation of HSV by `factor` and adds `offset`, clipped to 0..1";
    let found = stated("saturate", sentence, &[0.5, 0.0], &image);
    assert_values(&image, &found, LEVEL, |rgb, c| value(rgb) - 0.5 * (value(rgb) - rgb[c]));
}

#[test]
fn formulas_of_light_on_its_way() {
    let image = RgbImage::from_pixel(64, 200, Rgb([40, 80, 120]));
    let sentence = "Koschmieder's law, extinction = 3.912 / visibility";
    let (near, far) = (stated("haze", sentence, &[200.0], &image), stated("haze", sentence, &[400.0], &image));
    // By the law a doubled visibility halves the exponent, so the share that arrives is the root of the other.
    let air = [224.0, 228.0, 233.0];
    for y in [100, 150, 199] {
        for (c, air) in air.into_iter().enumerate() {
            let own = f64::from(image.get_pixel(0, y).0[c]);
            let clear = |picture: &RgbImage| (f64::from(picture.get_pixel(0, y).0[c]) - air) / (own - air);
            let (near, far) = (clear(&near), clear(&far));
            assert!((near - far * far).abs() < 0.02, "row {y} channel {c}: {near} is not the square of {far}");
        }
    }
    // Ground at the bottom is as good as at the nearest distance, 1 / (1 / 100 + 1 / 8) metres.
    let bottom = f64::from(stated("haze", sentence, &[200.0], &image).get_pixel(0, 199).0[0]);
    let arrives = (-3.912 / 200.0 / (1.0 / 100.0 + 1.0 / 8.0_f64)).exp();
    assert!((bottom - (40.0 * arrives + 224.0 * (1.0 - arrives))).abs() < 1.5, "{bottom}");

    let white = RgbImage::from_pixel(90, 60, Rgb([255; 3]));
    let sentence = "Darkens towards the corners by the fourth power of the cosine of the angle of view";
    let found = stated("vignetting", sentence, &[0.6], &white);
    // tan of the angle is the distance from the middle over the focal length, which the loss in the corners tells.
    let corner = (1.0 / 0.4_f64).sqrt() - 1.0;
    for (x, y) in [(0, 0), (45, 30), (70, 10), (89, 59)] {
        let (dx, dy) = (f64::from(x) + 0.5 - 45.0, f64::from(y) + 0.5 - 30.0);
        let tan_squared = corner * (dx * dx + dy * dy) / (45.0 * 45.0 + 30.0 * 30.0);
        let cosine = (1.0 / (1.0 + tan_squared)).sqrt();
        let found = f64::from(found.get_pixel(x, y).0[0]);
        assert!((found - 255.0 * cosine.powi(4)).abs() <= LEVEL, "{x}, {y}: {found}");
    }
}

#[test]
fn formulas_of_places() {
    let size = Size { width: 200, height: 100 };
    let warp = |name: &str, sentence: &str, values: &[f64]| {
        stated(name, sentence, values, &RgbImage::new(size.width, size.height));
        kind(name).warp(size, values, rng(kind(name), values))
    };
    let whole = BBox::from([0.0, 0.0, 200.0, 100.0]);
    let near = |warp: &Warp, wanted: [f64; 4]| {
        let found: [f64; 4] = warp.moved(&whole, Outline::Corners).into();
        assert!(
            found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-6),
            "{found:?}, not {wanted:?}"
        );
    };
    let sentence = "Squeezes the content about the centre to `ratio` times its width, or for ratios above 1 to 1 / `ratio` times \
                    its height";
    near(&warp("aspect", sentence, &[0.5]), [50.0, 0.0, 100.0, 100.0]);
    near(&warp("aspect", sentence, &[2.0]), [0.0, 25.0, 200.0, 50.0]);
    let sentence = "Shrinks (or, above 1, enlarges) the content about the centre";
    near(&warp("scale", sentence, &[0.5]), [50.0, 25.0, 100.0, 50.0]);

    let sentence = "a place at distance r from the centre (1 at the corner) shows what was at r (1 + k r^2), scaled so that the \
                    picture stays filled";
    for k in [0.3, -0.2] {
        let lens = warp("lens_distortion", sentence, &[k]);
        // A barrel is scaled by what leaves its corners in place.
        let scale = if k > 0.0 { 1.0 / (1.0 + k) } else { 1.0 };
        for r in [0.2, 0.5, 0.9] {
            let origin = r * (1.0 + k * r * r) * scale;
            let (x, y) = lens.point(100.0 + 100.0 * origin, 50.0 + 50.0 * origin);
            assert!((x - (100.0 + 100.0 * r)).abs() < 1e-6 && (y - (50.0 + 50.0 * r)).abs() < 1e-6, "k {k}, r {r}");
        }
    }
}

/// Four pictures with an object each; under every condition some of the detections are shifted or missing.
fn many_conditions() -> Value {
    let workshop = Workshop::new();
    let bbox = |image: usize| [10.0 + 5.0 * image as f64, 10.0, 40.0, 30.0];
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for image in 0..4 {
        workshop.picture(&format!("{image}.png"), 120, 80);
        images.push(json!({ "id": image, "file_name": format!("{image}.png"), "width": 120, "height": 80 }));
        annotations.push(json!({ "id": image + 1, "image_id": image, "category_id": 1, "bbox": bbox(image) }));
    }
    let labels = json!({ "images": images, "annotations": annotations, "categories": [{ "id": 1, "name": "cat" }] });
    workshop.write("labels.json", labels.to_string());
    for (condition, shift, found) in
        [("clean", 0.0, 4), ("noise@0.05", 1.0, 4), ("noise@0.2", 4.0, 3), ("blur@2", 9.0, 4), ("dim@1", 2.0, 2)]
    {
        let result = |image: usize| {
            let [x, y, width, height] = bbox(image);
            json!({ "image_id": image, "category_id": 1, "bbox": [x + shift, y, width, height], "score": 0.9 })
        };
        let results: Value = (0..found).map(result).collect();
        workshop.write(&format!("{condition}.json"), results.to_string());
    }
    workshop.write(
        "spec.toml",
        "version = 1\nname = \"s\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\n[model.m]\nkind = \"precomputed\"\n\
         path = \"{condition}.json\"\n[perturbation.noise]\nkind = \"gaussian_noise\"\nsigma = [0.05, 0.2]\n\
         [perturbation.blur]\nkind = \"gaussian_blur\"\nsigma = 2\n[perturbation.dim]\nkind = \"exposure\"\nstops = 1\n\
         [[check]]\non = \"all\"\nmin = 0.001\n[[check]]\non = \"clean\"\nmin = 0.001\n",
    );
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    assert!(ran.code <= 1, "{}", ran.stderr);
    workshop.record("s")
}

#[test]
fn formulas_of_figures_of_many_conditions() {
    let record = many_conditions();
    let cell = |condition: &str| {
        let cells = record["cells"].as_array().unwrap();
        cells.iter().find(|cell| cell["condition"] == condition).unwrap_or_else(|| panic!("{condition}: {cells:?}"))
    };
    let figure = |condition: &str, name: &str| cell(condition)["figures"][name].as_f64().unwrap();
    let robustness = &record["robustness"][0];
    let found = |name: &str| robustness[name].as_f64().unwrap();
    let near = |name: &str, wanted: f64| assert!((found(name) - wanted).abs() < 1e-12, "{name}: {}", found(name));
    let states = |name: &str, sentence: &str| assert!(page(name).contains(sentence), "{}", page(name));

    states("mpc", "the mean over perturbations of each one's mean over its levels, of the suite's metric");
    let noise = f64::midpoint(figure("noise@0.05", "map"), figure("noise@0.2", "map"));
    let mpc = (noise + figure("blur@2", "map") + figure("dim@1", "map")) / 3.0;
    near("mpc", mpc);
    states("rpc", "mPC as a share of the clean figure");
    near("rpc", mpc / figure("clean", "map"));
    states("risk", "100 x the mean over perturbation groups of the mean over the group's conditions of `affected`");
    let noise = f64::midpoint(figure("noise@0.05", "affected"), figure("noise@0.2", "affected"));
    near("risk", 100.0 * (noise + figure("blur@2", "affected") + figure("dim@1", "affected")) / 3.0);

    // IoU with the clean answer is above 0.5 everywhere, so only what is missing disagrees.
    states("stability", "1 where both are empty");
    states("affected", "share of images whose stability is below `strictness`");
    assert_eq!((figure("noise@0.2", "stability"), figure("dim@1", "affected")), (0.75, 0.5));
    states("f1", "harmonic mean of precision and recall");
    let (precision, recall) = (figure("dim@1", "precision"), figure("dim@1", "recall"));
    assert_eq!((precision, recall), (1.0, 0.5));
    assert!((figure("dim@1", "f1") - 2.0 * precision * recall / (precision + recall)).abs() < 1e-12);
}
