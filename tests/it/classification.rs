//! Figures of classifiers, held against scikit-learn and Hendrycks' arithmetic. `.ci/classification.py` makes the golden file.

use std::collections::BTreeMap;

use serde::Deserialize;
use windtunnel::answer::{ClassScore, KEPT_CLASSES, ScoredClass, Scores};
use windtunnel::condition::ConditionName;
use windtunnel::detection::{Annotation, Category, ImageRecord};
use windtunnel::eval::Resamples;
use windtunnel::failure::Measured;
use windtunnel::gate::{Combine, Reading, Side, combined};
use windtunnel::metric::{self, Metric, Origin, Settings};
use windtunnel::score::{CellData, CellTables, Classes, Content, Values};

use crate::support::repository;

/// Sums of a thousand numbers in another order.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    mce: Vec<CorruptionErrors>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: Vec<String>,
    scores: Vec<Vec<f64>>,
    labels: Vec<usize>,
    expected: Expected,
    weighted: Vec<Weighted>,
}

/// What is expected of images that count so often.
#[derive(Deserialize)]
struct Weighted {
    weights: Vec<usize>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    top1: f64,
    top5: f64,
    balanced_accuracy: f64,
    macro_f1: f64,
    nll: f64,
    ece: f64,
    #[serde(default)]
    recall: Vec<Option<f64>>,
    #[serde(default)]
    precision: Vec<Option<f64>>,
    #[serde(default)]
    f1: Vec<Option<f64>>,
}

#[derive(Deserialize)]
struct CorruptionErrors {
    name: String,
    clean_error: f64,
    errors: BTreeMap<String, Vec<f64>>,
    mce: f64,
    relative_mce: f64,
}

fn golden() -> Golden {
    serde_json::from_slice(&std::fs::read(repository("tests/fixtures/golden/classification.json")).unwrap()).unwrap()
}

fn metric(name: &str) -> &'static Metric {
    metric::ALL.iter().copied().find(|m| m.name == name && matches!(m.origin, Origin::Classes(_))).unwrap()
}

fn answer(scores: &[f64]) -> Scores {
    let of = |(at, &score): (usize, &f64)| ClassScore { class: ScoredClass::Category(at as u64), score };
    let scored: Vec<ClassScore> = scores.iter().enumerate().map(of).collect();
    // What tells no class from another is an error where all of a model's scores are given.
    Scores::of_all(scored.clone()).or_else(|_| Scores::of_best(scored)).unwrap()
}

/// The figures of a case, those of the images in the order of `order`.
fn figures(case: &Case, order: &[usize], names: &[&str]) -> Vec<Values> {
    with_tables(case, order, |tables| names.iter().map(|name| tables.values(metric(name)).unwrap()).collect())
}

/// What `read` makes of the tables of a case, its images in the order of `order`.
fn with_tables<T>(case: &Case, order: &[usize], read: impl FnOnce(&CellTables<'_>) -> T) -> T {
    let image = |at: usize| ImageRecord {
        id: at as u64,
        file_name: String::new(),
        path: "".into(),
        width: 8,
        height: 8,
        framing: None,
    };
    let images: Vec<ImageRecord> = (0..order.len()).map(image).collect();
    let categories: Vec<Category> =
        (0..).zip(&case.classes).map(|(id, name)| Category { id, name: name.clone() }).collect();
    let label = |&at: &usize| vec![Annotation::of_image(case.labels[at] as u64, images[0].size())];
    let annotations: Vec<Vec<Annotation>> = order.iter().map(label).collect();
    let answers: Vec<Scores> = order.iter().map(|&at| answer(&case.scores[at])).collect();
    let data = CellData {
        images: &images,
        categories: &categories,
        content: Content::Classes(Classes { annotations: &annotations, answers: &answers }),
        stability: None,
        settings: Settings::default(),
    };
    read(&CellTables::new(&data))
}

/// Each image's place, as often as it counts.
fn repeated<N: Copy + TryInto<usize>>(weights: &[N]) -> Vec<usize> {
    let times = |&weight: &N| weight.try_into().ok().unwrap();
    weights.iter().enumerate().flat_map(|(at, weight)| std::iter::repeat_n(at, times(weight))).collect()
}

/// Every label's probability, one that is not kept with its share of the rest.
fn likelihood(case: &Case) -> f64 {
    let of_image = |(scores, &label): (&Vec<f64>, &usize)| {
        let mut falling = scores.clone();
        falling.sort_by(|a, b| b.total_cmp(a));
        let rank =
            scores.iter().enumerate().filter(|(at, s)| **s > scores[label] || (**s == scores[label] && *at < label));
        let rest: f64 = falling.iter().skip(KEPT_CLASSES).sum();
        let p = if rank.count() < KEPT_CLASSES { scores[label] } else { rest / (scores.len() - KEPT_CLASSES) as f64 };
        -p.max(f64::EPSILON).ln()
    };
    case.scores.iter().zip(&case.labels).map(of_image).sum::<f64>() / case.labels.len() as f64
}

#[test]
fn figures_of_classes_are_those_of_scikit_learn() {
    for case in golden().cases {
        let order: Vec<usize> = (0..case.labels.len()).collect();
        let names = ["top1", "top5", "balanced_accuracy", "macro_f1", "ece", "nll", "recall", "precision"];
        let figures = figures(&case, &order, &names);
        let Expected { top1, top5, balanced_accuracy, macro_f1, nll, ece, recall, precision, f1 } = &case.expected;
        let nll = if case.classes.len() > KEPT_CLASSES { likelihood(&case) } else { *nll };
        for (at, wanted) in [*top1, *top5, *balanced_accuracy, *macro_f1, *ece, nll].into_iter().enumerate() {
            let got = figures[at].all.unwrap();
            assert!((got - wanted).abs() < TOLERANCE, "{}: {} is {got}, not {wanted}", case.name, names[at]);
        }
        for (at, wanted) in [(6, recall), (7, precision), (3, f1)] {
            for (got, wanted) in figures[at].per_category.iter().zip(wanted) {
                match (got, wanted) {
                    (Some(got), Some(wanted)) => assert!((got - wanted).abs() < TOLERANCE, "{} {at}", case.name),
                    (got, wanted) => assert_eq!(got, wanted, "{} {}", case.name, names[at]),
                }
            }
        }
    }
}

#[test]
fn figures_of_resamples_are_those_of_repeated_images_and_these_scikit_learns() {
    let names = ["top1", "top5", "balanced_accuracy", "macro_f1", "ece", "nll"];
    for case in golden().cases {
        let resamples = Resamples::new(case.labels.len(), 3, 0);
        let metrics: Vec<_> = names.iter().map(|name| metric(name)).collect();
        let order: Vec<usize> = (0..case.labels.len()).collect();
        let draws = with_tables(&case, &order, |tables| tables.draws(&metrics, &resamples).unwrap());
        for (at, weights) in resamples.iter().enumerate() {
            let wanted = figures(&case, &repeated(&weights), &names);
            for (name, (drawn, wanted)) in names.iter().zip(draws.iter().zip(&wanted)) {
                let (drawn, wanted) = (drawn[at].all.unwrap(), wanted.all.unwrap());
                assert!((drawn - wanted).abs() < TOLERANCE, "{}: {name} is {drawn}, not {wanted}", case.name);
            }
        }
        for Weighted { weights, expected } in &case.weighted {
            let Expected { top1, top5, balanced_accuracy, macro_f1, nll, ece, .. } = expected;
            let figures = figures(&case, &repeated(weights), &names);
            let nll = if case.classes.len() > KEPT_CLASSES { figures[5].all.unwrap() } else { *nll };
            for (at, wanted) in [*top1, *top5, *balanced_accuracy, *macro_f1, *ece, nll].into_iter().enumerate() {
                let got = figures[at].all.unwrap();
                assert!((got - wanted).abs() < TOLERANCE, "{}: {} is {got}, not {wanted}", case.name, names[at]);
            }
        }
    }
}

#[test]
fn figures_of_classes_do_not_hang_on_the_order_of_images() {
    let names = ["top1", "macro_f1", "ece", "nll"];
    for case in golden().cases {
        let order: Vec<usize> = (0..case.labels.len()).collect();
        let backwards: Vec<usize> = order.iter().rev().copied().collect();
        assert_eq!(figures(&case, &order, &names), figures(&case, &backwards, &names), "{}", case.name);
    }
}

#[test]
fn corruption_errors_are_those_of_hendrycks_arithmetic() {
    let reading = |name: &str, error: f64, alexnet: Option<f64>| Reading {
        condition: ConditionName(name.to_owned()),
        perturbation: name.to_owned(),
        groups: Vec::new(),
        alexnet,
        figure: Measured::Value(Some(1.0 - error)),
        draws: None,
        extreme: None,
    };
    let golden = golden();
    let alexnet = golden.mce.iter().find(|model| model.name == "alexnet").unwrap();
    let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
    for model in &golden.mce {
        let of_kind = |(name, errors): (&String, &Vec<f64>)| {
            let of_alexnet = mean(&alexnet.errors[name]);
            errors.iter().map(|&error| reading(name, error, Some(of_alexnet))).collect::<Vec<_>>()
        };
        let readings = model.errors.iter().flat_map(of_kind).collect();
        let side = Side { clean: Some(reading("clean", model.clean_error, None)), readings };
        for (combine, wanted) in
            [(Combine::CorruptionError, model.mce), (Combine::RelativeCorruptionError, model.relative_mce)]
        {
            let got = combined(&side, combine).unwrap();
            assert!((got - wanted).abs() < 1e-3, "{}: {got}, not {wanted}", model.name);
        }
    }
}
