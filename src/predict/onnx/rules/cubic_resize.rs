//! Cubic interpolation, with which exporters fit embeddings of positions.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "cubic-resize",
    operators: &["Resize"],
    when: "`mode` is cubic",
    why: "cubic interpolation is taken for linear",
    instead: None,
    way_out: Some("export it for the size that it was trained at, or with linear interpolation"),
    case: "Resize of [0, 0, 1, 1] by 2: no value under 0 or over 1 for -0.07 and 1.07",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    Finding::wrong_if(node.text("mode") == Some("cubic"))
}
