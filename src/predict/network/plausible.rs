//! The ways in which networks usually get their pictures, for finding out which one a model was trained with.

use super::preprocess::{Channels, IMAGENET_MEAN, IMAGENET_STD, Placement, Preprocessing};
use crate::spec::Choice;

/// `scale`, `mean` and `std` in the order red, green, blue: bytes as fractions, as they are, and ImageNet's.
const VALUES: [(f32, [f32; 3], [f32; 3]); 3] =
    [(255.0, [0.0; 3], [1.0; 3]), (1.0, [0.0; 3], [1.0; 3]), (255.0, IMAGENET_MEAN, IMAGENET_STD)];

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
            for (scale, mean, std) in values {
                let ordered = |mut three: [f32; 3]| {
                    if *channels == Channels::Bgr {
                        three.reverse();
                    }
                    three
                };
                let (channels, scale) = (*channels, *scale);
                let (mean, std) = (ordered(*mean), ordered(*std));
                let way = Preprocessing {
                    placement,
                    channels,
                    scale,
                    mean,
                    std,
                    resize: configured.resize,
                    short_side: configured.short_side,
                    pad: configured.pad,
                };
                if way != configured {
                    ways.push((lines(configured, way), way));
                }
            }
        }
    }
    ways
}

/// What a spec has to say to get `wanted` instead of `configured`.
fn lines(configured: Preprocessing, wanted: Preprocessing) -> Vec<String> {
    let placement = format!("placement = \"{}\"", wanted.placement.word());
    let channels = format!("channels = \"{}\"", wanted.channels.word());
    let differing = [
        (configured.placement != wanted.placement, placement),
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
