//! Whether scores are honest: of answers with a score of 0.8, are 8 of 10 right?

/// Bins of the calibration error (Guo 2017, and torchmetrics' default).
pub const BINS: usize = 15;

/// An answer with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Graded {
    /// The position of its image.
    pub image: usize,
    /// How sure the model is, 0..=1.
    pub score: f64,
    /// Whether it is right.
    pub is_right: bool,
}

/// The answers of a cell by their scores.
#[derive(Debug, Clone)]
pub struct CalibrationTable(Vec<Graded>);

/// The answers whose scores are in a bin, weighted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CalibrationBin {
    /// Those that are right.
    pub right: f64,
    /// The sum of their scores.
    pub scores: f64,
    /// All.
    pub all: f64,
}

impl CalibrationTable {
    /// Sorts the answers: sums in this order are the same whatever the order of the images.
    pub fn new(mut answers: Vec<Graded>) -> Self {
        answers.sort_by(|one, other| one.score.total_cmp(&other.score));
        Self(answers)
    }

    /// The answers in 15 bins of equal width, when image `i` counts `weights[i]` times.
    pub fn bins(&self, weights: &[u32]) -> [CalibrationBin; BINS] {
        let mut bins = [CalibrationBin::default(); BINS];
        for answer in &self.0 {
            let weight = f64::from(weights[answer.image]);
            let bin = &mut bins[bin(answer.score)];
            bin.right += if answer.is_right { weight } else { 0.0 };
            bin.scores += answer.score * weight;
            bin.all += weight;
        }
        bins
    }

    /// The expected calibration error, 0..=1: the mean over answers of how far the share of right ones and the mean score of
    /// their bin are apart; `None` without answers.
    pub fn error(&self, weights: &[u32]) -> Option<f64> {
        let bins = self.bins(weights);
        let all: f64 = bins.iter().map(|bin| bin.all).sum();
        let apart: f64 = bins.iter().map(|bin| (bin.right - bin.scores).abs()).sum();
        (all > 0.0).then(|| apart / all)
    }
}

/// The bin of a score: of `(a, b]`, the first one with 0 in it. Answers are kept as 32-bit floats: what was 0.2 before is
/// still at the edge.
fn bin(score: f64) -> usize {
    let above = (0..BINS).position(|at| score as f32 <= ((at + 1) as f64 / BINS as f64) as f32);
    above.unwrap_or(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(image: usize, score: f64, is_right: bool) -> Graded {
        Graded { image, score, is_right }
    }

    #[test]
    fn the_error_is_how_far_scores_and_shares_of_right_answers_are_apart() {
        let honest = CalibrationTable::new((0..10).map(|at| graded(at, 0.9, at > 0)).collect());
        assert!(honest.error(&[1; 10]).unwrap() < 1e-12);
        // One bin is 0.5 too sure, of two answers; the other right, of one.
        let table = CalibrationTable::new(vec![graded(0, 0.98, true), graded(1, 0.98, false), graded(1, 0.5, true)]);
        assert!((table.error(&[1, 1]).unwrap() - (2.0 * 0.48 + 0.5) / 3.0).abs() < 1e-12);
        assert!((table.error(&[5, 0]).unwrap() - 0.02).abs() < 1e-12);
        assert_eq!(table.error(&[0, 0]), None);
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below() {
        assert_eq!([0.0, 0.2, 0.200_01, 1.0].map(bin), [0, 2, 3, 14]);
    }
}
