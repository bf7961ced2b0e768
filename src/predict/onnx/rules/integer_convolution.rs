//! Convolutions and products of 8-bit numbers, of which dynamically quantised models are made.

use super::node::Node;
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "integer-convolution",
    operators: &["ConvInteger", "MatMulInteger"],
    when: "always",
    why: "it pads with 0 instead of the zero point, mixes up batches, and overflows on processors without VNNI",
    instead: None,
    way_out: Some("quantise it statically, as QDQ (`quantize_static` of onnxruntime.quantization, format QDQ)"),
    case: "ConvInteger of two channels of [5], zero point 5, padded by 1 at the end: [0, 246] for [0, 0]",
    look: Look::Node(look),
};

fn look(_node: &Node<'_>) -> Finding {
    Finding::Wrong
}
