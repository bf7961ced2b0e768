//! The tables of noise that were made last: they follow from a kind and its values, and take longer to make than a small
//! picture takes to be drawn over.

use std::sync::{Arc, Mutex, PoisonError};

use super::ByteNoise;

/// How many are kept, each 256 KiB at most: the five severities of every kind that draws from such tables, and some to spare.
const MOST: usize = 32;

/// A kind and its values, bit for bit.
type Key = (&'static str, Vec<u64>);

static KEPT: Mutex<Vec<(Key, Arc<ByteNoise>)>> = Mutex::new(Vec::new());

/// The tables of a kind with `values`, from which alone `make` makes them.
pub fn kept_noise(kind: &'static str, values: &[f64], make: impl FnOnce() -> ByteNoise) -> Arc<ByteNoise> {
    let key = (kind, values.iter().map(|value| value.to_bits()).collect());
    let find =
        |kept: &[(Key, Arc<ByteNoise>)]| kept.iter().find(|(known, _)| *known == key).map(|(_, noise)| noise.clone());
    // Not made while others wait: two that make the same at once make the same tables.
    if let Some(noise) = find(&KEPT.lock().unwrap_or_else(PoisonError::into_inner)) {
        return noise;
    }
    let made = Arc::new(make());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(noise) = find(&kept) {
        return noise;
    }
    if kept.len() == MOST {
        kept.remove(0);
    }
    kept.push((key, made.clone()));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_law(byte: u8) -> ByteNoise {
        ByteNoise::new(|_, weights| weights[usize::from(byte)] = 1.0)
    }

    #[test]
    fn tables_are_made_once_for_each_kind_and_value() {
        let first = kept_noise("a test's", &[0.5, 2.0], || one_law(1));
        let again = kept_noise("a test's", &[0.5, 2.0], || panic!("it is kept"));
        assert!(Arc::ptr_eq(&first, &again));
        for (kind, values) in [("another test's", [0.5, 2.0]), ("a test's", [0.5, -2.0])] {
            assert!(!Arc::ptr_eq(&first, &kept_noise(kind, &values, || one_law(2))));
        }
        for value in 0..=MOST {
            kept_noise("many", &[value as f64], || one_law(3));
        }
        assert!(KEPT.lock().unwrap().len() <= MOST);
    }
}
