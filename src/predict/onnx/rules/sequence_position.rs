//! Tensors put into a list at a position from its end.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "sequence-position",
    operators: &["SequenceInsert"],
    when: "the position is negative, or not known",
    why: "positions from the end are one off",
    instead: None,
    way_out: Some("export it with positions from the beginning"),
    case: "SequenceInsert at -1: it comes to the end instead of before the last",
    look: Look::Node(look),
};

/// The input that holds the position.
const POSITION: usize = 2;

fn look(node: &Node<'_>) -> Finding {
    let is_from_the_beginning =
        node.fact(POSITION).numbers().is_some_and(|position| position.iter().all(|at| *at >= 0));
    Finding::wrong_if(node.input(POSITION).is_some() && !is_from_the_beginning)
}
