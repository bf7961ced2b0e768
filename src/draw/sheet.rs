//! Contact sheets: captioned tiles in rows, with a legend at the foot.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

use super::text::{LINE_HEIGHT, draw_text, letters_in};
use super::{Mark, Stroke};
use crate::detection::BBox;

/// Width of a tile, pixels.
const TILE_WIDTH: u32 = 480;

/// Between tiles and around them, pixels.
const MARGIN: u32 = 8;

/// JPEG quality of sheets: boxes and letters stay sharp.
const QUALITY: u8 = 88;

const BACKGROUND: Rgb<u8> = Rgb([24, 24, 27]);
const TEXT: Rgb<u8> = Rgb([244, 244, 245]);

/// A picture with marks and a caption.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Full-size pixels.
    pub picture: RgbImage,
    /// In pixels of the picture.
    pub marks: Vec<(Mark, Stroke)>,
    /// One line, cut where it does not fit.
    pub caption: String,
}

/// Lays out rows of tiles under a title, with the legend of `strokes` below.
pub fn sheet(title: &str, rows: &[Vec<Tile>], strokes: &[Stroke]) -> RgbImage {
    let drawn: Vec<Vec<(RgbImage, &str)>> =
        rows.iter().map(|row| row.iter().map(|tile| (drawn(tile), tile.caption.as_str())).collect()).collect();
    let columns = u32::try_from(rows.iter().map(Vec::len).max().unwrap_or(0)).unwrap_or(u32::MAX).max(1);
    let width = MARGIN + columns * (TILE_WIDTH + MARGIN);
    let row_height = |row: &[(RgbImage, &str)]| row.iter().map(|(tile, _)| tile.height()).max().unwrap_or(0);
    let heights: u32 = drawn.iter().map(|row| LINE_HEIGHT + row_height(row) + MARGIN).sum();
    let mut canvas = RgbImage::from_pixel(width, 2 * LINE_HEIGHT + MARGIN + heights, BACKGROUND);
    caption(&mut canvas, MARGIN, MARGIN, width - 2 * MARGIN, title);
    let mut top = MARGIN + LINE_HEIGHT;
    for row in &drawn {
        let mut left = MARGIN;
        for (tile, text) in row {
            caption(&mut canvas, left, top, TILE_WIDTH, text);
            imageops::replace(&mut canvas, tile, left.into(), (top + LINE_HEIGHT).into());
            left += TILE_WIDTH + MARGIN;
        }
        top += LINE_HEIGHT + row_height(row) + MARGIN;
    }
    legend(&mut canvas, top, strokes);
    canvas
}

fn drawn(tile: &Tile) -> RgbImage {
    let scale = f64::from(TILE_WIDTH) / f64::from(tile.picture.width());
    let height = scaled_height(tile.picture.height(), scale);
    let mut small = imageops::resize(&tile.picture, TILE_WIDTH, height, FilterType::Triangle);
    for (mark, stroke) in &tile.marks {
        mark.scaled(scale).draw(&mut small, *stroke);
    }
    small
}

fn scaled_height(height: u32, scale: f64) -> u32 {
    (f64::from(height) * scale).round().clamp(1.0, f64::from(4 * TILE_WIDTH)) as u32
}

fn caption(canvas: &mut RgbImage, x: u32, y: u32, width: u32, text: &str) {
    let fitting: String = text.chars().take(letters_in(width)).collect();
    draw_text(canvas, x, y, &fitting, TEXT);
}

fn legend(canvas: &mut RgbImage, top: u32, strokes: &[Stroke]) {
    const SAMPLE: u32 = 40;
    let mut left = MARGIN;
    for stroke in strokes {
        let sample = BBox::from([f64::from(left), f64::from(top), f64::from(SAMPLE), 16.0]);
        Mark::Box(sample).draw(canvas, *stroke);
        draw_text(canvas, left + SAMPLE + MARGIN, top, stroke.name(), TEXT);
        left += SAMPLE + 140;
    }
}

/// A sheet as a JPEG file; `None` if it is larger than a JPEG can be.
pub fn jpeg(canvas: &RgbImage) -> Option<Vec<u8>> {
    jpeg_of_quality(canvas, QUALITY)
}

/// A picture as a JPEG file of a quality of 1..=100; `None` if it is larger than a JPEG can be.
pub fn jpeg_of_quality(canvas: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let (width, height) = (u16::try_from(canvas.width()).ok()?, u16::try_from(canvas.height()).ok()?);
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, quality).encode(canvas.as_raw(), width, height, ColorType::Rgb).ok()?;
    Some(bytes)
}
