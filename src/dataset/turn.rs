//! Boxes that are written as if they were not turned, with the angle beside them.
//!
//! CVAT and Datumaro write `rotation` in `attributes`, of COCO and of VOC files, in degrees, and as box the one before it was
//! turned about its centre. The way round does not matter for the upright box around it.

use serde_json::Value;

use crate::detection::BBox;

/// What an annotation says of a turned box.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Turn {
    /// `rotation`, degrees; `None` where the box is upright.
    pub rotation: Option<f64>,
    /// An angle under another name, of which nobody can tell what it is measured in, or of what.
    pub angle: Option<f64>,
}

/// Other names of angles, in `attributes`.
const OTHER_NAMES: [&str; 8] =
    ["angle", "theta", "rotate", "rot", "rotation_angle", "rotationAngle", "angle_deg", "rotation_deg"];

impl Turn {
    /// Takes in the value of `rotation`.
    pub fn rotate(&mut self, value: &Value) {
        let turned = |degrees: &f64| degrees.rem_euclid(180.0) != 0.0;
        self.rotation = self.rotation.or(number(value).filter(turned));
    }

    /// Takes in the value of a key that may be an angle.
    pub fn tell(&mut self, value: &Value) {
        self.angle = self.angle.or(number(value).filter(|&angle| angle != 0.0));
    }

    /// Takes in `attributes`: a table, or a list of tables with a name and a value each.
    pub fn look_through(&mut self, attributes: &Value) {
        match attributes {
            Value::Object(table) => table.iter().for_each(|(name, value)| self.attribute(name, value)),
            Value::Array(list) => {
                for entry in list {
                    let name = ["name", "key"].iter().find_map(|key| entry.get(key)?.as_str());
                    if let (Some(name), Some(value)) = (name, entry.get("value")) {
                        self.attribute(name, value);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Takes in an attribute.
    pub fn attribute(&mut self, name: &str, value: &Value) {
        if name.eq_ignore_ascii_case("rotation") {
            self.rotate(value);
        } else if OTHER_NAMES.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            self.tell(value);
        }
    }
}

/// A number, also one that is written as a text.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number| number.is_finite())
}

/// The upright box around `bbox` turned about its centre.
pub fn around(bbox: &BBox, degrees: f64) -> BBox {
    // Right angles are exact: the cosine of 90 degrees is not 0 in doubles.
    let (sin, cos) = match degrees.rem_euclid(180.0) {
        0.0 => (0.0, 1.0),
        90.0 => (1.0, 0.0),
        angle => angle.to_radians().sin_cos(),
    };
    let (sin, cos) = (sin.abs(), cos.abs());
    let (width, height) = (bbox.width * cos + bbox.height * sin, bbox.width * sin + bbox.height * cos);
    let centre = (bbox.x + bbox.width / 2.0, bbox.y + bbox.height / 2.0);
    BBox { x: centre.0 - width / 2.0, y: centre.1 - height / 2.0, width, height }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_box_around_a_turned_one_has_its_corners_on_its_sides() {
        let lying = BBox::from([100.0, 140.0, 200.0, 20.0]);
        assert_eq!(around(&lying, 90.0), BBox::from([190.0, 50.0, 20.0, 200.0]));
        assert_eq!(around(&lying, -180.0), lying);
        // Corners of the turned box, by the matrix of the rotation.
        let (sin, cos) = 30_f64.to_radians().sin_cos();
        let corners = [(-100.0, -10.0), (100.0, -10.0), (100.0, 10.0), (-100.0, 10.0)];
        let x = corners.map(|(x, y)| 200.0 + x * cos - y * sin);
        let y = corners.map(|(x, y)| 150.0 + x * sin + y * cos);
        let least = |values: [f64; 4]| values.into_iter().fold(f64::INFINITY, f64::min);
        let most = |values: [f64; 4]| values.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let expected = BBox::from_corners(least(x), least(y), most(x), most(y));
        let [found, expected] = [around(&lying, 30.0), expected].map(<[f64; 4]>::from);
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9));
    }

    #[test]
    fn angles_are_found_where_tools_write_them() {
        let turn = |attributes: Value| {
            let mut turn = Turn::default();
            turn.look_through(&attributes);
            turn
        };
        let rotated = Turn { rotation: Some(90.0), angle: None };
        assert_eq!(turn(json!({ "occluded": false, "rotation": 90.0 })), rotated);
        assert_eq!(turn(json!({ "Rotation": "90" })), rotated);
        assert_eq!(turn(json!([{ "name": "rotation", "value": 90 }, { "key": "x" }, 3])), rotated);
        assert_eq!(turn(json!({ "rotation": 180.0, "angle": 0 })), Turn::default());
        assert_eq!(turn(json!({ "theta": 1.5 })), Turn { rotation: None, angle: Some(1.5) });
        assert_eq!(turn(json!("rotation: 90")), Turn::default());
    }
}
