//! Resampling along the axes: what [`super::remap`] makes where columns stay columns and rows stay rows, byte by byte the
//! same. A row is blended down as a whole, then across by one plan for all rows.

use image::RgbImage;

use crate::detection::Size;

use crate::instructions::{Kernel, vectorized};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Lanes of a pixel; the last is not used.
const LANES: usize = 4;

/// Pixels packed at a time.
const GROUP: usize = 4;

/// Positions are in 64ths of a pixel.
const FRACTION_BITS: u32 = 6;

/// One pixel.
const ONE: i16 = 1 << FRACTION_BITS;

/// Where a row or a column of the new picture comes from.
#[derive(Debug, Clone, Copy)]
pub struct Blend {
    /// The two neighbours in the old picture; `None` for one outside it that shows the fill.
    pub neighbours: [Option<usize>; 2],
    /// 64ths of the way from the first to the second.
    pub fraction: i16,
}

/// The picture of `size` whose columns and rows are blended so.
pub fn resample(image: &RgbImage, size: Size, [columns, rows]: [&[Blend]; 2], fill: [u8; 3]) -> RgbImage {
    vectorized(Resample { image, size, columns, rows, fill })
}

struct Resample<'a> {
    image: &'a RgbImage,
    size: Size,
    columns: &'a [Blend],
    rows: &'a [Blend],
    fill: [u8; 3],
}

impl Kernel for Resample<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let stride = self.image.width() as usize * CHANNELS;
        let fill_row = self.fill.repeat(self.image.width() as usize);
        let mut across = Across::new(self.columns, self.image.width() as usize, self.fill);
        let mut raw = Vec::with_capacity(self.columns.len() * self.rows.len() * CHANNELS);
        for row in self.rows {
            let [mut north, mut south] = [&*fill_row; 2];
            if let Some(y) = row.neighbours[0] {
                north = &self.image.as_raw()[y * stride..][..stride];
            }
            if let Some(y) = row.neighbours[1] {
                south = &self.image.as_raw()[y * stride..][..stride];
            }
            for ((blended, north), south) in across.blended.iter_mut().zip(north).zip(south) {
                let (north, south) = (i16::from(*north), i16::from(*south));
                *blended = north * ONE + (south - north) * row.fraction;
            }
            across.make();
            raw.extend_from_slice(&across.row[..self.columns.len() * CHANNELS]);
        }
        RgbImage::from_raw(self.size.width, self.size.height, raw).expect("all rows are there")
    }
}

/// A row on its way from the old width to the new one.
struct Across {
    /// A row in 64ths of a level, two pixels of the fill, and the pairs of neighbours that do not stand side by side in it.
    blended: Vec<i16>,
    /// Where those pairs are in the row.
    pairs: Vec<[usize; 2]>,
    /// Where the two neighbours begin, for each new column.
    places: Vec<usize>,
    /// The neighbours' values, one pixel after another.
    west: Vec<[i16; LANES]>,
    east: Vec<[i16; LANES]>,
    fractions: Vec<[i16; LANES]>,
    mixed: Vec<[u8; LANES]>,
    /// The new row, in whole groups of pixels.
    row: Vec<u8>,
}

impl Across {
    fn new(columns: &[Blend], old_width: usize, fill: [u8; 3]) -> Self {
        let mut blended = vec![0; old_width * CHANNELS];
        blended.extend(fill.repeat(2).into_iter().map(|value| i16::from(value) * ONE));
        let (mut pairs, mut places) = (Vec::new(), Vec::new());
        for column in columns {
            let place = |neighbour: Option<usize>| neighbour.unwrap_or(old_width) * CHANNELS;
            let [west, east] = column.neighbours.map(place);
            let is_fill = column.neighbours == [None; 2];
            if is_fill || east == west + CHANNELS {
                places.push(west);
            } else {
                places.push(blended.len());
                pairs.push([west, east]);
                blended.extend([0; 2 * CHANNELS]);
            }
        }
        // As the last pair is read with the lane that is not used.
        blended.push(0);
        let width = columns.len().next_multiple_of(GROUP);
        let lanes = vec![[0; LANES]; width];
        let mut fractions = lanes.clone();
        for (fractions, column) in fractions.iter_mut().zip(columns) {
            *fractions = [column.fraction; LANES];
        }
        Self {
            blended,
            pairs,
            places,
            west: lanes.clone(),
            east: lanes,
            fractions,
            mixed: vec![[0; LANES]; width],
            row: vec![0; width * CHANNELS],
        }
    }

    /// As `Patches::mix` of [`super::remap`]: the upper halves of the products of twice the difference and 512 times the
    /// fraction are what the 4096ths add, rounded down.
    #[inline(always)]
    fn make(&mut self) {
        let mut place = self.blended.len() - 1 - self.pairs.len() * 2 * CHANNELS;
        for from in self.pairs.as_flattened() {
            self.blended.copy_within(*from..*from + CHANNELS, place);
            place += CHANNELS;
        }
        let blended = &*self.blended;
        for ((place, west), east) in self.places.iter().zip(&mut self.west).zip(&mut self.east) {
            let pair = &blended[*place..][..CHANNELS + LANES];
            west.copy_from_slice(&pair[..LANES]);
            east.copy_from_slice(&pair[CHANNELS..]);
        }
        let (west, east) = (self.west.as_flattened(), self.east.as_flattened());
        let (fractions, mixed) = (self.fractions.as_flattened(), self.mixed.as_flattened_mut());
        for (((mixed, west), east), fraction) in mixed.iter_mut().zip(west).zip(east).zip(fractions) {
            let step = (i32::from((*east - *west) * 2) * i32::from(*fraction << 9)) >> 16;
            *mixed = ((*west + step as i16 + ONE / 2) >> FRACTION_BITS) as u8;
        }
        let (groups, _) = mixed.as_chunks();
        for (pixels, group) in self.row.as_chunks_mut().0.iter_mut().zip(groups) {
            *pixels = packed(group);
        }
    }
}

/// Four pixels without the unused lanes.
#[inline(always)]
fn packed(m: &[u8; GROUP * LANES]) -> [u8; GROUP * CHANNELS] {
    [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10], m[12], m[13], m[14]]
}
