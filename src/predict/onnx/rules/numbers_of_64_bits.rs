//! Whole numbers beyond 32 bits.

use rten_onnx::onnx::{DataLocation, DataType, TensorProto};

use super::rule::{Look, Rule, Use};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "numbers-of-64-bits",
    operators: &["constants"],
    when: "a constant has numbers beyond 32 bits, but for the bounds of Slice and Clip",
    why: "numbers beyond 32 bits become the nearest that have 32",
    instead: None,
    way_out: Some("export it with smaller numbers"),
    case: "a constant of 1,099,511,627,776 made a float: 2,147,483,647 for it",
    look: Look::Constant(look),
};

fn look(constant: &TensorProto, uses: Option<&[Use]>) -> bool {
    let is_elsewhere = constant.data_location.is_some_and(|location| location != DataLocation::DEFAULT);
    match constant.data_type {
        Some(DataType::INT64) if is_elsewhere => false,
        Some(DataType::INT64) => {
            let numbers = tensor::whole(constant).unwrap_or_default();
            let is_beyond = numbers.into_iter().any(|number| i32::try_from(number).is_err());
            is_beyond && !uses.is_some_and(|uses| uses.iter().all(clamps))
        }
        _ => false,
    }
}

/// Whether the nearest number of 32 bits means the same there: no size, and no number that the engine has, is beyond
/// it.
fn clamps(one: &Use) -> bool {
    match (one.operator.as_str(), one.input) {
        ("Slice" | "Clip", 1 | 2) => true,
        _ => !one.then.is_empty() && one.then.iter().all(clamps),
    }
}
