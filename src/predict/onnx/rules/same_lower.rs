//! Padding of which the odd row goes to the beginning, as TensorFlow's and darknet's exporters write it.

use super::infer::window::{Window, windows};
use super::node::{Node, ints};
use super::rule::{Finding, Look, Rule};

pub const RULE: Rule = Rule {
    name: "same-lower",
    operators: &["Conv", "ConvTranspose", "MaxPool", "AveragePool"],
    when: "`auto_pad` is SAME_LOWER and an odd number of rows or columns is added",
    why: "`auto_pad` SAME_LOWER is taken for SAME_UPPER, so that everything moves by a pixel",
    instead: Some("`pads` written out, where the sizes of the pictures are known from the file"),
    way_out: Some("export it with fixed sizes of its input, or with `pads` written out"),
    case: "AveragePool of [2, 4] with a kernel of 2: [3, 4] for [2, 3]",
    look: Look::Node(look),
};

fn look(node: &Node<'_>) -> Finding {
    if node.text("auto_pad") != Some("SAME_LOWER") {
        return Finding::Right;
    }
    let Some(windows) = windows(node) else { return Finding::Wrong };
    let sides: Vec<Option<usize>> = match node.fact(0).shape.as_ref().and_then(|shape| shape.get(2..)) {
        Some(sides) if sides.len() == windows.len() => sides.to_vec(),
        _ => vec![None; windows.len()],
    };
    if node.operator() == "ConvTranspose" {
        // It takes off what a convolution adds, and does not depend on the picture.
        let odd = windows.iter().any(|Window { span, stride }| span < stride || (span - stride) % 2 == 1);
        return Finding::wrong_if(odd || node.ints("output_padding").is_some());
    }
    let pads: Option<Vec<usize>> = windows.iter().zip(sides).map(|(window, side)| padding(*window, side)).collect();
    let Some(pads) = pads else { return Finding::Wrong };
    if pads.iter().all(|pad| pad % 2 == 0) {
        return Finding::Right;
    }
    let begins = pads.iter().map(|pad| pad.div_ceil(2) as i64);
    let ends = pads.iter().map(|pad| (pad / 2) as i64);
    let mut padded = node.without("auto_pad");
    // SAME counts windows by the stride alone.
    padded.attribute.retain(|attribute| !matches!(attribute.name.as_deref(), Some("pads" | "ceil_mode")));
    padded.attribute.push(ints("pads", begins.chain(ends).collect()));
    if node.ints("kernel_shape").is_none() {
        // The engine reads the number of sides from it.
        let weights = node.fact(1).shape.as_ref().and_then(|weights| weights.get(2..)).unwrap_or_default();
        padded.attribute.push(ints("kernel_shape", weights.iter().flatten().map(|side| *side as i64).collect()));
    }
    Finding::Instead(vec![padded])
}

/// The padding of one side; of a stride of 1 it does not depend on how long the side is.
fn padding(window: Window, side: Option<usize>) -> Option<usize> {
    match side {
        Some(side) => Some(window.padding(side)),
        None if window.stride == 1 => Some(window.span - 1),
        None => None,
    }
}
