//! Quotients that are rounded: the number of a row, the cell of a grid, a quantised value.

use rten_onnx::onnx::DataType;

use super::node::Node;
use super::quotient;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "rounded-quotient",
    operators: &["Div"],
    when: "floats are divided by a single element, and the quotient is rounded or made whole",
    why: "a quotient by a single element is a product with its inverse, and may be rounded to another whole number",
    instead: Some("the quotient by two equal elements, of which one is kept"),
    way_out: None,
    case: "Floor of [41] divided by 41: 0 for 1",
    look: Look::Node(look),
};

/// What a last bit decides in.
const ROUNDING: [&str; 6] = ["Floor", "Ceil", "Round", "Cast", "QuantizeLinear", "Mod"];

fn look(one: &Node<'_>) -> Finding {
    let is_whole = matches!(one.fact(0).element, Some(DataType::INT32 | DataType::INT64));
    let is_rounded = one.readers.iter().any(|operator| ROUNDING.contains(&operator.as_str()));
    if is_whole || !is_rounded || one.fact(1).is_single() == Some(false) {
        return Finding::Right;
    }
    let (left, right) = (one.input(0).unwrap_or_default(), one.input(1).unwrap_or_default());
    Finding::Instead(quotient::exact(left, right, one.output(0)))
}
