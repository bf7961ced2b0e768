//! The ways in which networks usually get their pictures, for finding out which one a model was trained with.

use super::families::{Family, USUAL_SHARES, short_side_of};
use super::preprocess::{Channels, IMAGENET_MEAN, IMAGENET_STD, Placement, Preprocessing, Resize};
use crate::detection::Size;
use crate::resizing::Filter;
use crate::spec::Choice;

/// `scale`, `mean` and `std` in the order red, green, blue.
type Values = (f32, [f32; 3], [f32; 3]);

/// -1 to 1.
const SIGNED: Values = (255.0, [0.5; 3], [0.5; 3]);

/// ImageNet's.
const IMAGENET: Values = (255.0, IMAGENET_MEAN, IMAGENET_STD);

/// Bytes as fractions, as they are, and ImageNet's.
const VALUES: [Values; 3] = [(255.0, [0.0; 3], [1.0; 3]), (1.0, [0.0; 3], [1.0; 3]), IMAGENET];

/// Those of classifiers, the commoner first: timm's and torchvision's, Ultralytics', transformers', and none.
const OF_CLASSIFIERS: [Values; 4] = [IMAGENET, VALUES[0], SIGNED, VALUES[1]];

/// `configured` first, then every other plausible way, each with the lines that set it in a spec. Networks that take
/// bytes have no choice of values.
pub fn plausible(configured: Preprocessing, is_bytes: bool) -> Vec<(Vec<String>, Preprocessing)> {
    let values = if is_bytes { &[(1.0, [0.0; 3], [1.0; 3])][..] } else { &VALUES[..] };
    let mut ways = vec![(Vec::new(), configured)];
    // Labels cannot tell how a side is rounded.
    let top_left = match configured.placement {
        Placement::TopLeftRounded => Placement::TopLeftRounded,
        _ => Placement::TopLeft,
    };
    for placement in [Placement::Letterbox, top_left, Placement::Stretch] {
        for (_, channels) in Channels::ALL {
            for value in values {
                let way = Preprocessing { placement, ..valued(configured, *channels, *value) };
                if way != configured {
                    ways.push((lines(configured, way, None), way));
                }
            }
        }
    }
    ways
}

/// A way with other values, which are of colours, not of planes.
fn valued(way: Preprocessing, channels: Channels, (scale, mut mean, mut std): Values) -> Preprocessing {
    if channels == Channels::Bgr {
        mean.reverse();
        std.reverse();
    }
    Preprocessing { channels, scale, mean, std, ..way }
}

/// As [`plausible`], of a classifier whose input is of `size`: what a mistake costs is measured with one thing wrong at a
/// time, so each other way differs from the configured one in its values, in its crop and filter, or is a family's. Where
/// the spec `says_shares`, so do the lines: `crop_pct` beside `resize` would be a contradiction.
pub fn plausible_of_classifier(
    configured: Preprocessing,
    size: Option<Size>,
    is_bytes: bool,
    says_shares: bool,
) -> Vec<(Vec<String>, Preprocessing)> {
    let mut ways = vec![configured];
    let mut add = |way: Preprocessing| {
        if !ways.iter().any(|known| is_same(known, &way)) {
            ways.push(way);
        }
    };
    if !is_bytes {
        // Blue first is rarer than any values are.
        for (_, channels) in Channels::ALL {
            for value in OF_CLASSIFIERS {
                add(valued(configured, *channels, value));
            }
        }
    }
    let turned = match configured.channels {
        Channels::Rgb => Channels::Bgr,
        Channels::Bgr => Channels::Rgb,
    };
    add(Preprocessing { channels: turned, ..configured });
    // Pictures at their own size are neither cut nor resized.
    if let Some(size) = size {
        let side = size.width.min(size.height);
        let around = Family::Torchvision.preprocessing(size).short_side;
        let placements = [
            (Placement::Crop, configured.short_side.or(around)),
            (Placement::Crop, around),
            (Placement::Crop, Some(side)),
            (Placement::Stretch, None),
            (Placement::Letterbox, None),
        ];
        for (placement, short_side) in placements {
            for (_, filter) in Filter::ALL {
                add(Preprocessing { placement, short_side, resize: Resize::from(*filter), ..configured });
            }
        }
        for share in USUAL_SHARES {
            let cut = Preprocessing {
                placement: Placement::Crop,
                short_side: Some(short_side_of(size, share)),
                ..configured
            };
            add(cut);
            // timm's filter.
            add(Preprocessing { resize: Resize::Bicubic, ..cut });
        }
        for (_, family) in Family::ALL {
            let of_family = Preprocessing { pad: configured.pad, ..family.preprocessing(size) };
            let Preprocessing { scale, mean, std, .. } = if is_bytes { configured } else { of_family };
            add(Preprocessing { scale, mean, std, ..of_family });
        }
    }
    let size = size.filter(|_| says_shares);
    ways.into_iter().map(|way| (lines(configured, way, size), way)).collect()
}

/// The line that sets a short side: as a share of it, where one that is usual makes it of an input of `size`.
fn short_side_line(side: u32, size: Option<Size>) -> String {
    let share = size.and_then(|size| USUAL_SHARES.into_iter().find(|&share| short_side_of(size, share) == side));
    share.map_or_else(|| format!("resize = {side}"), |share| format!("crop_pct = {share}"))
}

/// Whether pixels come out alike: values by another formula, or the two bilinear filters of Pillow's.
pub fn is_same(one: &Preprocessing, other: &Preprocessing) -> bool {
    let exact = |resize: Resize| if resize == Resize::Antialias { Resize::Bilinear } else { resize };
    let ends = |way: &Preprocessing| {
        [0, 1, 2].map(|plane| [0.0, 255.0].map(|pixel| (pixel / way.scale - way.mean[plane]) / way.std[plane]))
    };
    let is_near = |(one, other): (&f32, &f32)| (one - other).abs() < 1e-3;
    (one.placement, one.short_side, exact(one.resize), one.channels, one.pad)
        == (other.placement, other.short_side, exact(other.resize), other.channels, other.pad)
        && ends(one).as_flattened().iter().zip(ends(other).as_flattened()).all(is_near)
}

/// What a spec has to say to get `wanted` instead of `configured`; by shares of the sides of an input of `size`, if given.
fn lines(configured: Preprocessing, wanted: Preprocessing, size: Option<Size>) -> Vec<String> {
    let placement = format!("placement = \"{}\"", wanted.placement.word());
    let resize = short_side_line(wanted.short_side.unwrap_or_default(), size);
    let filter = format!("filter = \"{}\"", wanted.resize.filter().word());
    let channels = format!("channels = \"{}\"", wanted.channels.word());
    let differing = [
        (configured.placement != wanted.placement, placement),
        (wanted.short_side.is_some_and(|side| configured.short_side != Some(side)), resize),
        (configured.resize != wanted.resize, filter),
        (configured.channels != wanted.channels, channels),
        (configured.scale != wanted.scale, format!("scale = {}", wanted.scale)),
        (configured.mean != wanted.mean, format!("mean = {:?}", wanted.mean)),
        (configured.std != wanted.std, format!("std = {:?}", wanted.std)),
    ];
    differing.into_iter().filter(|(differs, _)| *differs).map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a mistake costs a classifier is in its way of cutting, filtering and scaling.
    #[test]
    fn of_a_classifier_one_thing_is_changed_at_a_time_or_all_to_another_family() {
        let size = Size { width: 224, height: 224 };
        let configured = Family::Torchvision.preprocessing(size);
        let ways = plausible_of_classifier(configured, Some(size), false, false);
        let has = |wanted: &[&str]| ways.iter().any(|(lines, _)| lines == wanted);
        assert!(ways[0].0.is_empty() && ways[1..].iter().all(|(lines, _)| !lines.is_empty()));
        for wanted in [
            &["filter = \"bicubic\""][..],
            &["filter = \"linear\""],
            &["resize = 224"],
            &["resize = 248"],
            &["resize = 235", "filter = \"bicubic\""],
            &["placement = \"stretch\""],
            &["placement = \"letterbox\""],
            &["mean = [0.0, 0.0, 0.0]", "std = [1.0, 1.0, 1.0]"],
            &["scale = 1", "mean = [0.0, 0.0, 0.0]", "std = [1.0, 1.0, 1.0]"],
            &["mean = [0.5, 0.5, 0.5]", "std = [0.5, 0.5, 0.5]"],
            &["channels = \"bgr\"", "mean = [0.406, 0.456, 0.485]", "std = [0.225, 0.224, 0.229]"],
            &["resize = 224", "mean = [0.0, 0.0, 0.0]", "std = [1.0, 1.0, 1.0]"],
        ] {
            assert!(has(wanted), "{wanted:?} is not in {:?}", ways.iter().map(|(lines, _)| lines).collect::<Vec<_>>());
        }
        let signed = Family::TfSlim.preprocessing(size);
        let others = plausible_of_classifier(signed, Some(size), false, false);
        assert!(
            !others.iter().any(|(lines, _)| lines.contains(&"mean = [0.5, 0.5, 0.5]".to_owned()) && lines.len() == 3)
        );
        let bytes =
            plausible_of_classifier(Preprocessing { scale: 1.0, ..Preprocessing::PLAIN }, Some(size), true, false);
        assert!(bytes.iter().all(|(_, way)| way.scale.to_bits() == 1_f32.to_bits()));
        assert_eq!(plausible_of_classifier(Preprocessing::PLAIN, None, true, false).len(), 2);
    }

    #[test]
    fn shares_of_the_middle_are_tried_and_told_as_the_spec_says_them() {
        let size = Size { width: 72, height: 72 };
        let configured = Family::Timm.preprocessing(size);
        let told = |says_shares| {
            let ways = plausible_of_classifier(configured, Some(size), false, says_shares);
            ways.into_iter().filter_map(|(lines, _)| <[String; 1]>::try_from(lines).ok()).flatten().collect::<Vec<_>>()
        };
        for share in ["crop_pct = 0.9", "crop_pct = 0.95", "crop_pct = 1"] {
            assert!(told(true).iter().any(|line| line == share), "{share} is not in {:?}", told(true));
        }
        assert!(told(false).contains(&"resize = 75".to_owned()) && !told(true).contains(&"resize = 75".to_owned()));
    }

    #[test]
    fn the_configured_way_comes_first_and_no_way_twice() {
        let ways = plausible(Preprocessing::LETTERBOX, false);
        assert_eq!(ways.len(), 18);
        assert!(ways[0].0.is_empty() && ways[1..].iter().all(|(lines, _)| !lines.is_empty()));
        let imagenet = ways.iter().find(|(_, way)| way.channels == Channels::Bgr && way.mean != [0.0; 3]).unwrap();
        assert_eq!(imagenet.0, ["channels = \"bgr\"", "mean = [0.406, 0.456, 0.485]", "std = [0.225, 0.224, 0.229]"]);
        assert_eq!(plausible(Preprocessing { scale: 1.0, ..Preprocessing::LETTERBOX }, true).len(), 6);
    }
}
