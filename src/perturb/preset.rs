//! Presets: lists of kinds that go by one name.

use super::compat::Compat;
use super::{ALL, Group, Perturbation, Setting};
use crate::condition::{Level, Severity};
use crate::entry::NotFound;

/// A list of kinds, each at severities 1 to 5.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// The name in specs.
    pub name: &'static str,
    /// What it stands for.
    pub summary: &'static str,
    /// Whether the kinds' published forms are the default, so that published numbers can be reproduced.
    pub is_published: bool,
    kinds: Kinds,
}

#[derive(Debug, Clone, Copy)]
enum Kinds {
    Named(&'static [&'static str]),
    Groups(&'static [Group]),
    All,
}

/// Every preset.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "imagenet_c",
        summary: "the 15 corruptions of ImageNet-C and COCO-C, as published (Hendrycks & Dietterich 2019, Michaelis et al. 2019)",
        is_published: true,
        kinds: Kinds::Named(&[
            "gaussian_noise",
            "shot_noise",
            "impulse_noise",
            "defocus_blur",
            "glass_blur",
            "motion_blur",
            "zoom_blur",
            "snow",
            "frost",
            "fog",
            "brightness",
            "contrast",
            "elastic_transform",
            "pixelate",
            "jpeg_compression",
        ]),
    },
    Preset {
        name: "mltest",
        summary: "22 kinds of everyday disturbance, from compression to lost packets",
        is_published: false,
        kinds: Kinds::Named(&[
            "jpeg_compression",
            "brightness",
            "channel_shuffle",
            "color_jitter",
            "contrast",
            "equalize",
            "gamma",
            "gaussian_blur",
            "gaussian_noise",
            "glare",
            "grayscale",
            "horizontal_flip",
            "hue_saturation_value",
            "iso_noise",
            "motion_blur",
            "packet_loss",
            "perspective",
            "random_crop",
            "rgb_shift",
            "rotate",
            "sepia",
            "vertical_flip",
        ]),
    },
    Preset {
        name: "weather",
        summary: "every kind of weather",
        is_published: false,
        kinds: Kinds::Groups(&[Group::Weather]),
    },
    Preset {
        name: "camera",
        summary: "what lenses, sensors and encoders do: blur, noise, lighting, sensor and compression",
        is_published: false,
        kinds: Kinds::Groups(&[Group::Blur, Group::Noise, Group::Lighting, Group::Sensor, Group::Compression]),
    },
    Preset {
        name: "roboflow_readme",
        summary: "what Roboflow's augmentations should help against, each of those that its `README.roboflow.txt` can list",
        is_published: false,
        kinds: Kinds::Named(&[
            "horizontal_flip",
            "vertical_flip",
            "rotate_90",
            "random_crop",
            "rotate",
            "shear",
            "grayscale",
            "hue_saturation_value",
            "saturate",
            "brightness",
            "exposure",
            "gaussian_blur",
            "motion_blur",
            "salt_and_pepper",
            "coarse_dropout",
        ]),
    },
    Preset { name: "all", summary: "every kind", is_published: false, kinds: Kinds::All },
];

impl Preset {
    /// Its kinds, in the order of the catalogue (or of the preset, where it names them).
    pub fn kinds(&self) -> Vec<&'static Perturbation> {
        let all = || ALL.iter().copied();
        match self.kinds {
            Kinds::Named(names) => {
                names.iter().filter_map(|name| all().find(|kind| kind.entry.name == *name)).collect()
            }
            Kinds::Groups(groups) => all().filter(|kind| groups.contains(&kind.group)).collect(),
            Kinds::All => all().collect(),
        }
    }
}

/// The preset called `name`.
///
/// # Errors
/// There is none; the error tells the nearest one.
pub fn find(name: &str) -> Result<&'static Preset, NotFound> {
    let named = PRESETS.iter().find(|preset| preset.name == name);
    named.ok_or_else(|| NotFound::among(name, PRESETS.iter().map(|preset| preset.name)))
}

/// Which corruption of ImageNet-C a setting is, in its published form, and how strong; `None` where it is none of them.
pub fn imagenet_c(setting: &Setting) -> Option<(&'static str, Severity)> {
    let ([step], Level::Severity(severity)) = (setting.steps.as_slice(), setting.level) else { return None };
    let kinds = find("imagenet_c").ok()?.kinds();
    let kind = kinds.into_iter().find(|kind| std::ptr::eq(Compat::ImagenetC.of(kind), step.perturbation))?;
    Some((kind.entry.name, severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_a_preset_names_exists() {
        for preset in PRESETS {
            if let Kinds::Named(names) = preset.kinds {
                let found: Vec<&str> = preset.kinds().iter().map(|kind| kind.entry.name).collect();
                assert_eq!(found, names, "{}", preset.name);
            }
        }
    }
}
