//! Non-maximum suppression inside a file.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "suppression",
    operators: &["NonMaxSuppression"],
    when: "always",
    why: "overlaps are measured by the box around both, boxes of different classes are compared, and one class of each \
          is kept",
    instead: None,
    way_out: Some("export it without: windtunnel suppresses by itself"),
    case: "NonMaxSuppression of one box with two classes over the threshold: one is kept for two",
    look: Look::Node(look),
};

fn look(_node: &Node<'_>) -> Finding {
    Finding::Wrong
}
