//! What a plan is made of, part by part, so that shards of different plans can be told apart, and how they differ.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::plan::{Cell, Plan, PlannedCondition, PlannedDataset, PlannedModel};

/// One part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPart {
    /// What people call it.
    pub what: String,
    /// The digest of everything about it that decides what is found.
    pub digest: Digest,
}

/// The parts of `plan`.
pub fn identity(plan: &Plan) -> Vec<PlanPart> {
    let part = |what: String, value: &Value| PlanPart { what, digest: Digest::of_bytes(value.to_string().as_bytes()) };
    let conditions: Vec<Value> = plan.conditions.iter().map(|planned| condition(plan.seed, planned)).collect();
    let ids: Vec<&String> = plan.cases.iter().map(|case| &case.id).collect();
    let cells: Vec<Value> = plan.cells.iter().map(cell).collect();
    let first = [
        part("the program's version".to_owned(), &json!(env!("CARGO_PKG_VERSION"))),
        part("the spec's text".to_owned(), &json!([plan.name, plan.digest, plan.options])),
        part("the seed".to_owned(), &json!(plan.seed)),
    ];
    let datasets = plan.datasets.iter().map(|planned| part(format!("dataset `{}`", planned.name), &dataset(planned)));
    let models = plan.models.iter().map(|planned| part(format!("model `{}`", planned.name), &model(planned)));
    let last = [
        part("the perturbations".to_owned(), &json!(conditions)),
        part("the selected cases".to_owned(), &json!([ids, cells])),
    ];
    first.into_iter().chain(datasets).chain(models).chain(last).collect()
}

/// What differs between two plans; nothing if they are one.
pub fn differences(one: &[PlanPart], other: &[PlanPart]) -> Vec<String> {
    let is_in = |part: &PlanPart, parts: &[PlanPart]| parts.contains(part);
    let mut differences: Vec<String> = Vec::new();
    for (part, parts) in one.iter().map(|part| (part, other)).chain(other.iter().map(|part| (part, one))) {
        if !is_in(part, parts) && !differences.contains(&part.what) {
            differences.push(part.what.clone());
        }
    }
    differences
}

fn dataset(planned: &PlannedDataset) -> Value {
    match &planned.state {
        Ok(data) => json!([data.digest, data.images.len(), data.sampled_from]),
        Err(failure) => json!(failure),
    }
}

fn model(planned: &PlannedModel) -> Value {
    match &planned.state {
        Ok(model) => json!(model.card()),
        Err(failure) => json!(failure),
    }
}

fn condition(seed: u64, planned: &PlannedCondition) -> Value {
    json!([planned.condition.to_string(), planned.digest(seed)])
}

fn cell(cell: &Cell) -> Value {
    json!([cell.model, cell.dataset, cell.condition, cell.categories])
}
