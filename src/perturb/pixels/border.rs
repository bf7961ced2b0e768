//! What lies beyond the border of a picture.

use image::RgbImage;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// How a picture goes on beyond its border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// The border pixel repeated: `aaa|abcd|ddd`.
    Replicate,
    /// Mirrored at the centre of the border pixel (OpenCV's `BORDER_REFLECT_101`): `dcb|abcd|cba`.
    Mirror,
}

impl Border {
    /// The index inside 0..`len` that stands for `at`; `len` at least 1.
    pub fn inside(self, at: isize, len: usize) -> usize {
        let last = len.cast_signed() - 1;
        match self {
            Self::Replicate => at.clamp(0, last).cast_unsigned(),
            Self::Mirror if last == 0 => 0,
            Self::Mirror => {
                let folded = at.rem_euclid(2 * last);
                folded.min(2 * last - folded).cast_unsigned()
            }
        }
    }

    /// Writes a row with `margin` pixels at each side to the beginning of `padded`.
    pub fn pad(self, row: &[u8], margin: usize, padded: &mut [u8]) {
        let width = row.len() / CHANNELS;
        padded[margin * CHANNELS..][..row.len()].copy_from_slice(row);
        let after = (width + margin) * CHANNELS;
        for i in 0..margin {
            let left = self.inside(i.cast_signed() - margin.cast_signed(), width) * CHANNELS;
            let right = self.inside((width + i).cast_signed(), width) * CHANNELS;
            padded[i * CHANNELS..][..CHANNELS].copy_from_slice(&row[left..left + CHANNELS]);
            padded[after + i * CHANNELS..][..CHANNELS].copy_from_slice(&row[right..right + CHANNELS]);
        }
    }
}

/// The rows of a picture with a margin at both sides and zeros after it, so that whole blocks can be read.
#[derive(Debug)]
pub struct PaddedRows<T = u8> {
    values: Vec<T>,
    stride: usize,
    height: usize,
    border: Border,
}

impl PaddedRows {
    /// `margin` pixels at each side; `spare` zeros after each row.
    pub fn new(image: &RgbImage, margin: usize, spare: usize, border: Border) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let stride = (width + 2 * margin) * CHANNELS + spare;
        let mut values = vec![0; stride * height];
        for (row, padded) in image.as_raw().chunks_exact(width * CHANNELS).zip(values.chunks_exact_mut(stride)) {
            border.pad(row, margin, padded);
        }
        Self { values, stride, height, border }
    }

    /// The same rows of other values.
    pub fn map<T>(self, change: impl Fn(u8) -> T) -> PaddedRows<T> {
        let Self { values, stride, height, border } = self;
        PaddedRows { values: values.into_iter().map(change).collect(), stride, height, border }
    }
}

impl<T> PaddedRows<T> {
    /// The row that stands for `y`, which may lie beyond the border; its first value belongs to the left margin.
    pub fn row(&self, y: isize) -> &[T] {
        let start = self.border.inside(y, self.height) * self.stride;
        &self.values[start..start + self.stride]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_beyond_the_border_are_folded_back() {
        let indices = |border: Border, len| (-4..7).map(|at| border.inside(at, len)).collect::<Vec<_>>();
        assert_eq!(indices(Border::Replicate, 3), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]);
        assert_eq!(indices(Border::Mirror, 3), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
        assert_eq!(indices(Border::Mirror, 1), [0; 11]);
    }
}
