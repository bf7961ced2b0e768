//! How many of the images a drafted spec judges. A run costs images x conditions x what the models take for one; its figures
//! are as sure as the root of the number of images. Images are counted and nothing is timed, so that one folder makes one draft
//! on every machine.

/// Images that are judged of a large dataset: a share of them is known to 4.4 points of a hundred at worst (of 100: to 9.8).
const IMAGES: usize = 500;

/// Up to so many times as many all are judged: a limit that saves less than half of a run is not worth what it takes from
/// every figure.
const WHOLE: usize = 2;

/// A part of the images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// How many are judged.
    pub images: usize,
    of: usize,
    /// Whether the thresholds are measured on the part.
    is_measured: bool,
}

impl Limit {
    /// For a spec whose thresholds are measured on so many of the images as it then judges; `None` for all.
    pub fn of_run(wanted: Option<usize>, of: usize) -> Option<Self> {
        let images = wanted.unwrap_or(if of > WHOLE * IMAGES { IMAGES } else { of });
        (images < of).then_some(Self { images, of, is_measured: true })
    }

    /// For a comparison of models, whose bound is none that was measured; `None` for all.
    pub fn of_parity(images: usize, of: usize) -> Option<Self> {
        (images < of).then_some(Self { images, of, is_measured: false })
    }

    /// How many are judged, what that saves, and what it costs.
    pub fn told(&self) -> String {
        let times = self.of as f64 / self.images as f64;
        format!(
            "{} of {} images are judged: all take {times:.1} times as long, for intervals {:.1} times narrower",
            self.images,
            self.of,
            times.sqrt()
        )
    }

    /// The lines of the spec.
    pub fn lines(&self) -> String {
        let anew = if self.is_measured { ", and take the thresholds anew: windtunnel calibrate" } else { "" };
        format!("# {}.\n# Remove `limit` to judge all{anew}.\nlimit = {}\n", self.told(), self.images)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_datasets_are_judged_whole_and_large_ones_where_that_saves_at_least_half() {
        for (wanted, of, judged) in [
            (None, 1, None),
            (None, 200, None),
            (None, 1000, None),
            (None, 1001, Some(500)),
            (None, 12_000, Some(500)),
            (Some(300), 200, None),
            (Some(200), 200, None),
            (Some(100), 200, Some(100)),
            (Some(12_000), 12_000, None),
        ] {
            assert_eq!(Limit::of_run(wanted, of).map(|limit| limit.images), judged, "{wanted:?} of {of}");
        }
    }

    #[test]
    fn the_lines_say_what_a_limit_saves_and_costs() {
        let lines = Limit::of_run(None, 12_000).unwrap().lines();
        assert_eq!(
            lines,
            "# 500 of 12000 images are judged: all take 24.0 times as long, for intervals 4.9 times narrower.\n\
             # Remove `limit` to judge all, and take the thresholds anew: windtunnel calibrate.\nlimit = 500\n"
        );
        assert!(!Limit::of_parity(200, 300).unwrap().lines().contains("calibrate"));
    }
}
