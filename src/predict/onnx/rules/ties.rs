//! The place of the largest or smallest value, where there are several.

use rten_onnx::onnx::DataType;

use super::node::{Node, constant, int, node};
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "ties",
    operators: &["ArgMax", "ArgMin"],
    when: "always, as equal values may come at any time",
    why: "of equal values the last is given, not the first",
    instead: Some("TopK of one value, which gives the first"),
    way_out: None,
    case: "ArgMax of [1, 1]: 1 for 0",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    if one.int("select_last_index") == Some(1) {
        return Finding::Instead(vec![one.without("select_last_index")]);
    }
    let computes = [DataType::FLOAT, DataType::FLOAT16, DataType::DOUBLE, DataType::INT32, DataType::INT64];
    if one.fact(0).element.is_some_and(|element| !computes.contains(&element)) {
        // Neither of the two is there for other types: it does not load.
        return Finding::Right;
    }
    let (given, output) = (one.input(0).unwrap_or_default(), one.output(0));
    let (axis, keeps) = (one.int("axis").unwrap_or(0), one.int("keepdims") != Some(0));
    let [count, most, places, gone] = ["count", "most", "places", "gone"].map(|what| format!("{output}/{what}"));
    let places = if keeps { output.to_owned() } else { places };
    let attributes = vec![int("axis", axis), int("largest", i64::from(one.operator() == "ArgMax"))];
    let mut nodes =
        vec![constant(tensor::list(&count, &[1])), node("TopK", &[given, &count], &[&most, &places], attributes)];
    if !keeps {
        nodes.push(constant(tensor::list(&gone, &[axis])));
        nodes.push(node("Squeeze", &[&places, &gone], &[output], Vec::new()));
    }
    Finding::Instead(nodes)
}
