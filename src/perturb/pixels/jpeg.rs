//! What encoding as JPEG and decoding again leave of a picture: colour transform, 4:2:0 chroma, cosine transform and
//! quantisation, without the coding of the coefficients, which loses nothing.

use image::RgbImage;

use super::dct::{BLOCKS, Quantizer, Strip, WIDTH};
use super::planes::to_byte;
use crate::instructions::{Kernel, vectorized};

/// The example tables of ITU-R T.81, annex K.1, row by row, which encoders scale by quality.
const LUMA_STEPS: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMA_STEPS: [u16; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
];

/// The weights of red, green and blue in luma, and in chroma: blue, red (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];
const CHROMA: [[f32; 3]; 2] = [[-0.168_736, -0.331_264, 0.5], [0.5, -0.418_688, -0.081_312]];

/// The picture after a round trip at `quality`, 1..=100 on libjpeg's scale.
pub fn jpeg_round_trip(image: &RgbImage, quality: u32) -> RgbImage {
    vectorized(RoundTrip { image, quality })
}

struct RoundTrip<'a> {
    image: &'a RgbImage,
    quality: u32,
}

impl Kernel for RoundTrip<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let Self { image, quality } = self;
        let mut planes = Planes::of(image);
        planes.luma.quantize(&Quantizer::new(&scaled(&LUMA_STEPS, quality)));
        let chroma = Quantizer::new(&scaled(&CHROMA_STEPS, quality));
        for plane in &mut planes.chroma {
            plane.quantize(&chroma);
        }
        planes.picture(image.width(), image.height())
    }
}

/// The steps at a quality, as libjpeg scales them (IJG, `jpeg_quality_scaling`).
fn scaled(steps: &[u16; 64], quality: u32) -> [u16; 64] {
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    steps.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u16)
}

/// A strip before and after its arithmetic.
type JpegBytes = [[u8; WIDTH]; 8];

/// Values of one sort.
struct JpegPlane {
    bytes: Vec<u8>,
    /// Without what fills up the last strip.
    width: usize,
    height: usize,
    stride: usize,
}

/// Luma, and chroma (blue, red) of every other row and column.
struct Planes {
    luma: JpegPlane,
    chroma: [JpegPlane; 2],
}

impl JpegPlane {
    fn new(width: usize, height: usize) -> Self {
        let stride = width.next_multiple_of(WIDTH);
        Self { bytes: vec![0; stride * height.next_multiple_of(8)], width, height, stride }
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.bytes[y * self.stride..][..self.width]
    }

    fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.bytes[y * self.stride..][..self.width]
    }

    #[inline(always)]
    fn quantize(&mut self, quantizer: &Quantizer) {
        self.fill_up();
        let (mut strip, mut bytes): (Strip, JpegBytes) = ([[0.0; WIDTH]; 8], [[0; WIDTH]; 8]);
        for rows in self.bytes.chunks_exact_mut(self.stride * 8) {
            for start in (0..self.stride).step_by(WIDTH) {
                for (y, row) in rows.chunks_exact(self.stride).enumerate() {
                    take_in(row[start..].first_chunk().expect("whole strips"), y, &mut bytes);
                }
                for (value, byte) in strip.as_flattened_mut().iter_mut().zip(bytes.as_flattened()) {
                    *value = f32::from(*byte) - 128.0;
                }
                quantizer.apply(&mut strip);
                for (byte, value) in bytes.as_flattened_mut().iter_mut().zip(strip.as_flattened()) {
                    *byte = to_byte(*value + 128.0);
                }
                for (y, row) in rows.chunks_exact_mut(self.stride).enumerate() {
                    give_out(&bytes, y, row[start..].first_chunk_mut().expect("whole strips"));
                }
            }
        }
    }

    /// Repeats the last value of each row and the last row.
    #[inline(always)]
    fn fill_up(&mut self) {
        for row in self.bytes.chunks_exact_mut(self.stride).take(self.height) {
            let last = row[self.width - 1];
            row[self.width..].fill(last);
        }
        let (rows, rest) = self.bytes.split_at_mut(self.height * self.stride);
        for row in rest.chunks_exact_mut(self.stride) {
            row.copy_from_slice(&rows[rows.len() - self.stride..]);
        }
    }
}

/// Row `y` of eight blocks beside one another, into its place in a strip.
#[inline(always)]
fn take_in(row: &[u8; WIDTH], y: usize, bytes: &mut JpegBytes) {
    for (column, values) in bytes.iter_mut().zip(turned_over(row).as_chunks::<BLOCKS>().0) {
        column[y * BLOCKS..][..BLOCKS].copy_from_slice(values);
    }
}

/// The way back from [`take_in`].
#[inline(always)]
fn give_out(bytes: &JpegBytes, y: usize, row: &mut [u8; WIDTH]) {
    let mut columns = [0; WIDTH];
    for (column, values) in bytes.iter().zip(columns.as_chunks_mut::<BLOCKS>().0) {
        values.copy_from_slice(&column[y * BLOCKS..][..BLOCKS]);
    }
    *row = turned_over(&columns);
}

/// Eight times eight values with rows and columns exchanged, by three times laying one half between the other.
#[inline(always)]
fn turned_over(bytes: &[u8; WIDTH]) -> [u8; WIDTH] {
    interleaved(&interleaved(&interleaved(bytes)))
}

#[inline(always)]
fn interleaved(bytes: &[u8; WIDTH]) -> [u8; WIDTH] {
    std::array::from_fn(|i| bytes[i / 2 + i % 2 * (WIDTH / 2)])
}

impl Planes {
    /// The colour transform of JFIF 1.02; chroma is that of the mean colour of four pixels.
    #[inline(always)]
    fn of(image: &RgbImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let chroma = || JpegPlane::new(width.div_ceil(2), height.div_ceil(2));
        let mut planes = Self { luma: JpegPlane::new(width, height), chroma: [chroma(), chroma()] };
        let even = width.next_multiple_of(2);
        let (mut colours, mut sums) = (Colours::new(even), Colours::new(even));
        for y in 0..height.next_multiple_of(2) {
            let from = y.min(height - 1);
            colours.read(&image.as_raw()[from * width * 3..][..width * 3]);
            colours.weigh(LUMA, 0.0, planes.luma.row_mut(from));
            sums.add(&colours, y.is_multiple_of(2));
            if !y.is_multiple_of(2) {
                let means = sums.means_of_pairs();
                for (weights, plane) in CHROMA.into_iter().zip(&mut planes.chroma) {
                    means.weigh(weights, 128.0, plane.row_mut(y / 2));
                }
            }
        }
        planes
    }

    /// Chroma between its samples by the triangle filter of libjpeg ("fancy upsampling", which it leaves out for chroma
    /// of at most two columns), then back to colours.
    #[inline(always)]
    fn picture(&self, width: u32, height: u32) -> RgbImage {
        let columns = width as usize;
        let mut out = RgbImage::new(width, height);
        let mut colours = Colours::new(columns);
        let mut chroma = [(); 2].map(|()| vec![0.0_f32; columns.next_multiple_of(2)]);
        let mut sums = vec![0.0_f32; self.chroma[0].width];
        for (y, row) in out.chunks_exact_mut(columns * 3).enumerate() {
            for (plane, values) in self.chroma.iter().zip(&mut chroma) {
                let far = match y {
                    _ if plane.width <= NARROW => y / 2,
                    _ if y.is_multiple_of(2) => (y / 2).saturating_sub(1),
                    _ => (y / 2 + 1).min(plane.height - 1),
                };
                for ((sum, near), far) in sums.iter_mut().zip(plane.row(y / 2)).zip(plane.row(far)) {
                    *sum = 3.0 * f32::from(*near) + f32::from(*far);
                }
                if plane.width <= NARROW {
                    repeat(&sums, values);
                } else {
                    double(&sums, values);
                }
            }
            colours.set(self.luma.row(y), &chroma);
            colours.write(row);
        }
        out
    }
}

/// Columns of chroma up to which libjpeg repeats samples.
const NARROW: usize = 2;

/// Each sample twice, less 128; samples are four times what they stand for.
#[inline(always)]
fn repeat(samples: &[f32], values: &mut [f32]) {
    for (pair, sample) in values.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
        *pair = [sample * 0.25 - 128.0; 2];
    }
}

/// Values between the samples of a row: three quarters of the nearer one, a quarter of the other, less 128; samples are
/// four times what they stand for.
#[inline(always)]
fn double(samples: &[f32], values: &mut [f32]) {
    let last = samples.len() - 1;
    let value = |near: f32, far: f32| (near * 3.0 + far) * 0.062_5 - 128.0;
    let (pairs, _) = values.as_chunks_mut::<2>();
    for (pair, three) in pairs[1..].iter_mut().zip(samples.windows(3)) {
        *pair = [value(three[1], three[0]), value(three[1], three[2])];
    }
    pairs[0] = [value(samples[0], samples[0]), value(samples[0], samples[last.min(1)])];
    if last > 0 {
        pairs[last] = [value(samples[last], samples[last - 1]), value(samples[last], samples[last])];
    }
}

/// A row of pixels as three planes.
struct Colours {
    red: Vec<f32>,
    green: Vec<f32>,
    blue: Vec<f32>,
    mixed: Vec<f32>,
}

impl Colours {
    fn new(width: usize) -> Self {
        let plane = || vec![0.0; width];
        Self { red: plane(), green: plane(), blue: plane(), mixed: vec![0.0; width * 3] }
    }

    /// A row at most as long; a last pixel that is missing is the one before.
    #[inline(always)]
    fn read(&mut self, row: &[u8]) {
        let width = row.len() / 3;
        for (value, byte) in self.mixed.iter_mut().zip(row) {
            *value = f32::from(*byte);
        }
        let pixels = self.mixed.chunks_exact(3).take(width);
        for (((pixel, r), g), b) in pixels.zip(&mut self.red).zip(&mut self.green).zip(&mut self.blue) {
            (*r, *g, *b) = (pixel[0], pixel[1], pixel[2]);
        }
        for plane in [&mut self.red, &mut self.green, &mut self.blue] {
            let last = plane[width - 1];
            plane[width..].fill(last);
        }
    }

    #[inline(always)]
    fn write(&mut self, row: &mut [u8]) {
        for (((pixel, r), g), b) in self.mixed.chunks_exact_mut(3).zip(&self.red).zip(&self.green).zip(&self.blue) {
            (pixel[0], pixel[1], pixel[2]) = (*r, *g, *b);
        }
        for (byte, value) in row.iter_mut().zip(&self.mixed) {
            *byte = to_byte(*value);
        }
    }

    #[inline(always)]
    fn add(&mut self, other: &Self, is_first: bool) {
        let planes = [(&mut self.red, &other.red), (&mut self.green, &other.green), (&mut self.blue, &other.blue)];
        for (sums, values) in planes {
            if is_first {
                sums.copy_from_slice(values);
            } else {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    /// The mean colours of each two columns, from sums of two rows.
    #[inline(always)]
    fn means_of_pairs(&self) -> Self {
        let means = |sums: &[f32]| sums.as_chunks().0.iter().map(|[a, b]| (a + b) * 0.25).collect();
        Self { red: means(&self.red), green: means(&self.green), blue: means(&self.blue), mixed: Vec::new() }
    }

    #[inline(always)]
    fn weigh(&self, [red, green, blue]: [f32; 3], offset: f32, out: &mut [u8]) {
        for (((byte, r), g), b) in out.iter_mut().zip(&self.red).zip(&self.green).zip(&self.blue) {
            *byte = to_byte(r * red + g * green + b * blue + offset);
        }
    }

    #[inline(always)]
    fn set(&mut self, luma: &[u8], [blues, reds]: &[Vec<f32>; 2]) {
        let chroma = blues.iter().zip(reds);
        let planes = self.red.iter_mut().zip(&mut self.green).zip(&mut self.blue);
        for ((((r, g), b), luma), (cb, cr)) in planes.zip(luma).zip(chroma) {
            let luma = f32::from(*luma);
            *r = luma + 1.402 * cr;
            *g = luma - 0.344_136 * cb - 0.714_136 * cr;
            *b = luma + 1.772 * cb;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the crates that write and read files.
    fn through_a_file(image: &RgbImage, quality: u8) -> RgbImage {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
        let (width, height) = (image.width() as u16, image.height() as u16);
        encoder.encode(image.as_raw(), width, height, jpeg_encoder::ColorType::Rgb).unwrap();
        crate::dataset::decode_picture(&bytes).unwrap()
    }

    /// Within two levels: where a coefficient lies between two steps, the last bit decides.
    #[test]
    fn it_is_what_a_file_keeps_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (33, 17), (160, 90)] {
            let image = RgbImage::from_fn(width, height, |x, y| {
                let wave = |a: f32, b: f32| (127.5 + 120.0 * (x as f32 * a + y as f32 * b).sin()) as u8;
                image::Rgb([wave(0.21, 0.13), wave(0.05, 0.4), wave(0.11, 0.02)])
            });
            let (made, file) = (jpeg_round_trip(&image, 95), through_a_file(&image, 95));
            let sum: u32 = made.iter().zip(file.iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            let mean = f64::from(sum) / made.len() as f64;
            assert!(mean < 2.0, "{width}x{height}: {mean}");
        }
    }
}
