//! What a section says of how pictures are made ready: over what is usual for a decoder, or for a family of classifiers.

use super::families::{Family, USUAL_SHARES, short_side_of};
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
    /// The share of the short side that the middle has which is cut out: another way to say `short_side`.
    pub crop_share: Option<f64>,
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
        let cuts = self.short_side.is_some() || self.crop_share.is_some() || self.crop.is_some();
        if self.short_side.is_some() && self.crop_share.is_some() {
            return Err("`resize` in pixels and `crop_pct` both say how long the short side is: leave out one of both"
                .to_owned());
        }
        let placement = self.placement.unwrap_or(if cuts { Placement::Crop } else { base.placement });
        let short_side = match (placement, size) {
            (Placement::Crop, Some(size)) => Some(self.middle(base, size)?),
            (Placement::Crop, None) => {
                return Err("its input takes every picture at its own size, so nothing is cut out: leave out \
                            `input_size = \"picture\"`, or `crop`, `crop_pct`, `resize` and `placement = \"crop\"`"
                    .to_owned());
            }
            (other, _) if cuts => {
                let key = match (self.crop, self.crop_share) {
                    (Some(_), _) => "`crop`",
                    (None, Some(_)) => "`crop_pct`",
                    (None, None) => "`resize` in pixels",
                };
                let word = other.word();
                return Err(format!(
                    "{key} is for a middle that is cut out, which `placement = \"{word}\"` is not: leave out \
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
                "its input is {}x{}, and what is cut out goes into it as it is: leave out `crop`, and set `crop_pct` to \
                 its share of the short side, or `resize` to the short side",
                size.width, size.height
            ));
        }
        if let Some(family) = self.family.filter(|family| family.differs_in_crop())
            && self.short_side.or(self.crop_share.map(|_| side)).is_none()
        {
            return Err(unsaid_share(family));
        }
        let shared = self.crop_share.map(|share| short_side_of(size, share));
        Ok(self.short_side.or(shared).or(base.short_side).unwrap_or(side))
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
            ("crop_pct", self.crop_share.is_some()),
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
        "nothing says how its pictures are made ready: add `preprocess`, which is one of {families} (\"timm\" with \
         its `crop_pct`), or `placement`, `resize`, `scale`, `mean` and `std` as it was trained; `windtunnel check --probe` then tries others"
    )
}

/// Each model of the family has its own: the habit of most would be a silent loss for the rest.
fn unsaid_share(family: Family) -> String {
    let word = family.word();
    let usual = USUAL_SHARES.map(|share| share.to_string()).join(", ");
    format!(
        "`preprocess = \"{word}\"` does not say how much of a picture is cut out, which differs from model to model: add \
         `crop_pct` as `timm.data.resolve_data_config({{}}, model=model)` prints it, and `mean`, `std` and `filter` (its \
         `interpolation`) where they are not ImageNet's and bicubic. Usual are {usual}: where nobody knows, write one, and \
         `windtunnel check --probe` tries the others"
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
        crop_share: None,
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
        let blue = settled(Overrides { channels: Some(Channels::Bgr), crop_share: Some(0.875), ..timm }, None).unwrap();
        assert_eq!((blue.mean[0], blue.std[2]), (0.406, 0.229), "ImageNet's, of colours");
        let cut = settled(Overrides { short_side: Some(256), ..NONE }, None).unwrap();
        assert_eq!((cut.placement, cut.short_side, cut.scale), (Placement::Crop, Some(256), 255.0));
    }

    #[test]
    fn a_model_of_timm_is_asked_how_much_of_a_picture_it_sees() {
        let timm = Overrides { family: Some(Family::Timm), ..NONE };
        let asked = settled(timm, None).unwrap_err();
        assert!(asked.contains("add `crop_pct`") && asked.contains("0.875, 0.9, 0.95, 1:"), "{asked}");
        let short = |share| settled(Overrides { crop_share: Some(share), ..timm }, None).unwrap().short_side;
        assert_eq!([0.875, 0.95, 1.0].map(short), [Some(256), Some(235), Some(224)]);
        // Where nothing is cut out there is nothing to say.
        assert!(settled(Overrides { placement: Some(Placement::Stretch), ..timm }, None).is_ok());
        assert!(timm.of_classifier(None, &inputs(None, Element::Float)).is_ok());
        let plain = settled(Overrides { crop_share: Some(0.9), ..NONE }, None).unwrap();
        assert_eq!((plain.placement, plain.short_side), (Placement::Crop, Some(248)));
    }

    #[test]
    fn keys_that_contradict_are_named() {
        let refused = |overrides| settled(overrides, None).unwrap_err();
        let twice = Overrides { short_side: Some(236), crop_share: Some(0.95), ..NONE };
        assert!(refused(twice).contains("both say how long the short side is"));
        let share = Overrides { crop_share: Some(0.95), placement: Some(Placement::Stretch), ..NONE };
        assert!(refused(share).starts_with("`crop_pct` is for a middle"));
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
