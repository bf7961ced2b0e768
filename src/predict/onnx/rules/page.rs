//! The rules in words, for `windtunnel explain rten`.

use super::ALL;
use super::rule::Rule;

/// A paragraph on the engine, and one on every rule.
pub fn page() -> String {
    let rules = ALL.iter().map(|rule| paragraph(rule));
    [INTRODUCTION.to_owned()].into_iter().chain(rules).collect::<Vec<_>>().join("\n\n")
}

const INTRODUCTION: &str = "It is inside windtunnel, needs nothing to be installed, and gives the same figures on \
                            every machine. ONNX Runtime takes a fifth to a half of its time. What it computes \
                            otherwise than ONNX says was found with ONNX's own conformance suite; before a model is \
                            run, each of its nodes is held against these rules:";

fn paragraph(rule: &Rule) -> String {
    let then = match (rule.instead, rule.way_out) {
        (Some(instead), None) => format!("Put right by {instead}."),
        (Some(instead), Some(way_out)) => format!("Put right by {instead}; else refused: {way_out}."),
        (None, Some(way_out)) => format!("Refused: {way_out}."),
        (None, None) => "Refused.".to_owned(),
    };
    let Rule { name, when, why, case, .. } = rule;
    let of = rule.operators.join(", ");
    let when = if when.starts_with("always") { (*when).to_owned() } else { format!("where {when}") };
    format!("{name} ({of}), {when}: {why}. {then} Smallest case: {case}.")
}
