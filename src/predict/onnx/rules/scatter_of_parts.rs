//! Values written to places of a tensor that is larger than the list of places.

use super::node::{Node, from_first};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "scatter-of-parts",
    operators: &["ScatterElements", "Scatter"],
    when: "the indices are fewer than the data along another axis than `axis`, or this is not known",
    why: "where indices are fewer than the data along another axis, values go to wrong places",
    instead: None,
    way_out: Some(
        "export it with fixed sizes, all of them written into it (`onnx.shape_inference.infer_shapes`), or ScatterND",
    ),
    case: "ScatterElements of one value to row 1 of [2, 2] zeros, axis 0: it may land in another column",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    let (Some(data), Some(places)) = (&node.fact(0).shape, &node.fact(1).shape) else { return Finding::Wrong };
    let Some(axis) = from_first(node.int("axis").unwrap_or(0), data.len()) else { return Finding::Wrong };
    let mut others = data.iter().zip(places).enumerate().filter(|(at, _)| *at != axis);
    let is_whole = data.len() == places.len() && others.all(|(_, (data, places))| data.is_some() && data == places);
    Finding::wrong_if(!is_whole)
}
