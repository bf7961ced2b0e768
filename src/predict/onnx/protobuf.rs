//! The fields of a protobuf message, as far as walking through an ONNX file needs them. What is no message is an error:
//! a reader that is laxer than this one could find in it what was not seen here.

use std::ops::Range;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Number(u64),
    /// A message, a text or bytes: where they lie.
    Bytes(Range<usize>),
    /// Something of another type, which ONNX's fields of interest are not of.
    Other,
}

/// A field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its number.
    pub number: u64,
    /// Where the whole field lies, its tag included.
    pub place: Range<usize>,
    /// What it holds.
    pub value: Value,
}

/// What is no protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    /// Where it stops making sense.
    #[error("byte {0} is not what a protobuf message has there")]
    At(usize),
    /// The file ends so many bytes before one of its fields does.
    #[error("{0} bytes or more are missing at its end")]
    Cut(usize),
}

/// The fields of the message that lies at a place of some bytes, in order.
pub struct Fields<'b> {
    bytes: &'b [u8],
    at: usize,
    end: usize,
    /// Whether it is the file as a whole, whose end nothing else says.
    is_whole: bool,
}

impl<'b> Fields<'b> {
    /// The fields of the message at `place`.
    pub fn of(bytes: &'b [u8], place: &Range<usize>) -> Self {
        Self { bytes, at: place.start, end: place.end, is_whole: *place == (0..bytes.len()) }
    }

    fn read(&mut self) -> Result<Field, Damaged> {
        let start = self.at;
        let (number, value) = self.tagged()?;
        Ok(Field { number, place: start..self.at, value })
    }

    fn tagged(&mut self) -> Result<(u64, Value), Damaged> {
        let start = self.at;
        // Readers cut longer ones to 32 bits, and would find another field.
        let tag = u32::try_from(self.varint()?).map_err(|_| Damaged::At(start))?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.skip(8).map(|_| Value::Other)?,
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Damaged::At(start))?;
                Value::Bytes(self.skip(length)?)
            }
            5 => self.skip(4).map(|_| Value::Other)?,
            // Groups, which ONNX never had.
            _ => return Err(Damaged::At(start)),
        };
        Ok((u64::from(tag >> 3), value))
    }

    fn skip(&mut self, length: usize) -> Result<Range<usize>, Damaged> {
        let start = self.at;
        match start.checked_add(length) {
            Some(end) if end <= self.end => {
                self.at = end;
                Ok(start..end)
            }
            Some(end) if self.is_whole => Err(Damaged::Cut(end - self.end)),
            _ => Err(Damaged::At(start)),
        }
    }

    fn varint(&mut self) -> Result<u64, Damaged> {
        /// Seven bits a byte: as many bytes as 64 bits take.
        const MOST: usize = 10;
        let start = self.at;
        let mut number = 0;
        for (at, &byte) in self.bytes[start..self.end].iter().take(MOST).enumerate() {
            number |= u64::from(byte & 0x7F) << (7 * at).min(63);
            if byte < 0x80 {
                self.at = start + at + 1;
                return Ok(number);
            }
        }
        let is_over = self.is_whole && self.end - start < MOST;
        Err(if is_over { Damaged::Cut(1) } else { Damaged::At(start) })
    }
}

impl Iterator for Fields<'_> {
    type Item = Result<Field, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.at = self.end;
        }
        Some(field)
    }
}

/// The numbers of a repeated field, which come one by one or packed together.
///
/// # Errors
/// The packed ones are none.
pub fn numbers(bytes: &[u8], value: &Value) -> Result<Vec<u64>, Damaged> {
    match value {
        Value::Number(number) => Ok(vec![*number]),
        Value::Other => Ok(Vec::new()),
        Value::Bytes(place) => {
            let mut packed = Fields::of(bytes, place);
            let mut numbers = Vec::new();
            while packed.at < packed.end {
                numbers.push(packed.varint()?);
            }
            Ok(numbers)
        }
    }
}

/// Writes the tag and the length that stand before the `length` bytes of field `number`.
pub fn header(number: u64, length: u64) -> Vec<u8> {
    let mut header = Vec::new();
    push_varint(number << 3 | 2, &mut header);
    push_varint(length, &mut header);
    header
}

fn push_varint(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(u64, Value)>, Damaged> {
        Fields::of(bytes, &(0..bytes.len())).map(|field| field.map(|field| (field.number, field.value))).collect()
    }

    #[test]
    fn fields_are_read_as_protobufs_own_documentation_writes_them() {
        // "Encoding" at protobuf.dev: 150 in field 1, "testing" in field 2.
        assert_eq!(all(&[0x08, 0x96, 0x01]).unwrap(), [(1, Value::Number(150))]);
        assert_eq!(all(b"\x12\x07testing").unwrap(), [(2, Value::Bytes(2..9))]);
        assert_eq!(numbers(&[3, 0x8E, 2, 0x9E, 0xA7, 5], &Value::Bytes(0..6)), Ok(vec![3, 270, 86_942]));
        assert_eq!(header(2, 300), [0x12, 0xAC, 0x02]);
    }

    #[test]
    fn what_is_cut_short_or_runs_beyond_its_end_is_damaged() {
        for bytes in [&b"\x12\x07test"[..], &[0x08], &[0x80; 11], &[0x0B, 0x0C], &[0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]]
        {
            assert!(all(bytes).is_err(), "{bytes:?}");
        }
        assert_eq!(all(b"\x12\x07test"), Err(Damaged::Cut(3)));
        assert_eq!(all(&[0x08]), Err(Damaged::Cut(1)));
        let inner = b"\x12\x03\x0a\x05a";
        assert_eq!(
            Fields::of(inner, &(2..5)).next(),
            Some(Err(Damaged::At(4))),
            "the file is whole, the message is wrong"
        );
        assert!(all(&[]).unwrap().is_empty());
    }
}
