//! The class names that a section gives a network: a list, a file of lines, or COCO's by name.

use toml::Spanned;
use toml::de::DeValue;

use super::super::labels;
use crate::entry::Entry;
use crate::file;
use crate::spec::{Diagnostic, Mistake, PathKind, Source, TableReader, Value, existing_path, list_of};

/// Class names in a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// In the model's order.
    pub names: Vec<String>,
    /// Whether the list is COCO's by category id, whose first is 1.
    pub is_by_id: bool,
    /// Whether they are of a file, where a name may stand twice.
    pub is_of_file: bool,
}

/// The lists that are known by name.
pub fn known() -> Vec<Entry> {
    let coco = Entry { name: "coco", summary: "COCO's 80 classes" };
    vec![coco, Entry { name: "coco91", summary: "COCO's classes by category id, 1 to 90" }]
}

const LABELS_HELP: &str = "write the class names in the model's order: `labels = [\"cat\", \"dog\"]`";

/// The names of `labels` or `labels_file`.
pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Labels> {
    let labels = options.with("labels", read_labels);
    let written = options.optional::<String>("labels_file");
    if let (Some(_), Some(file)) = (&labels, &written) {
        let message = format!("`labels` and `labels_file` in {} both name the classes", options.table().title);
        options.wrong(Diagnostic::new(file.span(), message).help("leave out one of both"));
    }
    let Some(written) = written else { return labels.map(Spanned::into_inner) };
    let path = existing_path(source, &written, PathKind::File, "file of class names", options)?;
    let read = file::read(&path, file::MOST_OF_A_TEXT).map_err(|error| error.to_string());
    match read.and_then(|bytes| labels::from_lines(&bytes)) {
        Ok(names) => Some(Labels { names, is_by_id: false, is_of_file: true }),
        Err(why) => {
            options.wrong(Diagnostic::new(written.span(), format!("{}: {why}", path.display())));
            None
        }
    }
}

fn read_labels(value: &Value<'_>) -> Result<Labels, Mistake> {
    let named = |names: Vec<String>, is_by_id: bool| Ok(Labels { names, is_by_id, is_of_file: false });
    match value.get_ref() {
        DeValue::String(name) if name == "coco" => named(labels::COCO.map(str::to_owned).to_vec(), false),
        DeValue::String(name) if name == "coco91" => named(labels::coco_by_id(), true),
        DeValue::String(_) => {
            Err(Mistake::new("the only lists known by name are \"coco\" and \"coco91\"").help(LABELS_HELP))
        }
        DeValue::Array(_) => named(unique(list_of(value)?)?, false),
        _ => Err(Mistake::expected("a list of class names", value)),
    }
}

/// The name of a class that a network has a place for, but no objects of; it may stand more than once.
const NO_CLASS: &str = "N/A";

/// Two classes of one name could not be told apart.
fn unique(labels: Vec<Spanned<String>>) -> Result<Vec<String>, Mistake> {
    for (index, label) in labels.iter().enumerate() {
        let is_taken = labels[..index].iter().any(|earlier| earlier.get_ref() == label.get_ref());
        if is_taken && label.get_ref() != NO_CLASS {
            return Err(Mistake::new(format!("`{}` stands twice", label.get_ref())).at(label.span()));
        }
    }
    Ok(labels.into_iter().map(Spanned::into_inner).collect())
}
