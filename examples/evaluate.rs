//! Evaluates COCO results against COCO labels, whole and with weighted images, by the library alone.
//!
//! ```sh
//! cargo run --release --example evaluate -- LABELS.json RESULTS.json [WEIGHTS.json [PERTURBED.json]]
//! ```
//!
//! Prints JSON: COCO's twelve figures over all categories and for each; and for each list of WEIGHTS (a number per image,
//! in the order of the labels; one list of ones if there is no file) the same per category, Pascal VOC's, and the counts at
//! the confidence 0.3. With PERTURBED, results of the same images after a perturbation, also each image's stability. Of the
//! whole also TIDE's split of the errors; and the labels that detections contradict: image id, whether one is missing and not
//! of another category, score and IoU.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example prints what it finds, and reads files of its user"
)]

#[path = "support/coco_json.rs"]
mod coco_json;

use std::error::Error;

use coco_json::{Dataset, read};
use serde_json::{Value, json};
use windtunnel::detection::{Annotation, Detection};
use windtunnel::eval::{
    Counts, Doubt, MatchTable, OperatingTable, Similarity, Suspicion, VocTable, VocVersion, label_errors, stability,
    tide,
};

/// The score from which a detection counts as a claim.
const MIN_CONFIDENCE: f64 = 0.3;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [labels, results, rest @ ..] = args.as_slice() else {
        return Err("usage: evaluate LABELS.json RESULTS.json [WEIGHTS.json [PERTURBED.json]]".into());
    };
    let dataset = Dataset::read(labels)?;
    let Dataset { images, categories, annotations } = &dataset;
    let detections = dataset.detections(results)?;
    let table = MatchTable::build(images, categories, annotations, &detections)?;
    let voc = VocTable::build(Similarity::Boxes, images, categories, annotations, &detections)?;
    let (seven, twelve) = (voc.view(VocVersion::Voc07), voc.view(VocVersion::Voc12));
    let operating =
        OperatingTable::build(Similarity::Boxes, images, categories, annotations, &detections, &MIN_CONFIDENCE.into())?;
    let views: Vec<_> = (0..12).map(|slot| table.view(slot)).collect();
    let weighted = |weights: &Vec<u32>| {
        let counts = operating.weighted(weights);
        json!({
            "coco": views.iter().map(|view| view.weighted(weights)).collect::<Vec<_>>(),
            "voc07": seven.weighted(weights),
            "voc12": twelve.weighted(weights),
            "operating": counts.iter().map(operating_point).collect::<Vec<_>>(),
            "pooled": operating_point(&counts.iter().copied().fold(Counts::default(), Counts::plus)),
        })
    };
    let weights: Vec<Vec<u32>> = rest.first().map_or_else(|| Ok(vec![vec![1; images.len()]]), read)?;
    let stabilities = match rest.get(1) {
        Some(path) => {
            let perturbed = dataset.detections(path)?;
            detections
                .iter()
                .zip(&perturbed)
                .map(|(clean, perturbed)| {
                    stability(Similarity::Boxes, &claims(clean), perturbed, &MIN_CONFIDENCE.into())
                })
                .collect()
        }
        None => Vec::new(),
    };
    let once = vec![1; images.len()];
    let figures = table.figures();
    let of_category: Vec<_> = figures.per_category.iter().map(|category| category.figures).collect();
    let errors = tide(Similarity::Boxes, images, categories, annotations, &detections)?;
    let doubts =
        label_errors(Similarity::Boxes, images, categories, annotations, &detections, MIN_CONFIDENCE)?.suspicions;
    let doubt = |one: &Suspicion| {
        json!([images[one.image].id, u8::from(one.doubt == Doubt::MissingLabel), one.detection.score, one.iou])
    };
    let evaluated = json!({
        "categories": categories.iter().map(|category| category.id).collect::<Vec<_>>(),
        "figures": figures.summary,
        "per_category": of_category,
        "weighted": weights.iter().map(weighted).collect::<Vec<Value>>(),
        "on_empty_images": operating.on_empty_images(&once),
        "of_absent_categories": operating.of_absent_categories(&once),
        "stability": stabilities,
        "tide": errors,
        "label_errors": doubts.iter().filter(|one| one.doubt != Doubt::BadlyPlaced).map(doubt).collect::<Vec<_>>(),
    });
    println!("{evaluated}");
    Ok(())
}

/// What a model claims of a clean image, as something to find again.
fn claims(detections: &[Detection]) -> Vec<Annotation> {
    let claims = detections.iter().filter(|detection| detection.score >= MIN_CONFIDENCE);
    let claim = |claim: &Detection| Annotation {
        category_id: claim.category_id,
        bbox: claim.bbox,
        shape: claim.shape.clone(),
        area: claim.bbox.area(),
        iscrowd: false,
        is_whole: false,
    };
    claims.map(claim).collect()
}

fn operating_point(counts: &Counts) -> Value {
    json!({
        "counts": [counts.right, counts.wrong, counts.missed],
        "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
    })
}
