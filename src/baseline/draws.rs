//! Figures on resampled images as text: little-endian 32-bit floats in base64, NaN where there was nothing to measure.
//! The same images are drawn in every run on a dataset, so draws of different versions can be paired.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `draws` as text.
pub fn encode(draws: &[Option<f64>]) -> String {
    let bytes = draws.iter().flat_map(|draw| draw.map_or(f32::NAN, |value| value as f32).to_le_bytes());
    STANDARD.encode(bytes.collect::<Vec<u8>>())
}

/// The draws in `text`; `None` if it is no such text.
pub fn decode(text: &str) -> Option<Vec<Option<f64>>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    let number = |bytes: &[u8; 4]| Some(f64::from(f32::from_le_bytes(*bytes))).filter(|value| value.is_finite());
    rest.is_empty().then(|| numbers.iter().map(number).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_survive_as_text() {
        let draws = [Some(0.5), None, Some(0.25)];
        assert_eq!(decode(&encode(&draws)).unwrap(), draws);
        assert_eq!(decode("AAA"), None);
        assert_eq!(decode("AAAA"), None);
    }
}
