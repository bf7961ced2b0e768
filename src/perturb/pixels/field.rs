//! Displacement fields: nodes of a lattice over the picture, bilinear in between. Moves pixels, and points to match.

use std::sync::Arc;

use image::RgbImage;

use super::remap::{Outside, Position, remap};
use crate::detection::Size;
use crate::perturb::{PointMap, Warp};

/// Rounds of the search for the place to which a point goes; each at least halves the distance where the field is tame.
const ROUNDS: u32 = 40;

/// Pixels at which the search ends.
const TOLERANCE: f32 = 1e-3;

/// Where each place of the new picture comes from: its own position plus the displacement there, in pixels.
#[derive(Debug, Clone)]
pub struct Field {
    columns: usize,
    spacing: [f32; 2],
    /// Row by row; node (i, j) sits at `[i, j] * spacing` pixels from the centre of pixel (0, 0).
    nodes: Vec<Position>,
}

/// A place along one axis: the node before it and the way to the next, 0..=1.
type FieldPlace = (usize, f32);

impl Field {
    /// A lattice of `columns` nodes a row. At least one node.
    pub fn new(columns: usize, spacing: [f32; 2], nodes: Vec<Position>) -> Self {
        debug_assert!(columns > 0 && !nodes.is_empty() && nodes.len().is_multiple_of(columns));
        Self { columns, spacing, nodes }
    }

    #[cfg(test)]
    pub fn nodes(&self) -> &[Position] {
        &self.nodes
    }

    /// The picture with its content displaced, mirrored at the border.
    pub fn apply(&self, image: &RgbImage) -> RgbImage {
        let size = Size { width: image.width(), height: image.height() };
        let places: Vec<FieldPlace> = (0..size.width).map(|x| self.column(x as f32)).collect();
        let mut line = vec![[0.0; 2]; self.columns + 1];
        remap(image, size, Outside::Reflect, |y, positions| {
            self.fill_line(self.row(y as f32), &mut line);
            for ((x, position), (node, way)) in (0_u32..).zip(positions).zip(&places) {
                let [dx, dy] = mix(line[*node], line[node + 1], *way);
                *position = [x as f32 + dx, y as f32 + dy];
            }
        })
    }

    /// How content moves: the inverse of where it comes from.
    pub fn warp(self) -> Warp {
        let map: PointMap = Arc::new(move |x, y| self.destination(x, y));
        Warp::Points(map)
    }

    /// Solves `place + displacement(place) = point` by damped fixed-point iteration, which also settles where the field
    /// is so steep that the plain one swings to and fro.
    fn destination(&self, x: f64, y: f64) -> (f64, f64) {
        let target = [(x - 0.5) as f32, (y - 0.5) as f32];
        let mut place = target;
        for _ in 0..ROUNDS {
            let [dx, dy] = self.displacement(place);
            let step = [(target[0] - dx - place[0]) * 0.5, (target[1] - dy - place[1]) * 0.5];
            place = [place[0] + step[0], place[1] + step[1]];
            if step[0].abs().max(step[1].abs()) < TOLERANCE {
                break;
            }
        }
        (f64::from(place[0]) + 0.5, f64::from(place[1]) + 0.5)
    }

    fn displacement(&self, [x, y]: Position) -> Position {
        let ((column, across), (row, down)) = (self.column(x), self.row(y));
        let rows = self.nodes.len() / self.columns;
        let (right, below) = ((column + 1).min(self.columns - 1), (row + 1).min(rows - 1));
        let node = |column: usize, row: usize| self.nodes[row * self.columns + column];
        mix(
            mix(node(column, row), node(right, row), across),
            mix(node(column, below), node(right, below), across),
            down,
        )
    }

    /// The displacements at a row's height over all columns of nodes, the last one twice.
    fn fill_line(&self, (row, down): FieldPlace, line: &mut [Position]) {
        let next = (row + 1).min(self.nodes.len() / self.columns - 1);
        let (above, below) = (&self.nodes[row * self.columns..], &self.nodes[next * self.columns..]);
        for ((slot, a), b) in line[..self.columns].iter_mut().zip(above).zip(below) {
            *slot = mix(*a, *b, down);
        }
        line[self.columns] = line[self.columns - 1];
    }

    fn column(&self, x: f32) -> FieldPlace {
        place(x / self.spacing[0], self.columns)
    }

    fn row(&self, y: f32) -> FieldPlace {
        place(y / self.spacing[1], self.nodes.len() / self.columns)
    }
}

/// Places beyond the lattice are taken as its edge.
fn place(position: f32, nodes: usize) -> FieldPlace {
    let position = position.clamp(0.0, (nodes - 1) as f32);
    let node = position as usize;
    (node, position - node as f32)
}

#[inline]
fn mix(one: Position, other: Position, way: f32) -> Position {
    [one[0] + (other[0] - one[0]) * way, one[1] + (other[1] - one[1]) * way]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_go_where_the_pixels_come_from() {
        let nodes = vec![[0.0, 0.0], [3.0, -2.0], [0.0, 0.0], [1.0, 1.0], [-4.0, 2.0], [0.0, 0.0]];
        let field = Field::new(3, [10.0, 20.0], nodes);
        for (x, y) in [(4.0, 3.0), (11.5, 17.0), (19.0, 9.0)] {
            let (there_x, there_y) = field.destination(x, y);
            let [dx, dy] = field.displacement([there_x as f32 - 0.5, there_y as f32 - 0.5]);
            assert!((there_x + f64::from(dx) - x).abs() < 0.01, "{x} {y}");
            assert!((there_y + f64::from(dy) - y).abs() < 0.01, "{x} {y}");
        }
    }
}
