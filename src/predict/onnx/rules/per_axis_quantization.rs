//! Quantisation with a scale for each channel.

use super::node::{Node, int};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "per-axis-quantization",
    operators: &["QuantizeLinear"],
    when: "it has a scale for each channel and no `axis`",
    why: "the channels are looked for along the last axis instead of axis 1",
    instead: Some("`axis` written out"),
    way_out: None,
    case: "QuantizeLinear of [1, 2, 2] ones by the scales [1, 0.5]: [1, 2, 1, 2] for [1, 1, 2, 2]",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    let is_single = node.fact(1).is_single() == Some(true) || node.rank(1) == Some(0);
    if node.int("axis").is_some() || is_single || node.rank(0) == Some(2) {
        return Finding::Right;
    }
    let mut told = node.copy();
    told.attribute.push(int("axis", 1));
    Finding::Instead(vec![told])
}
