//! Convolutions and products of 8-bit numbers, of which dynamically quantised models are made.

use rten_onnx::onnx::{AttributeProto, DataType, NodeProto};

use super::node::{Node, constant, int, ints, node};
use super::rule::{Finding, Look, Rule};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "integer-convolution",
    operators: &["ConvInteger", "MatMulInteger"],
    when: "always",
    why: "it pads with 0 instead of the zero point, mixes up batches, and overflows on processors without VNNI",
    instead: Some(
        "the same of floats, which hold sums of up to 4112 such products exactly, where the sizes of the weights are \
         known",
    ),
    way_out: Some("quantise it statically, as QDQ (`quantize_static` of onnxruntime.quantization, format QDQ)"),
    case: "ConvInteger of two channels of [5], zero point 5, padded by 1 at the end: [0, 246] for [0, 0]",
    look: Look::Node(look),
};

/// The largest difference of two numbers of 8 bits.
const MOST: usize = 255;

/// Up to here floats are whole numbers without gaps.
const EXACT: usize = 1 << f32::MANTISSA_DIGITS;

/// What weights are split by where sums of whole ones might be larger: into sixteenths, and the rest.
const PART: usize = 16;

fn look(one: &Node<'_>) -> Finding {
    mended(one).map_or(Finding::Wrong, Finding::Instead)
}

fn mended(one: &Node<'_>) -> Option<Vec<NodeProto>> {
    let is_product = one.operator() == "MatMulInteger";
    let weights: Vec<usize> = one.fact(1).shape.as_ref()?.iter().copied().collect::<Option<_>>()?;
    // How many products each sum is of.
    let summed = if is_product { *weights.iter().nth_back(1)? } else { weights.get(1..)?.iter().product() };
    if one.text("auto_pad") == Some("SAME_LOWER") || (is_product && one.rank(0)? < 2) {
        return None;
    }
    let output = one.output(0);
    let name = |what: &str| format!("{output}/{what}");
    let of_rows = if is_product { behind(one, 2, 1)? } else { Vec::new() };
    let of_channels = if is_product { Vec::new() } else { behind(one, 3, weights.len() - 1)? };
    let mut nodes = [moved(one, 0, of_rows, &name("left")), moved(one, 1, of_channels, &name("right"))].concat();
    let operator = if is_product { "MatMul" } else { "Conv" };
    let mut attributes = one.proto.attribute.clone();
    if !is_product && one.ints("kernel_shape").is_none() {
        // The engine reads the number of sides from it.
        attributes.push(ints("kernel_shape", weights[2..].iter().map(|side| *side as i64).collect()));
    }
    let sums = |right: &str, output: &str| node(operator, &[&name("left"), right], &[output], attributes.clone());
    if summed.checked_mul(MOST * MOST)? <= EXACT {
        nodes.push(sums(&name("right"), &name("sums")));
        nodes.push(node("Cast", &[&name("sums")], &[output], to(DataType::INT32)));
    } else if summed.checked_mul(MOST * PART)? <= EXACT {
        nodes.extend(in_parts(&name, output, sums));
    } else {
        return None;
    }
    Some(nodes)
}

/// An input as a float, its zero point taken off; the zero point gets as many axes behind its own as `axes` are.
fn moved(one: &Node<'_>, at: usize, axes: Vec<i64>, output: &str) -> Vec<NodeProto> {
    let name = |what: &str| format!("{output}/{what}");
    let float = |from: &str, output: &str| node("Cast", &[from], &[output], to(DataType::FLOAT));
    let given = one.input(at).unwrap_or_default();
    let Some(zero) = one.input(at + 2) else { return vec![float(given, output)] };
    let mut nodes = vec![float(given, &name("float")), float(zero, &name("zero"))];
    let tall = if axes.is_empty() { name("zero") } else { name("tall") };
    if !axes.is_empty() {
        nodes.push(node("Unsqueeze", &[&name("zero")], &[&tall], vec![ints("axes", axes)]));
    }
    nodes.push(node("Sub", &[&name("float"), &tall], &[output], Vec::new()));
    nodes
}

/// The axes that a zero point lacks behind its own, where it has one for each row or channel; `None` if that is not
/// known.
fn behind(one: &Node<'_>, zero: usize, count: usize) -> Option<Vec<i64>> {
    if one.input(zero).is_none() {
        return Some(Vec::new());
    }
    Some(if one.rank(zero)? == 1 { (1..=count as i64).collect() } else { Vec::new() })
}

/// The sums of the weights' sixteenths and of the rest, put together as whole numbers.
fn in_parts(name: &dyn Fn(&str) -> String, output: &str, sums: impl Fn(&str, &str) -> NodeProto) -> Vec<NodeProto> {
    let [part, sixteenth, right, high, rest] = ["part", "sixteenth", "right", "high", "rest"].map(name);
    let [scaled, whole, sums_high, sums_rest, wide, long, times] =
        ["scaled", "whole", "sums_high", "sums_rest", "wide", "long", "times"].map(name);
    let op = |operator: &str, inputs: &[&str], output: &str| node(operator, inputs, &[output], Vec::new());
    let whole_sums = |from: &str, output: &str| node("Cast", &[from], &[output], to(DataType::INT32));
    vec![
        constant(tensor::float(&part, PART as f32)),
        constant(tensor::float(&sixteenth, 1.0 / PART as f32)),
        constant(tensor::integer(&times, PART as i32)),
        op("Mul", &[&right, &sixteenth], &scaled),
        op("Floor", &[&scaled], &high),
        op("Mul", &[&high, &part], &whole),
        op("Sub", &[&right, &whole], &rest),
        sums(&high, &sums_high),
        sums(&rest, &sums_rest),
        whole_sums(&sums_high, &name("high sums")),
        whole_sums(&sums_rest, &wide),
        op("Mul", &[&name("high sums"), &times], &long),
        op("Add", &[&long, &wide], output),
    ]
}

fn to(element: DataType) -> Vec<AttributeProto> {
    vec![int("to", i64::from(element.0))]
}
