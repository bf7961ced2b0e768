//! Reductions over no axes, which still take every value's size.

use super::node::{Node, node};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "reduction-of-no-axes",
    operators: &["ReduceL2"],
    when: "`noop_with_empty_axes` is 1 and there are no axes",
    why: "over no axes it gives its input, of which it should give the absolute values",
    instead: Some("Abs, where it is known that there are no axes"),
    way_out: Some("export it with `axes` written out"),
    case: "ReduceL2 of [-1] over no axes: -1 for 1",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    if one.int("noop_with_empty_axes") != Some(1) || one.ints("axes").is_some_and(|axes| !axes.is_empty()) {
        return Finding::Right;
    }
    let is_empty = match one.input(1) {
        None => Some(true),
        Some(_) => match one.fact(1).shape.as_deref() {
            Some([Some(count)]) => Some(*count == 0),
            _ => None,
        },
    };
    match is_empty {
        Some(true) => {
            Finding::Instead(vec![node("Abs", &[one.input(0).unwrap_or_default()], &[one.output(0)], Vec::new())])
        }
        Some(false) => Finding::Right,
        None => Finding::Wrong,
    }
}
