//! Division by, and powers of, a single value that has more axes than what it meets.

use super::node::{Node, node};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "rank-of-one-element",
    operators: &["Div", "Pow"],
    when: "the right side may be a single element of more axes than the left side",
    why: "the additional axes of a single element on the right are dropped",
    instead: Some("Expand of the left side to the sizes of the right one, before it"),
    way_out: None,
    case: "Div of [2] by [[1]]: sizes [1] for [1, 1]",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    let has_no_more_axes = match (one.rank(0), one.rank(1)) {
        (_, Some(0)) => true,
        (Some(left), Some(right)) => right <= left,
        _ => false,
    };
    if has_no_more_axes || one.fact(1).is_single() == Some(false) {
        return Finding::Right;
    }
    let (left, right) = (one.input(0).unwrap_or_default(), one.input(1).unwrap_or_default());
    let [sizes, wide] = ["sizes", "wide"].map(|what| format!("{}/{what}", one.output(0)));
    let mut done = one.copy();
    done.input = vec![wide.clone(), right.to_owned()];
    Finding::Instead(vec![
        node("Shape", &[right], &[&sizes], Vec::new()),
        node("Expand", &[left, &sizes], &[&wide], Vec::new()),
        done,
    ])
}
