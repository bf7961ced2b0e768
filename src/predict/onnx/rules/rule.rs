//! A rule: what the embedded engine computes otherwise than ONNX says, and what becomes of it.

use rten_onnx::onnx::{ModelProto, NodeProto, TensorProto};

use super::node::Node;

/// One thing that the embedded engine computes otherwise than ONNX says.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// The operators that it is about.
    pub operators: &'static [&'static str],
    /// Which of their nodes.
    pub when: &'static str,
    /// What the engine makes of them.
    pub why: &'static str,
    /// The nodes that windtunnel puts in their place, where there are some that the engine computes right.
    pub instead: Option<&'static str>,
    /// How to get around it with this engine, where it is refused.
    pub way_out: Option<&'static str>,
    /// The smallest case that shows it.
    pub case: &'static str,
    /// Where to look for it.
    pub look: Look,
}

/// What a rule looks at.
pub enum Look {
    /// Each node of `operators`.
    Node(fn(&Node<'_>) -> Finding),
    /// Each constant, with the uses that are made of it where all are known; whether it is refused.
    Constant(fn(&TensorProto, Option<&[Use]>) -> bool),
    /// The model as a whole; what is wrong with it.
    Model(fn(&ModelProto) -> Option<String>),
}

/// What a rule says of a node.
pub enum Finding {
    /// It is computed as ONNX says.
    Right,
    /// These nodes give the same, as ONNX says.
    Instead(Vec<NodeProto>),
    /// It would be computed otherwise, or it cannot be told.
    Wrong,
}

impl Finding {
    /// [`Self::Wrong`] if `wrong`.
    pub fn wrong_if(wrong: bool) -> Self {
        if wrong { Self::Wrong } else { Self::Right }
    }
}

/// A use of a value: which operator takes it as which input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The operator.
    pub operator: String,
    /// The position among its inputs.
    pub input: usize,
    /// The uses of what comes out, where the operator only moves values.
    pub then: Vec<Use>,
}
