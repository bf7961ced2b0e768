//! The blood-cell detector as a function of a picture's bytes: what stands behind the servers and processes of tests,
//! so that the figures through them can be held against those of the same model inside the program.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;

use windtunnel::answer::Answer;
use windtunnel::condition::Condition;
use windtunnel::dataset::decode_picture;
use windtunnel::detection::{Detection, ImageRecord};
use windtunnel::plan::{Plan, Selection, resolve};
use windtunnel::position::{CellAt, ConditionAt, ModelAt};
use windtunnel::predict::Frame;
use windtunnel::spec::{Source, load};

use crate::support::{Workshop, small_spec};

/// The detector, opened.
pub struct Detector {
    plan: Plan,
}

/// The names of the blood-cell categories, by id.
pub const NAMES: [&str; 4] = ["", "RBC", "WBC", "Platelets"];

impl Detector {
    /// Opens it with labels and the first images of the test set in `workshop`, which has been filled with them.
    pub fn open(workshop: &Workshop) -> Self {
        let spec = small_spec("confidence = 0.01\n[[check]]\non = \"clean\"\nmin = 0.1\n");
        let source = Source::new(&workshop.path("detector.toml"), spec);
        let (spec, mistakes) = load(&source).unwrap();
        let selection = Selection { filter: vec![], only: None, seed: None, variables: &|_| None, today: None };
        Self { plan: resolve(&spec, mistakes, &selection).unwrap_or_else(|_| panic!("the spec is right")) }
    }

    /// What it finds in a picture file, and the picture's size.
    pub fn find(&self, file: &[u8]) -> (Vec<Detection>, [u32; 2]) {
        let pixels = decode_picture(file).unwrap();
        let (width, height) = pixels.dimensions();
        let image = ImageRecord { id: 0, file_name: String::new(), path: "".into(), width, height, framing: None };
        let condition = &self.plan.conditions[ConditionAt(0)].condition;
        assert!(condition.is_clean());
        let frame = frame(&image, condition, &pixels);
        let model = self.plan.models[ModelAt(0)].state.as_ref().unwrap();
        let answer = model.predict(&frame, &self.plan.cells[CellAt(0)].categories, &AtomicBool::new(false)).unwrap();
        let Answer::Objects(found) = answer else { panic!("a detector answers objects") };
        (found, [width, height])
    }

    /// A picture file as the PNG that a predictor is given.
    pub fn png(&self, file: &[u8]) -> Vec<u8> {
        let pixels = decode_picture(file).unwrap();
        let (width, height) = pixels.dimensions();
        let image = ImageRecord { id: 0, file_name: String::new(), path: "".into(), width, height, framing: None };
        frame(&image, &self.plan.conditions[ConditionAt(0)].condition, &pixels).png().unwrap().to_vec()
    }
}

fn frame<'a>(image: &'a ImageRecord, condition: &'a Condition, pixels: &'a image::RgbImage) -> Frame<'a> {
    Frame::new("test", image, condition, || Ok(Cow::Borrowed(pixels)))
}
