//! Products of a batch of matrices and a vector.

use super::node::{Node, constant, node};
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "vector-product",
    operators: &["MatMul"],
    when: "the right side is a vector and the left side has three axes or more",
    why: "an axis of one element is left over behind a product of a batch of matrices and a vector",
    instead: Some("the product with a matrix of one column, and Squeeze, where the numbers of axes are known"),
    way_out: Some("write the sizes and types of its values into it: `onnx.shape_inference.infer_shapes`"),
    case: "MatMul of [2, 1, 1] by [1]: sizes [2, 1, 1] for [2, 1]",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    match (one.rank(0), one.rank(1)) {
        (_, Some(axes)) if axes != 1 => Finding::Right,
        (Some(axes), _) if axes < 3 => Finding::Right,
        (Some(_), Some(_)) => {
            let (left, right, output) =
                (one.input(0).unwrap_or_default(), one.input(1).unwrap_or_default(), one.output(0));
            let [column, axis, long, last] = ["column", "axis", "long", "last"].map(|what| format!("{output}/{what}"));
            Finding::Instead(vec![
                constant(tensor::list(&axis, &[1])),
                node("Unsqueeze", &[right, &axis], &[&column], Vec::new()),
                node("MatMul", &[left, &column], &[&long], Vec::new()),
                constant(tensor::list(&last, &[-1])),
                node("Squeeze", &[&long, &last], &[output], Vec::new()),
            ])
        }
        _ => Finding::Wrong,
    }
}
