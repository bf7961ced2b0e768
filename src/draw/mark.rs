//! Marks of objects, in strokes that differ in colour and in pattern, so that they can be told apart without colours.

use image::{Rgb, RgbImage};
use imageproc::drawing::draw_filled_rect_mut;
use imageproc::rect::Rect;

use crate::detection::{BBox, Shape};

/// A line style. Colours are those of the page, which lean on the Okabe-Ito palette (colour-blind people can tell it apart),
/// bright enough for any picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// A detection that found its object: green, solid.
    Found,
    /// An object that nothing found: orange, dashed.
    Missed,
    /// A detection of nothing: purple, dotted.
    False,
    /// A label: sky blue, solid.
    Label,
    /// A label that counts neither for nor against a model: grey, dashed.
    Ignored,
}

/// Thickness of lines, pixels.
const THICKNESS: u32 = 2;

impl Stroke {
    /// Its name in a legend.
    pub fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missed => "missed",
            Self::False => "false",
            Self::Label => "label",
            Self::Ignored => "ignored",
        }
    }

    /// Its colour.
    pub fn color(self) -> Rgb<u8> {
        match self {
            Self::Found => Rgb([0x1f, 0xd6, 0xa2]),
            Self::Missed => Rgb([0xff, 0xb0, 0x00]),
            Self::False => Rgb([0xd6, 0x11, 0x7f]),
            Self::Label => Rgb([86, 180, 233]),
            Self::Ignored => Rgb([170, 170, 170]),
        }
    }

    /// Length of the dashes and of the gaps, pixels; no gaps for a solid line.
    fn pattern(self) -> (u32, u32) {
        match self {
            Self::Found | Self::Label => (1, 0),
            Self::Missed | Self::Ignored => (10, 6),
            Self::False => (3, 3),
        }
    }
}

/// What is drawn of an object, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// The outline of a box.
    Box(BBox),
}

impl Mark {
    /// The mark of a shape and the box around it.
    pub fn of(bbox: BBox, shape: &Shape) -> Self {
        match shape {
            Shape::Box => Self::Box(bbox),
        }
    }

    /// The same on a picture whose sides are `scale` times as long.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        match self {
            Self::Box(bbox) => Self::Box(<[f64; 4]>::from(bbox).map(|side| side * scale).into()),
        }
    }

    /// Draws it; what lies outside of the canvas is cut off.
    pub fn draw(self, canvas: &mut RgbImage, stroke: Stroke) {
        match self {
            Self::Box(bbox) => draw_box(canvas, &bbox, stroke),
        }
    }
}

fn draw_box(canvas: &mut RgbImage, bbox: &BBox, stroke: Stroke) {
    let inside = bbox.clipped(f64::from(canvas.width()), f64::from(canvas.height()));
    let (left, top) = (inside.x.round() as i32, inside.y.round() as i32);
    let (right, bottom) = (inside.right().round() as i32, inside.bottom().round() as i32);
    let thickness = THICKNESS.cast_signed();
    for y in [top, (bottom - thickness).max(top)] {
        dashes(left, right, stroke, |from, length| fill(canvas, from, y, length, THICKNESS, stroke));
    }
    for x in [left, (right - thickness).max(left)] {
        dashes(top, bottom, stroke, |from, length| fill(canvas, x, from, THICKNESS, length, stroke));
    }
}

fn dashes(from: i32, to: i32, stroke: Stroke, mut draw: impl FnMut(i32, u32)) {
    let (dash, gap) = stroke.pattern();
    for start in (from..to).step_by((dash + gap) as usize) {
        draw(start, dash.min((to - start).unsigned_abs()));
    }
}

fn fill(canvas: &mut RgbImage, x: i32, y: i32, width: u32, height: u32, stroke: Stroke) {
    draw_filled_rect_mut(canvas, Rect::at(x, y).of_size(width.max(1), height.max(1)), stroke.color());
}
