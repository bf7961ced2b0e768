//! A node of a graph as rules look at it: attributes by name, and what is known of its inputs.

use rten_onnx::onnx::{AttributeProto, AttributeType, NodeProto, TensorProto};

use super::fact::Fact;

/// A node among what is known of its inputs.
pub struct Node<'a> {
    /// The node.
    pub proto: &'a NodeProto,
    /// The version of ONNX's operators that the file speaks.
    pub opset: i64,
    /// What is known of each input, in order.
    pub inputs: &'a [Fact],
    /// The operators that take its first output.
    pub readers: &'a [String],
}

impl Node<'_> {
    /// Its operator.
    pub fn operator(&self) -> &str {
        self.proto.op_type.as_deref().unwrap_or_default()
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.proto.attribute.iter().find(|attribute| attribute.name.as_deref() == Some(name))
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).map(|attribute| attribute.i.unwrap_or_default())
    }

    /// A list of whole numbers.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    /// A list of floats.
    pub fn floats(&self, name: &str) -> Option<&[f32]> {
        self.attribute(name).map(|attribute| attribute.floats.as_slice())
    }

    /// A word.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.s.as_deref().unwrap_or_default())
    }

    /// A tensor.
    pub fn tensor(&self, name: &str) -> Option<&TensorProto> {
        self.attribute(name).and_then(|attribute| attribute.t.as_ref())
    }

    /// The name of an input; `None` where it is left out.
    pub fn input(&self, at: usize) -> Option<&str> {
        self.proto.input.get(at).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The name of an output; empty where it is left out.
    pub fn output(&self, at: usize) -> &str {
        self.proto.output.get(at).map_or("", String::as_str)
    }

    /// What is known of an input; nothing where it is left out.
    pub fn fact(&self, at: usize) -> &Fact {
        const NOTHING: &Fact = &Fact { element: None, shape: None, whole: None, real: None };
        self.inputs.get(at).unwrap_or(NOTHING)
    }

    /// The number of axes of an input.
    pub fn rank(&self, at: usize) -> Option<usize> {
        self.fact(at).rank()
    }

    /// Axes that old files give as an attribute and new ones as an input, as numbers of axes from the first.
    pub fn axes(&self, input: usize, rank: usize) -> Option<Vec<usize>> {
        let axes = match self.ints("axes") {
            Some(axes) => axes.to_vec(),
            None => self.fact(input).numbers()?,
        };
        axes.into_iter().map(|axis| from_first(axis, rank)).collect()
    }

    /// A copy without an attribute.
    pub fn without(&self, name: &str) -> NodeProto {
        let mut copy = self.copy();
        copy.attribute.retain(|attribute| attribute.name.as_deref() != Some(name));
        copy
    }

    /// A copy; graphs inside are left out, as no node that is mended has any.
    pub fn copy(&self) -> NodeProto {
        self.proto.clone()
    }
}

/// The number of an axis from the first, given one that may count from the last.
pub fn from_first(axis: i64, rank: usize) -> Option<usize> {
    let axis = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(axis).ok().filter(|axis| *axis < rank.max(1))
}

/// A new node.
pub fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: Vec<AttributeProto>) -> NodeProto {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    NodeProto {
        op_type: Some(operator.to_owned()),
        name: Some(format!("{operator} of {}", outputs.first().unwrap_or(&""))),
        input: owned(inputs),
        output: owned(outputs),
        attribute: attributes,
        ..NodeProto::default()
    }
}

/// A node that gives a constant.
pub fn constant(tensor: TensorProto) -> NodeProto {
    let name = tensor.name.clone().unwrap_or_default();
    let value = AttributeProto {
        name: Some("value".to_owned()),
        t: Some(tensor),
        r#type: Some(AttributeType::TENSOR),
        ..AttributeProto::default()
    };
    node("Constant", &[], &[&name], vec![value])
}

/// An attribute of a whole number.
pub fn int(name: &str, value: i64) -> AttributeProto {
    let name = Some(name.to_owned());
    AttributeProto { name, i: Some(value), r#type: Some(AttributeType::INT), ..AttributeProto::default() }
}

/// An attribute of a list of whole numbers.
pub fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    let name = Some(name.to_owned());
    AttributeProto { name, ints: values, r#type: Some(AttributeType::INTS), ..AttributeProto::default() }
}
