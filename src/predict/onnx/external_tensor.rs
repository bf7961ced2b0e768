//! What a tensor says of its numbers where they lie in another file: in which, where in it, and how many bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::protobuf::{Damaged, Field, Fields, Value, numbers};

/// Numbers of a tensor in another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalNumbers {
    /// The tensor's name.
    pub tensor: String,
    /// The other file, as the tensor names it.
    pub location: String,
    /// Where in it they begin.
    pub offset: u64,
    /// How many bytes they are.
    pub length: u64,
}

/// A tensor whose numbers are outside.
pub struct OutsideTensor {
    /// Where they are.
    pub numbers: ExternalNumbers,
    /// The places of the fields that stay as they are when the numbers come inside.
    pub kept: Vec<Range<usize>>,
}

impl OutsideTensor {
    /// The field that holds a tensor's numbers inside.
    pub const RAW: u64 = 9;

    /// The tensor at `place`; `None` if its numbers are inside.
    ///
    /// # Errors
    /// It says what cannot be.
    pub fn read(bytes: &[u8], place: &Range<usize>) -> Result<Option<Self>, String> {
        const DIMENSIONS: u64 = 1;
        const TYPE: u64 = 2;
        const NAME: u64 = 8;
        const EXTERNAL: u64 = 13;
        const WHERE: u64 = 14;
        let fields: Vec<Field> = Fields::of(bytes, place).collect::<Result<_, _>>().map_err(damaged)?;
        let of = |number: u64| fields.iter().filter(move |field| field.number == number);
        // Of a field that is there twice, protobuf's readers take the last.
        let last = |number: u64| {
            of(number).rev().find_map(|field| match field.value {
                Value::Number(value) => Some(value),
                Value::Bytes(_) | Value::Other => None,
            })
        };
        if last(WHERE) != Some(1) {
            return Ok(None);
        }
        let name = of(NAME).next_back().map(|field| text(bytes, field)).unwrap_or_default();
        let mut dimensions = Vec::new();
        for field in of(DIMENSIONS) {
            dimensions.extend(numbers(bytes, &field.value).map_err(damaged)?);
        }
        let size = bits(last(TYPE).unwrap_or_default()).and_then(|bits| size(&dimensions, bits));
        let entries = Entries::read(bytes, name, of(EXTERNAL))?;
        let numbers = entries.numbers(size)?;
        let goes = [Self::RAW, EXTERNAL, WHERE];
        let kept = fields.iter().filter(|field| !goes.contains(&field.number)).map(|field| field.place.clone());
        Ok(Some(Self { numbers, kept: kept.collect() }))
    }
}

/// The entries of a tensor's `external_data`.
struct Entries {
    tensor: String,
    values: BTreeMap<String, String>,
}

impl Entries {
    fn read<'f>(bytes: &[u8], tensor: String, fields: impl Iterator<Item = &'f Field>) -> Result<Self, String> {
        let mut entries = Self { tensor, values: BTreeMap::new() };
        for field in fields {
            let (key, value) = entry(bytes, field)?;
            // ONNX does not say which of two counts: engines would compute with other numbers than are hashed.
            if entries.values.insert(key, value).is_some() {
                return Err(entries.wrong("says twice where its numbers are"));
            }
        }
        Ok(entries)
    }

    /// Where the numbers are that take `size` bytes by the tensor's shape.
    fn numbers(self, size: Option<u64>) -> Result<ExternalNumbers, String> {
        let location = self.values.get("location");
        let location = location.ok_or_else(|| self.wrong("does not say in which file its numbers are"))?.clone();
        let (offset, length) = (self.number("offset")?.unwrap_or(0), self.number("length")?);
        match (size, length) {
            (None, _) => Err(self.wrong("is of a type or size that cannot lie in another file")),
            (Some(size), Some(length)) if size != length => {
                Err(self.wrong(&format!("has {length} bytes in {location}, but its shape takes {size}")))
            }
            (Some(length), _) => Ok(ExternalNumbers { tensor: self.tensor, location, offset, length }),
        }
    }

    fn number(&self, key: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.values.get(key) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| self.wrong(&format!("has no number as its {key}")))
    }

    fn wrong(&self, what: &str) -> String {
        format!("its tensor `{}` {what}: export it again", self.tensor)
    }
}

/// Key and value of a `StringStringEntryProto`.
fn entry(bytes: &[u8], field: &Field) -> Result<(String, String), String> {
    let Value::Bytes(place) = &field.value else { return Err(damaged(Damaged::At(field.place.start))) };
    let (mut key, mut value) = (String::new(), String::new());
    for field in Fields::of(bytes, place) {
        let field = field.map_err(damaged)?;
        match field.number {
            1 => key = text(bytes, &field),
            2 => value = text(bytes, &field),
            _ => {}
        }
    }
    Ok((key, value))
}

/// What a field holds as text.
pub fn text(bytes: &[u8], field: &Field) -> String {
    match &field.value {
        Value::Bytes(place) => String::from_utf8_lossy(&bytes[place.clone()]).into_owned(),
        Value::Number(_) | Value::Other => String::new(),
    }
}

/// A damaged file in words, with the way out.
pub fn damaged(damaged: Damaged) -> String {
    match damaged {
        Damaged::Cut(_) => format!("it is cut short ({damaged}): copy or download it again, to its end"),
        Damaged::At(_) => format!("it is no ONNX model, or a damaged one ({damaged}): export or copy it again"),
    }
}

/// Bits of a number of a tensor of this `TensorProto.DataType`; `None` for texts, and for types that ONNX has not yet.
fn bits(element: u64) -> Option<u64> {
    Some(match element {
        // FLOAT, INT32, UINT32
        1 | 6 | 12 => 32,
        // UINT8, INT8, BOOL, the FLOAT8s
        2 | 3 | 9 | 17..=20 | 24 => 8,
        // UINT16, INT16, FLOAT16, BFLOAT16
        4 | 5 | 10 | 16 => 16,
        // INT64, DOUBLE, UINT64, COMPLEX64
        7 | 11 | 13 | 14 => 64,
        // COMPLEX128
        15 => 128,
        // UINT4, INT4, FLOAT4E2M1
        21..=23 => 4,
        // UINT2, INT2
        25 | 26 => 2,
        _ => return None,
    })
}

/// Bytes of a tensor; `None` if no memory has so many.
fn size(dimensions: &[u64], bits: u64) -> Option<u64> {
    let count = dimensions.iter().try_fold(1_u64, |count, side| count.checked_mul(*side))?;
    Some(count.checked_mul(bits)?.div_ceil(8)).filter(|size| i64::try_from(*size).is_ok())
}
