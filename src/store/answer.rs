//! What is kept of an answer, and its form on disk: per detection the category id (LEB128), then x, y, width, height
//! and score as 32-bit floats, little endian.

use crate::detection::{BBox, Detection};

/// A model's answer to one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// By falling score, pixels of the frame; numbers have the precision of 32-bit floats.
    pub detections: Vec<Detection>,
    /// Whether the perturbation changed the picture at all.
    pub is_changed: bool,
    /// How long the model took, seconds.
    pub seconds: f64,
}

/// Bytes of one detection beside its category id.
const NUMBERS: usize = 5 * size_of::<f32>();

impl Answer {
    /// An answer, with its numbers rounded to what is kept, so that a first run and one from the store see the same.
    #[must_use]
    pub fn new(detections: Vec<Detection>, is_changed: bool, seconds: f64) -> Self {
        Self { detections: detections.into_iter().map(|detection| rounded(&detection)).collect(), is_changed, seconds }
    }

    /// The detections as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.detections.len() * (NUMBERS + 1));
        for detection in &self.detections {
            write_id(detection.category_id, &mut bytes);
            for number in numbers(detection) {
                bytes.extend((number as f32).to_le_bytes());
            }
        }
        bytes
    }

    /// The detections that `bytes` hold; `None` if they are none.
    #[must_use]
    pub fn detections_from(bytes: &[u8]) -> Option<Vec<Detection>> {
        let mut rest = bytes;
        let mut detections = Vec::with_capacity(bytes.len() / (NUMBERS + 1));
        while !rest.is_empty() {
            let category_id = read_id(&mut rest)?;
            let (numbers, after) = rest.split_at_checked(NUMBERS)?;
            rest = after;
            let (numbers, _) = numbers.as_chunks();
            let [x, y, width, height, score] = numbers else { return None };
            let [x, y, width, height, score] =
                [x, y, width, height, score].map(|bytes| f64::from(f32::from_le_bytes(*bytes)));
            detections.push(Detection { category_id, bbox: BBox { x, y, width, height }, score });
        }
        detections.iter().all(is_sane).then_some(detections)
    }
}

fn is_sane(detection: &Detection) -> bool {
    detection.bbox.is_finite() && (0.0..=1.0).contains(&detection.score)
}

fn numbers(detection: &Detection) -> [f64; 5] {
    let BBox { x, y, width, height } = detection.bbox;
    [x, y, width, height, detection.score]
}

fn rounded(detection: &Detection) -> Detection {
    let [x, y, width, height, score] = numbers(detection).map(|number| f64::from(number as f32));
    Detection { bbox: BBox { x, y, width, height }, score, ..*detection }
}

/// Seven bits a byte, lowest first, the eighth set where more follow.
fn write_id(mut id: u64, bytes: &mut Vec<u8>) {
    while id >= 0x80 {
        bytes.push(id as u8 | 0x80);
        id >>= 7;
    }
    bytes.push(id as u8);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        let detection = |category_id, x: f64| Detection {
            category_id,
            bbox: BBox { x, y: -0.3, width: 1e-7, height: 4000.7 },
            score: 0.1,
        };
        Answer::new(vec![detection(0, 0.1), detection(127, 1.0 / 3.0), detection(u64::MAX, 1e9)], true, 0.5)
    }

    #[test]
    fn what_is_kept_comes_back_bit_for_bit() {
        let answer = answer();
        assert_eq!(Answer::detections_from(&answer.to_bytes()), Some(answer.detections));
    }

    #[test]
    fn rounding_is_to_a_float_of_32_bits() {
        assert_eq!(answer().detections[0].bbox.x, f64::from(0.1_f32));
    }

    #[test]
    fn bytes_cut_short_or_made_up_are_no_answer() {
        let bytes = answer().to_bytes();
        assert_eq!(Answer::detections_from(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Answer::detections_from(&[0xFF; 40]), None);
    }

    #[test]
    fn a_hundred_detections_take_little_over_two_kilobytes() {
        let one = answer().detections[0].clone();
        let many = Answer::new(vec![one; 100], false, 0.0);
        assert_eq!(many.to_bytes().len(), 2_100);
    }
}
