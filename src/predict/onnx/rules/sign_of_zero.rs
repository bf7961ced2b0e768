//! The sign of 0.

use rten_onnx::onnx::DataType;

use super::node::{Node, constant, int, node};
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "sign-of-zero",
    operators: &["Sign"],
    when: "it is of floats",
    why: "the sign of 0 is 1",
    instead: Some("1 where it is more than 0, less 1 where it is less"),
    way_out: Some("write the sizes and types of its values into it: `onnx.shape_inference.infer_shapes`"),
    case: "Sign of [0]: 1 for 0",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    match one.fact(0).element {
        Some(DataType::INT32 | DataType::INT64) => return Finding::Right,
        Some(DataType::FLOAT | DataType::FLOAT16 | DataType::DOUBLE) => {}
        _ => return Finding::Wrong,
    }
    let (given, output) = (one.input(0).unwrap_or_default(), one.output(0));
    let [zero, more, less, plus, minus] =
        ["zero", "more", "less", "plus", "minus"].map(|what| format!("{output}/{what}"));
    let to_float = || vec![int("to", i64::from(DataType::FLOAT.0))];
    Finding::Instead(vec![
        constant(tensor::zero(&zero, DataType::FLOAT)),
        node("Greater", &[given, &zero], &[&more], Vec::new()),
        node("Less", &[given, &zero], &[&less], Vec::new()),
        node("Cast", &[&more], &[&plus], to_float()),
        node("Cast", &[&less], &[&minus], to_float()),
        node("Sub", &[&plus, &minus], &[output], Vec::new()),
    ])
}
