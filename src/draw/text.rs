//! Captions in a bitmap font of 8 x 8 pixels, drawn double size.

use font8x8::UnicodeFonts;
use image::{Rgb, RgbImage};

/// Every pixel of the font becomes a square of this side.
const SCALE: u32 = 2;

/// Height of a line with its margins, pixels.
pub const LINE_HEIGHT: u32 = 8 * SCALE + 8;

/// How many letters fit into `width` pixels.
pub fn letters_in(width: u32) -> usize {
    (width / (8 * SCALE)) as usize
}

/// Draws `text` with its top left at (`x`, `y`); what does not fit on the canvas is cut off, letters the font lacks
/// become `?`.
pub fn draw_text(canvas: &mut RgbImage, x: u32, y: u32, text: &str, color: Rgb<u8>) {
    for (letter, left) in text.chars().zip((x..).step_by((8 * SCALE) as usize)) {
        let glyph = glyph(letter);
        for (row, top) in glyph.iter().zip((y..).step_by(SCALE as usize)) {
            for column in (0..8).filter(|column| row & (1 << column) != 0) {
                fill_square(canvas, left + column * SCALE, top, color);
            }
        }
    }
}

fn glyph(letter: char) -> [u8; 8] {
    font8x8::BASIC_FONTS
        .get(letter)
        .or_else(|| font8x8::LATIN_FONTS.get(letter))
        .or_else(|| font8x8::BASIC_FONTS.get('?'))
        .unwrap_or_default()
}

fn fill_square(canvas: &mut RgbImage, left: u32, top: u32, color: Rgb<u8>) {
    for y in top..(top + SCALE).min(canvas.height()) {
        for x in left..(left + SCALE).min(canvas.width()) {
            canvas.put_pixel(x, y, color);
        }
    }
}
