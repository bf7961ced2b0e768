//! Constants of 64-bit floats.

use rten_onnx::onnx::{DataLocation, DataType, TensorProto};

use super::rule::{Look, Rule, Use};
use super::tensor;

pub const RULE: Rule = Rule {
    name: "double",
    operators: &["constants"],
    when: "a constant of 64-bit floats has more digits than 32 bits hold, and is not only multiplied or divided with",
    why: "64-bit floats have 32 bits: what is added to, or taken off, a number of many digits is lost",
    instead: None,
    way_out: Some("export it in single precision (`model.float()`)"),
    case: "100,000,001.5 - 100,000,000 in DOUBLE: 0 for 1.5",
    look: Look::Constant(look),
};

fn look(constant: &TensorProto, uses: Option<&[Use]>) -> bool {
    if constant.data_type != Some(DataType::DOUBLE) {
        return false;
    }
    if constant.data_location.is_some_and(|location| location != DataLocation::DEFAULT) {
        return true;
    }
    let numbers = tensor::real(constant).unwrap_or_default();
    let is_near = |number: &f64| (f64::from(*number as f32) - number).abs() <= number.abs() * f64::from(f32::EPSILON);
    let is_same = |number: &f64| f64::from(*number as f32) == *number || number.is_nan();
    // A factor's relative error stays the product's.
    let scales = |uses: &[Use]| uses.iter().all(|one| matches!(one.operator.as_str(), "Mul" | "Div"));
    let is_harmless = numbers.iter().all(is_near) && uses.is_some_and(scales);
    !numbers.iter().all(is_same) && !is_harmless
}
