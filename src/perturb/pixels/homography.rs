//! Projective maps of the plane: what a turned camera sees of a flat picture.

/// The map of (x, y) to (X/W, Y/W), where X, Y, W are the rows' scalar products with (x, y, 1).
#[derive(Debug, Clone, Copy)]
pub struct Homography([[f64; 3]; 3]);

impl Homography {
    /// The map that takes the corners (0, 0), (`width`, 0), (`width`, `height`), (0, `height`) of a picture to
    /// `corners`, a convex quadrangle in the same order (Heckbert: Fundamentals of texture mapping, 1989, 2.2.3).
    pub fn onto(width: f64, height: f64, corners: [(f64, f64); 4]) -> Self {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
        let (sum_x, sum_y) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let (right_x, right_y, left_x, left_y) = (x1 - x2, y1 - y2, x3 - x2, y3 - y2);
        let area = right_x * left_y - left_x * right_y;
        let g = (sum_x * left_y - left_x * sum_y) / area;
        let h = (right_x * sum_y - sum_x * right_y) / area;
        let unit = [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]];
        Self(unit.map(|[a, b, c]| [a / width, b / height, c]))
    }

    /// The image of a point.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [across, down, depth] = self.0.map(|[a, b, c]| a * x + b * y + c);
        let inverse = 1.0 / depth;
        (across * inverse, down * inverse)
    }

    /// The map that undoes this one, by cofactors; a factor common to all rows is of no account.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let [across, down, depth] = self.0;
        let columns = [cross(down, depth), cross(depth, across), cross(across, down)];
        Self([0, 1, 2].map(|row| columns.map(|column| column[row])))
    }
}

fn cross(p: [f64; 3], q: [f64; 3]) -> [f64; 3] {
    [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close((x, y): (f64, f64), (u, v): (f64, f64)) -> bool {
        (x - u).hypot(y - v) < 1e-9
    }

    #[test]
    fn corners_go_where_they_are_sent_and_come_back() {
        let corners = [(3.0, 1.0), (95.0, 7.0), (90.0, 48.0), (8.0, 44.0)];
        let map = Homography::onto(100.0, 50.0, corners);
        for (from, to) in [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)].into_iter().zip(corners) {
            assert!(close(map.apply(from.0, from.1), to));
            assert!(close(map.inverse().apply(to.0, to.1), from));
        }
    }
}
