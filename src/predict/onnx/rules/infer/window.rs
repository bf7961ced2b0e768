//! Operators that move a window over pictures, or change pictures' sizes.

use rten_onnx::onnx::DataType;

use super::super::fact::Fact;
use super::super::node::Node;
use super::sizes::wanted;

/// What is known of the first output; `None` for other operators.
pub fn output(node: &Node<'_>) -> Option<Fact> {
    let first = node.fact(0);
    let shape = match node.operator() {
        "Conv" | "ConvInteger" => {
            windowed(node, node.fact(1).shape.as_ref().and_then(|weights| weights.first().copied()))
        }
        "MaxPool" | "AveragePool" | "LpPool" => windowed(node, None),
        "ConvTranspose" => {
            // The sizes are left open: no rule needs them behind one, and they take four attributes.
            let weights = node.fact(1).shape.as_ref().and_then(|weights| weights.get(1).copied());
            let channels =
                weights.flatten().and_then(|each| each.checked_mul(node.int("group").unwrap_or(1).max(1) as usize));
            pictures(first, channels, |_, _| None)
        }
        "GlobalAveragePool" | "GlobalMaxPool" => {
            pictures(first, first.shape.as_ref().and_then(|shape| *shape.get(1)?), |_, _| Some(1))
        }
        "Resize" | "Upsample" => resized(node),
        "DepthToSpace" | "SpaceToDepth" => blocks(node),
        "GridSample" => {
            let grid = node.fact(1).shape.as_ref();
            let channels = first.shape.as_ref().and_then(|shape| *shape.get(1)?);
            pictures(first, channels, |at, _| *grid?.get(at + 1)?)
        }
        "RoiAlign" => {
            let side = |name: &str| usize::try_from(node.int(name).unwrap_or(1)).ok();
            let channels = first.shape.as_ref().and_then(|shape| *shape.get(1)?);
            Some(vec![None, channels, side("output_height"), side("output_width")])
        }
        _ => return None,
    };
    let element = if node.operator() == "ConvInteger" { Some(DataType::INT32) } else { first.element };
    Some(Fact::new(element, shape))
}

/// The sizes of pictures with other channels and sides; `side` is told the number of the side and how long it was.
fn pictures(
    of: &Fact,
    channels: Option<usize>,
    side: impl Fn(usize, Option<usize>) -> Option<usize>,
) -> Option<Vec<Option<usize>>> {
    let shape = of.shape.as_ref().filter(|shape| shape.len() >= 2)?;
    let sides = shape[2..].iter().enumerate().map(|(at, old)| side(at, *old));
    Some([shape[0], channels].into_iter().chain(sides).collect())
}

/// A window that moves over one side of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How much it spans: the kernel with the gaps of its dilation.
    pub span: usize,
    /// How far it moves at once.
    pub stride: usize,
}

impl Window {
    /// How many rows are added at both ends together, so that it stops at every `stride`-th row of `side`.
    pub fn padding(self, side: usize) -> usize {
        let stops = side.div_ceil(self.stride);
        stops.saturating_sub(1).saturating_mul(self.stride).saturating_add(self.span).saturating_sub(side)
    }
}

/// The windows of a convolution or pooling, one a side; `None` where they are not known.
pub fn windows(node: &Node<'_>) -> Option<Vec<Window>> {
    let kernel: Vec<usize> = match node.ints("kernel_shape") {
        Some(kernel) => kernel.iter().map(|side| usize::try_from(*side).ok()).collect::<Option<_>>()?,
        None => node.fact(1).shape.as_ref()?.get(2..)?.iter().copied().collect::<Option<_>>()?,
    };
    let list = |name: &str, at: usize| {
        let number = node.ints(name).map_or(Some(1), |list| list.get(at).copied());
        number.and_then(|number| usize::try_from(number).ok()).filter(|number| *number > 0)
    };
    let window = |(at, kernel): (usize, usize)| {
        let span = kernel.checked_sub(1)?.checked_mul(list("dilations", at)?)?.checked_add(1)?;
        Some(Window { span, stride: list("strides", at)? })
    };
    kernel.into_iter().enumerate().map(window).collect()
}

// What is known of the channels may be that they are not known, which is not the same as that they stay.
#[allow(clippy::option_option)]
fn windowed(node: &Node<'_>, channels: Option<Option<usize>>) -> Option<Vec<Option<usize>>> {
    let kept = node.fact(0).shape.as_ref().and_then(|shape| *shape.get(1)?);
    let windows = windows(node);
    pictures(node.fact(0), channels.unwrap_or(kept), |at, old| {
        let Window { span, stride } = *windows.as_ref()?.get(at)?;
        let old = old?;
        if matches!(node.text("auto_pad"), Some("SAME_UPPER" | "SAME_LOWER")) {
            return Some(old.div_ceil(stride));
        }
        let pads = node.ints("pads").unwrap_or_default();
        let pad = |at: usize| usize::try_from(pads.get(at).copied().unwrap_or(0)).ok();
        let free = old.checked_add(pad(at)?)?.checked_add(pad(at + pads.len() / 2)?)?.checked_sub(span)?;
        // Rounded up, a last window that begins in the padding does not count: left open.
        let is_exact = free.is_multiple_of(stride) || node.int("ceil_mode").unwrap_or(0) == 0;
        is_exact.then_some(free / stride + 1)
    })
}

fn resized(node: &Node<'_>) -> Option<Vec<Option<usize>>> {
    let shape = node.fact(0).shape.as_ref()?;
    let has_region = node.operator() == "Resize" && node.opset > 10;
    let (scales, sizes) = if has_region { (2, 3) } else { (1, usize::MAX) };
    let open = vec![None; shape.len()];
    if node.ints("axes").is_some() || node.text("keep_aspect_ratio_policy").is_some_and(|policy| policy != "stretch") {
        return Some(open);
    }
    if node.input(sizes).is_some() {
        return wanted(node.fact(sizes)).or(Some(open));
    }
    let told = node.floats("scales").map(|scales| scales.iter().copied().map(f64::from).collect());
    let scales: Vec<f64> = match told.or_else(|| node.fact(scales).real.clone()) {
        Some(scales) if scales.len() == shape.len() => scales,
        _ => return Some(open),
    };
    let side = |(old, scale): (&Option<usize>, f64)| old.map(|old| (old as f64 * scale).floor() as usize);
    Some(shape.iter().zip(scales).map(side).collect())
}

fn blocks(node: &Node<'_>) -> Option<Vec<Option<usize>>> {
    let size = usize::try_from(node.int("blocksize")?).ok().filter(|size| *size > 0)?;
    let first = node.fact(0);
    let channels = first.shape.as_ref().and_then(|shape| *shape.get(1)?);
    if node.operator() == "DepthToSpace" {
        pictures(first, channels.and_then(|channels| Some(channels / size.checked_mul(size)?)), |_, old| {
            old?.checked_mul(size)
        })
    } else {
        pictures(first, channels.and_then(|channels| channels.checked_mul(size)?.checked_mul(size)), |_, old| {
            Some(old? / size)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_three_by_two_is_padded_by_one_on_even_sides_and_two_on_odd_ones() {
        let window = Window { span: 3, stride: 2 };
        assert_eq!([window.padding(416), window.padding(13), window.padding(1)], [1, 2, 2]);
        assert_eq!(Window { span: 1, stride: 3 }.padding(5), 0);
    }
}
