//! What runs the models of a plan, and of which of them answers can be kept.

use std::collections::BTreeMap;

use windtunnel::plan::{Plan, PlannedModel};

use crate::specs::Planned;

/// Whether any model is asked: result files are not.
pub fn asks_models(planned: &Planned) -> bool {
    planned.plan.models.iter().any(|model| model.state.as_ref().is_ok_and(|model| model.needs_pixels()))
}

/// What runs a model, where its kind lets it be chosen.
pub fn engine_of(model: &PlannedModel) -> Option<String> {
    let settings = model.state.as_ref().ok()?.card().settings;
    settings.get("engine").and_then(|engine| engine.as_str()).map(str::to_owned)
}

/// How it came to a model's engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The spec leaves it open, and ONNX Runtime's library was not found.
    EmbeddedForWantOfTheLibrary,
    /// Otherwise.
    AsTold,
}

/// How it came to a model's engine; `None` for models that have none.
pub fn chosen(model: &PlannedModel) -> Option<Chosen> {
    let engine = engine_of(model)?;
    let settings = model.state.as_ref().ok()?.card().settings;
    let is_open = settings.get("engine_wanted").is_some_and(|wanted| wanted == "auto");
    let is_embedded = is_open && engine.starts_with("rten");
    Some(if is_embedded { Chosen::EmbeddedForWantOfTheLibrary } else { Chosen::AsTold })
}

/// Says what runs the models whose spec leaves it open: figures differ in the last digits from engine to engine.
pub fn tell_engines(plan: &Plan) {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for model in &plan.models {
        let Ok(opened) = &model.state else { continue };
        let settings = opened.card().settings;
        let is_open = settings.get("engine_wanted").is_some_and(|wanted| wanted == "auto");
        if let Some(engine) = settings.get("engine").and_then(|engine| engine.as_str()).filter(|_| is_open) {
            chosen.entry(engine.to_owned()).or_default().push(format!("`{}`", model.name));
        }
    }
    for (engine, models) in chosen {
        tell!("{}: engine = \"auto\" is {engine} for {}", plan.name, models.join(", "));
    }
}

/// Says of which models no answer is kept.
pub fn tell_unkept(plan: &Plan) {
    let unnamed = unnamed(plan);
    if !unnamed.is_empty() {
        tell!("{}: answers of {unnamed} are not kept: {WAY_OUT}", plan.name);
    }
}

/// Says of which models nobody can tell whether all parts of a run asked the same.
pub fn tell_unnamed_parts(plan: &Plan) {
    let unnamed = unnamed(plan);
    if !unnamed.is_empty() {
        tell!("{}: whether all parts asked the same {unnamed} is not known: {WAY_OUT}", plan.name);
    }
}

const WAY_OUT: &str = "give it a `version` that changes whenever the model does";

/// The models that are asked, and that nothing tells from another one reached in the same way.
fn unnamed(plan: &Plan) -> String {
    let opened = plan.models.iter().filter_map(|model| Some((&model.name, model.state.as_ref().ok()?)));
    let unnamed = opened.filter(|(_, model)| model.needs_pixels() && model.card().digest.is_none());
    unnamed.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
