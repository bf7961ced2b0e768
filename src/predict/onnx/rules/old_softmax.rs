//! Softmax before opset 13, which runs over all axes from one on.

use super::node::{Node, from_first, int, node};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "old-softmax",
    operators: &["Softmax", "LogSoftmax"],
    when: "the opset is older than 13 and `axis` is not the last",
    why: "before opset 13 it runs over all axes from `axis` on; the engine takes one of them",
    instead: Some("Flatten, the same over the last axis, and Reshape"),
    way_out: None,
    case: "Softmax over axis 1 of [1, 2, 2] zeros in opset 11: 0.5 for 0.25",
    look: Look::Node(look),
};

/// The first version in which it runs over one axis.
const MENDED: i64 = 13;

fn look(one: &Node<'_>) -> Finding {
    if one.opset >= MENDED {
        return Finding::Right;
    }
    let axis = one.int("axis").unwrap_or(1);
    let is_last = axis == -1 || one.rank(0).is_some_and(|rank| from_first(axis, rank) == rank.checked_sub(1));
    if is_last && one.int("axis").is_some() {
        return Finding::Right;
    }
    let (given, output) = (one.input(0).unwrap_or_default(), one.output(0));
    let [flat, done, sizes] = ["flat", "done", "sizes"].map(|what| format!("{output}/{what}"));
    Finding::Instead(vec![
        node("Flatten", &[given], &[&flat], vec![int("axis", axis)]),
        node(one.operator(), &[&flat], &[&done], vec![int("axis", -1)]),
        node("Shape", &[given], &[&sizes], Vec::new()),
        // An axis of no elements stays one.
        node("Reshape", &[&done, &sizes], &[output], vec![int("allowzero", 1)]),
    ])
}
