//! Types and sizes of what a node gives, from what is known of its inputs. Where it says something, it is so for every
//! input of the graph; what it does not know it leaves open, and rules then take the safe side.

mod arrange;
mod elementwise;
mod sizes;
pub mod window;

use super::fact::Fact;
use super::node::Node;

/// What is known of each output of a node.
pub fn outputs(node: &Node<'_>) -> Vec<Fact> {
    let first = elementwise::output(node)
        .or_else(|| sizes::output(node))
        .or_else(|| arrange::output(node))
        .or_else(|| window::output(node));
    match (node.operator(), first) {
        ("Split", _) => arrange::parts(node),
        ("TopK", Some(values)) => {
            let places = Fact::new(Some(rten_onnx::onnx::DataType::INT64), values.shape.clone());
            vec![values, places]
        }
        (_, Some(first)) => vec![first],
        (_, None) => Vec::new(),
    }
}
