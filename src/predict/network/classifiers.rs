//! Classifiers of the fixtures, opened and asked: for tests alone.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use image::{Rgb, RgbImage};

use super::activation::Activation;
use super::families::Family;
use super::inputs::InputSize;
use super::model::Network;
use super::options::{Labels, NetworkOptions};
use super::preprocess::Placement;
use crate::answer::{Answer, ScoredClass, Scores};
use crate::condition::Condition;
use crate::detection::{ImageRecord, Size};
use crate::filter::Filter;
use crate::framing::{Framing, View};
use crate::predict::graph::{EngineKind, open};
use crate::predict::{CategoryMap, Frame, PredictError};
use crate::task::Task;

/// The picture of `.ci/make_classifiers.py`.
fn drawn(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([0, 1, 2].map(|c| {
            let rough = x * x * 7 + y * 13 * x + c * 101 + (x ^ y) * 29;
            let smooth = x * 3 + y * 5 + c * 40;
            ((if x * 2 < width { rough } else { smooth }) % 256) as u8
        }))
    })
}

fn classifier(name: &str, family: Option<Family>, said: impl FnOnce(&mut NetworkOptions)) -> Result<Network, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/models/classify_{name}.onnx"));
    let mut reading = NetworkOptions::unsaid();
    reading.overrides.family = family;
    said(&mut reading);
    let engine = open(EngineKind::Rten, &file, &|_| None).unwrap();
    Network::over(engine, Task::Classify, reading).map_err(|error| error.to_string())
}

fn named(names: &[&str]) -> Labels {
    let names = names.iter().map(ToString::to_string).collect();
    Labels { names, is_by_id: false, is_of_file: false }
}

const NAMES: [&str; 5] = ["ant", "bee", "cat", "dog", "elk"];

/// Pillow and onnxruntime, by `.ci/make_classifiers.py`: crops, filters, values, layouts and activations of families.
#[test]
fn classifiers_answer_as_their_libraries_do_with_onnxruntime() {
    let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
    let models = [
        ("logits", classifier("logits", Some(Family::Torchvision), five)),
        ("softmax", classifier("softmax", None, |_| {})),
        (
            "background",
            classifier("background", Some(Family::TfSlim), |options| {
                (options.labels, options.first_label) = (Some(named(&NAMES)), Some(1));
            }),
        ),
        (
            "steps",
            classifier("steps", Some(Family::Timm), |options| {
                five(options);
                options.overrides.crop_share = Some(0.875);
            }),
        ),
        ("helped", classifier("helped", Some(Family::HfVit), five)),
        (
            "sigmoid",
            classifier("sigmoid", Some(Family::Timm), |options| {
                (options.labels, options.activation) = (Some(named(&NAMES)), Some(Activation::Normalize));
                options.overrides.crop_share = Some(0.875);
            }),
        ),
        (
            "second",
            classifier("second", Some(Family::Torchvision), |options| {
                (options.labels, options.activation) = (Some(named(&NAMES[..2])), Some(Activation::Sigmoid));
            }),
        ),
        ("bytes", classifier("bytes", Some(Family::TfSlim), five)),
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/golden/classifiers.json");
    let golden: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(golden.len(), 4 * models.len());
    for case in golden {
        let model = models.iter().find(|(name, _)| case["model"] == **name).unwrap().1.as_ref().unwrap();
        let side = |at: usize| u32::try_from(case["size"][at].as_u64().unwrap()).unwrap();
        let answer = answer_of(model, &drawn(side(0), side(1))).unwrap();
        let right: Vec<f64> = case["scores"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        // Categories are numbered from 100, in the order of names; the background has none.
        let first = model.classes.first;
        let class = |at: usize| match at.checked_sub(first) {
            Some(position) => ScoredClass::Category(100 + position as u64),
            None => ScoredClass::Other(at as u64),
        };
        // Of equal scores the lower output first.
        let mut order: Vec<usize> = (0..right.len()).collect();
        order.sort_by(|&a, &b| right[b].total_cmp(&right[a]));
        let wanted: Vec<ScoredClass> = order.iter().map(|&at| class(at)).collect();
        let given: Vec<ScoredClass> = answer.best().iter().map(|one| one.class).collect();
        assert_eq!(given, wanted, "{case}");
        for (one, at) in answer.best().iter().zip(order) {
            assert!((one.score - right[at]).abs() < 1e-6, "{case}: {one:?}");
        }
    }
}

fn answer_of(model: &Network, picture: &RgbImage) -> Result<Scores, PredictError> {
    framed_answer(model, picture, None)
}

fn framed_answer(model: &Network, picture: &RgbImage, framing: Option<Framing>) -> Result<Scores, PredictError> {
    let (width, height) = picture.dimensions();
    let record = ImageRecord { id: 1, file_name: "a.png".to_owned(), path: PathBuf::new(), width, height, framing };
    let frame = Frame::new("d", &record, &Condition::Clean, || Ok(Cow::Borrowed(picture)));
    let categories = CategoryMap::ByLabel((0..5).map(|position| Some(100 + position)).collect());
    match model.answer_one(&frame, &categories, &AtomicBool::new(false))? {
        Answer::Scores(scores) => Ok(scores),
        Answer::Objects(_) => panic!("a classifier finds no objects"),
    }
}

#[test]
fn nothing_is_cut_out_of_a_view_a_second_time() {
    let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
    let cutting = classifier("logits", Some(Family::Torchvision), five).unwrap();
    let stretching = classifier("logits", Some(Family::Torchvision), |options| {
        five(options);
        options.overrides.placement = Some(Placement::Stretch);
    });
    let InputSize::Fixed(input) = cutting.inputs.size else { panic!("its input has a size") };
    let picture = drawn(input.width, input.height);
    let view = View { resize: 2 * input.width, crop: input.width, filter: Filter::Bilinear };
    let framing = Framing { whole: Size { width: 900, height: 700 }, cut: None, view: Some(view) };
    let of = |model: &Network, framing: Option<Framing>| framed_answer(model, &picture, framing).unwrap();
    let whole = of(&stretching.unwrap(), None);
    assert_eq!(of(&cutting, Some(framing)), whole);
    assert_ne!(of(&cutting, None), whole);
}

#[test]
fn a_classifier_is_asked_about_what_it_does_not_show() {
    let told = |made: Result<Network, String>| made.err().unwrap();
    let five = |options: &mut NetworkOptions| options.labels = Some(named(&NAMES));
    assert!(told(classifier("logits", None, five)).contains("add `preprocess`"));
    assert!(told(classifier("logits", Some(Family::Timm), |_| {})).contains("names none of its 5 classes"));
    assert!(told(classifier("sigmoid", Some(Family::Torchvision), five)).contains("say what they are by `activation`"));
    assert!(told(classifier("background", Some(Family::TfSlim), five)).contains("add `first_label = 1`"));
    let floor = |options: &mut NetworkOptions| options.confidence = Some(0.5);
    assert!(told(classifier("logits", Some(Family::Timm), floor)).contains("`confidence` is for detectors"));
}

#[test]
fn networks_of_another_task_are_refused_by_name() {
    let opened = |name: &str, task: Task, decoder: Option<&'static str>| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/models/{name}.onnx"));
        let mut reading = NetworkOptions::unsaid();
        reading.labels = Some(named(&NAMES));
        reading.decoder = decoder.map(|name| crate::entry::find(super::decoders::ALL, name).unwrap());
        let engine = open(EngineKind::Rten, &file, &|_| None).unwrap();
        Network::over(engine, task, reading).err().unwrap().to_string()
    };
    let said = opened("family_yolov8", Task::Classify, None);
    assert!(said.contains("its file says that its task is `detect`") && said.contains("`classify`"), "{said}");
    let detector = opened("family_torchvision", Task::Classify, None);
    assert!(detector.contains("no known layout of classifiers. They look like `torchvision`"), "{detector}");
    let classifier = opened("classify_logits", Task::Detect, None);
    assert!(classifier.contains("They look like `classifier`: of a network of the task `classify`"), "{classifier}");
    let said = opened("classify_softmax", Task::Detect, None);
    assert!(said.contains("its file says that its task is `classify`") && said.contains("a spec of its own"), "{said}");
    let named = opened("classify_logits", Task::Classify, Some("yolov8"));
    assert!(
        named.contains("`decoder = \"yolov8\"` is of detectors") && named.contains("one of `classifier`"),
        "{named}"
    );
    let forced = opened("family_yolov8", Task::Detect, Some("classifier"));
    assert!(forced.contains("`decoder = \"classifier\"` is of classifiers (`task = \"classify\"`)"), "{forced}");
}
