//! Lines of more than a box: polygons, unless they all look like something else. What trackers and pose models write has
//! as many values as some polygon, and read as one it would be a box that no model finds.

use crate::dataset::findings::Findings;

/// How far a box may reach beyond the picture and still be one that a program has cut off at its edge: what six decimals
/// leave open.
const ROUNDING: f64 = 1e-4;

/// Lines from which on it is no chance that the corners of all polygons look like a box with points inside.
const NO_CHANCE: usize = 3;

/// The lines of a split that are read as polygons.
#[derive(Debug, Default)]
pub struct LongLines {
    all: usize,
    tracks: Vec<String>,
    poses: Vec<String>,
}

impl LongLines {
    /// Takes in a line at `place`, by its values after the class.
    pub fn add(&mut self, place: &str, values: &[f64]) {
        self.all += 1;
        if is_track(values) {
            self.tracks.push(place.to_owned());
        }
        if is_pose(values) {
            self.poses.push(place.to_owned());
        }
    }

    /// Refuses them where they cannot be meant as polygons, or tells that they might not.
    pub fn tell(self, findings: &mut Findings) {
        let Self { all, tracks, poses } = self;
        let are_tracks = !tracks.is_empty() && tracks.len() == all;
        let are_poses = !poses.is_empty() && poses.len() == all;
        for place in tracks {
            if are_tracks {
                findings.error(
                    "lines that end in a confidence and a track id, which are predictions and no labels (of a polygon that \
                     ends so, repeat the first corner)",
                    place,
                );
            } else {
                findings.warning("polygons that end like a confidence and a track id", place);
            }
        }
        for place in poses.into_iter().filter(|_| are_poses && !are_tracks) {
            if all >= NO_CHANCE {
                findings.error(
                    "lines of a box with keypoints, of which data.yaml says nothing: add `kpt_shape: [keypoints, values of \
                     each]`",
                    place,
                );
            } else {
                findings.warning("polygons that look like a box with keypoints (`kpt_shape` in data.yaml)", place);
            }
        }
    }
}

/// Whether values end in a confidence and a whole number: a box, or corners, as trackers write them.
pub fn is_track(values: &[f64]) -> bool {
    let [shape @ .., confidence, id] = values else { return false };
    let ends_so = id.fract() == 0.0 && *id >= 0.0 && *confidence > 0.0 && *confidence <= 1.0;
    ends_so
        && match shape {
            [x, y, width, height] => is_in_picture(*x, *y, *width, *height),
            corners if corners.len() >= 6 => !is_within(*confidence, *id, &bounds(corners)),
            _ => false,
        }
}

/// Whether values are a box with points inside, those that are not seen at 0.
fn is_pose(values: &[f64]) -> bool {
    let [x, y, width, height, points @ ..] = values else { return false };
    if !is_in_picture(*x, *y, *width, *height) {
        return false;
    }
    let around = [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0];
    let is_inside = |point: &[f64]| point[0] == 0.0 && point[1] == 0.0 || is_within(point[0], point[1], &around);
    points.chunks_exact(2).all(is_inside) && points.iter().any(|&value| value != 0.0)
}

fn is_in_picture(x: f64, y: f64, width: f64, height: f64) -> bool {
    let fits = |centre: f64, side: f64| {
        side > 0.0 && centre - side / 2.0 >= -ROUNDING && centre + side / 2.0 <= 1.0 + ROUNDING
    };
    fits(x, width) && fits(y, height)
}

/// `[x0, y0, x1, y1]`
fn bounds(corners: &[f64]) -> [f64; 4] {
    corners.chunks_exact(2).fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, corner| {
        [b[0].min(corner[0]), b[1].min(corner[1]), b[2].max(corner[0]), b[3].max(corner[1])]
    })
}

fn is_within(x: f64, y: f64, &[x0, y0, x1, y1]: &[f64; 4]) -> bool {
    (x0..=x1).contains(&x) && (y0..=y1).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_end_in_a_confidence_and_an_id() {
        assert!(is_track(&[0.225, 0.267, 0.25, 0.267, 0.912, 1.0]));
        assert!(is_track(&[0.1, 0.1, 0.5, 0.1, 0.5, 0.5, 0.1, 0.5, 0.8, 1.0]));
        // Triangles and polygons that touch the lower edge.
        assert!(!is_track(&[0.5, 0.1, 0.2, 0.9, 0.8, 1.0]));
        assert!(!is_track(&[0.2, 0.0, 0.6, 0.0, 0.6, 1.0, 0.2, 1.0]));
        assert!(!is_track(&[0.25, 0.25, 0.75, 0.25, 0.25, 0.75]));
    }

    #[test]
    fn poses_are_points_in_a_box() {
        assert!(is_pose(&[0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.0, 0.0, 0.6, 0.6]));
        assert!(!is_pose(&[0.5, 0.5, 0.4, 0.4, 0.4, 0.9]));
        // The four corners of a turned box.
        assert!(!is_pose(&[0.5, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 0.5]));
    }
}
