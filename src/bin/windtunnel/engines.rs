//! What runs the models of a plan.

use std::collections::BTreeMap;

use windtunnel::plan::Plan;

use crate::specs::Planned;

/// Whether any model is asked: result files are not.
pub fn asks_models(planned: &Planned) -> bool {
    planned.plan.models.iter().any(|model| model.state.as_ref().is_ok_and(|model| model.needs_pixels()))
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
        anstream::eprintln!("{}: engine = \"auto\" is {engine} for {}", plan.name, models.join(", "));
    }
}
