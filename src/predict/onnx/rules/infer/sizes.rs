//! Operators that tell sizes or make lists and constants of them.

use rten_onnx::onnx::DataType;

use super::super::fact::Fact;
use super::super::node::Node;

/// What is known of the first output; `None` for other operators.
pub fn output(node: &Node<'_>) -> Option<Fact> {
    const WHOLE: Option<DataType> = Some(DataType::INT64);
    let rank = node.rank(0);
    Some(match node.operator() {
        "Constant" => constant(node),
        "Shape" => shape(node),
        "Size" => Fact::new(WHOLE, Some(Vec::new())),
        "ConstantOfShape" => {
            Fact::new(node.tensor("value").map_or(Some(DataType::FLOAT), |value| value.data_type), wanted(node.fact(0)))
        }
        "Range" => Fact::new(node.fact(0).element, Some(vec![None])),
        "NonZero" => Fact::new(WHOLE, Some(vec![rank, None])),
        "NonMaxSuppression" => Fact::new(WHOLE, Some(vec![None, Some(3)])),
        "EyeLike" => {
            let told = node.int("dtype").and_then(|kind| i32::try_from(kind).ok()).map(DataType);
            Fact::new(told.or(node.fact(0).element), node.fact(0).shape.clone())
        }
        "ArgMax" | "ArgMin" => {
            let axis = vec![node.int("axis").unwrap_or(0)];
            Fact::new(WHOLE, reduced(node, Some(&axis)))
        }
        operator if operator.starts_with("Reduce") => Fact::new(node.fact(0).element, reduction(node)),
        _ => return None,
    })
}

fn constant(node: &Node<'_>) -> Fact {
    if let Some(tensor) = node.tensor("value") {
        return Fact::constant(tensor);
    }
    if let Some(numbers) = node.ints("value_ints") {
        return Fact::list(Some(DataType::INT64), numbers.iter().copied().map(Some).collect());
    }
    if let Some(number) = node.int("value_int") {
        return Fact { whole: Some(vec![Some(number)]), ..Fact::new(Some(DataType::INT64), Some(Vec::new())) };
    }
    match node.floats("value_floats") {
        Some(floats) => Fact::new(Some(DataType::FLOAT), Some(vec![Some(floats.len())])),
        None => Fact::new(Some(DataType::FLOAT), Some(Vec::new())),
    }
}

fn shape(node: &Node<'_>) -> Fact {
    let Some(shape) = &node.fact(0).shape else { return Fact::new(Some(DataType::INT64), Some(vec![None])) };
    let rank = shape.len() as i64;
    let bound = |at: i64| (if at < 0 { at + rank } else { at }).clamp(0, rank) as usize;
    let (start, end) = (bound(node.int("start").unwrap_or(0)), bound(node.int("end").unwrap_or(rank)));
    let sizes = shape.get(start..end).unwrap_or_default();
    Fact::list(Some(DataType::INT64), sizes.iter().map(|size| size.map(|size| size as i64)).collect())
}

/// More axes than any operator has: a file can claim any number.
const MOST_AXES: usize = 64;

/// The sizes that a list of them asks for; as many open ones as it has elements, where those are not known.
pub fn wanted(list: &Fact) -> Option<Vec<Option<usize>>> {
    let size = |size: Option<i64>| size.and_then(|size| usize::try_from(size).ok());
    match (&list.whole, list.shape.as_deref()) {
        (Some(whole), _) => Some(whole.iter().copied().map(size).collect()),
        (None, Some([Some(rank)])) if *rank <= MOST_AXES => Some(vec![None; *rank]),
        _ => None,
    }
}

fn reduction(node: &Node<'_>) -> Option<Vec<Option<usize>>> {
    let given = node.ints("axes").map(<[i64]>::to_vec);
    let is_open = given.is_none() && node.input(1).is_some() && node.fact(1).numbers().is_none();
    if is_open {
        // Which axes go is not known, but with all of them kept their number is.
        return (node.int("keepdims") != Some(0)).then(|| node.rank(0).map(|rank| vec![None; rank])).flatten();
    }
    let axes = given.or_else(|| node.fact(1).numbers()).filter(|axes| !axes.is_empty());
    if axes.is_none() && node.int("noop_with_empty_axes") == Some(1) {
        return node.fact(0).shape.clone();
    }
    reduced(node, axes.as_deref())
}

/// The sizes of the first input without `axes`; without any where `None`.
fn reduced(node: &Node<'_>, axes: Option<&[i64]>) -> Option<Vec<Option<usize>>> {
    let shape = node.fact(0).shape.as_ref()?;
    let is_gone = |at: usize| {
        axes.is_none_or(|axes| axes.iter().any(|axis| super::super::node::from_first(*axis, shape.len()) == Some(at)))
    };
    let keeps = node.int("keepdims") != Some(0);
    let size = |(at, size): (usize, &Option<usize>)| match (is_gone(at), keeps) {
        (false, _) => Some(*size),
        (true, true) => Some(Some(1)),
        (true, false) => None,
    };
    Some(shape.iter().enumerate().filter_map(size).collect())
}
