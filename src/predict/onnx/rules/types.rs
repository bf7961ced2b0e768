//! Inputs and outputs of types that the engine does not have.

use rten_onnx::onnx::{DataType, ModelProto};

use super::rule::{Look, Rule};

pub const RULE: Rule = Rule {
    name: "types",
    operators: &["inputs and outputs"],
    when: "one is of another type than FLOAT, FLOAT16, DOUBLE, INT64, INT32, INT8, UINT8 or BOOL",
    why: "the engine does not have that type, and takes it for another",
    instead: None,
    way_out: Some("export it in single precision (`model.float()`)"),
    case: "an input of BFLOAT16: it is taken for FLOAT",
    look: Look::Model(look),
};

const KNOWN: [DataType; 8] = [
    DataType::FLOAT,
    DataType::FLOAT16,
    DataType::DOUBLE,
    DataType::INT64,
    DataType::INT32,
    DataType::INT8,
    DataType::UINT8,
    DataType::BOOL,
];

fn look(model: &ModelProto) -> Option<String> {
    let graph = model.graph.as_ref()?;
    graph.input.iter().chain(&graph.output).find_map(|value| {
        let tensor = value.r#type.as_ref()?.tensor_type.as_ref()?;
        let element = tensor.elem_type.filter(|element| element.0 != 0 && !KNOWN.contains(element))?;
        Some(format!("`{}` of type {element}", value.name.as_deref().unwrap_or_default()))
    })
}
