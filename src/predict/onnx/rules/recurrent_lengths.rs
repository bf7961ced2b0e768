//! Recurrent networks over sequences of different lengths.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "recurrent-lengths",
    operators: &["LSTM", "GRU", "RNN"],
    when: "`sequence_lens` is given",
    why: "every sequence is taken for as long as the longest",
    instead: None,
    way_out: Some("export it without lengths (a batch of one sequence needs none)"),
    case: "GRU over two steps with `sequence_lens` of [1]: the second step counts",
    look: Look::Node(look),
};

/// The input that holds the lengths.
const LENGTHS: usize = 4;

fn look(node: &Node<'_>) -> Finding {
    Finding::wrong_if(node.input(LENGTHS).is_some())
}
