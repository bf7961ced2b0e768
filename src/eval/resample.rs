//! Bootstrap over images: resamples as weights.
//!
//! The images are the independent units: objects and detections of one image belong together. A resample draws as many
//! images as there are, with replacement, and says how often each was drawn; [`super::View::weighted`] turns that into
//! figures. Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 6.

/// Weights of images, the same for everyone who asks for as many images with one seed: two sides of a difference that use
/// the same resamples are paired, whether they are cells, models, or runs of another day.
#[derive(Debug, Clone)]
pub struct Resamples {
    images: usize,
    count: usize,
    seed: u64,
}

impl Resamples {
    /// `count` resamples of `images` images.
    pub fn new(images: usize, count: usize, seed: u64) -> Self {
        Self { images, count, seed }
    }

    /// How many images they are of.
    pub fn images(&self) -> usize {
        self.images
    }

    /// How many resamples there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How often each image was drawn in a resample; the sum is the number of images.
    ///
    /// The draws are 64-bit numbers of BLAKE3's extendable output over the seed, the number of images and the number of
    /// the resample, multiplied and shifted to a position (Lemire, *Fast Random Integer Generation in an Interval*, 2019;
    /// what it favours some positions by is below 1 in 2^40 for any dataset).
    pub fn weights(&self, resample: usize) -> Vec<u32> {
        let mut hasher = blake3::Hasher::new_derive_key("windtunnel bootstrap of images, version 1");
        for number in [self.seed, self.images as u64, resample as u64] {
            hasher.update(&number.to_le_bytes());
        }
        let mut draws = vec![0; self.images * size_of::<u64>()];
        hasher.finalize_xof().fill(&mut draws);
        let mut weights = vec![0; self.images];
        for draw in draws.as_chunks().0 {
            let image = (u128::from(u64::from_le_bytes(*draw)) * self.images as u128) >> u64::BITS;
            weights[image as usize] += 1;
        }
        weights
    }

    /// All resamples' weights, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Vec<u32>> + '_ {
        (0..self.count).map(|resample| self.weights(resample))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resample_draws_as_many_images_as_there_are() {
        for weights in Resamples::new(37, 20, 5).iter() {
            assert_eq!(weights.iter().sum::<u32>(), 37);
        }
    }

    #[test]
    fn resamples_follow_from_seed_images_and_number_alone() {
        assert_eq!(Resamples::new(50, 9, 1).weights(3), Resamples::new(50, 1_000, 1).weights(3));
        assert_ne!(Resamples::new(50, 9, 1).weights(3), Resamples::new(50, 9, 1).weights(4));
        assert_ne!(Resamples::new(50, 9, 1).weights(3), Resamples::new(50, 9, 2).weights(3));
    }

    #[test]
    fn every_image_is_drawn_as_often_as_every_other() {
        // Draws of an image are binomial: 10,000 in the mean, 100 the standard deviation.
        let resamples = Resamples::new(20, 10_000, 0);
        let mut drawn = [0_u32; 20];
        resamples.iter().for_each(|weights| drawn.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight));
        assert!(drawn.iter().all(|sum| sum.abs_diff(10_000) < 450), "{drawn:?}");
    }

    #[test]
    fn an_image_is_left_out_of_a_resample_with_the_binomial_share() {
        let resamples = Resamples::new(50, 2_000, 0);
        let absent: usize = resamples.iter().map(|weights| weights.iter().filter(|&&weight| weight == 0).count()).sum();
        let share = absent as f64 / 100_000.0;
        assert!((share - 0.98_f64.powi(50)).abs() < 0.005, "{share}");
    }
}
