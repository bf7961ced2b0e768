//! The settings that some definitions leave open.

use super::kind::{Agreement, ObjectFigure, Origin, Parity};
use super::{Area, COCO_AREA_RANGES, Metric};
use crate::task::Task;

/// Values behind the names in metrics' definitions; a suite has one of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// What models are asked to do: agreement is of other things in each task.
    pub task: Task,
    /// The score from which a detection counts as a claim, 0..=1.
    pub min_confidence: f64,
    /// The classes that `topk` looks at, the best ones.
    pub top_k: usize,
    /// Calls of a model that are timed.
    pub latency_calls: usize,
    /// The stability below which an image is affected, 0..=1.
    pub strictness: f64,
    /// Detections of a category that COCO's figures look at in an image: for AR1, for AR10, and for all others.
    pub max_dets: [usize; 3],
    /// Where COCO's figures part small from medium and medium from large objects, square pixels.
    pub area_ranges: [f64; 2],
}

/// COCO's.
const MAX_DETS: [usize; 3] = [1, 10, 100];

impl Default for Settings {
    fn default() -> Self {
        Self {
            task: Task::Detect,
            min_confidence: 0.3,
            strictness: 0.75,
            top_k: 10,
            latency_calls: 200,
            max_dets: MAX_DETS,
            area_ranges: COCO_AREA_RANGES,
        }
    }
}

impl Settings {
    /// The definition of `metric` with these values in it. With COCO's own it reads as before they could be set, so that
    /// accepted figures stay comparable.
    pub fn definition(&self, metric: &Metric) -> String {
        if let (Task::Classify, Some(definition)) = (self.task, of_classes(metric.origin)) {
            return definition.to_owned();
        }
        let confidence = format!("confidence {}", self.min_confidence);
        let text = metric.definition.replace("`min_confidence`", &confidence);
        let text = text.replace("`strictness`", &self.strictness.to_string());
        let text = text.replace("`top_k`", &self.top_k.to_string());
        let text = text.replace("of `latency_calls` calls", &format!("of {} calls", self.latency_calls));
        match metric.origin {
            Origin::Objects(ObjectFigure::Coco { area, .. }) => self.with_params(&text, area),
            Origin::Objects(ObjectFigure::Voc(_) | ObjectFigure::Operating(_) | ObjectFigure::Ece)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => text,
            Origin::Parity(_) => self.with_areas(&text),
        }
    }

    /// The borders of small and large objects that the suite sets.
    fn with_areas(&self, text: &str) -> String {
        let [small, large] = self.area_ranges.map(shown);
        text.replace("32 x 32 to", &format!("{small} to"))
            .replace("32 x 32 (`area_ranges`)", &small)
            .replace("96 x 96 (`area_ranges`)", &large)
    }

    fn with_params(&self, text: &str, area: Area) -> String {
        let [one, ten, all] = self.max_dets.map(|count| count.to_string() + detections(count));
        let text = text
            .replace("100 (`max_dets`) detections", &all)
            .replace("10 (`max_dets`) detections", &ten)
            .replace("1 (`max_dets`) detection", &one);
        let text = self.with_areas(&text);
        // Left unsaid of the figures of some objects alone, while it could not be another number.
        let is_unsaid = area != Area::All && self.max_dets[2] != MAX_DETS[2];
        if is_unsaid { format!("{text}, {all} per image") } else { text }
    }
}

/// What agreement is of whole pictures; `None` for figures of anything else.
fn of_classes(origin: Origin) -> Option<&'static str> {
    Some(match origin {
        Origin::Agreement(Agreement::Stability) => {
            "share of images of which the model says the same class, that of the highest score, as of the clean image, exchanged where \
             a mirror exchanges it. Needs no labels"
        }
        Origin::Agreement(Agreement::Affected) => {
            "share of images of which the model says another class than of the clean image"
        }
        Origin::Parity(Parity::Agreement(_)) => {
            "share of images of which the model says the same class, that of the highest score, as the `reference` model; of one \
             category, among the images of which either says it. Needs no labels"
        }
        Origin::Parity(Parity::ScoreShift) => {
            "mean absolute difference between the scores that a model and the `reference` model give to the class that both \
             say. Needs no labels"
        }
        Origin::Objects(_) | Origin::Classes(_) | Origin::Speed(_) | Origin::Summary(_) | Origin::Data(_) => {
            return None;
        }
    })
}

fn detections(count: usize) -> &'static str {
    if count == 1 { " detection" } else { " detections" }
}

/// An area as the sides of a square where they are whole: `32 x 32`, `1500 square`.
fn shown(area: f64) -> String {
    let side = area.sqrt();
    if side.fract() == 0.0 { format!("{side} x {side}") } else { format!("{area} square") }
}

#[cfg(test)]
mod tests {
    use super::super::ALL;
    use super::*;

    #[test]
    fn definitions_tell_what_a_suite_sets_and_nothing_else_changes_them() {
        let metric = |name: &str| *ALL.iter().find(|metric| metric.name == name).unwrap();
        let coco = Settings::default();
        let definition = coco.definition(metric("map"));
        assert!(definition.ends_with("101 recall points, 100 detections per image"), "{definition}");
        assert!(coco.definition(metric("mar_1")).ends_with("and categories, 1 detection per image"));
        assert_eq!(coco.definition(metric("map_medium")), "COCO AP of objects of 32 x 32 to 96 x 96 pixels");
        let set = Settings { max_dets: [2, 20, 300], area_ranges: [400.0, 1500.0], ..coco };
        assert!(set.definition(metric("map50")).ends_with("101 recall points, 300 detections per image"));
        assert!(set.definition(metric("mar_1")).ends_with(", 2 detections per image"));
        assert!(set.definition(metric("mar_10")).ends_with(", 20 detections per image"));
        assert_eq!(
            set.definition(metric("map_medium")),
            "COCO AP of objects of 20 x 20 to 1500 square pixels, 300 detections per image"
        );
        assert!(set.definition(metric("mar_small")).starts_with("COCO AR of objects below 20 x 20 pixels, 300"));
        let has_areas =
            |metric: &&&Metric| matches!(metric.origin, Origin::Objects(ObjectFigure::Coco { .. }) | Origin::Parity(_));
        for metric in ALL.iter().filter(|metric| !has_areas(metric)) {
            assert_eq!(set.definition(metric), coco.definition(metric));
        }
    }
}
