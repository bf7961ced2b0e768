//! Files of old versions of ONNX.

use rten_onnx::onnx::ModelProto;

use super::rule::{Look, Rule};

pub const RULE: Rule = Rule {
    name: "opset",
    operators: &["models"],
    when: "the opset is older than 7, or none is told",
    why: "before opset 7 operators stretch their inputs by other rules, which the engine does not have",
    instead: None,
    way_out: Some("export it with `opset_version=17`"),
    case: "Add of [2, 2] and [2] without `broadcast` in opset 6, which is an error there: it is stretched",
    look: Look::Model(look),
};

/// The first version whose operators stretch their inputs as numpy does.
const FIRST: i64 = 7;

fn look(model: &ModelProto) -> Option<String> {
    match opset(model) {
        Some(opset) if opset >= FIRST => None,
        Some(opset) => Some(format!("opset {opset}")),
        None => Some("a file that tells no opset".to_owned()),
    }
}

/// The version of ONNX's own operators that a file speaks.
pub fn opset(model: &ModelProto) -> Option<i64> {
    let is_own = |domain: &Option<String>| matches!(domain.as_deref(), None | Some("" | "ai.onnx"));
    model.opset_import.iter().find(|import| is_own(&import.domain)).and_then(|import| import.version)
}
