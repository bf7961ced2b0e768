//! The elements of a constant, whichever of ONNX's fields they are in.

use rten_onnx::onnx::{DataLocation, DataType, TensorProto};

/// The whole numbers of a tensor of 32 or 64 bits; `None` where it has others, or has them in another file.
pub fn whole(tensor: &TensorProto) -> Option<Vec<i64>> {
    let raw = raw(tensor)?;
    match tensor.data_type? {
        DataType::INT64 if raw.is_empty() => Some(tensor.int64_data.clone()),
        DataType::INT64 => Some(raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()),
        DataType::INT32 if raw.is_empty() => Some(tensor.int32_data.iter().copied().map(i64::from).collect()),
        DataType::INT32 => Some(raw.as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes).into()).collect()),
        _ => None,
    }
}

/// The floats of a tensor of 32 or 64 bits; `None` where it has others, or has them in another file.
pub fn real(tensor: &TensorProto) -> Option<Vec<f64>> {
    let raw = raw(tensor)?;
    match tensor.data_type? {
        DataType::FLOAT if raw.is_empty() => Some(tensor.float_data.iter().copied().map(f64::from).collect()),
        DataType::FLOAT => Some(raw.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes).into()).collect()),
        DataType::DOUBLE if raw.is_empty() => Some(tensor.double_data.clone()),
        DataType::DOUBLE => Some(raw.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()),
        _ => None,
    }
}

/// The elements as bytes, none where they are in a field of their own type.
fn raw(tensor: &TensorProto) -> Option<Vec<u8>> {
    let is_here = tensor.data_location.is_none_or(|location| location == DataLocation::DEFAULT);
    is_here.then(|| tensor.raw_data.as_ref().map(|raw| raw.borrow().clone()).unwrap_or_default())
}

/// A list of whole numbers.
pub fn list(name: &str, numbers: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.to_owned()),
        dims: vec![numbers.len() as i64],
        data_type: Some(DataType::INT64),
        int64_data: numbers.to_vec(),
        ..TensorProto::default()
    }
}

/// A whole number.
pub fn number(name: &str, number: i64) -> TensorProto {
    TensorProto { dims: Vec::new(), ..list(name, &[number]) }
}

/// A zero of a type that the engine computes in: 32-bit floats or whole numbers.
pub fn zero(name: &str, element: DataType) -> TensorProto {
    let is_float = element == DataType::FLOAT;
    TensorProto {
        name: Some(name.to_owned()),
        data_type: Some(element),
        float_data: if is_float { vec![0.0] } else { Vec::new() },
        int32_data: if is_float { Vec::new() } else { vec![0] },
        ..TensorProto::default()
    }
}

/// A 32-bit float.
pub fn float(name: &str, value: f32) -> TensorProto {
    TensorProto { float_data: vec![value], ..zero(name, DataType::FLOAT) }
}

/// A whole number of 32 bits.
pub fn integer(name: &str, value: i32) -> TensorProto {
    TensorProto { int32_data: vec![value], ..zero(name, DataType::INT32) }
}
