//! What the embedded engine computes otherwise than ONNX says: a list of rules, one a file, held against ONNX's own
//! conformance suite by `.ci/conformance.py`.
//!
//! `review` goes through a model before it is loaded. A node that a rule knows is put right by other nodes that say the
//! same, where there are some; else the model is refused by the node's name. `infer` finds out types and sizes that the
//! rules ask for, `fact` and `scope` keep them, `node` and `tensor` read and write ONNX's messages.

#![expect(clippy::cast_possible_wrap, reason = "sizes and numbers of axes are far below what wraps")]

mod fact;
mod infer;
mod node;
mod page;
mod quotient;
mod review;
mod rule;
mod scope;
mod tensor;

mod bit_cast;
mod bool_cast;
mod cubic_resize;
mod double;
mod integer_convolution;
mod numbers_of_64_bits;
mod old_softmax;
mod opset;
mod per_axis_quantization;
mod quantization_ties;
mod rank_of_one_element;
mod recurrent_lengths;
mod reduction_of_bools;
mod reduction_of_no_axes;
mod rounded_quantization;
mod rounded_quotient;
mod same_lower;
mod scatter_of_parts;
mod sequence_position;
mod sign_of_zero;
mod suppression;
mod ties;
mod types;
mod vector_product;

pub use review::{place, review};
use rule::Rule;
#[cfg(test)]
mod cases;

pub use page::page;

/// Every rule.
pub const ALL: &[&Rule] = &[
    &same_lower::RULE,
    &old_softmax::RULE,
    &cubic_resize::RULE,
    &integer_convolution::RULE,
    &quantization_ties::RULE,
    &per_axis_quantization::RULE,
    // Behind it: what it puts in the place of a node has the axis too.
    &rounded_quantization::RULE,
    &suppression::RULE,
    &ties::RULE,
    &scatter_of_parts::RULE,
    &reduction_of_no_axes::RULE,
    &reduction_of_bools::RULE,
    &rank_of_one_element::RULE,
    // Behind it: what it puts in the place of a node minds ranks too.
    &rounded_quotient::RULE,
    &vector_product::RULE,
    &bool_cast::RULE,
    &sign_of_zero::RULE,
    &numbers_of_64_bits::RULE,
    &bit_cast::RULE,
    &double::RULE,
    &types::RULE,
    &opset::RULE,
    &recurrent_lengths::RULE,
    &sequence_position::RULE,
];
