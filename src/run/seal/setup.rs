//! Datasets and models as the record names them, and what of both could not be used.

use crate::dataset::Dataset;
use crate::detection::Category;
use crate::digest::Digest;
use crate::failure::Failure;
use crate::plan::{PlannedDataset, PlannedModel};
use crate::record::{CategoryRecord, DatasetRecord, ModelRecord, SetupRecord};
use crate::run::findings::Findings;
use crate::spec::Place;

/// Datasets and models that could not be used, in the order of the spec.
pub fn setup(findings: &Findings<'_>) -> Vec<SetupRecord> {
    let Findings { plan, predictions, .. } = findings;
    let datasets = plan.datasets.iter().zip(&predictions.dataset_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?;
        Some(SetupRecord { dataset: Some(planned.name.clone()), ..failed(&planned.place, failure) })
    });
    let models = plan.models.iter().zip(&predictions.model_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?;
        Some(SetupRecord { model: Some(planned.name.clone()), ..failed(&planned.place, failure) })
    });
    datasets.chain(models).collect()
}

/// What the spec names at `place` cannot be used.
pub fn failed(place: &Place, failure: &Failure) -> SetupRecord {
    let (file, line) = (place.file.clone(), place.line);
    SetupRecord { dataset: None, model: None, file, line, failure: failure.clone() }
}

/// The datasets that models were run on, and those that cases are on.
pub fn datasets(findings: &Findings<'_>) -> Vec<DatasetRecord> {
    let Findings { plan, predictions, .. } = findings;
    let all = plan.datasets.iter().zip(&predictions.images_digests);
    let told = all.filter(|(planned, _)| planned.is_evaluated || plan.is_judged(planned));
    told.map(|(planned, images)| dataset(planned, *images)).collect()
}

fn dataset(planned: &PlannedDataset, images_digest: Option<Digest>) -> DatasetRecord {
    let data = planned.state.as_ref().ok();
    let objects = data.map(Dataset::objects).unwrap_or_default();
    let category = |category: &Category| CategoryRecord {
        id: category.id,
        name: category.name.clone(),
        objects: objects.get(&category.id).copied().unwrap_or(0),
    };
    DatasetRecord {
        name: planned.name.clone(),
        digest: data.map(|data| data.digest),
        images_digest,
        images: data.map_or(0, |data| data.images.len()),
        sampled_from: data.and_then(|data| data.sampled_from),
        annotations: data.map_or(0, |data| data.annotations.iter().map(Vec::len).sum()),
        categories: data.map(|data| data.categories.iter().map(category).collect()).unwrap_or_default(),
        warnings: data.map(|data| data.warnings.clone()).unwrap_or_default(),
    }
}

/// A model, with its card where it could be opened.
pub fn model(planned: &PlannedModel) -> ModelRecord {
    ModelRecord {
        name: planned.name.clone(),
        card: planned.state.as_ref().ok().map(|model| model.card()),
        min_confidence: planned.min_confidence.clone(),
    }
}
