//! How content moves, and how boxes move with it. Leaves return a [`Warp`]; only this file moves boxes.
//!
//! Coordinates are continuous: pixel i spans i..i+1, so a flip of a picture of width w maps x to w - x.

use std::ops::Mul;
use std::sync::Arc;

use crate::detection::{Annotation, BBox, Category, Shape, Size};
use crate::spec::Choice;

/// The default of [`LabelRules::min_visible`].
pub const MIN_VISIBLE: f64 = 0.25;

/// Points on an outline that is moved by a map other than affine; enough for a curve's extremes within 0.5 %.
const OUTLINE_POINTS: u32 = 64;

/// How the content of a picture moved.
#[derive(Clone)]
pub enum Warp {
    /// It did not.
    Identity,
    /// By an affine map of points.
    Affine(Matrix),
    /// By any other map of points (a lens, a perspective, a displacement field): where a point of the old picture is
    /// in the new one.
    Points(PointMap),
}

/// A map of points, from pixels of the old picture to pixels of the new one.
pub type PointMap = Arc<dyn Fn(f64, f64) -> (f64, f64) + Send + Sync>;

/// How labels follow the content.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelRules {
    /// An object of which less than this share of the visible area remains becomes *ignore* (`iscrowd`): a model that
    /// still finds it is not punished, one that does not is not either.
    pub min_visible: f64,
    /// Which outline of a box is moved.
    pub outline: Outline,
    /// Categories that change places when the picture is mirrored, by name.
    pub flip_pairs: Vec<(String, String)>,
}

/// Which outline of a box is moved; the new box encloses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outline {
    /// The largest inscribed ellipse: objects are rarely full rectangles, and the enclosing box of the moved corners
    /// is too large by up to 41 % per side.
    Ellipse,
    /// The four corners.
    Corners,
}

impl Choice for Outline {
    const ALL: &'static [(&'static str, Self)] = &[("ellipse", Self::Ellipse), ("corners", Self::Corners)];

    fn summary(self) -> &'static str {
        match self {
            Self::Ellipse => "the largest inscribed ellipse: objects are rarely full rectangles",
            Self::Corners => "the four corners: boxes grow by up to 41 % per side",
        }
    }
}

impl LabelRules {
    /// Stands for the rules in digests, which baselines and histories hold: written field by field, and as it ever was,
    /// whatever the fields are called.
    pub fn text(&self) -> String {
        let Self { min_visible, outline, flip_pairs } = self;
        let outline = match outline {
            Outline::Ellipse => "Ellipse",
            Outline::Corners => "Corners",
        };
        format!("LabelRules {{ min_visible: {min_visible:?}, outline: {outline}, flip_pairs: {flip_pairs:?} }}")
    }
}

impl Default for LabelRules {
    fn default() -> Self {
        Self { min_visible: MIN_VISIBLE, outline: Outline::Ellipse, flip_pairs: Vec::new() }
    }
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
    pub fn translation(dx: f64, dy: f64) -> Self {
        Self { x: [1.0, 0.0, dx], y: [0.0, 1.0, dy] }
    }

    /// Turns points about the origin, counter-clockwise as seen on a screen (where y points down), for `degrees` > 0.
    pub fn rotation(degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self { x: [cos, sin, 0.0], y: [-sin, cos, 0.0] }
    }

    /// The image of a point.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let row = |r: &[f64; 3]| r[0] * x + r[1] * y + r[2];
        (row(&self.x), row(&self.y))
    }

    /// By how much areas grow; negative if the map mirrors.
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
    /// The map of points.
    pub fn point(&self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Identity => (x, y),
            Self::Affine(matrix) => matrix.apply(x, y),
            Self::Points(map) => map(x, y),
        }
    }

    /// This map followed by `next`.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Identity, warp) | (warp, Self::Identity) => warp,
            (Self::Affine(first), Self::Affine(second)) => Self::Affine(second * first),
            (first, second) => Self::Points(Arc::new(move |x, y| {
                let (x, y) = first.point(x, y);
                second.point(x, y)
            })),
        }
    }

    /// The enclosing box of the moved outline of `bbox`.
    pub fn moved(&self, bbox: &BBox, outline: Outline) -> BBox {
        match (self, outline) {
            (Self::Identity, _) => *bbox,
            (Self::Affine(matrix), Outline::Ellipse) => moved_ellipse(matrix, bbox),
            (Self::Affine(_), Outline::Corners) | (Self::Points(_), _) => {
                enclosing(outline_points(bbox, outline).map(|(x, y)| self.point(x, y)))
            }
        }
    }

    /// Whether left and right change places.
    pub fn is_mirrored(&self) -> bool {
        match self {
            Self::Identity | Self::Points(_) => false,
            Self::Affine(matrix) => matrix.determinant() < 0.0,
        }
    }

    /// The same box, and by how much the area of an object in `bbox` grows: points are moved once for both.
    fn moved_and_scale(&self, bbox: &BBox, outline: Outline) -> (BBox, f64) {
        match self {
            Self::Identity => (*bbox, 1.0),
            Self::Affine(matrix) => (self.moved(bbox, outline), matrix.determinant().abs()),
            Self::Points(_) => {
                let moved: Vec<(f64, f64)> = outline_points(bbox, outline).map(|(x, y)| self.point(x, y)).collect();
                let still: Vec<(f64, f64)> = outline_points(bbox, outline).collect();
                let scale = share(polygon_area(&moved), polygon_area(&still));
                (enclosing(moved.into_iter()), scale)
            }
        }
    }
}

fn moved_ellipse(matrix: &Matrix, bbox: &BBox) -> BBox {
    let (rx, ry) = (bbox.width / 2.0, bbox.height / 2.0);
    let (cx, cy) = matrix.apply(bbox.x + rx, bbox.y + ry);
    let half = |row: &[f64; 3]| (row[0] * rx).hypot(row[1] * ry);
    let (hx, hy) = (half(&matrix.x), half(&matrix.y));
    BBox::from_corners(cx - hx, cy - hy, cx + hx, cy + hy)
}

/// Points along the outline, in order.
fn outline_points(bbox: &BBox, outline: Outline) -> impl Iterator<Item = (f64, f64)> {
    let bbox = *bbox;
    let (rx, ry) = (bbox.width / 2.0, bbox.height / 2.0);
    let side = OUTLINE_POINTS / 4;
    (0..OUTLINE_POINTS).map(move |index| match outline {
        Outline::Ellipse => {
            let angle = f64::from(index) / f64::from(OUTLINE_POINTS) * std::f64::consts::TAU;
            (bbox.x + rx + rx * angle.cos(), bbox.y + ry + ry * angle.sin())
        }
        Outline::Corners => {
            let along = f64::from(index % side) / f64::from(side);
            match index / side {
                0 => (bbox.x + along * bbox.width, bbox.y),
                1 => (bbox.right(), bbox.y + along * bbox.height),
                2 => (bbox.right() - along * bbox.width, bbox.bottom()),
                _ => (bbox.x, bbox.bottom() - along * bbox.height),
            }
        }
    })
}

fn enclosing(points: impl Iterator<Item = (f64, f64)>) -> BBox {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let [x0, y0, x1, y1] = points.fold(start, |[x0, y0, x1, y1], (x, y)| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
    BBox::from_corners(x0, y0, x1, y1)
}

/// The shoelace formula.
fn polygon_area(points: &[(f64, f64)]) -> f64 {
    let next = points.iter().cycle().skip(1);
    let doubled: f64 = points.iter().zip(next).map(|((x0, y0), (x1, y1))| x0 * y1 - x1 * y0).sum();
    doubled.abs() / 2.0
}

/// The annotations of a picture after `warp`, each in its place: boxes moved and clipped to the new picture, `None` for
/// objects that left it, objects mostly out of it ignored, paired categories exchanged where the picture is mirrored.
/// `before` and `after` are the picture's sizes.
pub fn move_annotations(
    annotations: &[Annotation],
    warp: &Warp,
    rules: &LabelRules,
    categories: &[Category],
    before: Size,
    after: Size,
) -> Vec<Option<Annotation>> {
    if matches!(warp, Warp::Identity) {
        return annotations.iter().cloned().map(Some).collect();
    }
    let partner = |id: u64| if warp.is_mirrored() { partner(id, &rules.flip_pairs, categories) } else { id };
    let moved = |annotation: &Annotation| {
        let moved = moved_annotation(annotation, warp, rules, before, after)?;
        Some(Annotation { category_id: partner(annotation.category_id), ..moved })
    };
    annotations.iter().map(moved).collect()
}

fn partner(id: u64, pairs: &[(String, String)], categories: &[Category]) -> u64 {
    let by_name = |name: &str| categories.iter().find(|category| category.name == name).map(|category| category.id);
    let both = pairs.iter().filter_map(|(one, other)| Some((by_name(one)?, by_name(other)?)));
    both.flat_map(|(one, other)| [(one, other), (other, one)]).find(|(from, _)| *from == id).map_or(id, |(_, to)| to)
}

fn moved_annotation(
    annotation: &Annotation,
    warp: &Warp,
    rules: &LabelRules,
    before: Size,
    after: Size,
) -> Option<Annotation> {
    if annotation.is_whole {
        return Some(Annotation { iscrowd: annotation.iscrowd, ..Annotation::of_image(annotation.category_id, after) });
    }
    let clipped = |bbox: &BBox, size: Size| bbox.clipped(f64::from(size.width), f64::from(size.height));
    let (whole, scale, shape) = match annotation.shape {
        Shape::Box => {
            let (whole, scale) = warp.moved_and_scale(&annotation.bbox, rules.outline);
            (whole, scale, Shape::Box)
        }
    };
    let bbox = clipped(&whole, after);
    if bbox.area() <= 0.0 && annotation.bbox.area() > 0.0 {
        return None;
    }
    // An object that was cut by the border before is measured by what was visible of it then.
    let visible_before = share(clipped(&annotation.bbox, before).area(), annotation.bbox.area());
    let visible = share(bbox.area(), whole.area());
    Some(Annotation {
        bbox,
        shape,
        area: annotation.area * scale * visible,
        iscrowd: annotation.iscrowd || visible < rules.min_visible * visible_before,
        category_id: annotation.category_id,
        is_whole: false,
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
        Annotation { category_id: 1, bbox, shape: Shape::Box, area: bbox.area(), iscrowd: false, is_whole: false }
    }

    #[test]
    fn a_half_turn_puts_a_box_at_the_opposite_corner() {
        let moved = about_centre(Matrix::rotation(180.0)).moved(&BBox::from([0.0, 0.0, 10.0, 20.0]), Outline::Ellipse);
        for (got, want) in <[f64; 4]>::from(moved).iter().zip([90.0, 30.0, 10.0, 20.0]) {
            assert!((got - want).abs() < 1e-9);
        }
    }

    #[test]
    fn a_circle_keeps_its_box_at_every_angle() {
        let moved = about_centre(Matrix::rotation(45.0)).moved(&BBox::from([40.0, 15.0, 20.0, 20.0]), Outline::Ellipse);
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
        let moved = |dx| move_annotations(&annotations, &by(dx), &LabelRules::default(), &[], SIZE, SIZE);
        assert_eq!(moved(-10.0), [None]);
        assert!(moved(-8.0)[0].as_ref().unwrap().iscrowd);
        let half = moved(-5.0)[0].clone().unwrap();
        assert!(!half.iscrowd);
        assert!((half.area - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_map_of_points_moves_boxes_as_the_affine_map_does() {
        let matrix = Matrix::translation(50.0, 25.0) * Matrix::rotation(30.0) * Matrix::translation(-50.0, -25.0);
        let bbox = BBox::from([30.0, 10.0, 24.0, 16.0]);
        let points = Warp::Points(Arc::new(move |x, y| matrix.apply(x, y)));
        for outline in [Outline::Ellipse, Outline::Corners] {
            let (one, other) = (Warp::Affine(matrix).moved(&bbox, outline), points.moved(&bbox, outline));
            for (a, b) in <[f64; 4]>::from(one).iter().zip(<[f64; 4]>::from(other)) {
                assert!((a - b).abs() < 0.1, "{outline:?}: {a} {b}");
            }
        }
        assert!((points.moved_and_scale(&bbox, Outline::Ellipse).1 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_mirror_exchanges_paired_categories() {
        let categories =
            [(1, "left"), (2, "right"), (3, "head")].map(|(id, name)| Category { id, name: name.to_owned() });
        let rules = LabelRules { flip_pairs: vec![("left".into(), "right".into())], ..LabelRules::default() };
        let mirror = Warp::Affine(Matrix { x: [-1.0, 0.0, 100.0], y: [0.0, 1.0, 0.0] });
        let ids = |warp: &Warp| {
            let annotations =
                [1, 2, 3].map(|category_id| Annotation { category_id, ..annotation([1.0, 1.0, 5.0, 5.0]) });
            let moved = move_annotations(&annotations, warp, &rules, &categories, SIZE, SIZE);
            moved.iter().flatten().map(|annotation| annotation.category_id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&mirror), [2, 1, 3]);
        assert_eq!(ids(&Warp::Affine(Matrix::translation(1.0, 0.0))), [1, 2, 3]);
    }

    #[test]
    fn the_text_of_the_rules_is_what_baselines_hold_of_it() {
        let pairs = vec![("left \"shoe\"".to_owned(), "right".to_owned())];
        let rules = LabelRules { min_visible: 0.1, outline: Outline::Corners, flip_pairs: pairs };
        let wanted = r#"LabelRules { min_visible: 0.1, outline: Corners, flip_pairs: [("left \"shoe\"", "right")] }"#;
        assert_eq!(rules.text(), wanted);
        assert_eq!(
            LabelRules::default().text(),
            format!("LabelRules {{ min_visible: {MIN_VISIBLE:?}, outline: Ellipse, flip_pairs: [] }}")
        );
    }
}
