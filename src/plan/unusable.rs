//! Why a dataset or a model cannot be used, with the key of the spec to mend and a way out.

use crate::dataset::DatasetError;
use crate::failure::{Failure, FailureKind};
use crate::predict::PredictorError;
use crate::spec::{Diagnostic, Section, Span};

/// What cannot be used, for both who judges and who reads the spec.
pub struct Unusable {
    /// For records and reports.
    pub failure: Failure,
    /// At the key to mend.
    pub diagnostic: Diagnostic,
}

/// The keys that say where a dataset or a model is, for failures that name no other.
const PLACES: [&str; 5] = ["path", "url", "command", "model_id", "model"];

impl Unusable {
    /// The dataset of `section` cannot be read.
    pub fn dataset(section: &Section<'_>, error: &DatasetError) -> Self {
        Self::new("dataset", section, FailureKind::Dataset, &error.to_string(), error.way_out())
    }

    /// The dataset of `section` has too few images; `least` is where the spec says how many it needs.
    pub fn too_few(section: &Section<'_>, images: usize, least: usize, place: Span) -> Self {
        let message = format!("{images} images are fewer than `min_images = {least}`");
        let help = "lower it, or take more images (a larger `limit`, another split)".to_owned();
        let unusable = Self::new("dataset", section, FailureKind::Dataset, &message, Some(help));
        Self { diagnostic: Diagnostic { span: place, ..unusable.diagnostic }, ..unusable }
    }

    /// The model of `section` cannot be opened, or not for the spec's datasets.
    pub fn model(section: &Section<'_>, error: PredictorError) -> Self {
        let (kind, message) = match error {
            PredictorError::Load(message) => (FailureKind::ModelLoad, message),
            PredictorError::NonFinite(message) => (FailureKind::NonFinite, message),
        };
        Self::new("model", section, kind, &message, None)
    }

    fn new(family: &str, section: &Section<'_>, kind: FailureKind, message: &str, help: Option<String>) -> Self {
        let told = help.as_ref().map_or_else(|| message.to_owned(), |help| format!("{message}; {help}"));
        let title = format!("{family} `{}`: {message}", section.name.get_ref());
        let diagnostic = Diagnostic { help, ..Diagnostic::new(key_to_mend(section, &told), title) };
        Self { failure: Failure::new(kind, told), diagnostic }
    }
}

/// The first key of the section that `message` names, else the one that says where the thing is, else the section.
fn key_to_mend(section: &Section<'_>, message: &str) -> Span {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let quoted = message.split('`').skip(1).step_by(2);
    let named = quoted.map(|code| code.split(|c| !is_letter(c)).next().unwrap_or_default());
    let place = |name: &str| {
        let entry = section.table.entries().iter().find(|(key, _)| key.get_ref() == name);
        entry.map(|(key, _)| key.span())
    };
    named.chain(PLACES).find_map(place).unwrap_or_else(|| section.name.span())
}
