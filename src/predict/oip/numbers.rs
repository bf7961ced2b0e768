//! Numbers of tensors as bytes (the binary tensor data extension: little-endian, row-major) and as JSON.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value as Json;

use crate::predict::network::{Element, InputValues};

/// A type of numbers, as the protocol calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datatype {
    Bool,
    Uint8,
    Int8,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
}

const NAMES: [(&str, Datatype); 8] = [
    ("BOOL", Datatype::Bool),
    ("UINT8", Datatype::Uint8),
    ("INT8", Datatype::Int8),
    ("INT32", Datatype::Int32),
    ("INT64", Datatype::Int64),
    ("FP16", Datatype::Fp16),
    ("FP32", Datatype::Fp32),
    ("FP64", Datatype::Fp64),
];

impl Datatype {
    /// The type called `name`.
    ///
    /// # Errors
    /// It is another one.
    pub fn called(name: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, datatype)| *datatype).ok_or_else(|| {
            let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("is of type {name}; known are {}", known.join(", "))
        })
    }

    /// The protocol's name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, datatype)| *datatype == self).map_or("", |(name, _)| name)
    }

    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::Uint8 | Self::Int8 => 1,
            Self::Fp16 => 2,
            Self::Int32 | Self::Fp32 => 4,
            Self::Int64 | Self::Fp64 => 8,
        }
    }

    /// What an input of this type takes.
    pub fn element(self) -> Element {
        match self {
            Self::Fp32 => Element::Float,
            Self::Uint8 => Element::Byte,
            Self::Int32 | Self::Int64 => Element::Integer,
            Self::Bool | Self::Int8 | Self::Fp16 | Self::Fp64 => Element::Other(self.name().to_owned()),
        }
    }

    /// Whether its numbers are whole.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Fp16 | Self::Fp32 | Self::Fp64)
    }

    /// Numbers of an output from bytes; the length is a multiple of [`Self::bytes`].
    pub fn decode(self, bytes: &[u8]) -> Vec<f32> {
        let numbers = bytes.chunks_exact(self.bytes());
        match self {
            Self::Bool | Self::Uint8 => bytes.iter().map(|byte| f32::from(*byte)).collect(),
            Self::Int8 => bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect(),
            Self::Fp16 => numbers.map(|n| half(u16::from_le_bytes(exact(n)))).collect(),
            Self::Int32 => numbers.map(|n| i32::from_le_bytes(exact(n)) as f32).collect(),
            Self::Fp32 => numbers.map(|n| f32::from_le_bytes(exact(n))).collect(),
            Self::Int64 => numbers.map(|n| i64::from_le_bytes(exact(n)) as f32).collect(),
            Self::Fp64 => numbers.map(|n| f64::from_le_bytes(exact(n)) as f32).collect(),
        }
    }
}

/// The numbers of an input. As JSON they are written in their shortest form: a tensor has a million of them.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum InputNumbers<'a> {
    Bytes(&'a [u8]),
    Floats(&'a [f32]),
    Int32(Vec<i32>),
    Int64(&'a [i64]),
}

impl<'a> InputNumbers<'a> {
    /// Values in the width that `datatype` has; `None` where they do not fit it.
    pub fn new(values: &'a InputValues, datatype: Datatype) -> Option<Self> {
        match (values, datatype) {
            (InputValues::Float(floats), Datatype::Fp32) => Some(Self::Floats(floats)),
            (InputValues::Byte(bytes), Datatype::Uint8) => Some(Self::Bytes(bytes)),
            (InputValues::Integer(numbers), Datatype::Int64) => Some(Self::Int64(numbers)),
            (InputValues::Integer(numbers), Datatype::Int32) => {
                numbers.iter().map(|number| i32::try_from(*number).ok()).collect::<Option<_>>().map(Self::Int32)
            }
            _ => None,
        }
    }

    /// Little-endian.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(bytes) => (*bytes).into(),
            Self::Floats(floats) => floats.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::Int32(numbers) => numbers.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::Int64(numbers) => numbers.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

fn exact<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("chunks are of this size")
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (bits >> 15, i32::from((bits >> 10) & 31), f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if sign == 1 { -size } else { size }
}

/// The numbers of a list, which may be nested; `None` if anything in it is none.
pub fn flat(value: &Json) -> Option<Vec<f32>> {
    let mut numbers = Vec::new();
    gather(value, &mut numbers).then_some(numbers)
}

fn gather(value: &Json, numbers: &mut Vec<f32>) -> bool {
    match value {
        Json::Array(items) => items.iter().all(|item| gather(item, numbers)),
        Json::Bool(flag) => {
            numbers.push(f32::from(u8::from(*flag)));
            true
        }
        _ => value.as_f64().map(|number| numbers.push(number as f32)).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn halves_are_those_of_the_standard() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0x7bff, 65504.0)]
        {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c01).is_nan() && half(0xfc00) == f32::NEG_INFINITY);
    }

    #[test]
    fn numbers_go_there_and_back() {
        let data = vec![0.0, 1.5, -2.25];
        let values = InputValues::Float(data.clone());
        assert_eq!(Datatype::Fp32.decode(&InputNumbers::new(&values, Datatype::Fp32).unwrap().bytes()), data);
        let sizes = InputValues::Integer(vec![640, -7]);
        assert_eq!(Datatype::Int32.decode(&InputNumbers::new(&sizes, Datatype::Int32).unwrap().bytes()), [640.0, -7.0]);
        assert_eq!(InputNumbers::new(&sizes, Datatype::Fp32), None);
        assert_eq!(Datatype::Int64.decode(&(-7_i64).to_le_bytes()), [-7.0]);
        assert_eq!(flat(&json!([[1, 2.5], [true, 4]])), Some(vec![1.0, 2.5, 1.0, 4.0]));
        assert_eq!(flat(&json!([1, "2"])), None);
    }
}
