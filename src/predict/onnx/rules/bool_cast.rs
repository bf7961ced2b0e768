//! Numbers made truth values.

use rten_onnx::onnx::DataType;

use super::node::{Node, constant, int, node};
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "bool-cast",
    operators: &["Cast", "CastLike"],
    when: "numbers are made truth values",
    why: "numbers that are made truth values stay what they are, so that 3 counts three times",
    instead: Some("Not of Equal to 0, where the type of the numbers is known"),
    way_out: Some("write the sizes and types of its values into it: `onnx.shape_inference.infer_shapes`"),
    case: "Cast of [2] to BOOL and on to FLOAT: 2 for 1",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    let to = match one.operator() {
        "Cast" => one.int("to").and_then(|to| i32::try_from(to).ok()).map(DataType),
        _ => one.fact(1).element,
    };
    let from = one.fact(0).element;
    if from == Some(DataType::BOOL) || to.is_some_and(|to| to != DataType::BOOL) {
        return Finding::Right;
    }
    let (given, output) = (one.input(0).unwrap_or_default(), one.output(0));
    let [wide, zero, is_zero] = ["wide", "zero", "is_zero"].map(|what| format!("{output}/{what}"));
    let compared = |given: &str, element: DataType| {
        let equal = node("Equal", &[given, &zero], &[&is_zero], Vec::new());
        vec![constant(tensor::zero(&zero, element)), equal, node("Not", &[&is_zero], &[output], Vec::new())]
    };
    match (to, from) {
        (Some(_), Some(DataType::FLOAT | DataType::FLOAT16 | DataType::DOUBLE)) => {
            Finding::Instead(compared(given, DataType::FLOAT))
        }
        (Some(_), Some(DataType::INT32 | DataType::INT64)) => Finding::Instead(compared(given, DataType::INT32)),
        (Some(_), Some(DataType::INT8 | DataType::UINT8)) => {
            let widen = node("Cast", &[given], &[&wide], vec![int("to", i64::from(DataType::INT32.0))]);
            Finding::Instead([vec![widen], compared(&wide, DataType::INT32)].concat())
        }
        _ => Finding::Wrong,
    }
}
