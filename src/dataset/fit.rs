//! Whether the labels of a format are what the task asks for, or can be made it: objects become pictures of classes by
//! `crops`, nothing makes objects of classes.

use toml::Spanned;

use super::Format;
use super::crops::CROPS;
use crate::spec::{Diagnostic, TableReader};
use crate::task::Task;

/// What is read of the files, and made of it.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// The task whose labels are read.
    pub reads: Task,
    /// The objects become pictures, with so many times their longer side around them.
    pub crops: Option<f64>,
}

impl Fit {
    /// Reads `crops`; `None` where the labels do not fit the task.
    pub fn read(format: &dyn Format, task: Task, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let has_key = format.keys().iter().any(|key| key.name == CROPS.name);
        let crops = if has_key { options.number(CROPS.name) } else { None };
        match (task, crops) {
            (Task::Detect, Some(_)) => {
                refuse_crops(options);
                None
            }
            (Task::Classify, Some(_)) => Some(Self { reads: Task::Detect, crops }),
            (task, None) if format.tasks().contains(&task) => Some(Self { reads: task, crops }),
            (task, None) => {
                // A number that is wrong has been told.
                if options.table().get(CROPS.name).is_none() {
                    refuse_task(format, task, options);
                }
                None
            }
        }
    }
}

fn refuse_crops(options: &mut TableReader<'_, '_, '_>) {
    let message =
        format!("`{}` in {} makes pictures of classes, and the task is to detect", CROPS.name, options.table().title);
    let span = options.table().get(CROPS.name).map_or(options.table().span.clone(), Spanned::span);
    options
        .wrong(Diagnostic::new(span, message).help("remove it, or set `task = \"classify\"` at the top of the spec"));
}

fn refuse_task(format: &dyn Format, task: Task, options: &mut TableReader<'_, '_, '_>) {
    let (title, name) = (options.table().title.clone(), format.entry().name);
    let (what, help) = match task {
        Task::Classify => (
            "objects, and the task is to classify pictures",
            "set `crops = 1.2` beside it: each object becomes a picture of its class".to_owned(),
        ),
        Task::Detect => (
            "the classes of whole pictures, and the task is to detect objects",
            "set `task = \"classify\"` at the top of the spec".to_owned(),
        ),
    };
    let span = options.table().get("format").map_or(options.table().span.clone(), Spanned::span);
    options
        .wrong(Diagnostic::new(span, format!("the labels of {title}, of the format `{name}`, are {what}")).help(help));
}
