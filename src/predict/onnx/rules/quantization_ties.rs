//! Quantisation whose scale is found at run time.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "quantization-ties",
    operators: &["DynamicQuantizeLinear"],
    when: "always",
    why: "its zero point is one off where it lies halfway between two numbers",
    instead: None,
    way_out: Some("quantise it statically, as QDQ (`quantize_static` of onnxruntime.quantization, format QDQ)"),
    case: "DynamicQuantizeLinear of [-1, 1, 0]: the zero point is 127 for 128",
    look: Look::Node(look),
};

fn look(_node: &Node<'_>) -> Finding {
    Finding::Wrong
}
