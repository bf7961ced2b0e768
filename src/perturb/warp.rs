//! How content moves, and how boxes move with it. Leaves return a [`Warp`]; only this file moves boxes.
//!
//! Coordinates are continuous: pixel i spans i..i+1, so a flip of a picture of width w maps x to w - x.

use std::ops::Mul;

use crate::detection::{Annotation, BBox, Size};

/// An object of which less than this share of the visible area remains becomes *ignore* (`iscrowd`): a model that
/// still finds it is not punished, one that does not is not either.
pub const MIN_VISIBLE: f64 = 0.25;

/// How the content of a picture moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warp {
    /// It did not.
    Identity,
    /// By an affine map of points.
    Affine(Matrix),
}

/// An affine map of points: x' = a x + b y + c, y' = d x + e y + f, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// `[a, b, c]`
    pub x: [f64; 3],
    /// `[d, e, f]`
    pub y: [f64; 3],
}

impl Matrix {
    /// Moves points by (`dx`, `dy`).
    #[must_use]
    pub fn translation(dx: f64, dy: f64) -> Self {
        Self { x: [1.0, 0.0, dx], y: [0.0, 1.0, dy] }
    }

    /// Turns points about the origin, counter-clockwise as seen on a screen (where y points down), for `degrees` > 0.
    #[must_use]
    pub fn rotation(degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self { x: [cos, sin, 0.0], y: [-sin, cos, 0.0] }
    }

    /// The image of a point.
    #[must_use]
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let row = |r: &[f64; 3]| r[0] * x + r[1] * y + r[2];
        (row(&self.x), row(&self.y))
    }

    /// By how much areas grow; negative if the map mirrors.
    #[must_use]
    pub fn determinant(&self) -> f64 {
        self.x[0] * self.y[1] - self.x[1] * self.y[0]
    }

    /// The map that undoes this one; `None` if it flattens the plane.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let det = self.determinant();
        if det == 0.0 || !det.is_finite() {
            return None;
        }
        let (p, q) = (self.x, self.y);
        Some(Self {
            x: [q[1] / det, -p[1] / det, (p[1] * q[2] - q[1] * p[2]) / det],
            y: [-q[0] / det, p[0] / det, (q[0] * p[2] - p[0] * q[2]) / det],
        })
    }
}

/// `p * q` does `q` first.
impl Mul for Matrix {
    type Output = Self;

    fn mul(self, q: Self) -> Self {
        let row = |r: [f64; 3]| {
            [r[0] * q.x[0] + r[1] * q.y[0], r[0] * q.x[1] + r[1] * q.y[1], r[0] * q.x[2] + r[1] * q.y[2] + r[2]]
        };
        Self { x: row(self.x), y: row(self.y) }
    }
}

impl Warp {
    /// The enclosing box of the warped largest inscribed ellipse of `bbox`. Objects are rarely full rectangles, and
    /// the enclosing box of the warped corners is too large by up to 41 % per side.
    #[must_use]
    pub fn moved(&self, bbox: &BBox) -> BBox {
        match self {
            Self::Identity => *bbox,
            Self::Affine(matrix) => {
                let (rx, ry) = (bbox.width / 2.0, bbox.height / 2.0);
                let (cx, cy) = matrix.apply(bbox.x + rx, bbox.y + ry);
                let half = |row: &[f64; 3]| (row[0] * rx).hypot(row[1] * ry);
                let (hx, hy) = (half(&matrix.x), half(&matrix.y));
                BBox::from_corners(cx - hx, cy - hy, cx + hx, cy + hy)
            }
        }
    }

    /// By how much areas grow.
    fn area_scale(&self) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Affine(matrix) => matrix.determinant().abs(),
        }
    }
}

/// The annotations of a picture of `size` after `warp`: boxes moved and clipped, objects that left the picture gone,
/// objects mostly out of it (see [`MIN_VISIBLE`]) ignored.
#[must_use]
pub fn move_annotations(annotations: &[Annotation], warp: &Warp, size: Size) -> Vec<Annotation> {
    match warp {
        Warp::Identity => annotations.to_vec(),
        Warp::Affine(_) => {
            annotations.iter().filter_map(|annotation| moved_annotation(annotation, warp, size)).collect()
        }
    }
}

fn moved_annotation(annotation: &Annotation, warp: &Warp, size: Size) -> Option<Annotation> {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let whole = warp.moved(&annotation.bbox);
    let bbox = whole.clipped(width, height);
    if bbox.area() <= 0.0 && annotation.bbox.area() > 0.0 {
        return None;
    }
    // An object that was cut by the border before is measured by what was visible of it then.
    let visible_before = share(annotation.bbox.clipped(width, height).area(), annotation.bbox.area());
    let visible = share(bbox.area(), whole.area());
    Some(Annotation {
        bbox,
        area: annotation.area * warp.area_scale() * visible,
        iscrowd: annotation.iscrowd || visible < MIN_VISIBLE * visible_before,
        category_id: annotation.category_id,
    })
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 100, height: 50 };

    fn about_centre(matrix: Matrix) -> Warp {
        Warp::Affine(Matrix::translation(50.0, 25.0) * matrix * Matrix::translation(-50.0, -25.0))
    }

    fn annotation(bbox: [f64; 4]) -> Annotation {
        let bbox = BBox::from(bbox);
        Annotation { category_id: 1, bbox, area: bbox.area(), iscrowd: false }
    }

    #[test]
    fn a_half_turn_puts_a_box_at_the_opposite_corner() {
        let moved = about_centre(Matrix::rotation(180.0)).moved(&BBox::from([0.0, 0.0, 10.0, 20.0]));
        for (got, want) in <[f64; 4]>::from(moved).iter().zip([90.0, 30.0, 10.0, 20.0]) {
            assert!((got - want).abs() < 1e-9);
        }
    }

    #[test]
    fn a_circle_keeps_its_box_at_every_angle() {
        let moved = about_centre(Matrix::rotation(45.0)).moved(&BBox::from([40.0, 15.0, 20.0, 20.0]));
        assert!((moved.width - 20.0).abs() < 1e-9 && (moved.height - 20.0).abs() < 1e-9);
    }

    #[test]
    fn the_inverse_undoes_the_map() {
        let matrix = Matrix::translation(3.0, -7.0) * Matrix::rotation(33.0);
        let (x, y) = (matrix.inverse().unwrap() * matrix).apply(12.0, 5.0);
        assert!((x - 12.0).abs() < 1e-9 && (y - 5.0).abs() < 1e-9);
    }

    #[test]
    fn objects_that_leave_are_gone_and_objects_mostly_out_are_ignored() {
        let by = |dx| Warp::Affine(Matrix::translation(dx, 0.0));
        let annotations = [annotation([0.0, 0.0, 10.0, 10.0])];
        assert_eq!(move_annotations(&annotations, &by(-10.0), SIZE), vec![]);
        assert!(move_annotations(&annotations, &by(-8.0), SIZE)[0].iscrowd);
        let half = &move_annotations(&annotations, &by(-5.0), SIZE)[0];
        assert!(!half.iscrowd);
        assert!((half.area - 50.0).abs() < 1e-9);
    }
}
