//! A precision-recall curve, and what is read off it.

/// Points of the curve where a detection is right; elsewhere precision only falls.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    /// Right detections so far.
    right: u64,
    precision: f64,
}

impl Curve {
    /// Forgets the points.
    pub fn clear(&mut self) {
        self.points.clear();
    }

    /// Adds the point at which `right` of `counted` detections are right.
    pub fn push(&mut self, right: u64, counted: u64) {
        self.points.push(Point { right, precision: right as f64 / counted as f64 });
    }

    /// The mean, over recall thresholds, of the highest precision at that recall or a higher one; 0 where it is not
    /// reached. `needed` are the right detections that reach each threshold, rising.
    pub fn interpolated(&self, needed: &[u64]) -> f64 {
        let (mut sum, mut highest) = (0.0, 0.0_f64);
        let mut left = match self.points.last() {
            Some(last) => needed.partition_point(|&needed| needed <= last.right),
            None => 0,
        };
        for (at, point) in self.points.iter().enumerate().rev() {
            highest = highest.max(point.precision);
            let before = if at == 0 { 0 } else { self.points[at - 1].right };
            while left > 0 && (needed[left - 1] > before || at == 0) {
                sum += highest;
                left -= 1;
            }
        }
        sum / needed.len() as f64
    }

    /// The area under the curve whose precision never rises with recall, for `objects` objects.
    pub fn area(&self, objects: u64) -> f64 {
        let (mut area, mut highest) = (0.0, 0.0_f64);
        for (at, point) in self.points.iter().enumerate().rev() {
            highest = highest.max(point.precision);
            let before = if at == 0 { 0 } else { self.points[at - 1].right };
            area += highest * (point.right - before) as f64;
        }
        area / objects as f64
    }
}

/// The fewest right detections whose recall, as a double, reaches each threshold.
pub fn needed(thresholds: &[f64], objects: u64, needed: &mut Vec<u64>) {
    let reaches = |right: u64, threshold: f64| right as f64 / objects as f64 >= threshold;
    let fewest = |&threshold: &f64| {
        let near = (threshold * objects as f64).ceil() as u64;
        let from = near.saturating_sub(1);
        (from..=near + 1).find(|&right| reaches(right, threshold)).unwrap_or(near)
    };
    needed.clear();
    needed.extend(thresholds.iter().map(fewest));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u64, u64)]) -> Curve {
        let mut curve = Curve::default();
        for &(right, counted) in points {
            curve.push(right, counted);
        }
        curve
    }

    #[test]
    fn precision_is_the_highest_at_that_recall_or_beyond() {
        let curve = curve(&[(1, 2), (2, 3), (3, 6)]);
        let mut fewest = Vec::new();
        needed(&[0.0, 0.25, 0.5, 0.75, 1.0], 4, &mut fewest);
        assert_eq!(fewest, [0, 1, 2, 3, 4]);
        let mean = (3.0 * 2.0 / 3.0 + 0.5 + 0.0) / 5.0;
        assert!((curve.interpolated(&fewest) - mean).abs() < 1e-12);
        assert!((curve.area(4) - (2.0 * 2.0 / 3.0 + 0.5) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn thresholds_are_reached_in_the_arithmetic_of_doubles() {
        let mut fewest = Vec::new();
        needed(&[57.0 * 0.01], 100, &mut fewest);
        assert_eq!(fewest, [58]);
    }

    #[test]
    fn no_point_is_no_precision() {
        assert_eq!(curve(&[]).interpolated(&[0, 1]), 0.0);
        assert_eq!(curve(&[]).area(3), 0.0);
    }
}
