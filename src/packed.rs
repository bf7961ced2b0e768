//! Answers as bytes, as memory, the store and shards keep them.
//!
//! The bytes say by themselves what they are. Objects in the first version have no mark, as they were the first there
//! were: per object the category id (LEB128), then x, y, width, height and score as 32-bit floats, little endian. All
//! else begins with [`MARK`], which no id is written as, then a byte for the kind and one for its version. Scores (kind 1,
//! version 1): how many classes are not kept (LEB128), their scores together, then for each kept class, the best first, its
//! number (LEB128: twice the category's id, or twice the model's own number and one for a class that the dataset lacks)
//! and its score; scores as 32-bit floats, little endian.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::answer::{Answer, ClassScore, ScoredClass, Scores};
use crate::detection::{BBox, Detection, Shape};

/// The answer to one frame, its numbers rounded to 32-bit floats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packed {
    /// Objects.
    Objects(PackedObjects),
    /// Scores of classes.
    Scores(PackedScores),
}

/// Zero in two bytes: ids are written in as few as can be.
const MARK: [u8; 2] = [0x80, 0x00];

/// The kind and the version of scores.
const SCORES: [u8; 2] = [1, 1];

/// Why bytes are no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// They are damaged, or something else.
    #[error("the bytes are no detections")]
    Damaged,
    /// They were written by another program.
    #[error(
        "the bytes are an answer of kind {kind} in version {version}, which this program does not know: read them with \
         the one that wrote them"
    )]
    Unknown {
        /// Which kind of answers.
        kind: u8,
        /// How those are laid out.
        version: u8,
    },
}

impl Packed {
    /// Packs an answer.
    pub fn new(answer: &Answer) -> Self {
        match answer {
            Answer::Objects(detections) => Self::Objects(PackedObjects::new(detections)),
            Answer::Scores(scores) => Self::Scores(PackedScores::new(scores)),
        }
    }

    /// Bytes that were packed before.
    ///
    /// # Errors
    /// They were not, or by a program that knows other kinds of answers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackedError> {
        if let Some(rest) = bytes.strip_prefix(&MARK) {
            let [kind, version, ref rest @ ..] = *rest else { return Err(PackedError::Damaged) };
            if [kind, version] != SCORES {
                return Err(PackedError::Unknown { kind, version });
            }
            return unpack_scores(rest).map(|_| Self::Scores(PackedScores(bytes.into()))).ok_or(PackedError::Damaged);
        }
        // Once, here: whoever has a value of this type unpacks it without looking.
        let objects = unpack(bytes).filter(|objects| objects.iter().all(is_sane));
        objects.map(|_| Self::Objects(PackedObjects(bytes.into()))).ok_or(PackedError::Damaged)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Objects(objects) => &objects.0,
            Self::Scores(scores) => &scores.0,
        }
    }

    /// The answer.
    pub fn answer(&self) -> Answer {
        match self {
            Self::Objects(objects) => Answer::Objects(objects.detections()),
            Self::Scores(scores) => Answer::Scores(scores.scores()),
        }
    }
}

/// Objects packed: 21 bytes each for category ids below 128.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedObjects(Box<[u8]>);

/// Bytes of one object beside its category id.
const NUMBERS: usize = 5 * size_of::<f32>();

impl PackedObjects {
    /// Packs `detections`, in their order.
    fn new(detections: &[Detection]) -> Self {
        let mut bytes = Vec::with_capacity(detections.len() * (NUMBERS + 1));
        for detection in detections {
            // Objects of another shape are other bytes: of a kind or a version of their own.
            let Shape::Box = detection.shape;
            write_id(detection.category_id, &mut bytes);
            for number in numbers(detection) {
                bytes.extend((number as f32).to_le_bytes());
            }
        }
        Self(bytes.into())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let (mut rest, mut count) = (&*self.0, 0);
        while read_id(&mut rest).is_some() {
            rest = rest.get(NUMBERS..).unwrap_or_default();
            count += 1;
        }
        count
    }

    /// The detections.
    ///
    /// # Panics
    /// Never: the bytes were packed here, or checked when they were read.
    pub fn detections(&self) -> Vec<Detection> {
        unpack(&self.0).expect("the bytes were packed here, or checked")
    }

    /// Those whose category id is `wanted`, in their order.
    ///
    /// # Panics
    /// Never: the bytes were packed here, or checked when they were read.
    pub fn detections_of(&self, wanted: impl Fn(u64) -> bool) -> Vec<Detection> {
        unpack_some(&self.0, wanted, 0).expect("the bytes were packed here, or checked")
    }
}

/// Scores packed: 5 or 6 bytes for each class that is kept, where the numbers of classes are below 8192.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedScores(Box<[u8]>);

impl PackedScores {
    fn new(scores: &Scores) -> Self {
        let (rest, others) = scores.rest();
        let mut bytes = Vec::with_capacity(MARK.len() + SCORES.len() + 6 * (scores.best().len() + 1));
        bytes.extend(MARK.iter().chain(&SCORES));
        write_id(others as u64, &mut bytes);
        bytes.extend((rest as f32).to_le_bytes());
        for one in scores.best() {
            let (id, is_other) = match one.class {
                ScoredClass::Category(id) => (id, false),
                ScoredClass::Other(number) => (number, true),
            };
            // Of 65 bits: an id may take all 64.
            write_wide((u128::from(id) << 1) | u128::from(is_other), &mut bytes);
            bytes.extend((one.score as f32).to_le_bytes());
        }
        Self(bytes.into())
    }

    /// The scores.
    ///
    /// # Panics
    /// Never: the bytes were packed here, or checked when they were read.
    pub fn scores(&self) -> Scores {
        unpack_scores(&self.0[MARK.len() + SCORES.len()..]).expect("the bytes were packed here, or checked")
    }
}

fn unpack_scores(bytes: &[u8]) -> Option<Scores> {
    let mut left = bytes;
    let others = usize::try_from(read_id(&mut left)?).ok()?;
    let rest = read_float(&mut left)?;
    let mut best = Vec::with_capacity(left.len() / 5);
    while !left.is_empty() {
        let wide = read_wide(&mut left)?;
        let id = u64::try_from(wide >> 1).ok()?;
        let class = if wide & 1 == 1 { ScoredClass::Other(id) } else { ScoredClass::Category(id) };
        best.push(ClassScore { class, score: read_float(&mut left)? });
    }
    Scores::kept(best, rest, others)
}

fn read_float(rest: &mut &[u8]) -> Option<f64> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(f64::from(f32::from_le_bytes(*bytes)))
}

/// As text: base64 without padding.
impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD_NO_PAD.encode(self.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).map_err(D::Error::custom)?;
        Self::from_bytes(&bytes).map_err(D::Error::custom)
    }
}

fn unpack(bytes: &[u8]) -> Option<Vec<Detection>> {
    unpack_some(bytes, |_| true, bytes.len() / (NUMBERS + 1))
}

/// Those whose category id is `wanted`, some `expected` of them.
fn unpack_some(bytes: &[u8], wanted: impl Fn(u64) -> bool, expected: usize) -> Option<Vec<Detection>> {
    let mut rest = bytes;
    let mut detections = Vec::with_capacity(expected);
    while !rest.is_empty() {
        let category_id = read_id(&mut rest)?;
        let (numbers, after) = rest.split_at_checked(NUMBERS)?;
        rest = after;
        if !wanted(category_id) {
            continue;
        }
        let (numbers, _) = numbers.as_chunks();
        let [x, y, width, height, score] = numbers else { return None };
        let [x, y, width, height, score] =
            [x, y, width, height, score].map(|bytes| f64::from(f32::from_le_bytes(*bytes)));
        detections.push(Detection { category_id, bbox: BBox { x, y, width, height }, shape: Shape::Box, score });
    }
    Some(detections)
}

fn is_sane(detection: &Detection) -> bool {
    detection.bbox.is_finite() && (0.0..=1.0).contains(&detection.score)
}

fn numbers(detection: &Detection) -> [f64; 5] {
    let BBox { x, y, width, height } = detection.bbox;
    [x, y, width, height, detection.score]
}

/// Seven bits a byte, lowest first, the eighth set where more follow.
fn write_id(id: u64, bytes: &mut Vec<u8>) {
    write_wide(u128::from(id), bytes);
}

fn write_wide(mut number: u128, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_id(rest: &mut &[u8]) -> Option<u64> {
    let mut id = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        id |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(id);
        }
    }
    None
}

/// A number of 65 bits at most.
fn read_wide(rest: &mut &[u8]) -> Option<u128> {
    let mut number = 0_u128;
    for shift in (0..=u64::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u128::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detections() -> Vec<Detection> {
        let detection = |category_id, x: f64| Detection {
            category_id,
            bbox: BBox { x, y: -0.3, width: 1e-7, height: 4000.7 },
            shape: Shape::Box,
            score: 0.1,
        };
        vec![detection(0, 0.1), detection(127, 1.0 / 3.0), detection(u64::MAX, 1e9)]
    }

    fn packed(detections: &[Detection]) -> PackedObjects {
        PackedObjects::new(detections)
    }

    #[test]
    fn packing_rounds_to_floats_of_32_bits_and_nothing_else() {
        let unpacked = packed(&detections()).detections();
        let ids: Vec<u64> = unpacked.iter().map(|detection| detection.category_id).collect();
        assert_eq!(ids, [0, 127, u64::MAX]);
        assert_eq!((packed(&detections()).count(), packed(&[]).count()), (3, 0));
        assert_eq!(unpacked[1].bbox.x, f64::from(1.0_f32 / 3.0));
        assert_eq!(packed(&unpacked).detections(), unpacked);
        assert_eq!(packed(&unpacked).detections_of(|id| id != 127), [unpacked[0].clone(), unpacked[2].clone()]);
    }

    #[test]
    fn scores_come_back_with_their_order_and_the_classes_of_no_category() {
        let class = |class, score| ClassScore { class, score };
        let scored = vec![
            class(ScoredClass::Category(u64::MAX), 0.5),
            class(ScoredClass::Other(999), 0.25),
            class(ScoredClass::Category(7), 0.25),
        ];
        let answer = Answer::Scores(Scores::of_all(scored).unwrap());
        let packed = Packed::new(&answer);
        assert_eq!(packed.answer(), answer);
        assert_eq!(Packed::from_bytes(packed.as_bytes()), Ok(packed.clone()));
        for end in 5..packed.as_bytes().len() {
            let cut = Packed::from_bytes(&packed.as_bytes()[..end]);
            assert!(cut.is_err() || cut.unwrap().answer() != answer, "{end}");
        }
    }

    #[test]
    fn bytes_come_back_bit_for_bit() {
        let packed = Packed::new(&Answer::Objects(detections()));
        assert_eq!(Packed::from_bytes(packed.as_bytes()), Ok(packed));
    }

    #[test]
    fn bytes_cut_short_or_made_up_are_no_answer() {
        let packed = Packed::new(&Answer::Objects(detections()));
        let bytes = packed.as_bytes();
        assert_eq!(Packed::from_bytes(&bytes[..bytes.len() - 1]), Err(PackedError::Damaged));
        assert_eq!(Packed::from_bytes(&[0xFF; 40]), Err(PackedError::Damaged));
        assert_eq!(Packed::from_bytes(&MARK), Err(PackedError::Damaged));
    }

    /// Written before answers had kinds; shards and stores are full of such.
    #[test]
    fn objects_of_the_first_version_are_read_without_a_mark() {
        let bytes = [0x02, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0, 0x3F];
        let bbox = BBox { x: 1.0, y: 2.0, width: 3.0, height: 4.0 };
        let answer = Answer::Objects(vec![Detection { category_id: 2, bbox, shape: Shape::Box, score: 0.5 }]);
        assert_eq!(Packed::from_bytes(&bytes).unwrap().answer(), answer);
        assert_eq!(Packed::new(&answer).as_bytes(), bytes);
    }

    #[test]
    fn another_kind_or_version_is_refused_by_its_name() {
        let error = Packed::from_bytes(&[&MARK[..], &[1, 2, 0, 0]].concat()).unwrap_err();
        assert_eq!(error, PackedError::Unknown { kind: 1, version: 2 });
        assert!(error.to_string().starts_with("the bytes are an answer of kind 1 in version 2"), "{error}");
    }

    #[test]
    fn a_hundred_detections_take_little_over_two_kilobytes() {
        let many = vec![detections()[0].clone(); 100];
        assert_eq!(Packed::new(&Answer::Objects(many)).as_bytes().len(), 2_100);
    }
}
