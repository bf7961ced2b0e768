//! The options of result files.

use std::path::Path;

use toml::Spanned;

use super::cell::Meaning;
use super::classes::{ClassFiles, ClassMeaning};
use super::files::{KIND, ResultFiles};
use super::pattern::Pattern;
use super::pictures::Calling;
use crate::dataset::{MAX_FILE_MIB, most_bytes};
use crate::entry::{Entry, Named};
use crate::predict::box_format::{BoxFormat, Unit};
use crate::predict::naming::{LABELS, Naming, RENAME};
use crate::predict::scored::{ACTIVATION, SCORE_SCALE, Scoring};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Diagnostic, Key, Literal, Source, TableReader, ValueShape, deserialize, found_above, from_above};
use crate::task::Task;

/// Result files.
#[derive(Debug)]
pub struct Precomputed;

impl Named for Precomputed {
    fn entry(&self) -> Entry {
        Entry {
            name: KIND,
            summary: "result files, one per condition: COCO results JSON of objects (a list, an object a line, or a table \
                      that holds the list), CSV or JSON of classes",
        }
    }
}

const KEYS: &[Key] = &[
    Key::new(
        "path",
        ValueShape::PATH,
        "the files by a pattern: `{condition}` stands for \"clean\" or a level (\"blur@3\") and may be left out where \
         models are run on clean images alone, `{dataset}` for the dataset's name",
    )
    .required(),
    Key::new(
        "image_ids",
        ValueShape::choice::<Calling>(),
        "what `image_id` in the results is; told by the images where none is given: the ids of a COCO file, else \
         names. A `file_name` beside it goes before it",
    ),
    Key::new(
        "first_label",
        ValueShape::integer(0, 1),
        "the number of the first category, where `category_id` in the results counts the dataset's categories in their \
         order. Without it the file's own `categories` say what numbers are called; else they are the ids of the \
         dataset",
    )
    .of(Task::Detect),
    Key::new("box_format", ValueShape::choice::<BoxFormat>(), "what the four numbers of `bbox` are")
        .or(Literal::Text("xywh"))
        .of(Task::Detect),
    Key::new("unit", ValueShape::choice::<Unit>(), "what the four numbers count")
        .or(Literal::Text("pixel"))
        .of(Task::Detect),
    SCORE_SCALE,
    ACTIVATION,
    LABELS.of(Task::Classify),
    Key {
        summary: "classes that the dataset calls otherwise: on the left the name or number in the results, on the \
                  right the dataset's name",
        ..RENAME
    },
    MAX_FILE_MIB,
];

/// The folder of a pattern, as far as it is the same for all conditions and datasets; empty where that is the spec's
/// own.
fn until_placeholder(pattern: &str) -> String {
    let plain = pattern.split('{').next().unwrap_or_default();
    plain.rsplit_once(['/', '\\']).map_or_else(String::new, |(folder, _)| folder.to_owned())
}

impl PredictorKind for Precomputed {
    fn identity(&self) -> &'static str {
        "The same model is the same content of the result files. Every run reads them anew; nothing of them is kept."
    }

    fn keys(&self) -> Vec<Key> {
        KEYS.to_vec()
    }

    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        let pattern = options.required::<String>("path", "path = \"results/{dataset}/{condition}.json\"");
        let image_ids = options.choice::<Calling>("image_ids");
        let meaning = match options.task() {
            Task::Detect => TaskMeaning::Objects(Meaning {
                image_ids,
                first_label: options.integer("first_label"),
                box_format: options.choice("box_format").unwrap_or(BoxFormat::Xywh),
                unit: options.choice("unit").unwrap_or(Unit::Pixel),
                score_scale: options.number("score_scale").unwrap_or(1.0),
                rename: options.with("rename", deserialize).map(Spanned::into_inner).unwrap_or_default(),
            }),
            Task::Classify => TaskMeaning::Classes(ClassMeaning {
                image_ids,
                naming: Naming::read(options),
                scoring: Scoring::read(options),
            }),
        };
        let most = most_bytes(options);
        let pattern = pattern?;
        let folder = source.resolve(&pattern);
        let (written, path) = (until_placeholder(pattern.get_ref()), until_placeholder(&folder.to_string_lossy()));
        if let Some(found) = from_above(Path::new(&path), &written).filter(|_| !Path::new(&path).exists()) {
            let message = format!("there is no folder {path}");
            let rest = &pattern.get_ref()[written.len()..];
            options.wrong(Diagnostic::new(pattern.span(), message).help(found_above(&format!("{found}{rest}"))));
            return None;
        }
        Some(Box::new(PrecomputedOptions { pattern: Pattern::new(source.resolve(&pattern)), meaning, most }))
    }
}

/// What a section says.
struct PrecomputedOptions {
    pattern: Pattern,
    meaning: TaskMeaning,
    most: u64,
}

enum TaskMeaning {
    Objects(Meaning),
    Classes(ClassMeaning),
}

impl Opener for PrecomputedOptions {
    fn open(self: Box<Self>, _task: Task, _variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        let Self { pattern, meaning, most } = *self;
        Ok(match meaning {
            TaskMeaning::Objects(meaning) => Box::new(ResultFiles::new(pattern, meaning, most)),
            TaskMeaning::Classes(meaning) => Box::new(ClassFiles::new(pattern, meaning, most)),
        })
    }
}
