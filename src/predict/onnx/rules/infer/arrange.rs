//! Operators that arrange elements anew, take some of them, or sum products of them.

use rten_onnx::onnx::DataType;

use super::super::fact::Fact;
use super::super::node::{Node, from_first};
use super::elementwise::stretched;
use super::sizes::wanted;

type Shape = Vec<Option<usize>>;

/// What is known of the first output; `None` for other operators.
pub fn output(node: &Node<'_>) -> Option<Fact> {
    let first = node.fact(0);
    let kept = |shape: Option<Shape>| Fact::new(first.element, shape);
    let with_numbers = |shape: Option<Shape>| Fact { whole: first.whole.clone(), ..kept(shape) };
    Some(match node.operator() {
        "Reshape" => with_numbers(reshaped(node)),
        "Transpose" => kept(transposed(node)),
        "Squeeze" => with_numbers(squeezed(node)),
        "Unsqueeze" => with_numbers(unsqueezed(node)),
        "Concat" => concat(node),
        "Slice" => slice(node),
        "Gather" => gather(node),
        "GatherElements" => kept(node.fact(1).shape.clone()),
        "GatherND" => kept(gather_nd(node)),
        "Expand" => {
            let asked = wanted(node.fact(1));
            kept(stretched([first.shape.as_deref(), asked.as_deref()].into_iter()))
        }
        "Tile" | "Pad" | "Compress" => kept(first.rank().map(|rank| vec![None; rank])),
        "TopK" => kept(top(node)),
        "OneHot" => Fact::new(node.fact(2).element, first.rank().map(|rank| vec![None; rank + 1])),
        "MatMul" | "MatMulInteger" => {
            let element = if node.operator() == "MatMul" { first.element } else { Some(DataType::INT32) };
            Fact::new(element, multiplied(first, node.fact(1)))
        }
        "Flatten" | "Gemm" => kept(Some(vec![None, None])),
        "Einsum" => kept(einsum(node)),
        "LSTM" | "GRU" | "RNN" => kept(Some(vec![None; 4])),
        _ => return None,
    })
}

/// The sizes of each part of a `Split`: its own axis is left open, but where it is cut into equal parts.
pub fn parts(node: &Node<'_>) -> Vec<Fact> {
    let first = node.fact(0);
    let count = node.proto.output.len();
    let part = |at: usize| {
        let mut shape = first.shape.clone()?;
        let axis = from_first(node.int("axis").unwrap_or(0), shape.len())?;
        let lengths = node.ints("split").map(<[i64]>::to_vec).or_else(|| node.fact(1).numbers());
        let whole = shape.get(axis).copied().flatten();
        let length = match lengths {
            Some(lengths) => lengths.get(at).and_then(|length| usize::try_from(*length).ok()),
            None if node.input(1).is_none() => whole.filter(|whole| whole % count == 0).map(|whole| whole / count),
            None => None,
        };
        *shape.get_mut(axis)? = length;
        Some(shape)
    };
    (0..count).map(|at| Fact::new(first.element, part(at))).collect()
}

fn reshaped(node: &Node<'_>) -> Option<Shape> {
    let asked = match node.ints("shape") {
        Some(shape) => shape.iter().copied().map(Some).collect(),
        None => match (&node.fact(1).whole, wanted(node.fact(1))) {
            (Some(whole), _) => whole.clone(),
            (None, open) => return open,
        },
    };
    let old = node.fact(0).shape.as_ref();
    let copies = node.int("allowzero").unwrap_or(0) == 0;
    let size = |(at, size): (usize, &Option<i64>)| match size {
        Some(0) if copies => old.and_then(|old| old.get(at).copied().flatten()),
        Some(size) => usize::try_from(*size).ok(),
        None => None,
    };
    let mut shape: Shape = asked.iter().enumerate().map(size).collect();
    let total = old.and_then(|old| old.iter().try_fold(1_usize, |all, size| all.checked_mul((*size)?)));
    let open: Vec<usize> = (0..shape.len()).filter(|at| shape[*at].is_none()).collect();
    if let (Some(total), [at]) = (total, &open[..]) {
        let rest = shape.iter().flatten().try_fold(1_usize, |all, size| all.checked_mul(*size));
        shape[*at] = rest.filter(|rest| *rest > 0 && total % rest == 0).map(|rest| total / rest);
    }
    Some(shape)
}

fn transposed(node: &Node<'_>) -> Option<Shape> {
    let shape = node.fact(0).shape.as_ref()?;
    match node.ints("perm") {
        Some(order) => order.iter().map(|axis| shape.get(usize::try_from(*axis).ok()?).copied()).collect(),
        None => Some(shape.iter().rev().copied().collect()),
    }
}

fn squeezed(node: &Node<'_>) -> Option<Shape> {
    let shape = node.fact(0).shape.as_ref()?;
    if node.ints("axes").is_none() && node.input(1).is_none() {
        // Every axis of one element goes: which those are, has to be known.
        let all: Vec<usize> = shape.iter().copied().collect::<Option<_>>()?;
        return Some(all.into_iter().filter(|size| *size != 1).map(Some).collect());
    }
    let axes = node.axes(1, shape.len())?;
    Some(shape.iter().enumerate().filter(|(at, _)| !axes.contains(at)).map(|(_, size)| *size).collect())
}

fn unsqueezed(node: &Node<'_>) -> Option<Shape> {
    let shape = node.fact(0).shape.as_ref()?;
    let count = node.ints("axes").map(<[i64]>::len).or_else(|| node.fact(1).numbers().map(|axes| axes.len()))?;
    let rank = shape.len() + count;
    let axes = node.axes(1, rank)?;
    let mut old = shape.iter().copied();
    Some((0..rank).map(|at| if axes.contains(&at) { Some(1) } else { old.next().flatten() }).collect())
}

fn concat(node: &Node<'_>) -> Fact {
    let element = node.inputs.iter().find_map(|input| input.element);
    let lists: Option<Vec<&Vec<Option<i64>>>> = node.inputs.iter().map(|input| input.whole.as_ref()).collect();
    let are_lists = node.inputs.iter().all(|input| input.rank() == Some(1));
    if let Some(lists) = lists.filter(|_| are_lists) {
        return Fact::list(element, lists.into_iter().flatten().copied().collect());
    }
    let ranked = node.inputs.iter().find_map(|input| input.shape.clone());
    let shape = ranked.and_then(|mut shape| {
        let axis = from_first(node.int("axis")?, shape.len())?;
        let mut sizes = node.inputs.iter().map(|input| *input.shape.as_ref()?.get(axis)?);
        *shape.get_mut(axis)? = sizes.try_fold(0_usize, |all, size| all.checked_add(size?));
        Some(shape)
    });
    Fact::new(element, shape)
}

fn slice(node: &Node<'_>) -> Fact {
    let first = node.fact(0);
    let list = |name: &str, input: usize| node.ints(name).map(<[i64]>::to_vec).or_else(|| node.fact(input).numbers());
    let (starts, ends, axes, steps) = (list("starts", 1), list("ends", 2), list("axes", 3), list("steps", 4));
    let open = Fact::new(first.element, first.rank().map(|rank| vec![None; rank]));
    let (Some(mut shape), Some(starts), Some(ends)) = (first.shape.clone(), starts, ends) else { return open };
    if (axes.is_none() && node.input(3).is_some()) || (steps.is_none() && node.input(4).is_some()) {
        return open;
    }
    for (at, (start, end)) in starts.iter().zip(&ends).enumerate() {
        let axis = axes.as_ref().map_or(Some(at as i64), |axes| axes.get(at).copied());
        let Some(axis) = axis.and_then(|axis| from_first(axis, shape.len())) else { return open };
        let step = steps.as_ref().map_or(Some(1), |steps| steps.get(at).copied());
        let Some(size) = shape.get_mut(axis) else { return open };
        *size = size.and_then(|size| length(size, *start, *end, step.filter(|step| *step > 0)?));
    }
    let numbers = first.whole.as_ref().filter(|_| starts.len() == 1 && steps.is_none_or(|steps| steps == [1]));
    match numbers.zip(shape.first().copied().flatten()) {
        Some((numbers, length)) => {
            let start = bound(starts[0], numbers.len());
            Fact::list(first.element, numbers.iter().copied().skip(start).take(length).collect())
        }
        None => Fact::new(first.element, Some(shape)),
    }
}

fn bound(at: i64, size: usize) -> usize {
    (if at < 0 { at.saturating_add(size as i64) } else { at }).clamp(0, size as i64) as usize
}

fn length(size: usize, start: i64, end: i64, step: i64) -> Option<usize> {
    let span = bound(end, size).saturating_sub(bound(start, size));
    Some(span.div_ceil(usize::try_from(step).ok()?))
}

fn gather(node: &Node<'_>) -> Fact {
    let (from, places) = (node.fact(0), node.fact(1));
    let shape = from.shape.as_ref().zip(places.shape.as_ref()).and_then(|(from, places)| {
        let axis = from_first(node.int("axis").unwrap_or(0), from.len())?;
        Some([from.get(..axis)?, places, from.get(axis + 1..)?].concat())
    });
    let whole = from.whole.as_ref().zip(places.numbers()).map(|(from, places)| {
        let one =
            |place: i64| from.get(usize::try_from(if place < 0 { place + from.len() as i64 } else { place }).ok()?);
        places.into_iter().map(|place| one(place).copied().flatten()).collect()
    });
    Fact { whole: whole.filter(|_| from.rank() == Some(1)), ..Fact::new(from.element, shape) }
}

fn gather_nd(node: &Node<'_>) -> Option<Shape> {
    let (from, places) = (node.fact(0).shape.as_ref()?, node.fact(1).shape.as_ref()?);
    let batches = usize::try_from(node.int("batch_dims").unwrap_or(0)).ok()?;
    let (depth, before) = places.split_last()?;
    Some([before, from.get(batches.checked_add((*depth)?)?..)?].concat())
}

fn top(node: &Node<'_>) -> Option<Shape> {
    let mut shape = node.fact(0).shape.clone()?;
    let axis = from_first(node.int("axis").unwrap_or(-1), shape.len())?;
    let count = node.int("k").or_else(|| node.fact(1).numbers()?.first().copied());
    *shape.get_mut(axis)? = count.and_then(|count| usize::try_from(count).ok());
    Some(shape)
}

fn multiplied(one: &Fact, other: &Fact) -> Option<Shape> {
    let (one, other) = (one.shape.as_ref()?, other.shape.as_ref()?);
    let batches = |shape: &Shape| shape[..shape.len().saturating_sub(2)].to_vec();
    let mut shape = stretched([Some(&batches(one)[..]), Some(&batches(other)[..])].into_iter())?;
    if let [.., rows, _] = one[..] {
        shape.push(rows);
    }
    if let [.., _, columns] = other[..] {
        shape.push(columns);
    }
    Some(shape)
}

fn einsum(node: &Node<'_>) -> Option<Shape> {
    let (_, given) = node.text("equation")?.split_once("->")?;
    let letters = given.trim();
    letters.chars().all(|letter| letter.is_ascii_alphabetic()).then(|| vec![None; letters.len()])
}
