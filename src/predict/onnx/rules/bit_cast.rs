//! Bits of 64-bit numbers taken for others.

use rten_onnx::onnx::DataType;

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "bit-cast",
    operators: &["BitCast"],
    when: "it is from or to a type of 64 bits, or from one that is not known",
    why: "numbers of 64 bits have 32",
    instead: None,
    way_out: None,
    case: "BitCast of a 64-bit number to DOUBLE: its bits are not there",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    const WIDE: [DataType; 3] = [DataType::INT64, DataType::UINT64, DataType::DOUBLE];
    let to = node.int("to").and_then(|to| i32::try_from(to).ok()).map(DataType);
    let is_wide = |element: Option<DataType>| element.is_none_or(|element| WIDE.contains(&element));
    Finding::wrong_if(is_wide(to) || is_wide(node.fact(0).element))
}
