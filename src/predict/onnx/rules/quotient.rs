//! Quotients to the last bit: the engine makes a quotient by a single element a product with its inverse.

use rten_onnx::onnx::NodeProto;

use super::node::{Node, constant, int, node};
use super::tensor;

/// Nodes that give `left / right` as `output`, whatever their sizes are, as the division by two equal elements, of
/// which one is kept.
pub fn exact(left: &str, right: &str, output: &str) -> Vec<NodeProto> {
    let [sizes, wide, last, long, twice, both, quotients, first] =
        ["sizes", "wide", "last", "long", "twice", "both", "quotients", "first"].map(|what| format!("{output}/{what}"));
    let tall = format!("{output}/tall");
    vec![
        // Both sides get the axes that they have together, then one more of two elements.
        node("Shape", &[right], &[&sizes], Vec::new()),
        node("Expand", &[left, &sizes], &[&wide], Vec::new()),
        constant(tensor::list(&last, &[-1])),
        node("Unsqueeze", &[&wide, &last], &[&long], Vec::new()),
        node("Unsqueeze", &[right, &last], &[&tall], Vec::new()),
        constant(tensor::list(&twice, &[2])),
        node("Expand", &[&tall, &twice], &[&both], Vec::new()),
        node("Div", &[&long, &both], &[&quotients], Vec::new()),
        constant(tensor::number(&first, 0)),
        node("Gather", &[&quotients, &first], &[output], vec![int("axis", -1)]),
    ]
}

/// The same for the first input of a node and a single element of no more axes; with less memory where the input is
/// known to have several elements.
pub fn of_input(one: &Node<'_>, right: &str, output: &str) -> Vec<NodeProto> {
    let left = one.input(0).unwrap_or_default();
    if one.fact(0).is_single() != Some(false) {
        return exact(left, right, output);
    }
    let [sizes, many] = ["sizes", "many"].map(|what| format!("{output}/{what}"));
    vec![
        node("Shape", &[left], &[&sizes], Vec::new()),
        node("Expand", &[right, &sizes], &[&many], Vec::new()),
        node("Div", &[left, &many], &[output], Vec::new()),
    ]
}
