//! What people call perturbations that have another name here: the words of sites, of cameras and of other libraries.

/// Words in small letters, and the kinds that may be meant by them, the likest first.
const WORDS: &[(&[&str], &[&str])] = &[
    (&["dark", "darkness", "night", "underexposure"], &["low_light", "exposure", "brightness"]),
    (&["bright", "overexposure"], &["brightness", "exposure"]),
    (&["focus", "defocus", "out_of_focus", "lens_blur"], &["defocus_blur"]),
    (&["cutout", "mask", "masking", "blackout"], &["coarse_dropout", "random_erasing", "object_occlusion"]),
    (&["mist", "smoke", "dust", "smog"], &["fog", "haze"]),
    (&["resolution", "low_resolution", "resize"], &["downscale", "pixelate"]),
    (&["jpg", "compress"], &["jpeg_compression", "webp_compression"]),
    (&["backlight", "reflection", "sun"], &["glare", "sun_flare"]),
    (&["droplets", "raindrops", "drops"], &["water_drops", "rain"]),
    (&["dirt", "smudge", "dirty_lens"], &["lens_dirt"]),
    (&["shake", "vibration", "camera_shake"], &["motion_blur", "rolling_shutter"]),
    (&["barrel", "fisheye", "distortion"], &["lens_distortion", "grid_distortion", "perspective"]),
];

/// The kinds that may be meant by `word`; `None` where nobody knows.
pub fn meant(word: &str) -> Option<&'static [&'static str]> {
    WORDS.iter().find(|(words, _)| words.contains(&word)).map(|(_, kinds)| *kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::find;
    use crate::perturb::ALL;

    #[test]
    fn every_word_leads_to_kinds_that_there_are_and_is_none_itself() {
        for (words, kinds) in WORDS {
            assert!(words.iter().all(|word| find(ALL, word).is_err()), "{words:?}");
            assert!(kinds.iter().all(|kind| find(ALL, kind).is_ok()), "{kinds:?}");
        }
    }
}
