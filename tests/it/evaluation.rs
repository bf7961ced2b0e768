//! The tables of `eval` against pycocotools and plain references (`.ci/evaluation.py`), and what must hold of any weights.

use serde_json::{Value, json};
use windtunnel::detection::{Annotation, BBox, Category, Detection, ImageRecord, Shape};
use windtunnel::eval::{
    Counts, Doubt, MatchTable, OperatingTable, Resamples, Similarity, View, VocTable, VocVersion, label_errors,
    stability, tide,
};
use windtunnel::metric::{self, ObjectFigure, Origin, Settings};
use windtunnel::score::{CellData, CellTables, Content, Objects, Values};

use crate::support::repository;

/// Sums are taken in other orders.
const EXACT: f64 = 1e-9;

/// A made-up cell.
struct Cell {
    images: Vec<ImageRecord>,
    categories: Vec<Category>,
    annotations: Vec<Vec<Annotation>>,
    detections: Vec<Vec<Detection>>,
    perturbed: Vec<Vec<Detection>>,
    weights: Vec<u32>,
    expected: Value,
}

fn golden() -> Vec<(String, Cell)> {
    let text = std::fs::read(repository("tests/fixtures/golden/evaluation.json")).unwrap();
    let sets: serde_json::Map<String, Value> = serde_json::from_slice(&text).unwrap();
    sets.iter().map(|(name, set)| (name.clone(), cell(set))).collect()
}

fn cell(set: &Value) -> Cell {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let ids: Vec<u64> = list(&set["labels"]["images"]).iter().map(|image| image["id"].as_u64().unwrap()).collect();
    let of = |elements: &Value, id: u64| list(elements).into_iter().filter(move |one| one["image_id"] == id);
    let detections = |elements: &Value| {
        let of_image = |&id: &u64| {
            let mut found: Vec<Detection> = of(elements, id).map(|one| detection(&one)).collect();
            found.sort_by(|one, other| other.score.total_cmp(&one.score));
            found
        };
        ids.iter().map(of_image).collect()
    };
    let annotations = |&id: &u64| of(&set["labels"]["annotations"], id).map(|one| annotation(&one)).collect();
    let category = |one: &Value| Category { id: one["id"].as_u64().unwrap(), name: one["name"].to_string() };
    Cell {
        images: ids.iter().map(|&id| image(id)).collect(),
        categories: list(&set["labels"]["categories"]).iter().map(category).collect(),
        annotations: ids.iter().map(annotations).collect(),
        detections: detections(&set["results"]),
        perturbed: detections(&set["perturbed"]),
        weights: serde_json::from_value(set["weights"][0].clone()).unwrap(),
        expected: set["expected"].clone(),
    }
}

fn image(id: u64) -> ImageRecord {
    ImageRecord { id, file_name: id.to_string(), path: id.to_string().into(), width: 300, height: 300, framing: None }
}

/// The score from which a detection counts as a claim.
const MIN_CONFIDENCE: f64 = 0.3;

fn bbox(value: &Value) -> BBox {
    serde_json::from_value(value["bbox"].clone()).unwrap()
}

fn annotation(value: &Value) -> Annotation {
    Annotation {
        category_id: value["category_id"].as_u64().unwrap(),
        bbox: bbox(value),
        shape: Shape::Box,
        area: value["area"].as_f64().unwrap(),
        iscrowd: value["iscrowd"] == 1,
        is_whole: false,
    }
}

fn detection(value: &Value) -> Detection {
    let category_id = value["category_id"].as_u64().unwrap();
    Detection { category_id, bbox: bbox(value), shape: Shape::Box, score: value["score"].as_f64().unwrap() }
}

impl Cell {
    fn table(&self) -> MatchTable {
        MatchTable::build(&self.images, &self.categories, &self.annotations, &self.detections).unwrap()
    }

    fn voc(&self, version: VocVersion) -> View {
        let table =
            VocTable::build(Similarity::Boxes, &self.images, &self.categories, &self.annotations, &self.detections);
        table.unwrap().view(version)
    }

    fn operating(&self) -> OperatingTable {
        let Self { images, categories, annotations, detections, .. } = self;
        OperatingTable::build(Similarity::Boxes, images, categories, annotations, detections, &MIN_CONFIDENCE.into())
            .unwrap()
    }

    /// All views: COCO's twelve and VOC's two.
    fn views(&self) -> Vec<View> {
        let table = self.table();
        let coco = (0..12).map(|slot| table.view(slot));
        coco.chain([self.voc(VocVersion::Voc07), self.voc(VocVersion::Voc12)]).collect()
    }

    fn resamples(&self) -> Vec<Vec<u32>> {
        Resamples::new(self.images.len(), 20, 0).iter().collect()
    }
}

/// Holds numbers, and what holds numbers, against each other.
fn assert_close(found: &Value, wanted: &Value, what: &str) {
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) => {
            assert_eq!(found.len(), wanted.len(), "{what}");
            for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                assert_close(found, wanted, &format!("{what}[{at}]"));
            }
        }
        (Value::Object(found), Value::Object(wanted)) => {
            for (key, wanted) in wanted {
                assert_close(&found[key], wanted, &format!("{what}.{key}"));
            }
        }
        (Value::Number(found), Value::Number(wanted)) => {
            let (found, wanted) = (found.as_f64().unwrap(), wanted.as_f64().unwrap());
            assert!((found - wanted).abs() <= EXACT, "{what}: {found}, not {wanted}");
        }
        _ => assert_eq!(found, wanted, "{what}"),
    }
}

/// What a model claims of a clean image, as something to find again.
fn claims(detections: &[Detection]) -> Vec<Annotation> {
    let claims = detections.iter().filter(|detection| detection.score >= MIN_CONFIDENCE);
    let claim = |claim: &Detection| Annotation {
        category_id: claim.category_id,
        bbox: claim.bbox,
        shape: Shape::Box,
        area: claim.bbox.area(),
        iscrowd: false,
        is_whole: false,
    };
    claims.map(claim).collect()
}

fn point(counts: &Counts) -> Value {
    json!({
        "counts": [counts.right, counts.wrong, counts.missed],
        "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
    })
}

#[test]
fn figures_are_pycocotools() {
    for (name, cell) in golden() {
        let figures = cell.table().figures();
        assert_close(&json!(figures.summary), &cell.expected["figures"], &name);
        let per_category: Vec<_> = figures.per_category.iter().map(|category| category.figures).collect();
        assert_close(&json!(per_category), &cell.expected["per_category"], &name);
    }
}

#[test]
fn figures_of_weighted_images_are_pycocotools_of_repeated_images() {
    for (name, cell) in golden() {
        let expected = &cell.expected["weighted"][0];
        let wanted = expected["coco"].as_array().unwrap().iter().chain([&expected["voc07"], &expected["voc12"]]);
        for (slot, (view, wanted)) in cell.views().iter().zip(wanted).enumerate() {
            assert_close(&json!(view.weighted(&cell.weights)), wanted, &format!("{name}, figure {slot}"));
        }
    }
}

#[test]
fn counts_at_the_operating_point_are_the_references() {
    for (name, cell) in golden() {
        let (table, expected) = (cell.operating(), &cell.expected);
        let counts = table.weighted(&cell.weights);
        let points: Vec<Value> = counts.iter().map(point).collect();
        assert_close(&json!(points), &expected["weighted"][0]["operating"], &name);
        let pooled = counts.iter().copied().fold(Counts::default(), Counts::plus);
        assert_close(&point(&pooled), &expected["weighted"][0]["pooled"], &name);
        let once = vec![1; cell.images.len()];
        assert_close(&json!(table.on_empty_images(&once)), &expected["on_empty_images"], &name);
        assert_close(&json!(table.of_absent_categories(&once)), &expected["of_absent_categories"], &name);
    }
}

#[test]
fn stabilities_are_the_references() {
    for (name, cell) in golden() {
        let pairs = cell.detections.iter().zip(&cell.perturbed);
        let found: Vec<f64> = pairs
            .map(|(clean, perturbed)| stability(Similarity::Boxes, &claims(clean), perturbed, &MIN_CONFIDENCE.into()))
            .collect();
        assert_close(&json!(found), &cell.expected["stability"], &name);
    }
}

/// hotcoco's split of most, `tidecv`'s of the last.
#[test]
fn errors_are_split_as_by_the_authors_of_tide_and_by_hotcoco() {
    for (name, cell) in golden() {
        let tide =
            tide(Similarity::Boxes, &cell.images, &cell.categories, &cell.annotations, &cell.detections).unwrap();
        assert_close(&json!(tide), &cell.expected["tide"], &name);
    }
}

#[test]
fn labels_that_are_missing_or_of_another_category_are_hotcocos() {
    for (name, cell) in golden() {
        let Cell { images, categories, annotations, detections, .. } = &cell;
        let errors =
            label_errors(Similarity::Boxes, images, categories, annotations, detections, MIN_CONFIDENCE).unwrap();
        let doubts = errors.suspicions.iter().filter(|one| one.doubt != Doubt::BadlyPlaced);
        let doubt = |image: u64, doubt: Doubt| (image, u8::from(doubt == Doubt::MissingLabel));
        let mut found: Vec<_> =
            doubts.map(|one| (doubt(images[one.image].id, one.doubt), one.detection.score, one.iou)).collect();
        found.sort_by(|(a, a_score, a_iou), (b, b_score, b_iou)| {
            a.cmp(b).then(a_score.total_cmp(b_score)).then(a_iou.total_cmp(b_iou))
        });
        let found: Vec<Value> =
            found.iter().map(|((image, kind), score, iou)| json!([image, kind, score, iou])).collect();
        assert_close(&json!(found), &cell.expected["label_errors"], &name);
    }
}

#[test]
fn twice_every_weight_changes_nothing() {
    for (name, cell) in golden() {
        // Within an image, equal scores come in another order when it is repeated.
        if name == "absent classes" || name == "equal overlaps" {
            for view in cell.views() {
                for weights in cell.resamples() {
                    let doubled: Vec<u32> = weights.iter().map(|weight| 2 * weight).collect();
                    assert_close(&json!(view.weighted(&doubled)), &json!(view.weighted(&weights)), &name);
                }
            }
        }
    }
}

#[test]
fn images_of_no_weight_might_as_well_not_be_there() {
    for (name, cell) in golden() {
        for weights in cell.resamples() {
            let kept = |at: &usize| weights[*at] > 0;
            let places: Vec<usize> = (0..weights.len()).filter(kept).collect();
            let pick = |lists: &Vec<Vec<Detection>>| places.iter().map(|&at| lists[at].clone()).collect();
            let rest = Cell {
                images: places.iter().map(|&at| cell.images[at].clone()).collect(),
                categories: cell.categories.clone(),
                annotations: places.iter().map(|&at| cell.annotations[at].clone()).collect(),
                detections: pick(&cell.detections),
                perturbed: pick(&cell.perturbed),
                weights: places.iter().map(|&at| weights[at]).collect(),
                expected: Value::Null,
            };
            for (whole, rest_view) in cell.views().iter().zip(rest.views()) {
                assert_close(&json!(rest_view.weighted(&rest.weights)), &json!(whole.weighted(&weights)), &name);
            }
        }
    }
}

#[test]
fn the_order_of_images_is_of_no_account() {
    for (name, cell) in golden() {
        let mut other = cell_reversed(&cell);
        other.weights.reverse();
        for (one, other_view) in cell.views().iter().zip(other.views()) {
            assert_close(&json!(other_view.weighted(&other.weights)), &json!(one.weighted(&cell.weights)), &name);
        }
    }
}

fn cell_reversed(cell: &Cell) -> Cell {
    let reversed = |lists: &Vec<Vec<Detection>>| lists.iter().rev().cloned().collect();
    Cell {
        images: cell.images.iter().rev().cloned().collect(),
        categories: cell.categories.clone(),
        annotations: cell.annotations.iter().rev().cloned().collect(),
        detections: reversed(&cell.detections),
        perturbed: reversed(&cell.perturbed),
        weights: cell.weights.clone(),
        expected: Value::Null,
    }
}

#[test]
fn what_cannot_be_matched_is_refused() {
    let (_, mut cell) = golden().remove(0);
    let build = |cell: &Cell| {
        MatchTable::build(&cell.images, &cell.categories, &cell.annotations, &cell.detections)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    cell.detections[0].push(Detection {
        category_id: 1,
        bbox: BBox::from([0.0; 4]),
        shape: Shape::Box,
        score: f64::NAN,
    });
    assert!(build(&cell).ends_with("is not a number"), "{}", build(&cell));
    cell.images[1].id = cell.images[0].id;
    assert!(build(&cell).ends_with("is given twice"), "{}", build(&cell));
    cell.annotations.pop();
    assert_eq!(build(&cell), "6 lists of annotations for 7 images");
}

/// 130,400 detections, of which 32,768 are matched at once: one category is larger than that, the others go in two batches.
fn large() -> Cell {
    const PER_IMAGE: [usize; 4] = [100, 30, 30, 3];
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let images: Vec<ImageRecord> = (0..800).map(image).collect();
    let mut place = |side: f64| BBox::from([random(250) as f64, random(250) as f64, side, side]);
    let annotation = |id: u64, bbox: BBox| Annotation {
        category_id: id,
        bbox,
        shape: Shape::Box,
        area: bbox.area(),
        iscrowd: false,
        is_whole: false,
    };
    let annotations: Vec<Vec<Annotation>> =
        images.iter().map(|_| (1..=4).map(|id| annotation(id, place(40.0))).collect()).collect();
    let mut detections: Vec<Vec<Detection>> = Vec::new();
    for labels in &annotations {
        let mut found = Vec::new();
        for (label, count) in labels.iter().zip(PER_IMAGE) {
            let near = BBox { x: label.bbox.x + 3.0, ..label.bbox };
            let boxes = std::iter::once(near).chain((1..count).map(|_| place(35.0)));
            let one = |bbox: BBox| Detection {
                category_id: label.category_id,
                bbox,
                shape: Shape::Box,
                score: bbox.x / 300.0,
            };
            found.extend(boxes.map(one));
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        detections.push(found);
    }
    Cell {
        weights: vec![1; images.len()],
        images,
        categories: (1..=4).map(|id| Category { id, name: id.to_string() }).collect(),
        annotations,
        detections,
        perturbed: Vec::new(),
        expected: Value::Null,
    }
}

#[test]
fn categories_in_batches_have_the_figures_that_each_has_alone() {
    let Cell { images, categories, annotations, detections, weights, .. } = large();
    let table = |some: &[Category]| MatchTable::build(&images, some, &annotations, &detections).unwrap();
    let voc = |some: &[Category]| VocTable::build(Similarity::Boxes, &images, some, &annotations, &detections).unwrap();
    let (all, voc_of_all) = (table(&categories).figures(), voc(&categories).view(VocVersion::Voc12));
    for (at, category) in categories.iter().enumerate() {
        let alone = std::slice::from_ref(category);
        assert_eq!(all.per_category[at], table(alone).figures().per_category[0]);
        assert!(all.per_category[at].figures[0].is_some_and(|ap| ap > 0.0), "something is found of each");
        assert_eq!(voc_of_all.weighted(&weights)[at], voc(alone).view(VocVersion::Voc12).weighted(&weights)[0]);
    }
}

#[test]
fn resampled_figures_of_categories_in_batches_are_those_of_the_whole_table() {
    let Cell { images, categories, annotations, detections, .. } = large();
    let data = CellData {
        images: &images,
        categories: &categories,
        content: Content::Objects(Objects {
            similarity: Similarity::Boxes,
            annotations: &annotations,
            detections: &detections,
            min_confidence: &MIN_CONFIDENCE.into(),
        }),
        stability: None,
        settings: Settings::default(),
    };
    let resamples = Resamples::new(images.len(), 3, 0);
    let whole = MatchTable::build(&images, &categories, &annotations, &detections).unwrap();
    let tables = CellTables::new(&data);
    let together = tables.draws(metric::ALL, &resamples).unwrap();
    for (metric, draws) in metric::ALL.iter().zip(together) {
        let Origin::Objects(ObjectFigure::Coco { slot, .. }) = metric.origin else { continue };
        assert_eq!(CellTables::new(&data).draws(&[metric], &resamples).unwrap().concat(), draws, "alone");
        let expected = resamples.iter().map(|weights| Values::mean_of(whole.weighted(slot, &weights)));
        assert_eq!(draws, expected.collect::<Vec<Values>>(), "{}", metric.name);
        assert!(draws.iter().any(|draw| draw.per_category.len() == 4));
    }
}
