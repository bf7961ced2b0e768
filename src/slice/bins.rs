//! Bins: images in thirds by a number.

/// The names of thirds.
pub const WORDS: [&str; 3] = ["low", "middle", "high"];

/// Images whose numbers lie beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// One of [`WORDS`].
    pub word: &'static str,
    /// The least and the greatest number.
    pub range: (f64, f64),
}

/// Thirds of finite `values`, as nearly as equal values allow, which are never parted: a cut lies between two different
/// values, where the number of those below is nearest to a third (to two thirds), the lower of equally near ones. Two
/// bins where both cuts are one, none where all values are equal.
pub fn thirds(values: &[f64]) -> Vec<Bin> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cuts: Vec<usize> = (1..sorted.len()).filter(|&at| sorted[at - 1] < sorted[at]).collect();
    let nearest = |part: usize| cuts.iter().copied().min_by_key(|cut| (3 * cut).abs_diff(part * sorted.len()));
    let (Some(first), Some(second)) = (nearest(1), nearest(2)) else { return Vec::new() };
    let bin = |word, from: usize, to: usize| Bin { word, range: (sorted[from], sorted[to - 1]) };
    let end = sorted.len();
    if first == second {
        return vec![bin(WORDS[0], 0, first), bin(WORDS[2], first, end)];
    }
    vec![bin(WORDS[0], 0, first), bin(WORDS[1], first, second), bin(WORDS[2], second, end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(values: &[f64]) -> Vec<(&'static str, f64, f64)> {
        thirds(values).into_iter().map(|bin| (bin.word, bin.range.0, bin.range.1)).collect()
    }

    #[test]
    fn thirds_are_equal_where_values_differ() {
        let bins = ranges(&[5.0, 1.0, 4.0, 2.0, 6.0, 3.0]);
        assert_eq!(bins, [("low", 1.0, 2.0), ("middle", 3.0, 4.0), ("high", 5.0, 6.0)]);
    }

    #[test]
    fn equal_values_stay_together() {
        assert_eq!(ranges(&[1.0, 1.0, 1.0, 1.0, 2.0, 3.0]), [("low", 1.0, 1.0), ("high", 2.0, 3.0)]);
        assert_eq!(ranges(&[7.0; 5]), []);
        assert_eq!(ranges(&[]), []);
    }
}
