//! Operators that keep the sizes of their inputs, or stretch them to each other's.

use rten_onnx::onnx::DataType;

use super::super::fact::Fact;
use super::super::node::Node;

/// Give what their first input is, in type and sizes.
#[rustfmt::skip]
const KEEPING: &[&str] = &[
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BatchNormalization", "Ceil", "Celu", "Clip", "Cos", "Cosh",
    "CumSum", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax",
    "Identity", "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization",
    "MeanVarianceNormalization", "Mish", "Neg", "PRelu", "RMSNormalization", "Reciprocal", "Relu", "ReverseSequence",
    "Round", "Scatter", "ScatterElements", "ScatterND", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softmax",
    "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Trilu",
];

/// Give truth values of their inputs' common sizes.
const COMPARING: &[&str] =
    &["And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor"];

/// Give their inputs' common sizes.
const JOINING: &[&str] =
    &["Add", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Max", "Mean", "Min", "Mod", "Mul", "Pow", "Sub", "Sum"];

/// What is known of the first output; `None` for other operators.
pub fn output(node: &Node<'_>) -> Option<Fact> {
    let first = node.fact(0);
    let all = || stretched(node.inputs.iter().map(|input| input.shape.as_deref()));
    Some(match node.operator() {
        "Identity" => first.clone(),
        operator if KEEPING.contains(&operator) => Fact::new(first.element, first.shape.clone()),
        operator if COMPARING.contains(&operator) => Fact::new(Some(DataType::BOOL), all()),
        operator if JOINING.contains(&operator) => Fact { whole: computed(node), ..Fact::new(first.element, all()) },
        "Where" => Fact::new(node.fact(1).element.or(node.fact(2).element), all()),
        "Cast" => cast(first, node.int("to").and_then(|to| i32::try_from(to).ok()).map(DataType)),
        "CastLike" => cast(first, node.fact(1).element),
        "QuantizeLinear" => {
            let told = node.int("output_dtype").filter(|kind| *kind != 0).and_then(|kind| i32::try_from(kind).ok());
            let otherwise = if node.input(2).is_some() { node.fact(2).element } else { Some(DataType::UINT8) };
            Fact::new(told.map(DataType).or(otherwise), first.shape.clone())
        }
        "DequantizeLinear" => Fact::new(node.fact(1).element, first.shape.clone()),
        "DynamicQuantizeLinear" => Fact::new(Some(DataType::UINT8), first.shape.clone()),
        _ => return None,
    })
}

fn cast(first: &Fact, to: Option<DataType>) -> Fact {
    let is_whole = matches!(to, Some(DataType::INT64 | DataType::INT32));
    Fact { whole: first.whole.clone().filter(|_| is_whole), ..Fact::new(to, first.shape.clone()) }
}

/// The common sizes of several values, as numpy stretches them.
pub fn stretched<'a>(shapes: impl Iterator<Item = Option<&'a [Option<usize>]>>) -> Option<Vec<Option<usize>>> {
    let shapes: Vec<&[Option<usize>]> = shapes.collect::<Option<_>>()?;
    let rank = shapes.iter().map(|shape| shape.len()).max()?;
    let size = |axis: usize| {
        let sizes = shapes.iter().filter_map(|shape| shape.get((axis + shape.len()).checked_sub(rank)?));
        let mut common = Some(1);
        for size in sizes {
            match size {
                Some(1) => {}
                Some(size) => return Some(*size),
                None => common = None,
            }
        }
        common
    };
    Some((0..rank).map(size).collect())
}

/// Whole numbers computed of two lists of them.
fn computed(node: &Node<'_>) -> Option<Vec<Option<i64>>> {
    let compute: fn(i64, i64) -> Option<i64> = match node.operator() {
        "Add" => i64::checked_add,
        "Sub" => i64::checked_sub,
        "Mul" => i64::checked_mul,
        "Div" => i64::checked_div,
        _ => return None,
    };
    let (one, other) = (node.fact(0).whole.as_ref()?, node.fact(1).whole.as_ref()?);
    let length = one.len().max(other.len());
    let of = |list: &[Option<i64>], at: usize| if list.len() == 1 { list[0] } else { list.get(at).copied().flatten() };
    Some((0..length).map(|at| compute(of(one, at)?, of(other, at)?)).collect())
}
