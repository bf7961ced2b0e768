//! Quantisation whose scale is found at run time.

use rten_onnx::onnx::{DataType, NodeProto};

use super::node::{Node, constant, int, node};
use super::quotient;
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "quantization-ties",
    operators: &["DynamicQuantizeLinear"],
    when: "always",
    why: "zero point and values are products with the inverse of the scale, and may be rounded to the next step",
    instead: Some("what ONNX defines it by, with quotients to the last bit"),
    way_out: None,
    case: "DynamicQuantizeLinear of [10455, 143.5], of which the scale is 41: [255, 3] for [255, 4]",
    look: Look::Node(look),
};

/// Steps of 8 bits.
const STEPS: f32 = 255.0;

fn look(one: &Node<'_>) -> Finding {
    let given = one.input(0).unwrap_or_default();
    // Outputs that nobody takes have no names.
    let [quantized, scale, zero] = [0, 1, 2].map(|at| match one.output(at) {
        "" => format!("{}/output {at}", one.proto.output.concat()),
        name => name.to_owned(),
    });
    // Names of values are those of a graph as a whole: made of an output's, they are nobody else's.
    let name = |what: &str| format!("{quantized}/{what}");
    let [nothing, unit, steps] = ["nothing", "unit", "steps"].map(name);
    let [least, most, low, high, range, is_flat, step] =
        ["least", "most", "low", "high", "range", "is_flat", "step"].map(name);
    let [under, place, whole, inside, divided] = ["under", "place", "whole", "inside", "divided"].map(name);
    let keep = || vec![int("keepdims", 0)];
    let op = |operator: &str, inputs: &[&str], output: &str| node(operator, inputs, &[output], Vec::new());
    let nodes: Vec<Vec<NodeProto>> = vec![
        vec![
            constant(tensor::zero(&nothing, DataType::FLOAT)),
            constant(tensor::float(&unit, 1.0)),
            constant(tensor::float(&steps, STEPS)),
            node("ReduceMin", &[given], &[&least], keep()),
            node("ReduceMax", &[given], &[&most], keep()),
            op("Min", &[&least, &nothing], &low),
            op("Max", &[&most, &nothing], &high),
            op("Sub", &[&high, &low], &range),
            op("Equal", &[&range, &nothing], &is_flat),
        ],
        quotient::exact(&range, &steps, &step),
        // Of nothing but zeros the step is free: 1, as in ONNX Runtime.
        vec![op("Where", &[&is_flat, &unit, &step], &scale), op("Sub", &[&nothing, &low], &under)],
        quotient::exact(&under, &scale, &place),
        vec![
            op("Round", &[&place], &whole),
            op("Clip", &[&whole, &nothing, &steps], &inside),
            node("Cast", &[&inside], &[&zero], vec![int("to", i64::from(DataType::UINT8.0))]),
        ],
        quotient::of_input(one, &scale, &divided),
        vec![op("QuantizeLinear", &[&divided, &unit, &zero], &quantized)],
    ];
    Finding::Instead(nodes.concat())
}
