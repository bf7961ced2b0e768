//! The augmentations that people train with, by the words of specs and of Roboflow's exports, and the perturbations that
//! ask whether each one helped.

use super::{Group, Step};
use crate::entry::{Entry, Named};

/// An augmentation.
#[derive(Debug, PartialEq, Eq)]
pub struct Augmentation {
    /// Its name in specs.
    pub name: &'static str,
    /// What a sentence of `README.roboflow.txt` about it holds, in lower case; Roboflow's spelling.
    phrases: &'static [&'static str],
    /// The kinds of perturbation that it should make a model robust against.
    kinds: &'static [&'static str],
    /// A whole group instead.
    group: Option<Group>,
}

const fn of_kinds(
    name: &'static str,
    phrases: &'static [&'static str],
    kinds: &'static [&'static str],
) -> Augmentation {
    Augmentation { name, phrases, kinds, group: None }
}

const fn of_group(name: &'static str, phrases: &'static [&'static str], group: Group) -> Augmentation {
    Augmentation { name, phrases, kinds: &[], group: Some(group) }
}

/// Every augmentation. Of those whose phrases a sentence holds the first counts.
pub static AUGMENTATIONS: &[&Augmentation] = &[
    &of_kinds("horizontal_flip", &["horizontal flip"], &["horizontal_flip"]),
    &of_kinds("vertical_flip", &["vertical flip"], &["vertical_flip"]),
    &of_kinds("rotate_90", &["90-degree rotation"], &["rotate_90"]),
    &of_kinds("rotation", &["rotation"], &["rotate"]),
    &of_kinds("shear", &["shear"], &["shear"]),
    &of_kinds("crop", &["crop"], &["random_crop", "scale", "border_truncation"]),
    &of_kinds("scale", &["scale", "zoom"], &["scale", "downscale"]),
    &of_kinds("translation", &["translat", "shift of"], &["translate"]),
    &of_kinds("perspective", &["perspective"], &["perspective"]),
    &of_kinds("grayscale", &["grayscale", "greyscale"], &["grayscale"]),
    &of_kinds("hue", &["hue"], &["hue_saturation_value"]),
    &of_kinds("saturation", &["saturation"], &["saturate", "hue_saturation_value"]),
    &of_kinds("brightness", &["brigthness", "brightness"], &["brightness", "low_light"]),
    &of_kinds("exposure", &["exposure"], &["exposure", "gamma", "low_light"]),
    &of_kinds("contrast", &["contrast"], &["contrast"]),
    &of_kinds("cutout", &["cutout", "boxes with"], &["coarse_dropout", "random_erasing", "object_occlusion"]),
    &of_kinds("jpeg", &["jpeg"], &["jpeg_compression"]),
    &of_group("blur", &["blur"], Group::Blur),
    &of_group("noise", &["noise"], Group::Noise),
    &of_group("color", &["color", "colour"], Group::Color),
    &of_group("weather", &["weather", "fog", "rain", "snow"], Group::Weather),
];

impl Named for Augmentation {
    fn entry(&self) -> Entry {
        Entry { name: self.name, summary: "" }
    }
}

impl Augmentation {
    /// Whether what is done asks about it: any of the steps does.
    pub fn is_tried_by(&self, steps: &[Step]) -> bool {
        let asks = |step: &Step| match self.group {
            Some(group) => step.perturbation.group == group,
            None => self.kinds.contains(&step.perturbation.entry.name),
        };
        steps.iter().any(asks)
    }
}

/// The augmentations listed in a `README.roboflow.txt`, and the sentences about others.
pub fn in_readme(text: &str) -> (Vec<&'static Augmentation>, Vec<String>) {
    let listed = text.split("augmentation was applied").nth(1).unwrap_or_default();
    let lines = listed.lines().skip(1).map(str::trim).take_while(|line| !line.is_empty());
    let (mut found, mut others): (Vec<&'static Augmentation>, Vec<String>) = (Vec::new(), Vec::new());
    for line in lines.filter_map(|line| line.strip_prefix('*')) {
        let sentence = line.trim().to_lowercase();
        let is_about = |one: &&&Augmentation| one.phrases.iter().any(|phrase| sentence.contains(phrase));
        match AUGMENTATIONS.iter().find(is_about) {
            Some(one) if found.iter().any(|other| other.name == one.name) => {}
            Some(one) => found.push(one),
            None => others.push(line.trim().to_owned()),
        }
    }
    (found, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb;

    #[test]
    fn a_readme_s_sentences_are_understood() {
        let text = "x\nThe following pre-processing was applied to each image:\n* Resize to 640x640 (Stretch)\n\n\
                    The following augmentation was applied to create 3 versions of each source image:\n\
                    * 50% probability of horizontal flip\n\
                    * Equal probability of one of the following 90-degree rotations: none, clockwise\n\
                    * Randomly crop between 0 and 25 percent of the image\n\
                    * Random rotation of between -15 and +15 degrees\n\
                    * Random brigthness adjustment of between -23 and +23 percent\n\
                    * Random Gaussian blur of between 0 and 3.2 pixels\n\
                    * Salt and pepper noise was applied to 1.8 percent of pixels\n\
                    * Mosaic\n\n\n";
        let (found, others) = in_readme(text);
        let names: Vec<&str> = found.iter().map(|one| one.name).collect();
        assert_eq!(names, ["horizontal_flip", "rotate_90", "crop", "rotation", "brightness", "blur", "noise"]);
        assert_eq!(others, ["Mosaic"]);
        assert!(in_readme("No augmentations were applied.\n").0.is_empty());
    }

    #[test]
    fn every_kind_named_exists() {
        let kinds: Vec<&str> = perturb::ALL.iter().map(|kind| kind.entry().name).collect();
        for augmentation in AUGMENTATIONS {
            assert!(augmentation.kinds.iter().all(|kind| kinds.contains(kind)), "{}", augmentation.name);
        }
    }
}
