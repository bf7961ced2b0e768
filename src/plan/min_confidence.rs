//! From which score the detections of a model count: the suite's, or what `min_confidence` of the model says.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::model::{Cell, Plan};
use crate::entry::NotFound;
use crate::eval::{MinConfidence, OwnConfidence};
use crate::position::{DatasetAt, ModelAt};
use crate::predict::MIN_CONFIDENCE;
use crate::spec::{Diagnostic, Diagnostics, Mistake, Section, Spec, TableReader, Value, deserialize};
use crate::task::Task;

/// What a model's section says.
pub fn read(spec: &Spec<'_>, section: &Section<'_>, diagnostics: &mut Diagnostics) -> Option<OwnConfidence> {
    // Of another task it is refused with the other keys of the section.
    let is_meant = spec.task == Task::Detect;
    let mut reader = TableReader::new(&section.table, &[MIN_CONFIDENCE], diagnostics);
    is_meant.then(|| reader.with(MIN_CONFIDENCE.name, own))?.map(toml::Spanned::into_inner)
}

fn own(value: &Value<'_>) -> Result<OwnConfidence, Mistake> {
    match value.get_ref() {
        DeValue::Table(each) if each.is_empty() => Err(Mistake::new("the table of categories is empty")),
        DeValue::Table(each) => {
            let each = each.iter().map(|(name, value)| Ok((name.get_ref().to_string(), share(value)?)));
            each.collect::<Result<_, _>>().map(OwnConfidence::Each)
        }
        _ => share(value).map(OwnConfidence::All),
    }
}

fn share(value: &Value<'_>) -> Result<f64, Mistake> {
    let expected = "a score from 0 to 1, or one by category: { person = 0.4 }";
    if !matches!(value.get_ref(), DeValue::Float(_) | DeValue::Integer(_)) {
        return Err(Mistake::expected(expected, value));
    }
    let number: f64 = deserialize(value)?;
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err(Mistake::new(format!("{number} is not {expected}")).at(value.span()))
    }
}

/// Refuses names that are a category of no dataset that the model is run on.
pub fn check(spec: &Spec<'_>, plan: &Plan, diagnostics: &mut Diagnostics) {
    for (model, planned) in plan.models.numbered() {
        let section = spec.models.iter().find(|section| *section.name.get_ref() == planned.name);
        let value = section.and_then(|section| section.table.get(MIN_CONFIDENCE.name)).map(toml::Spanned::get_ref);
        let (Some(OwnConfidence::Each(_)), Some(DeValue::Table(each))) = (&planned.min_confidence, value) else {
            continue;
        };
        let is_run = |dataset: &DatasetAt| plan.cells_of(model, *dataset).next().is_some();
        let run: Vec<_> = plan.datasets.positions().filter(is_run).map(|at| &plan.datasets[at].state).collect();
        // What could not be read may have any category.
        if run.iter().any(|state| state.is_err()) {
            continue;
        }
        let known = || run.iter().filter_map(|state| state.as_ref().ok()).flat_map(|data| &data.categories);
        for name in each.keys().filter(|name| !known().any(|known| known.name == *name.get_ref())) {
            let message =
                format!("`{}` is a category of no dataset that model `{}` is run on", name.get_ref(), planned.name);
            let not_found = NotFound::among(name.get_ref(), known().map(|known| known.name.as_str()));
            diagnostics.push(Diagnostic::new(name.span(), message).help(not_found.help()));
        }
    }
}

impl Plan {
    /// From which score the detections of a model on a dataset count.
    pub fn min_confidence(&self, model: ModelAt, dataset: DatasetAt) -> MinConfidence {
        let suite = self.settings.min_confidence;
        match (&self.models[model].min_confidence, &self.datasets[dataset].state) {
            (Some(own), Ok(data)) => own.of(&data.categories, suite),
            (Some(OwnConfidence::All(all)), Err(_)) => (*all).into(),
            (Some(OwnConfidence::Each(_)), Err(_)) | (None, _) => suite.into(),
        }
    }

    /// The same with names, as it is kept beside figures: equal where the same detections count.
    pub fn counted_from(&self, cell: &Cell) -> OwnConfidence {
        let min = self.min_confidence(cell.model, cell.dataset);
        match (&self.models[cell.model].min_confidence, &self.datasets[cell.dataset].state) {
            (Some(OwnConfidence::Each(_)), Ok(data)) => {
                let each = data.categories.iter().map(|one| (one.name.clone(), min.of(one.id)));
                OwnConfidence::Each(each.collect::<BTreeMap<_, _>>())
            }
            (Some(OwnConfidence::All(all)), _) => OwnConfidence::All(*all),
            (Some(OwnConfidence::Each(_)) | None, _) => OwnConfidence::All(self.settings.min_confidence),
        }
    }
}
