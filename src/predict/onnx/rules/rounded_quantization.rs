//! Quantised values, which are rounded quotients.

use rten_onnx::onnx::NodeProto;

use super::node::{Node, constant, from_first, int, ints, node};
use super::quotient;
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "rounded-quantization",
    operators: &["QuantizeLinear"],
    when: "the scale is not known to be a power of two",
    why: "values are multiplied by the inverse of the scale, and may be rounded to the next step",
    instead: Some("the quotient, quantised by a scale of 1, where the number of axes is known"),
    way_out: Some("write the sizes and types of its values into it: `onnx.shape_inference.infer_shapes`"),
    case: "QuantizeLinear of [143.5] by the scale 41: 3 for 4",
    look: Look::Node(look),
};

fn look(one: &Node<'_>) -> Finding {
    if one.fact(1).real.as_ref().is_some_and(|scales| scales.iter().copied().all(is_power_of_two)) {
        // Its inverse is one too, and nothing is rounded but once.
        return Finding::Right;
    }
    if one.int("block_size").is_some_and(|size| size != 0) {
        // The engine does not have it, and says so.
        return Finding::Right;
    }
    let (scale, output) = (one.input(1).unwrap_or_default(), one.output(0));
    let [divided, unit, sizes, units] = ["divided", "unit", "sizes", "units"].map(|what| format!("{output}/{what}"));
    let axis = one.int("axis").unwrap_or(1);
    let mut nodes = match one.fact(1).is_single() {
        Some(true) => quotient::of_input(one, scale, &divided),
        Some(false) => match per_axis(one, axis, &divided) {
            Some(nodes) => nodes,
            None => return Finding::Wrong,
        },
        None => return Finding::Wrong,
    };
    let mut quantized = one.without("axis");
    quantized.input[0] = divided;
    quantized.input[1].clone_from(&units);
    quantized.attribute.push(int("axis", axis));
    nodes.extend([
        constant(tensor::float(&unit, 1.0)),
        node("Shape", &[scale], &[&sizes], Vec::new()),
        node("Expand", &[&unit, &sizes], &[&units], Vec::new()),
        quantized,
    ]);
    Finding::Instead(nodes)
}

/// The bits of a float that are its fraction.
const FRACTION: u32 = (1 << (f32::MANTISSA_DIGITS - 1)) - 1;

fn is_power_of_two(scale: f64) -> bool {
    let scale = scale as f32;
    scale.is_normal() && (1.0 / scale).is_normal() && scale.to_bits() & FRACTION == 0
}

/// The quotients by a scale for each step along `axis`, of which there are several.
fn per_axis(one: &Node<'_>, axis: i64, output: &str) -> Option<Vec<NodeProto>> {
    let (rank, left, scale) = (one.rank(0)?, one.input(0)?, one.input(1)?);
    let behind = rank - 1 - from_first(axis, rank)?;
    let tall = format!("{output}/tall");
    let axes = (1..=behind as i64).collect();
    Some(match behind {
        0 => vec![node("Div", &[left, scale], &[output], Vec::new())],
        _ => vec![
            node("Unsqueeze", &[scale], &[&tall], vec![ints("axes", axes)]),
            node("Div", &[left, &tall], &[output], Vec::new()),
        ],
    })
}
