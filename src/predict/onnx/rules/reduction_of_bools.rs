//! The largest or smallest of no truth values.

use rten_onnx::onnx::DataType;

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "reduction-of-bools",
    operators: &["ReduceMax", "ReduceMin"],
    when: "it is of truth values, of which there may be none",
    why: "the largest of no truth values is the smallest number of 32 bits",
    instead: None,
    way_out: Some("export it with fixed sizes"),
    case: "ReduceMax of no truth values: -2,147,483,648 for 0",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    let Some(DataType::BOOL) = node.fact(0).element else { return Finding::Right };
    let shape = node.fact(0).shape.as_deref();
    let has_some = shape.is_some_and(|shape| shape.iter().all(|size| size.is_some_and(|size| size > 0)));
    Finding::wrong_if(!has_some)
}
