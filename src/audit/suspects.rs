//! Suspect labels: what the confident detections of several models contradict, each once, the surest first.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::detection::{BBox, Detection};
use crate::eval::{Doubt, LabelErrors, Similarity, Suspicion, Unscorable, label_errors};

/// The confidence from which a detection contradicts a label.
pub const CONFIDENT: f64 = 0.5;

/// IoU from which two models mean the same missing object.
const SAME: f64 = 0.5;

/// What models say of the labels of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspects {
    /// The confidence from which detections counted.
    pub confidence: f64,
    /// The models that were heard, by name.
    pub models: Vec<String>,
    /// Models that were not, with the reason.
    pub unheard: Vec<String>,
    /// By falling score.
    pub labels: Vec<Suspect>,
    /// Labels that no detection of any model overlaps, largest first: not counted as suspect, as small or hard objects
    /// are among them.
    pub unfound: Vec<Unfound>,
}

/// A label, or the lack of one, that a detection contradicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The image's file name.
    pub image: String,
    /// What may be wrong.
    pub doubt: Doubt,
    /// The category that was detected.
    pub detected: String,
    /// Where, pixels.
    pub bbox: BBox,
    /// The highest confidence of the models that say so, 0..=1.
    pub score: f64,
    /// The category of the label; `None` where there is none.
    pub label: Option<String>,
    /// The label's box, pixels.
    pub label_bbox: Option<BBox>,
    /// The IoU of both boxes; 0 where there is no label.
    pub iou: f64,
    /// The models that say so.
    pub models: Vec<String>,
}

impl Suspect {
    /// `a.jpg [1, 2, 3, 4]: WBC at 0.93, labelled RBC (a, b)`
    pub fn describe(&self) -> String {
        format!("{} {}: {}", self.image, self.bbox.describe(), self.doubts())
    }

    /// `WBC at 0.93, labelled RBC (a, b)`
    pub fn doubts(&self) -> String {
        let Self { detected, score, iou, .. } = self;
        let label = self.label.as_deref().unwrap_or_default();
        let models = self.models.join(", ");
        match self.doubt {
            Doubt::WrongCategory => format!("{detected} at {score:.2}, labelled {label} ({models})"),
            Doubt::MissingLabel => format!("{detected} at {score:.2}, no label ({models})"),
            Doubt::BadlyPlaced => format!("{detected} at {score:.2}, labelled elsewhere, IoU {iou:.2} ({models})"),
        }
    }
}

/// A label that nothing overlaps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unfound {
    /// The image's file name.
    pub image: String,
    /// Its category.
    pub category: String,
    /// Its box, pixels.
    pub bbox: BBox,
}

/// A model's detections per image, in the order of the dataset.
pub struct Voice<'a> {
    /// The model's name.
    pub model: &'a str,
    /// By falling score.
    pub detections: Vec<Vec<Detection>>,
}

impl Voice<'_> {
    /// Whether it has no detection that could contradict a label.
    pub fn is_silent(&self) -> bool {
        !self.detections.iter().flatten().any(|detection| detection.score >= CONFIDENT)
    }
}

/// Holds the labels of `data` against what models found on its clean images. `unheard` models are passed on.
///
/// # Errors
/// See [`label_errors`].
pub fn suspects(
    similarity: Similarity,
    data: &Dataset,
    voices: &[Voice<'_>],
    unheard: Vec<String>,
) -> Result<Suspects, Unscorable> {
    let mut merged = Merged::default();
    let mut unfound: Option<Vec<(usize, usize)>> = None;
    for Voice { model, detections } in voices {
        let errors =
            label_errors(similarity, &data.images, &data.categories, &data.annotations, detections, CONFIDENT)?;
        let LabelErrors { suspicions, unfound: missed } = errors;
        for suspicion in suspicions {
            merged.add(suspicion, model);
        }
        unfound = Some(match unfound {
            None => missed,
            Some(earlier) => {
                let missed: HashSet<(usize, usize)> = missed.into_iter().collect();
                earlier.into_iter().filter(|place| missed.contains(place)).collect()
            }
        });
    }
    let Merged { said: mut merged, .. } = merged;
    // Stable: of equal scores the order of models and images decides.
    merged.sort_by(|(a, _), (b, _)| b.detection.score.total_cmp(&a.detection.score).then(a.image.cmp(&b.image)));
    let mut unfound = unfound.unwrap_or_default();
    let area = |&(image, at): &(usize, usize)| data.annotations[image][at].area;
    unfound.sort_by(|a, b| area(b).total_cmp(&area(a)).then(a.cmp(b)));
    Ok(Suspects {
        confidence: CONFIDENT,
        models: voices.iter().map(|voice| voice.model.to_owned()).collect(),
        unheard,
        labels: merged.iter().map(|(suspicion, models)| suspect(data, suspicion, models)).collect(),
        unfound: unfound.iter().map(|place| unfound_label(data, *place)).collect(),
    })
}

/// What models have said so far.
#[derive(Default)]
struct Merged<'m> {
    said: Vec<(Suspicion, Vec<&'m str>)>,
    /// Positions in `said`, by image.
    of_image: HashMap<usize, Vec<usize>>,
}

impl<'m> Merged<'m> {
    /// Adds what a model says: to what another has said already, where it is the same.
    fn add(&mut self, suspicion: Suspicion, model: &'m str) {
        let is_same = |other: &Suspicion| {
            let is_like = (other.doubt, other.label) == (suspicion.doubt, suspicion.label);
            let is_there = other.label.is_some() || other.detection.bbox.iou(&suspicion.detection.bbox) >= SAME;
            is_like && other.detection.category_id == suspicion.detection.category_id && is_there
        };
        let here = self.of_image.entry(suspicion.image).or_default();
        let is_new_to = |at: &usize| {
            let (other, models) = &self.said[*at];
            is_same(other) && !models.contains(&model)
        };
        match here.iter().copied().find(is_new_to) {
            Some(at) => {
                let (other, models) = &mut self.said[at];
                models.push(model);
                if suspicion.detection.score > other.detection.score {
                    *other = suspicion;
                }
            }
            None => {
                here.push(self.said.len());
                self.said.push((suspicion, vec![model]));
            }
        }
    }
}

fn category(data: &Dataset, id: u64) -> String {
    data.categories.iter().find(|category| category.id == id).map(|category| category.name.clone()).unwrap_or_default()
}

fn suspect(data: &Dataset, suspicion: &Suspicion, models: &[&str]) -> Suspect {
    let label = suspicion.label.map(|at| &data.annotations[suspicion.image][at]);
    Suspect {
        image: data.images[suspicion.image].file_name.clone(),
        doubt: suspicion.doubt,
        detected: category(data, suspicion.detection.category_id),
        bbox: suspicion.detection.bbox,
        score: suspicion.detection.score,
        label: label.map(|label| category(data, label.category_id)),
        label_bbox: label.map(|label| label.bbox),
        iou: suspicion.iou,
        models: models.iter().map(|model| (*model).to_owned()).collect(),
    }
}

fn unfound_label(data: &Dataset, (image, at): (usize, usize)) -> Unfound {
    let label = &data.annotations[image][at];
    let image = data.images[image].file_name.clone();
    Unfound { image, category: category(data, label.category_id), bbox: label.bbox }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Aside;
    use crate::detection::{Annotation, Category, ImageRecord, Shape};
    use crate::digest::Digest;

    fn data() -> Dataset {
        let image = ImageRecord {
            id: 1,
            file_name: "a.jpg".to_owned(),
            path: "a".into(),
            width: 100,
            height: 100,
            framing: None,
        };
        let label = |x: f64, side: f64| {
            let bbox = BBox::from([x, 0.0, side, side]);
            Annotation { category_id: 1, bbox, shape: Shape::Box, area: bbox.area(), iscrowd: false, is_whole: false }
        };
        Dataset {
            images: vec![image],
            categories: vec![Category { id: 1, name: "cat".to_owned() }, Category { id: 2, name: "dog".to_owned() }],
            annotations: vec![vec![label(0.0, 10.0), label(50.0, 5.0), label(70.0, 20.0)]],
            is_labelled: true,
            digest: Digest::of_bytes(b""),
            sampled_from: None,
            metadata: Vec::new(),
            numbering: crate::dataset::Numbering::default(),
            warnings: Vec::new(),
            aside: Aside::default(),
        }
    }

    fn voice<'a>(model: &'a str, found: &[(u64, f64, f64)]) -> Voice<'a> {
        let detection = |&(category_id, x, score): &(u64, f64, f64)| {
            let bbox = BBox::from([x, 0.0, 10.0, 10.0]);
            Detection { category_id, bbox, shape: Shape::Box, score }
        };
        Voice { model, detections: vec![found.iter().map(detection).collect()] }
    }

    #[test]
    fn what_several_models_say_is_told_once_with_the_surest_score() {
        let voices = [voice("a", &[(2, 0.0, 0.7), (1, 30.0, 0.6)]), voice("b", &[(2, 1.0, 0.9)])];
        let found = suspects(Similarity::Boxes, &data(), &voices, Vec::new()).unwrap();
        let told: Vec<(Doubt, f64, usize)> =
            found.labels.iter().map(|one| (one.doubt, one.score, one.models.len())).collect();
        assert_eq!(told, [(Doubt::WrongCategory, 0.9, 2), (Doubt::MissingLabel, 0.6, 1)]);
        assert_eq!((found.labels[0].detected.as_str(), found.labels[0].label.as_deref()), ("dog", Some("cat")));
    }

    #[test]
    fn labels_that_no_model_finds_are_told_largest_first() {
        let voices = [voice("a", &[(1, 0.0, 0.9)]), voice("b", &[(1, 50.0, 0.1)])];
        let found = suspects(Similarity::Boxes, &data(), &voices, Vec::new()).unwrap();
        let unfound: Vec<f64> = found.unfound.iter().map(|label| label.bbox.x).collect();
        assert_eq!(unfound, [70.0]);
    }
}
