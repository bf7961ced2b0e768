//! A folder of its own for each test, the program run in it, and specs on the example data.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::ImageEncoder;
use image::codecs::jpeg::JpegEncoder;
use serde_json::{Value, json};
use windtunnel::dataset::Dataset;
use windtunnel::plan::scenery;
use windtunnel::spec::{Source, load};

use crate::schema::refusal;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_windtunnel");

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A temporary folder in which the program is run.
pub struct Workshop {
    folder: tempfile::TempDir,
}

/// What a run of the program left.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error, with the folder's own path taken out.
    pub stderr: String,
}

impl Ran {
    /// Whether the program says `message` on either stream, wherever its lines are broken.
    pub fn says(&self, message: &str) -> bool {
        let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        [&self.stderr, &self.stdout].into_iter().any(|text| joined(text).contains(message))
    }
}

impl Workshop {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs the program in the folder, as in a plain shell.
    pub fn run(&self, args: &[&str]) -> Ran {
        let ran = self.finish(self.command(args).output().unwrap());
        self.hold_against_schema(args, &ran);
        ran
    }

    /// A spec that the program takes is one that the schema takes.
    fn hold_against_schema(&self, args: &[&str], ran: &Ran) {
        let is_judged = matches!(args.first(), Some(&("run" | "check" | "list"))) && matches!(ran.code, 0 | 1 | 3);
        let is_changed = args.iter().any(|arg| ["--set", "--profile"].contains(arg));
        let specs = args.iter().filter(|arg| {
            is_judged && !is_changed && Path::new(arg).extension().is_some_and(|extension| extension == "toml")
        });
        for text in specs.filter_map(|spec| std::fs::read_to_string(self.path(spec)).ok()) {
            assert_eq!(refusal(&text), None, "the program takes what its schema refuses: {text}");
        }
    }

    /// The command, for tests that do more than run it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).current_dir(self.folder.path());
        for name in ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CLICOLOR_FORCE", "NO_COLOR"].into_iter().chain([
            "ORT_DYLIB_PATH",
            "VIRTUAL_ENV",
            "CONDA_PREFIX",
            "ROBOFLOW_API_KEY",
        ]) {
            command.env_remove(name);
        }
        command.env("NO_PROXY", "127.0.0.1");
        command
    }

    /// Reads what a finished command left.
    pub fn finish(&self, output: Output) -> Ran {
        let folder = self.folder.path().display().to_string();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&folder, "<folder>");
        Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The record that a run of the spec called `name` wrote.
    pub fn record(&self, name: &str) -> Value {
        let path = self.path(&format!("target/windtunnel/{name}/record.json"));
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    /// The record that the last run of only some cases of the spec called `name` wrote.
    pub fn record_of_selected(&self, name: &str) -> Value {
        self.record(&format!("{name}/selected"))
    }

    /// Whether any report was written.
    pub fn has_reports(&self) -> bool {
        self.path("target").exists()
    }

    /// Writes a grey PNG, whatever the name says, of the given size in pixels.
    pub fn picture(&self, name: &str, width: u32, height: u32) {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::GrayImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        self.write(name, bytes.into_inner());
    }

    /// Writes a grey JPEG of `width` by `height` pixels that is to be turned by a quarter before it is looked at.
    pub fn sideways(&self, name: &str, width: u32, height: u32) {
        /// Little-endian TIFF with one entry: tag 0x0112 (orientation), a short, value 6.
        const ORIENTATION_6: [u8; 26] =
            [b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new(&mut bytes);
        encoder.set_exif_metadata(ORIENTATION_6.to_vec()).unwrap();
        let pixels = vec![128; (width * height) as usize];
        encoder.write_image(&pixels, width, height, image::ExtendedColorType::L8).unwrap();
        self.write(name, bytes);
    }

    /// Reads the dataset of which `section` holds the keys, or says why it cannot be used.
    pub fn dataset(&self, section: &str) -> Result<Dataset, String> {
        self.dataset_for("detect", section)
    }

    /// The same in a spec of a task.
    pub fn dataset_for(&self, task: &str, section: &str) -> Result<Dataset, String> {
        let model =
            "[model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n[[check]]\non = \"clean\"\nmin = 0.1\n";
        let source = Source::new(
            &self.path("spec.toml"),
            format!("version = 1\ntask = {task:?}\n[dataset.d]\n{section}\n{model}"),
        );
        let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
        let (datasets, _) = scenery(&spec, mistakes).map_err(|mistakes| mistakes.render(&source, false))?;
        let state = datasets.into_iter().next().unwrap().state;
        state.map_err(|failure| failure.message.replace(&self.folder.path().display().to_string(), "<folder>"))
    }

    /// Copies the first `images` images of the blood-cell test set, with labels, as `labels.json` and `images/`.
    pub fn blood_cells(&self, images: usize) -> Value {
        let text = std::fs::read(repository("examples/bccd/annotations/test.json")).unwrap();
        let mut labels: Value = serde_json::from_slice(&text).unwrap();
        labels["images"].as_array_mut().unwrap().truncate(images);
        let kept: Vec<Value> = labels["images"].as_array().unwrap().iter().map(|image| image["id"].clone()).collect();
        labels["annotations"].as_array_mut().unwrap().retain(|annotation| kept.contains(&annotation["image_id"]));
        for image in labels["images"].as_array().unwrap() {
            let name = image["file_name"].as_str().unwrap();
            self.write(
                &format!("images/{name}"),
                std::fs::read(repository("examples/bccd/images").join(name)).unwrap(),
            );
        }
        self.write("labels.json", labels.to_string());
        labels
    }
}

/// A dataset section for [`Workshop::blood_cells`].
pub const DATASET: &str = r#"
[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
"#;

/// A model section: the blood-cell detector `a`, `b` or `c`.
pub fn detector(name: &str) -> String {
    let path = repository(&format!("examples/models/bccd_{name}.onnx"));
    format!(
        "[model.{name}]\nkind = \"onnx\"\nengine = \"rten\"\npath = {}\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n",
        json!(path.display().to_string())
    )
}

/// A whole spec on four images of blood cells with detector `a`; `rest` holds perturbations and checks.
pub fn small_spec(rest: &str) -> String {
    format!("version = 1\nname = \"small\"\n{DATASET}\n{}\n{rest}", detector("a"))
}
