//! Specs, down to the options of every section.

use std::path::Path;

use crate::entry::find;
use crate::plan::scenery;
use crate::predict;
use crate::spec::{Diagnostics, Source, Spec, TableReader, load, profile_names};

/// The text of a spec in a folder that is not there: nothing that it names is found.
pub fn spec(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let source = Source::new(Path::new("fuzzing/no-such-folder/spec.toml"), text.to_owned());
    drop(profile_names(&source));
    match load(&source) {
        Ok((spec, mistakes)) => {
            let found = options(&spec, mistakes);
            told(&found, &source);
        }
        Err(mistakes) => told(&mistakes, &source),
    }
}

fn told(mistakes: &Diagnostics, source: &Source) {
    drop(mistakes.render(source, true));
    drop(mistakes.placed(source));
}

/// What is wrong with the options of datasets, perturbations and models.
fn options(spec: &Spec<'_>, mut mistakes: Diagnostics) -> Diagnostics {
    for section in &spec.models {
        let kind = section.kind.as_ref().and_then(|kind| find(predict::ALL, kind.get_ref()).ok());
        if let Some(kind) = kind {
            let keys = predict::section_keys(kind);
            let mut reader = TableReader::new(&section.table, &keys, &mut mistakes).of(spec.task);
            reader.optional::<String>("kind");
            for key in predict::TRAINING.iter().chain([&predict::MIN_CONFIDENCE]) {
                reader.with(key.name, |_| Ok(()));
            }
            kind.options(spec.source, &mut reader);
            reader.finish();
        }
    }
    match scenery(spec, mistakes) {
        Ok(_) => Diagnostics::default(),
        Err(mistakes) => mistakes,
    }
}
