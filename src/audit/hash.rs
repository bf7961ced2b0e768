//! The perceptual hash of a picture and, as a hash alone takes likeness for sameness, the small picture that confirms it.
//!
//! The hash is the difference hash (dHash: Neal Krawetz, "Kind of Like That", 2013): the picture as 9x8 means of luma,
//! and a bit for each two neighbours of a row, set where it gets lighter. Brightness, contrast, size and compression
//! hardly change it.

use super::luma::Luma;

/// Columns of a thumbnail: four for each of the hash's nine.
pub(super) const WIDTH: usize = 36;

/// Rows of a thumbnail: four for each of the hash's eight.
pub(super) const HEIGHT: usize = 32;

/// Columns and rows of a thumbnail that make one of the hash.
const CELL: usize = 4;

/// Hashes of at most so many different bits, of 64, are of pictures that may be the same. Copies of 124 pictures, as JPEG
/// of quality 30, at a third of their size, stretched, and with noise, were 0 to 4 bits from them (one in a hundred more).
pub const NEAR: u32 = 7;

/// The correlation from which two thumbnails of near hashes may be the same picture, which [`super::gap`] then confirms: two
/// frames of a video are as alike. Those copies had 0.993 and more; of the
/// 66 066 pairs among 364 pictures of blood cells, which look alike, the two shots of one scene had 0.973, and no other
/// pair more than 0.65.
pub const SAME: f64 = 0.9;

/// Pictures whose thumbnail deviates less than this from its mean have no structure to compare, steps of luma.
const FLAT: f64 = 2.0;

/// Waves across and down that the coarse form of a thumbnail keeps: at most so many in all.
const WAVES: usize = 4;

/// Numbers of the coarse form: pairs of waves, without the one of none.
const COARSE: usize = (WAVES + 1) * (WAVES + 2) / 2 - 1;

/// A picture as 36x32 means of luma, and how they are spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    values: Vec<u8>,
    sum: u32,
    /// Standard deviation.
    deviation: f64,
    /// Its lowest frequencies, for [`Self::may_be_same`].
    coarse: [f32; COARSE],
}

impl Thumbnail {
    /// The means of the parts of `luma`. Pixels on a border count for both sides by how much of them lies there: of a small
    /// copy, whose parts have few pixels, the means are then those of the large one.
    pub fn of(luma: &Luma) -> Self {
        let (across, down) = (shares(WIDTH, luma.width), shares(HEIGHT, luma.height));
        let row_means = |row: &[u8]| -> Vec<f64> {
            let mean = |(first, shares): &(usize, Vec<f64>)| -> f64 {
                row[*first..].iter().zip(shares).map(|(&value, share)| f64::from(value) * share).sum()
            };
            across.iter().map(mean).collect()
        };
        let rows: Vec<Vec<f64>> = luma.values.chunks_exact(luma.width).map(row_means).collect();
        let mean = |(first, shares): &(usize, Vec<f64>), column: usize| -> f64 {
            rows[*first..].iter().zip(shares).map(|(row, share)| row[column] * share).sum()
        };
        let places = down.iter().flat_map(|part| (0..WIDTH).map(move |column| (part, column)));
        let values: Vec<u8> = places.map(|(part, column)| mean(part, column).round() as u8).collect();
        let sum: u32 = values.iter().map(|&value| u32::from(value)).sum();
        let count = values.len() as f64;
        let covered = covariance(&values, sum, &values, sum);
        let deviation = covered.sqrt() / count;
        let coarse = coarse(&values, deviation * count.sqrt());
        Self { values, sum, deviation, coarse }
    }

    /// Pearson's correlation with another, -1..=1; 0 where one of both has no structure.
    pub fn correlation(&self, other: &Self) -> f64 {
        if self.deviation.min(other.deviation) < FLAT {
            return 0.0;
        }
        let count = self.values.len() as f64;
        let shared = covariance(&self.values, self.sum, &other.values, other.sum);
        shared / (count * count * self.deviation * other.deviation)
    }

    /// The means, row by row.
    pub(super) fn values(&self) -> &[u8] {
        &self.values
    }

    /// Whether the correlation with another can be [`SAME`] or more, asked of few numbers. As vectors of length 1, two
    /// thumbnails of correlation r are 2 - 2r apart (squared), and no part of them is further apart than the whole.
    pub fn may_be_same(&self, other: &Self) -> bool {
        // More than what the rounding of the numbers can make.
        const SLACK: f32 = 1e-3;
        let apart: f32 = self.coarse.iter().zip(&other.coarse).map(|(one, two)| (one - two) * (one - two)).sum();
        apart <= 2.0 * (1.0 - SAME as f32) + SLACK
    }
}

/// The parts of a side of `side` pixels: the first pixel of each, and how much of its mean is of that one and of those after.
fn shares(parts: usize, side: usize) -> Vec<(usize, Vec<f64>)> {
    // In units of which a part has `side` and a pixel `parts`, so that nothing is rounded.
    let part = |at: usize| {
        let (start, end) = (at * side, (at + 1) * side);
        let pixels = start / parts..end.div_ceil(parts);
        let share = |pixel: usize| (end.min((pixel + 1) * parts) - start.max(pixel * parts)) as f64 / side as f64;
        (pixels.start, pixels.map(share).collect())
    };
    (0..parts).map(part).collect()
}

/// The sum over all pairs of places of the products of differences: the covariance, times the count squared. Whole numbers
/// are summed in any order, several at once.
fn covariance(one: &[u8], sum: u32, other: &[u8], other_sum: u32) -> f64 {
    let products: u32 = one.iter().zip(other).map(|(&one, &other)| u32::from(one) * u32::from(other)).sum();
    let (count, products) = (i64::try_from(one.len()).unwrap_or(i64::MAX), i64::from(products));
    (count * products - i64::from(sum) * i64::from(other_sum)) as f64
}

/// The lowest frequencies of a thumbnail (of its orthonormal discrete cosine transform) as a vector of length 1.
fn coarse(values: &[u8], length: f64) -> [f32; COARSE] {
    if length == 0.0 {
        return [0.0; COARSE];
    }
    let (across, down) = (waves(WIDTH), waves(HEIGHT));
    let dot = |wave: &[f64], values: &mut dyn Iterator<Item = f64>| -> f64 {
        wave.iter().zip(values).map(|(a, b)| a * b).sum()
    };
    let rows: Vec<Vec<f64>> = values
        .chunks_exact(WIDTH)
        .map(|row| across.iter().map(|wave| dot(wave, &mut row.iter().map(|&value| f64::from(value)))).collect())
        .collect();
    let mut pairs = (0..=WAVES).flat_map(|x| (0..=WAVES - x).map(move |y| (x, y))).skip(1);
    std::array::from_fn(|_| {
        let (x, y) = pairs.next().expect("there are as many pairs as numbers");
        (dot(&down[y], &mut rows.iter().map(|row| row[x])) / length) as f32
    })
}

/// The first orthonormal cosine waves over `side` places.
fn waves(side: usize) -> Vec<Vec<f64>> {
    let wave = |waves: usize| {
        let scale = if waves == 0 { 1.0 } else { 2.0_f64 };
        let at = |place: usize| (std::f64::consts::PI * waves as f64 * (place as f64 + 0.5) / side as f64).cos();
        (0..side).map(|place| (scale / side as f64).sqrt() * at(place)).collect()
    };
    (0..=WAVES).map(wave).collect()
}

/// The difference hash, row by row, the first bit topmost; `None` for a picture without structure.
pub fn difference(thumbnail: &Thumbnail) -> Option<u64> {
    if thumbnail.deviation < FLAT {
        return None;
    }
    let cell = |row: usize, column: usize| -> u32 {
        let line = |y: usize| &thumbnail.values[y * WIDTH + column * CELL..y * WIDTH + (column + 1) * CELL];
        (row * CELL..(row + 1) * CELL).flat_map(line).map(|&value| u32::from(value)).sum()
    };
    let rises = (0..HEIGHT / CELL).flat_map(|row| (0..WIDTH / CELL - 1).map(move |column| (row, column)));
    Some(rises.fold(0, |hash, (row, column)| hash << 1 | u64::from(cell(row, column + 1) > cell(row, column))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Luma {
        let values = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect();
        Luma { width, height, values }
    }

    #[test]
    fn a_picture_that_gets_lighter_to_the_right_has_all_bits_set_and_its_mirror_none() {
        let hash = |luma: &Luma| difference(&Thumbnail::of(luma));
        assert_eq!(hash(&luma(90, 64, |x, _| 2 * x as u8)), Some(u64::MAX));
        assert_eq!(hash(&luma(90, 64, |x, _| 180 - 2 * x as u8)), Some(0));
    }

    #[test]
    fn a_flat_picture_has_no_hash_and_is_like_no_other() {
        let flat = Thumbnail::of(&luma(90, 64, |x, _| 100 + (x % 2) as u8));
        assert_eq!((difference(&flat), flat.correlation(&flat)), (None, 0.0));
    }

    #[test]
    fn size_brightness_and_contrast_do_not_tell_pictures_apart() {
        let one = Thumbnail::of(&luma(360, 320, |x, y| ((x / 40 * 37 + y / 40 * 91) % 200) as u8));
        let other = Thumbnail::of(&luma(180, 160, |x, y| ((x / 20 * 37 + y / 20 * 91) % 200 / 2 + 30) as u8));
        assert!(one.correlation(&other) > 0.999, "{}", one.correlation(&other));
        assert_eq!(difference(&one), difference(&other));
    }

    #[test]
    fn what_may_not_be_the_same_never_is() {
        let picture = |seed: usize, share: usize| {
            let noise = |x: usize, y: usize, seed: usize| (x / 60 * 7919 + y / 60 * 104_729) * (seed + 1) % 97;
            luma(360, 320, |x, y| ((share * noise(x, y, seed) + (8 - share) * noise(x, y, 0)) / 8 + x / 6) as u8)
        };
        let thumbnails: Vec<Thumbnail> = (1..20)
            .flat_map(|seed| (0..=8).map(move |share| (seed, share)))
            .map(|(seed, share)| Thumbnail::of(&picture(seed, share)))
            .collect();
        let (mut same, mut refused) = (0, 0);
        for one in &thumbnails {
            for other in &thumbnails {
                let is_same = one.correlation(other) >= SAME;
                assert!(!is_same || one.may_be_same(other), "{}", one.correlation(other));
                same += usize::from(is_same);
                refused += usize::from(!one.may_be_same(other));
            }
        }
        assert!(same > 1000 && refused > 1000, "{same} {refused}");
    }

    #[test]
    fn a_picture_of_one_pixel_can_be_looked_at() {
        assert_eq!(difference(&Thumbnail::of(&luma(1, 1, |_, _| 7))), None);
    }
}
