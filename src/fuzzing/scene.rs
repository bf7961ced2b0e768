//! A folder with a small dataset and a spec, of which an input takes the place of one file.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use image::{GrayImage, ImageFormat};
use tempfile::TempDir;

use crate::dataset::Dataset;
use crate::plan::{Plan, Selection, resolve};
use crate::report::{ALL, Style};
use crate::run::{Context, Events, Finished, Threads};
use crate::spec::{Source, load};

/// Labels of two pictures with two cats and a dog, one of them a crowd.
const LABELS: &str = r#"{"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}, {"id": 2, "file_name": "b.png"}],
"categories": [{"id": 1, "name": "cat"}, {"id": 7, "name": "dog"}],
"annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0},
{"id": 2, "image_id": 1, "category_id": 7, "bbox": [5, 5, 20, 20]},
{"id": 3, "image_id": 2, "category_id": 1, "bbox": [0, 0, 30, 20], "iscrowd": 1}]}"#;

/// The dataset section of [`LABELS`].
pub const COCO: &str = "format = \"coco\"\npath = \"labels.json\"";

/// Results on [`LABELS`].
const RESULTS: &str = r#"[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 9], "score": 0.9},
{"image_id": 2, "category_id": 7, "bbox": [1, 2, 3, 4], "score": 0.5}]"#;

/// How reports for people look.
pub const STYLE: Style = Style { colored: false, width: 80, is_verbose: false };

/// A folder that goes with the value.
pub struct Scene {
    folder: TempDir,
    section: &'static str,
}

impl Scene {
    /// With the dataset of `section`; pictures are `a.png` and `b.png`, labels and results those of [`COCO`].
    pub fn new(section: &'static str) -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a temporary folder"), section };
        scene.picture("a.png");
        scene.picture("b.png");
        scene.write("labels.json", LABELS.as_bytes());
        scene.write("clean.json", RESULTS.as_bytes());
        scene
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Writes a black picture of 40 by 30 pixels.
    pub fn picture(&self, name: &str) {
        let mut bytes = Cursor::new(Vec::new());
        GrayImage::new(40, 30).write_to(&mut bytes, ImageFormat::Png).expect("memory takes any picture");
        self.write(name, &bytes.into_inner());
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The plan; `None` where the spec or what it names is refused.
    pub fn plan(&self) -> Option<Plan> {
        let text = format!(
            "version = 1\n[dataset.d]\n{}\n[model.m]\nkind = \"precomputed\"\npath = \"{{condition}}.json\"\n\
             [defaults]\nresamples = 100\n[[check]]\non = \"clean\"\nmin = 0.5\nrule = \"significant\"\n",
            self.section
        );
        let source = Source::new(&self.path("spec.toml"), text);
        let (spec, mistakes) = load(&source).expect("the spec is right");
        assert!(mistakes.is_empty(), "{mistakes:?}");
        resolve(&spec, mistakes, &Selection::default()).ok()
    }

    /// Runs the plan.
    pub fn run(&self) -> Option<Finished> {
        let plan = self.plan()?;
        for data in plan.datasets.iter().filter_map(|planned| planned.state.as_ref().ok()) {
            expect_sound(data);
        }
        Some(in_context(|context| crate::run::run(&plan, context)))
    }

    /// Writes every report.
    pub fn report(&self, finished: &Finished) {
        for reporter in ALL {
            // JUnit cannot hold every text.
            let _report = reporter.render(&[(&finished.record, self.folder.path())], STYLE);
        }
    }
}

/// With surroundings in which time stands still.
pub fn in_context<T>(work: impl FnOnce(&Context<'_>) -> T) -> T {
    work(&Context {
        threads: &Threads::new(1).expect("a thread"),
        clock: &|| Duration::ZERO,
        events: &Quiet,
        interrupted: &AtomicBool::new(false),
        store: None,
        is_offline: false,
        is_drawing_all: false,
        is_failing_fast: false,
    })
}

struct Quiet;

impl Events for Quiet {
    fn started(&self, _images: usize, _predictions: usize) {}
    fn predicted(&self, _predictions: usize) {}
    fn dropped(&self, _predictions: usize) {}
    fn scoring(&self) {}
}

/// What the stages after the reader take for granted.
fn expect_sound(data: &Dataset) {
    assert_eq!(data.images.len(), data.annotations.len());
    assert!(!data.images.is_empty());
    for (image, annotations) in data.images.iter().zip(&data.annotations) {
        assert!(image.width > 0 && image.height > 0 && image.path != Path::new(""));
        for one in annotations {
            assert!(one.bbox.is_finite() && one.bbox.width >= 0.0 && one.bbox.height >= 0.0, "{one:?}");
            assert!(one.area.is_finite() && one.area >= 0.0, "{one:?}");
            assert!(data.categories.iter().any(|category| category.id == one.category_id), "{one:?}");
        }
    }
}
