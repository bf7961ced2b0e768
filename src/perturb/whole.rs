//! What a perturbation may do to a picture whose class is asked for: as much has to be left of it that the class can still be
//! told. There is no box that says where the object is, so that the limits are of the whole picture, and nothing is ignored: a
//! setting beyond them would ask for what cannot be seen, and count it as the model's mistake.

use super::{FrameSeed, Perturbation, Setting, Step};
use crate::detection::Size;
use crate::spec::Table;

/// The share of a picture's area that is left where a part is cut away, at least: about what the crops that classifiers are
/// trained with leave on average (0.08 to 1, torchvision's `RandomResizedCrop`). `min_visible` of a section says otherwise.
const LEAST_KEPT: f64 = 0.5;

/// The share of a picture's area that is covered, at most: below the 0.4 that random erasing covers at most in training (Zhong
/// et al. 2020), where a picture now and then may be lost. `min_visible` of a section says otherwise.
const MOST_COVERED: f64 = 0.3;

/// A limit that is met exactly, up to the last digit of a float, is met.
const ROUNDING: f64 = 1e-9;

/// A size to ask how a step moves content; any would do.
const ANY: Size = Size { width: 64, height: 64 };

/// Why a setting is none for pictures with a class, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// What would go wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// Why `setting`, read from a section with the keys of `table`, is none for pictures with a class; `None` where it is.
pub fn unfit(setting: &Setting, table: &Table<'_>) -> Option<Unfit> {
    let least = table.get("min_visible").map(|_| setting.rules.min_visible);
    let is_told = table.get("flip_pairs").is_some();
    setting.steps.iter().find_map(|step| unfit_step(step, least, is_told))
}

/// What has to hold of a kind where the class of a whole picture is asked for, by the same rules: for its page.
pub fn of_whole_pictures(kind: &'static Perturbation) -> String {
    let at = |values: &[f64]| Step { perturbation: kind, values: values.to_vec() };
    let ladder: Vec<Step> = kind.ladder.iter().flatten().map(|values| at(values)).collect();
    let first = ladder.first().cloned().unwrap_or_else(|| at(&[]));
    if kind.entry.name == OF_OBJECTS {
        return "Refused, as such pictures have no boxes: `coarse_dropout` and `random_erasing` cover a part of the picture."
            .to_owned();
    }
    if first.is_mirroring() {
        return "Stays, where `flip_pairs` says which classes change places in a mirror; `flip_pairs = []` where none has a \
                side."
            .to_owned();
    }
    let shares: Vec<[f64; 2]> = ladder.iter().map(|step| shares(kind.entry.name, &step.values)).collect();
    let least = shares.iter().map(|[kept, _]| *kept).fold(1.0, f64::min);
    let most = shares.iter().map(|[_, covered]| *covered).fold(0.0, f64::max);
    let limit = if least < 1.0 {
        format!("at least {LEAST_KEPT} of the picture is left")
    } else if most > 0.0 {
        format!("at most {MOST_COVERED} of the picture is covered")
    } else {
        return "Stays.".to_owned();
    };
    let allowed = ladder.iter().filter(|step| unfit_step(step, None, false).is_none()).count();
    let severities = if allowed == ladder.len() {
        "as at every severity".to_owned()
    } else {
        format!("as up to severity {allowed}; `min_visible` allows more")
    };
    format!("Stays, as long as {limit}, {severities}.")
}

/// The kind that covers objects alone.
const OF_OBJECTS: &str = "object_occlusion";

fn unfit_step(step: &Step, least: Option<f64>, is_told: bool) -> Option<Unfit> {
    let kind = step.perturbation.entry.name;
    if kind == OF_OBJECTS {
        return Some(Unfit {
            message:
                "`object_occlusion` covers a part of each labelled object, and pictures with a class have no boxes"
                    .to_owned(),
            help: "take `coarse_dropout` or `random_erasing`, which cover a part of the picture".to_owned(),
        });
    }
    if !is_told && step.is_mirroring() {
        return Some(Unfit {
            message: format!("`{kind}` mirrors the picture: of digits, letters, arrows, left and right another class is seen"),
            help: "write `flip_pairs = [[\"left\", \"right\"]]` with the classes that change places, or `flip_pairs = []` where no \
                   class has a side"
                .to_owned(),
        });
    }
    let [kept, covered] = shares(kind, &step.values);
    let (least_kept, most_covered) = (least.unwrap_or(LEAST_KEPT), least.map_or(MOST_COVERED, |least| 1.0 - least));
    let (message, rest) = if kept < least_kept - ROUNDING {
        (
            format!("`{kind}` leaves {kept:.2} of a picture, and the class has to be told from at least {least_kept}"),
            kept,
        )
    } else if covered > most_covered + ROUNDING {
        (
            format!("`{kind}` covers {covered:.2} of a picture, at most {most_covered} leave its class to be told"),
            1.0 - covered,
        )
    } else {
        return None;
    };
    let share = (rest * 100.0).floor() / 100.0;
    Some(Unfit {
        message,
        help: format!("make it weaker, or write `min_visible = {share}` where the class can be told from so little"),
    })
}

/// The shares of a picture's area that a step leaves, and that it covers, at worst.
fn shares(kind: &str, values: &[f64]) -> [f64; 2] {
    match (kind, values) {
        ("random_crop", [share]) => [(1.0 - share).powi(2), 0.0],
        ("border_truncation", [share]) => [(1.0 - 2.0 * share).powi(2), 0.0],
        ("translate", [right, down]) => [(1.0 - right.abs()) * (1.0 - down.abs()), 0.0],
        ("scale", [factor]) => [factor.max(1.0).powi(-2), 0.0],
        ("random_erasing", [area]) => [1.0, *area],
        // Where no two holes meet, in a square picture.
        ("coarse_dropout", [holes, side]) => [1.0, (holes.round() * side.powi(2)).min(1.0)],
        _ => [1.0, 0.0],
    }
}

impl Step {
    /// Whether left and right change places.
    fn is_mirroring(&self) -> bool {
        self.perturbation
            .warp(
                ANY,
                &self.values,
                FrameSeed { seed: 0, image: "", kind: self.perturbation.entry.name, values: &self.values, step: 0 }
                    .rng(),
            )
            .is_mirrored()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ALL;
    use super::*;

    fn told(name: &str) -> String {
        of_whole_pictures(ALL.iter().find(|kind| kind.entry.name == name).unwrap())
    }

    #[test]
    fn pages_say_what_settings_are_held_against() {
        assert_eq!(told("gaussian_blur"), "Stays.");
        assert_eq!(told("random_crop"), "Stays, as long as at least 0.5 of the picture is left, as at every severity.");
        assert_eq!(
            told("random_erasing"),
            "Stays, as long as at most 0.3 of the picture is covered, as up to severity 4; `min_visible` allows more."
        );
        assert!(told("horizontal_flip").contains("`flip_pairs = []`"));
        assert!(told("object_occlusion").starts_with("Refused"));
    }
}
