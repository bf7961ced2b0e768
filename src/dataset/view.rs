//! `view = { resize = 256, crop = 224 }`, an option of every dataset of classes: what models are given of each picture is made
//! before it is perturbed, as ImageNet-C was made. Where a perturbation is applied decides the figure: noise on a picture that
//! is shrunk afterwards is half gone.

use serde::Deserialize;
use toml::Spanned;

use super::Dataset;
use super::picture::MAX_SIDE;
use crate::detection::Annotation;
use crate::digest::Digest;
use crate::filter::Filter;
use crate::framing::{Framing, View};
use crate::spec::{Diagnostic, Key, Literal, Mistake, Scalar, TableReader, Value, ValueShape, deserialize};
use crate::task::Task;

/// The key of [`read`].
pub const VIEW: Key = Key::new(
    "view",
    ValueShape::Table(&[
        Key::new("resize", SIDE, "the short side becomes so many pixels, as torchvision's Resize").required(),
        Key::new("crop", SIDE, "the middle of so many pixels each way is left, as CenterCrop").required(),
        Key::new(
            "filter",
            ValueShape::One(Scalar::Words(filters)),
            "how the picture is resized, whatever a model's own filter is: timm's is bicubic",
        )
        .or(Literal::Text("bilinear")),
    ]),
    "with `task = \"classify\"`: what is made of each picture before it is perturbed, `{ resize = 256, crop = 224 }` for figures of \
     ImageNet-C; ONNX models cut nothing out of it again. Without it the whole picture is perturbed, and shrunk by the model",
);

/// Pixels of a side.
const SIDE: ValueShape = ValueShape::integer(1, MAX_SIDE as i64);

fn filters() -> Vec<crate::entry::Entry> {
    crate::spec::words::<Filter>()
}

/// The table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenView {
    resize: u32,
    crop: u32,
    filter: Option<Filter>,
}

/// Reads the table; a mistake where the task has no use for it.
pub fn read(task: Task, options: &mut TableReader<'_, '_, '_>) -> Option<View> {
    let view = options.with(VIEW.name, read_view)?;
    match task {
        Task::Classify => Some(view.into_inner()),
        Task::Detect => {
            let message = format!(
                "`{}` in {} is for pictures that have one class: of a cut picture the labels of objects would be cut, too",
                VIEW.name,
                options.table().title
            );
            let help = "remove it: what a detector is given is made by its own preprocessing, from the whole picture";
            options.wrong(Diagnostic::new(Spanned::span(&view), message).help(help));
            None
        }
    }
}

fn read_view(value: &Value<'_>) -> Result<View, Mistake> {
    let WrittenView { resize, crop, filter } = deserialize(value)?;
    let most = MAX_SIDE;
    if resize == 0 || crop == 0 || resize > most || crop > most {
        return Err(Mistake::new(format!("sides are of 1 to {most} pixels")));
    }
    if crop > resize {
        let message = format!("a crop of {crop} pixels is more than the {resize} that the short side has");
        return Err(Mistake::new(message).help("write a crop that is at most `resize`"));
    }
    Ok(View { resize, crop, filter: filter.unwrap_or(Filter::Bilinear) })
}

/// The images of `data` as `view` shows them.
pub fn viewed(mut data: Dataset, view: View) -> Dataset {
    for (image, labels) in data.images.iter_mut().zip(&mut data.annotations) {
        let (whole, cut) = image.framing.map_or((image.size(), None), |framing| (framing.whole, framing.cut));
        let framing = Framing { whole, cut, view: Some(view) };
        let size = framing.size();
        (image.width, image.height, image.framing) = (size.width, size.height, Some(framing));
        for label in labels {
            *label = Annotation::of_image(label.category_id, size);
        }
    }
    data.digest = Digest::of_parts([data.digest.to_string(), format!("view = {view}")]);
    data
}
