//! A second look at two pictures that are much alike: is there a place where they differ? Copies differ everywhere by a
//! little (compression, noise), by a tone (brightness, contrast, gamma), and along edges (size); two frames of a video are
//! the same but where something came, went or moved.

use super::hash::{HEIGHT, Thumbnail, WIDTH};

/// Steps of luma by which places of a thumbnail differ at most that are of one picture. Of copies of 120 pictures of blood
/// cells and of streets, as JPEG of quality 10 and 30, at a third of their size, stretched, with noise, and with another
/// gamma, 98 in a hundred lie below it, as do 6 in a hundred of such pictures with an object that is a tenth of their width
/// moved by its half or put elsewhere, and 40 in a hundred where it is 6 hundredths.
pub const GAP: f64 = 8.0;

/// The place that counts, from the largest difference on: single ones are of noise and of thin edges.
const RANK: usize = 3;

/// Luma that is not clipped: nothing is known of what was cut off.
const UNCLIPPED: std::ops::RangeInclusive<u8> = 7..=248;

/// Share of the places without which a tone is taken from the clipped ones, too.
const LEAST: f64 = 0.25;

/// Share of the places that a tone is fitted to: what differs by more is what is looked for.
const FITTED: f64 = 0.9;

/// Fits of a tone, each without the places that lay farthest from the one before.
const FITS: usize = 3;

/// By how much two thumbnails differ in their place of [`RANK`], steps of luma, once the tone of each is made that of the other.
pub fn gap(one: &Thumbnail, other: &Thumbnail) -> f64 {
    let is_unclipped = |at: usize| UNCLIPPED.contains(&one.values()[at]) && UNCLIPPED.contains(&other.values()[at]);
    let mut places: Vec<usize> = (0..WIDTH * HEIGHT).filter(|&at| is_unclipped(at)).collect();
    if (places.len() as f64) < LEAST * (WIDTH * HEIGHT) as f64 {
        places = (0..WIDTH * HEIGHT).collect();
    }
    let luma = |thumbnail: &Thumbnail| thumbnail.values().iter().map(|&value| f64::from(value)).collect::<Vec<f64>>();
    let (one, other) = (luma(one), luma(other));
    let (forth, back) = (beyond(&one, &other, &places), beyond(&other, &one, &places));
    let mut gaps: Vec<f64> = forth.into_iter().zip(back).map(|(forth, back)| forth.max(back)).collect();
    gaps.sort_by(|a, b| b.total_cmp(a));
    gaps.get(RANK).copied().unwrap_or(0.0)
}

/// At each of `places`, by how much `one` lies beyond what `other`, in its tone, has there and half-way to its neighbours: an
/// edge of a picture of another size lies a part of a pixel elsewhere.
fn beyond(one: &[f64], other: &[f64], places: &[usize]) -> Vec<f64> {
    let [a, b, c] = tone(one, other, places);
    let toned: Vec<f64> = other.iter().map(|luma| a + b * luma + c * luma * luma).collect();
    let beyond = |&at: &usize| {
        let (row, column) = (at / WIDTH, at % WIDTH);
        let (mut low, mut high) = (toned[at], toned[at]);
        for y in row.saturating_sub(1)..=(row + 1).min(HEIGHT - 1) {
            for x in column.saturating_sub(1)..=(column + 1).min(WIDTH - 1) {
                let half_way = f64::midpoint(toned[at], toned[y * WIDTH + x]);
                (low, high) = (low.min(half_way), high.max(half_way));
            }
        }
        (low - one[at]).max(one[at] - high).max(0.0)
    };
    places.iter().map(beyond).collect()
}

/// The parabola that makes `other` into `one` at most of `places`, by least squares: what changes the tone of a picture is
/// near one over the luma that means of many pixels have.
fn tone(one: &[f64], other: &[f64], places: &[usize]) -> [f64; 3] {
    let mut kept = places.to_vec();
    let mut tone = [0.0, 1.0, 0.0];
    for _ in 0..FITS {
        tone = parabola(kept.iter().map(|&at| (other[at], one[at])));
        let off = |at: usize| (one[at] - (tone[0] + tone[1] * other[at] + tone[2] * other[at] * other[at])).abs();
        kept = places.to_vec();
        // Of equal ones the first.
        kept.sort_by(|&a, &b| off(a).total_cmp(&off(b)));
        kept.truncate((FITTED * places.len() as f64) as usize);
    }
    tone
}

/// `[a, b, c]` of y = a + b x + c x², by least squares; of points that lie on few values of x the flattest.
fn parabola(points: impl Iterator<Item = (f64, f64)>) -> [f64; 3] {
    /// What the squares of the factors count beside the squares of what is left, in shares of luma: too little to be seen.
    const RIDGE: f64 = 1e-6;
    const LUMA: f64 = 255.0;
    let (mut sums, mut right) = ([0.0; 5], [0.0; 3]);
    for (x, y) in points {
        let (x, y) = (x / LUMA, y / LUMA);
        let mut power = 1.0;
        for degree in 0..5 {
            sums[degree] += power;
            if degree < 3 {
                right[degree] += power * y;
            }
            power *= x;
        }
    }
    let mut rows: [[f64; 4]; 3] = std::array::from_fn(|row| [sums[row], sums[row + 1], sums[row + 2], right[row]]);
    (0..3).for_each(|at| rows[at][at] += RIDGE);
    // Gauss; the matrix is positive definite, so that no pivot is 0.
    for at in 0..3 {
        for below in at + 1..3 {
            let pivot = rows[at];
            let factor = rows[below][at] / pivot[at];
            rows[below].iter_mut().zip(pivot).for_each(|(value, above)| *value -= factor * above);
        }
    }
    let mut found = [0.0; 3];
    for at in (0..3).rev() {
        let known: f64 = (at + 1..3).map(|column| rows[at][column] * found[column]).sum();
        found[at] = (rows[at][3] - known) / rows[at][at];
    }
    [LUMA * found[0], found[1], found[2] / LUMA]
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::imageops::{FilterType, resize};
    use image::{Rgb, RgbImage};

    use super::super::hash::{NEAR, SAME, difference};
    use super::super::luma::Luma;
    use super::*;

    /// Makes another file of a picture.
    type Making = fn(&RgbImage) -> RgbImage;

    /// `SplitMix64`, 0..1.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// A view of a fixed camera: a floor and a wall with things on them.
    fn scene(random: &mut Random) -> RgbImage {
        let (width, height) = (360, 270);
        let horizon = (80.0 + 100.0 * random.next()) as u32;
        let tones = [random.next(), random.next()].map(|share| 60.0 + 130.0 * share);
        let mut picture = RgbImage::from_fn(width, height, |x, y| {
            let tone = tones[usize::from(y > horizon)] + f64::from(x) / 12.0 + f64::from(y) / 20.0;
            Rgb([tone as u8, (tone * 0.95) as u8, (tone * 0.9) as u8])
        });
        for _ in 0..25 {
            let side = [random.next(), random.next()].map(|share| (8.0 + 50.0 * share) as u32);
            let at = [random.next() * 350.0, random.next() * 260.0].map(|place| place as u32);
            put(&mut picture, at, side, (255.0 * random.next()) as u8);
        }
        picture
    }

    /// Puts an object of one colour into a picture.
    fn put(picture: &mut RgbImage, [left, top]: [u32; 2], [width, height]: [u32; 2], tone: u8) {
        for y in top..(top + height).min(picture.height()) {
            for x in left..(left + width).min(picture.width()) {
                picture.put_pixel(x, y, Rgb([tone, tone / 2 + 60, 255 - tone]));
            }
        }
    }

    /// The same view a moment later: noise of the camera, and an object that has come, of a share of the width.
    fn later(scene: &RgbImage, share: f64, random: &mut Random) -> RgbImage {
        let mut picture = scene.clone();
        let side = (share * f64::from(picture.width())) as u32;
        let at = [picture.width(), picture.height()].map(|all| (random.next() * f64::from(all - side)) as u32);
        let there = f64::from(scene.get_pixel(at[0] + side / 2, at[1] + side / 2)[0]);
        // As a thing is seen at all: some other tone than what is behind it.
        put(&mut picture, at, [side, side], ((there + 70.0 + 100.0 * random.next()) % 256.0) as u8);
        noisy(&picture, 4.0, random)
    }

    fn noisy(picture: &RgbImage, most: f64, random: &mut Random) -> RgbImage {
        let mut noisy = picture.clone();
        noisy.pixels_mut().for_each(|pixel| {
            let add = most * (random.next() + random.next() - 1.0);
            pixel.0 = pixel.0.map(|value| (f64::from(value) + add).clamp(0.0, 255.0) as u8);
        });
        noisy
    }

    fn compressed(picture: &RgbImage, quality: u8) -> RgbImage {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
        image::load_from_memory(&bytes).unwrap().to_rgb8()
    }

    fn toned(picture: &RgbImage, tone: impl Fn(f64) -> f64) -> RgbImage {
        let mut other = picture.clone();
        other.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|v| (255.0 * tone(f64::from(v) / 255.0)) as u8));
        other
    }

    /// Whether two pictures are one by their hashes and correlation alone, and by the second look, too.
    fn judged(one: &RgbImage, other: &RgbImage) -> [bool; 2] {
        let [one, other] = [one, other].map(|picture| Thumbnail::of(&Luma::of(picture)));
        let bits = difference(&one).zip(difference(&other)).map(|(one, other)| (one ^ other).count_ones());
        let first = bits.is_some_and(|bits| bits <= NEAR) && one.correlation(&other) >= SAME;
        [first, first && gap(&one, &other) <= GAP]
    }

    /// How many of `pairs` are one picture by the first look, and by both.
    fn counted(pairs: impl Iterator<Item = (RgbImage, RgbImage)>) -> [usize; 2] {
        pairs
            .map(|(one, other)| judged(&one, &other))
            .fold([0; 2], |[first, both], [one, two]| [first + usize::from(one), both + usize::from(two)])
    }

    #[test]
    fn few_near_frames_are_taken_for_one_picture_and_copies_still_are() {
        const SCENES: usize = 60;
        let mut random = Random(1);
        let scenes: Vec<RgbImage> = (0..SCENES).map(|_| scene(&mut random)).collect();
        let mut near = |share: f64| {
            let pairs = scenes.iter().map(|scene| (noisy(scene, 4.0, &mut random), later(scene, share, &mut random)));
            counted(pairs.collect::<Vec<_>>().into_iter())
        };
        let frames = [0.06, 0.08, 0.1, 0.15].map(&mut near);
        let all = frames.iter().fold([0; 2], |[a, b], [one, two]| [a + one, b + two]);
        println!("near frames taken for one picture, of {SCENES} of each size: {frames:?}");
        assert!(all[0] > 4 * SCENES * 9 / 10, "the first look alone takes most for one: {frames:?}");
        assert!(all[1] < 4 * SCENES / 20, "{frames:?}");

        let copies: [(&str, Making); 6] = [
            ("quality 30", |picture| compressed(picture, 30)),
            ("a third", |picture| resize(picture, picture.width() / 3, picture.height() / 3, FilterType::Triangle)),
            ("stretched", |picture| resize(picture, 320, 320, FilterType::CatmullRom)),
            ("noise", |picture| noisy(picture, 40.0, &mut Random(2))),
            ("gamma", |picture| toned(picture, |v| v.powf(0.8))),
            ("contrast", |picture| toned(picture, |v| 0.7 * v + 0.1)),
        ];
        for (what, copy) in copies {
            let [first, both] = counted(scenes.iter().map(|scene| (scene.clone(), copy(scene))));
            println!("{what}: {first} and {both} of {SCENES} copies are one picture");
            assert!(both * 100 >= 95 * SCENES, "{what}: {first} {both}");
        }
    }

    #[test]
    fn a_picture_differs_nowhere_from_itself_in_another_tone() {
        let scene = scene(&mut Random(3));
        let thumbnail = |picture: &RgbImage| Thumbnail::of(&Luma::of(picture));
        // What the ridge of the fit takes.
        assert!(gap(&thumbnail(&scene), &thumbnail(&scene)) < 0.01);
        let darker = toned(&scene, |v| 0.6 * v + 0.05);
        assert!(gap(&thumbnail(&scene), &thumbnail(&darker)) < 2.0);
    }
}
