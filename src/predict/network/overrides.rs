//! What a section says of how pictures are made ready: over what is usual for a decoder, or for a family of classifiers.

use super::families::Family;
use super::inputs::{InputSize, Inputs, MAX_SIDE};
use super::preprocess::{Channels, Placement, Preprocessing, Resize};
use crate::detection::Size;
use crate::spec::Choice;

/// What a spec sets of a [`Preprocessing`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Overrides {
    /// Whose it is before the rest is set.
    pub family: Option<Family>,
    /// See [`Preprocessing`], as the following.
    pub placement: Option<Placement>,
    /// The filter.
    pub resize: Option<Resize>,
    /// The short side before the middle is cut out, pixels.
    pub short_side: Option<u32>,
    /// The side of the middle that is cut out, pixels.
    pub crop: Option<u32>,
    /// The order of colours.
    pub channels: Option<Channels>,
    /// What pixel values are divided by.
    pub scale: Option<f64>,
    /// In the order of the planes.
    pub mean: Option<[f32; 3]>,
    /// In the order of the planes.
    pub std: Option<[f32; 3]>,
    /// The colour around the picture.
    pub pad: Option<[u8; 3]>,
}

impl Overrides {
    /// That of a network that finds boxes: `defaults` with what is set here; a graph that takes bytes takes pixels as they
    /// are.
    ///
    /// # Errors
    /// It cuts off what boxes may be on, or changes pixels that go in as they are.
    pub fn of_detector(self, defaults: Preprocessing, inputs: &Inputs) -> Result<Preprocessing, String> {
        self.refuse_crops()?;
        self.raw_where_bytes(defaults, inputs)
    }

    /// That of a classifier; `exported` is the family that its file tells.
    ///
    /// # Errors
    /// Nothing says how its pictures are made ready, what is said fits neither together nor its input.
    pub fn of_classifier(self, exported: Option<Family>, inputs: &Inputs) -> Result<Preprocessing, String> {
        let family = self.family.or(exported);
        if family.is_none() && self == Self::default() {
            return Err(unsaid());
        }
        let size = match inputs.size {
            InputSize::Fixed(size) => Some(size),
            InputSize::Picture => None,
        };
        // Pictures at their own size are neither cut nor stretched.
        let base = match (family, size) {
            (Some(family), Some(size)) => family.preprocessing(size),
            (Some(family), None) => Preprocessing {
                placement: Placement::Stretch,
                ..family.preprocessing(Size { width: MAX_SIDE, height: MAX_SIDE })
            },
            (None, _) => Preprocessing::PLAIN,
        };
        let cuts = self.short_side.is_some() || self.crop.is_some();
        let placement = self.placement.unwrap_or(if cuts { Placement::Crop } else { base.placement });
        let short_side = match (placement, size) {
            (Placement::Crop, Some(size)) => Some(self.middle(base, size)?),
            (Placement::Crop, None) => {
                return Err("its input takes every picture at its own size, so nothing is cut out: leave out \
                            `input_size = \"picture\"`, or `crop`, `resize` and `placement = \"crop\"`"
                    .to_owned());
            }
            (other, _) if cuts => {
                let key = if self.crop.is_some() { "crop" } else { "resize" };
                let word = other.word();
                return Err(format!(
                    "`{key}` in pixels is for a middle that is cut out, which `placement = \"{word}\"` is not: leave out \
                     one of both"
                ));
            }
            _ => None,
        };
        let base = Preprocessing { placement, short_side, ..self.ordered(base) };
        self.raw_where_bytes(base, inputs)
    }

    /// The short side for an input of `size`.
    fn middle(self, base: Preprocessing, size: Size) -> Result<u32, String> {
        let side = size.width.min(size.height);
        if self.crop.is_some_and(|crop| (crop, crop) != (size.width, size.height)) {
            return Err(format!(
                "its input is {}x{}, and what is cut out goes into it as it is: leave out `crop`, and set `resize` to the \
                 short side before",
                size.width, size.height
            ));
        }
        Ok(self.short_side.or(base.short_side).unwrap_or(side))
    }

    /// A family's mean and deviation are of colours, not of planes.
    fn ordered(self, mut base: Preprocessing) -> Preprocessing {
        if self.channels.is_some_and(|channels| channels != base.channels) {
            base.mean.reverse();
            base.std.reverse();
        }
        base
    }

    fn refuse_crops(self) -> Result<(), String> {
        let is_crop = self.placement == Some(Placement::Crop);
        let written = [
            ("preprocess", self.family.is_some()),
            ("placement = \"crop\"", is_crop),
            ("resize", self.short_side.is_some()),
            ("crop", self.crop.is_some()),
        ];
        match written.iter().find(|(_, is_written)| *is_written) {
            Some(("preprocess", _)) => Err("`preprocess` names a family of classifiers (`task = \"classify\"`): of \
                                            detectors the `decoder` says it, and single keys change it"
                .to_owned()),
            Some((key, _)) => Err(format!(
                "`{key}` cuts off the borders of pictures, where boxes may be: it is for classifiers (`task = \
                 \"classify\"`); here `placement` is one of letterbox, top_left, top_left_rounded and stretch, and \
                 `filter` names the filter"
            )),
            None => Ok(()),
        }
    }

    fn raw_where_bytes(self, defaults: Preprocessing, inputs: &Inputs) -> Result<Preprocessing, String> {
        if !inputs.is_bytes {
            return Ok(self.over(defaults));
        }
        let raw = Preprocessing { scale: 1.0, mean: [0.0; 3], std: [1.0; 3], ..defaults };
        let wanted = self.over(raw);
        if (wanted.scale, wanted.mean, wanted.std) != (raw.scale, raw.mean, raw.std) {
            return Err("it takes pixels as bytes: leave out `scale`, `mean` and `std`".to_owned());
        }
        Ok(wanted)
    }

    /// `defaults` with what is set here.
    fn over(self, defaults: Preprocessing) -> Preprocessing {
        Preprocessing {
            placement: self.placement.unwrap_or(defaults.placement),
            resize: self.resize.unwrap_or(defaults.resize),
            short_side: defaults.short_side,
            channels: self.channels.unwrap_or(defaults.channels),
            scale: self.scale.map_or(defaults.scale, |scale| scale as f32),
            mean: self.mean.unwrap_or(defaults.mean),
            std: self.std.unwrap_or(defaults.std),
            pad: self.pad.unwrap_or(defaults.pad),
        }
    }
}

/// Top-1 of a model of ImageNet falls from 0.90 to 0.70 with another family's mean: a guess would judge the guess.
fn unsaid() -> String {
    let families = Family::ALL.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    format!(
        "nothing says how its pictures are made ready: add `preprocess`, which is one of {families}, or `placement`, \
         `resize`, `scale`, `mean` and `std` as it was trained; `windtunnel check --probe` then tries others"
    )
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Element, Port};
    use super::*;

    fn inputs(side: Option<usize>, element: Element) -> Inputs {
        let port = Port { name: "x".to_owned(), shape: vec![None, Some(3), side, side], element };
        Inputs::new(&[port], side.is_none().then_some(InputSize::Picture), None, None).unwrap()
    }

    fn settled(overrides: Overrides, exported: Option<Family>) -> Result<Preprocessing, String> {
        overrides.of_classifier(exported, &inputs(Some(224), Element::Float))
    }

    const NONE: Overrides = Overrides {
        family: None,
        placement: None,
        resize: None,
        short_side: None,
        crop: None,
        channels: None,
        scale: None,
        mean: None,
        std: None,
        pad: None,
    };

    #[test]
    fn a_classifier_of_which_nothing_is_known_is_asked_about() {
        let asked = settled(NONE, None).unwrap_err();
        assert!(asked.contains("\"torchvision\", \"timm\", \"ultralytics\", \"tf_slim\", \"hf_vit\""), "{asked}");
        let told = settled(NONE, Some(Family::Ultralytics)).unwrap();
        assert_eq!((told.placement, told.short_side, told.mean), (Placement::Crop, Some(224), [0.0; 3]));
        let stretched = settled(Overrides { placement: Some(Placement::Stretch), ..NONE }, None).unwrap();
        assert_eq!(stretched, Preprocessing::PLAIN);
    }

    #[test]
    fn single_keys_go_before_the_family() {
        let timm = Overrides { family: Some(Family::Timm), ..NONE };
        let wanted = Overrides { short_side: Some(236), mean: Some([0.5; 3]), std: Some([0.5; 3]), ..timm };
        let made = settled(wanted, Some(Family::Ultralytics)).unwrap();
        assert_eq!((made.short_side, made.resize, made.mean), (Some(236), Resize::Bicubic, [0.5; 3]));
        let blue = settled(Overrides { channels: Some(Channels::Bgr), ..timm }, None).unwrap();
        assert_eq!((blue.mean[0], blue.std[2]), (0.406, 0.229), "ImageNet's, of colours");
        let cut = settled(Overrides { short_side: Some(256), ..NONE }, None).unwrap();
        assert_eq!((cut.placement, cut.short_side, cut.scale), (Placement::Crop, Some(256), 255.0));
    }

    #[test]
    fn keys_that_contradict_are_named() {
        let refused = |overrides| settled(overrides, None).unwrap_err();
        assert!(refused(Overrides { crop: Some(200), ..NONE }).contains("its input is 224x224"));
        let both = Overrides { crop: Some(224), placement: Some(Placement::Stretch), ..NONE };
        assert!(refused(both).contains("`placement = \"stretch\"` is not"));
        let whole = Overrides { placement: Some(Placement::Crop), ..NONE };
        let open = whole.of_classifier(None, &inputs(None, Element::Float));
        assert!(open.unwrap_err().contains("`input_size = \"picture\"`"));
    }

    #[test]
    fn what_takes_bytes_gets_the_familys_crop_and_the_pixels_as_they_are() {
        let bytes = inputs(Some(224), Element::Byte);
        let made = Overrides { family: Some(Family::Torchvision), ..NONE }.of_classifier(None, &bytes).unwrap();
        assert_eq!((made.short_side, made.scale, made.mean, made.std), (Some(256), 1.0, [0.0; 3], [1.0; 3]));
        let scaled = Overrides { scale: Some(255.0), ..NONE }.of_classifier(None, &bytes);
        assert!(scaled.unwrap_err().contains("it takes pixels as bytes"));
    }

    #[test]
    fn a_detector_cuts_nothing_off() {
        let refused = |overrides: Overrides| {
            overrides.of_detector(Preprocessing::LETTERBOX, &inputs(Some(64), Element::Float)).unwrap_err()
        };
        assert!(refused(Overrides { crop: Some(64), ..NONE }).starts_with("`crop` cuts off the borders"));
        assert!(refused(Overrides { short_side: Some(64), ..NONE }).contains("`filter` names the filter"));
        assert!(refused(Overrides { placement: Some(Placement::Crop), ..NONE }).contains("`placement = \"crop\"`"));
        assert!(refused(Overrides { family: Some(Family::Timm), ..NONE }).contains("a family of classifiers"));
    }
}
