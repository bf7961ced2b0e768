//! What fuzzing hands to the readers of models' answers (see [`crate::fuzzing`]).

#![expect(clippy::missing_panics_doc, reason = "a panic is what fuzzing looks for")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use image::RgbImage;

use super::found::{Floor, FoundObject, detections};
use super::http::classes::ClassMapping;
use super::http::mapping::Mapping;
use super::naming::Naming;
use super::network::{
    Element, Engine, EngineError, Input, Inputs, Network, NetworkOptions, Port, Signature, Tensor, Written, batch_size,
    decoders, exported_size,
};
use super::oip::classification::ClassOutput;
use super::oip::engine::signature;
use super::oip::messages::{self, Content, Metadata};
use super::onnx::rules;
use super::precomputed::classes::cell::{ClassCell, ClassMeaning};
use super::precomputed::pictures::Pictures;
use super::roboflow::reply;
use super::scored::{Activation, FoundClasses, Scoring, scores};
use super::subprocess::protocol;
use super::wire::ServerReply;
use super::{CategoryMap, Frame, PredictError, Vocabulary};
use crate::answer::Answer;
use crate::condition::Condition;
use crate::dataset::{Aside, Dataset, Numbering};
use crate::detection::{Category, ImageRecord, Size};
use crate::digest::Digest;
use crate::packed::Packed;
use crate::spec::{Diagnostics, Source, TableReader, load};
use crate::task::Task;

/// The picture that answers are about.
const SIZE: Size = Size { width: 40, height: 30 };

/// The reply of a Roboflow server.
pub fn roboflow(input: &[u8]) {
    let answer = answer(input);
    drop(answer.reason(None));
    settled(reply::read(&answer, SIZE));
    settled_classes(reply::classes(&answer, SIZE), Scoring::PLAIN);
}

/// The answer of any server, by a number of mappings.
pub fn http(input: &[u8]) {
    let Ok(json) = answer(input).json() else { return };
    for mapping in MAPPINGS.iter() {
        settled(mapping.found(&json, SIZE));
    }
    for mapping in CLASS_MAPPINGS.iter() {
        settled_classes(mapping.found(&json), mapping.scoring);
    }
}

/// Lines of a child: its greeting or answers.
pub fn subprocess(input: &[u8]) {
    for line in input.split(|byte| *byte == b'\n') {
        let greeting = protocol::read::<protocol::Hello>(line, "greeting");
        let naming = greeting.ok().and_then(|hello| Some(Naming::default().with_labels(hello.classes?)));
        assert!(naming.is_none_or(|naming| matches!(naming.vocabulary(), Vocabulary::Labels(_))));
        if let Ok(answer) = protocol::read::<protocol::Reply>(line, "answer") {
            settled(answer.objects());
        }
        if let Ok(answer) = protocol::read::<protocol::Reply>(line, "answer") {
            settled_classes(answer.classes(), Scoring::PLAIN);
        }
    }
}

/// A file of the classes of two images, CSV or JSON.
pub fn class_results(input: &[u8]) {
    let image = |(id, name): (u64, &str)| ImageRecord {
        id,
        file_name: name.to_owned(),
        path: Path::new(name).into(),
        width: SIZE.width,
        height: SIZE.height,
        framing: None,
    };
    let dataset = Dataset {
        images: [(1, "a.png"), (2, "b.png")].map(image).to_vec(),
        categories: [(1, "cat"), (7, "dog")].map(|(id, name)| Category { id, name: name.to_owned() }).to_vec(),
        annotations: vec![Vec::new(); 2],
        is_labelled: true,
        digest: Digest::of_bytes(b""),
        sampled_from: None,
        metadata: Vec::new(),
        numbering: Numbering::default(),
        warnings: Vec::new(),
        aside: Aside::default(),
    };
    let pictures = Pictures::of(&dataset);
    let logits = Scoring { activation: Activation::Softmax, ..Scoring::PLAIN };
    for naming in [Naming::default(), Naming::default().with_labels(["dog", "cat", "cow"].map(str::to_owned).to_vec())]
    {
        for scoring in [Scoring::PLAIN, logits] {
            let meaning = ClassMeaning { image_ids: None, naming: naming.clone(), scoring };
            let cell = ClassCell::read(Path::new("clean.csv"), input, &dataset, &pictures, &meaning);
            for packed in cell.ok().iter().flat_map(|cell| cell.scores.values()) {
                expect_keepable(&packed.answer());
            }
        }
    }
}

/// The length of a reply's JSON in two bytes (more than there are: it says none), then the reply, or a description of
/// a model.
pub fn oip(input: &[u8]) {
    let Some((length, body)) = input.split_first_chunk() else { return };
    let length = usize::from(u16::from_le_bytes(*length));
    let names = ["boxes".to_owned(), "scores".to_owned()];
    if let Ok((_, tensors)) = messages::read("", body, (length <= body.len()).then_some(length), &names) {
        for content in tensors {
            let (shape, count) = match content {
                Content::Numbers(tensor) => (tensor.shape, tensor.data.len()),
                Content::Texts(texts) => {
                    let _refused = ClassOutput::of_text("scores").read(&texts, true);
                    (texts.shape, texts.data.len())
                }
            };
            assert_eq!(shape.iter().product::<usize>(), count);
        }
    }
    let metadata: Result<Metadata, PredictError> = answer(body).json();
    let Ok((signature, _)) = metadata.map_err(|error| error.to_string()).and_then(signature) else { return };
    if let Ok(inputs) = Inputs::new(&signature.inputs, None, None, None) {
        let _refused = batch_size(&inputs, 1);
    }
}

/// The entries of a file that name its classes and its size.
pub fn onnx_metadata(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let size = exported_size(&BTreeMap::from([("imgsz".to_owned(), text.to_owned())]));
    assert!(size.is_none_or(|size| size.width.min(size.height) > 0));
    let written = Written::new(None, None, Some(text));
    let named = written.count().map_or(0, |(_, named)| named);
    for decoder in decoders::ALL {
        for classes in [decoders::Classes::Exactly(named), decoders::Classes::WithSpare(named), decoders::Classes::Open]
        {
            if let Ok(names) = written.clone().settle(decoder, classes) {
                for label in [0, 1, named, usize::MAX] {
                    let _unnamed = names.position(label);
                }
            }
        }
    }
}

/// A model file, as the embedded engine's rules go through it; the engine itself is not asked.
pub fn onnx_rules(input: &[u8]) {
    let Ok(mut model) = rten_onnx::onnx::ModelProto::parse_buf(input) else { return };
    let review = rules::review(&mut model);
    assert!(review.refusal().is_none_or(|refusal| !refusal.is_empty()));
    if review.is_mended {
        let again = rten_onnx::onnx::ModelProto::parse_buf(&model.write_buf().expect("a buffer takes all"));
        assert!(again.is_ok());
    }
}

/// A decoder, how many classes are named, and what a network answers first and then.
pub fn onnx_outputs(input: &[u8]) {
    let mut bytes = Bytes(input);
    let decoder = usize::from(bytes.one()).checked_sub(1).and_then(|at| decoders::ALL.get(at)).copied();
    let names: Vec<String> = (0..bytes.one()).map(|at| format!("'c{at}'")).collect();
    let (first, then) = (bytes.outputs(), bytes.outputs());
    let metadata = BTreeMap::from([("names".to_owned(), format!("[{}]", names.join(", ")))]);
    let side = Some(SIDE as usize);
    let port = Port { name: "images".to_owned(), shape: vec![Some(1), Some(3), side, side], element: Element::Float };
    let outputs = first.iter().map(|(name, _)| name.clone()).collect();
    let signature = Signature { inputs: vec![port], outputs, metadata };
    let tensors = |outputs: Vec<(String, Tensor)>| outputs.into_iter().map(|(_, tensor)| tensor).collect();
    let engine = Scripted { signature, answers: [tensors(first), tensors(then)], asked: 0.into() };
    let reading = NetworkOptions { decoder, ..NetworkOptions::unsaid() };
    let Ok(model) = Network::over(Box::new(engine), Task::Detect, reading) else { return };
    let Size { width, height } = SIZE;
    let image =
        ImageRecord { id: 1, file_name: String::new(), path: Path::new("").into(), width, height, framing: None };
    let condition = Condition::Clean;
    let categories = CategoryMap::ByLabel((0..names.len() as u64).map(Some).collect());
    for _ in 0..2 {
        let pixels = || Ok(std::borrow::Cow::Owned(RgbImage::new(width, height)));
        let frame = Frame::new("d", &image, &condition, pixels);
        if let Ok(answer) = model.answer_one(&frame, &categories, &AtomicBool::new(false)) {
            expect_keepable(&answer);
        }
    }
}

fn answer(body: &[u8]) -> ServerReply {
    ServerReply { status: 200, headers: Vec::new(), body: body.to_vec() }
}

/// What becomes of found objects.
fn settled(found: Result<Vec<FoundObject>, PredictError>) {
    let Ok(found) = found else { return };
    let names = ["cat", "dog"].map(str::to_owned);
    let categories = CategoryMap::ByName(names.iter().cloned().zip([Some(1), Some(7)]).collect());
    let floor = Floor { confidence: 0.1, max_detections: Some(100) };
    for naming in [Naming::default(), Naming::default().with_labels(names.to_vec())] {
        if let Ok(kept) = detections(found.clone(), &naming, &categories, floor) {
            expect_keepable(&Answer::Objects(kept));
        }
    }
}

/// What becomes of classes.
fn settled_classes(found: Result<FoundClasses, PredictError>, scoring: Scoring) {
    let Ok(found) = found else { return };
    let names = ["cat", "dog"].map(str::to_owned);
    let categories = CategoryMap::ByName(names.iter().cloned().zip([Some(1), Some(7)]).collect());
    for naming in [Naming::default(), Naming::default().with_labels(names.to_vec())] {
        if let Ok(kept) = scores(found.clone(), &naming, &categories, scoring) {
            expect_keepable(&Answer::Scores(kept));
        }
    }
}

/// What passes as an answer is one for the store and for shards, too, and comes by falling score.
fn expect_keepable(answer: &Answer) {
    let packed = Packed::new(answer);
    assert_eq!(Packed::from_bytes(packed.as_bytes()), Ok(packed), "{answer:?}");
    match answer {
        Answer::Objects(found) => assert!(found.is_sorted_by(|one, next| one.score >= next.score), "{found:?}"),
        Answer::Scores(scores) => assert!(scores.best().is_sorted_by(|one, next| one.score >= next.score)),
    }
}

/// Boxes together and apart, in pixels and shares.
static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    [
        "list = \"predictions\"\nbox_format = \"xyxy\"\nerror = \"error\"",
        "list = \"\"\nbox = [\"x\", \"y\", \"w\", \"h\"]\nbox_format = \"cxcywh\"\nunit = \"unit\"\nscore = \"s\"\nclass = \"c.0\"",
    ]
    .into_iter()
    .map(|keys| {
        let text = format!("version = 1\n[dataset.d]\nformat = \"coco\"\n[model.m]\nkind = \"http\"\n{keys}\n[[check]]\non = \"clean\"\nmin = 0.5\n");
        let source = Source::new(Path::new("spec.toml"), text);
        let (spec, _) = load(&source).expect("the spec is right");
        let mut mistakes = Diagnostics::default();
        let mut options = TableReader::new(&spec.models[0].table, Mapping::KEYS, &mut mistakes);
        Mapping::read(&mut options).expect("the section is right")
    })
    .collect()
});

/// Fields with the classes' names, lists of entries, and logits.
static CLASS_MAPPINGS: LazyLock<Vec<ClassMapping>> = LazyLock::new(|| {
    ["list = \"predictions\"\nerror = \"error\"", "list = \"\"\nclass = \"*\"", "list = \"logits\"\nactivation = \"softmax\""]
        .into_iter()
        .map(|keys| {
            let text = format!("version = 1\ntask = \"classify\"\n[dataset.d]\nformat = \"images\"\n[model.m]\nkind = \"http\"\n{keys}\n[[check]]\non = \"clean\"\nmin = 0.5\n");
            let source = Source::new(Path::new("spec.toml"), text);
            let (spec, _) = load(&source).expect("the spec is right");
            let mut mistakes = Diagnostics::default();
            let mut options = TableReader::new(&spec.models[0].table, Mapping::KEYS, &mut mistakes).of(Task::Classify);
            ClassMapping::read(&mut options).expect("the section is right")
        })
        .collect()
});

/// The side of the network's input, pixels.
const SIDE: u32 = 32;

/// A network with its answers in a script.
struct Scripted {
    signature: Signature,
    answers: [Vec<Tensor>; 2],
    asked: std::sync::atomic::AtomicUsize,
}

impl Engine for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, _inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        let asked = self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(self.answers[(asked / 2).min(1)].clone())
    }
}

/// Names of outputs that decoders look for.
const NAMES: [&str; 12] = [
    "output0",
    "boxes",
    "scores",
    "labels",
    "logits",
    "pred_boxes",
    "dets",
    "num_dets",
    "det_boxes",
    "det_scores",
    "det_classes",
    "num_detections",
];

/// An input taken apart; zeros once it has ended.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn one(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Up to four outputs: a name, the sizes of up to four dimensions, then numbers, repeated until there are enough.
    fn outputs(&mut self) -> Vec<(String, Tensor)> {
        (0..=self.one() % 4).map(|_| (NAMES[usize::from(self.one()) % NAMES.len()].to_owned(), self.tensor())).collect()
    }

    fn tensor(&mut self) -> Tensor {
        /// More tell nothing new.
        const MOST: usize = 1 << 14;
        let shape: Vec<usize> = (0..self.one() % 5).map(|_| usize::from(self.one())).collect();
        let shape = if shape.iter().product::<usize>() > MOST { vec![1, 0] } else { shape };
        let is_integer = self.one() % 2 == 1;
        let given: Vec<f32> = (0..self.one()).map(|_| self.number(is_integer)).collect();
        let data = given.iter().chain([&0.0; 1][..usize::from(given.is_empty())].iter().copied()).copied().cycle();
        Tensor { data: data.take(shape.iter().product()).collect(), shape, is_integer }
    }

    /// One of the numbers that networks answer, or any other.
    fn number(&mut self, is_integer: bool) -> f32 {
        match (is_integer, self.one()) {
            (true, byte) => f32::from(byte.cast_signed()),
            (false, 255) => f32::from_bits(u32::from_le_bytes([self.one(), self.one(), self.one(), self.one()])),
            (false, byte @ 128..) => f32::from(byte - 128) / 100.0,
            (false, byte) => f32::from(byte),
        }
    }
}
