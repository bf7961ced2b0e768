//! One line of a YOLO label file.

use super::long_lines::is_track;
use crate::detection::BBox;

/// How far outside 0..1 a coordinate may be and still be a share of the picture; beyond, it is something else.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = -1.0..=2.0;

/// An object as a line tells it.
#[derive(Debug, PartialEq)]
pub struct Object {
    /// The class number.
    pub class: usize,
    /// Shares of the picture.
    pub bbox: BBox,
    /// Share of the picture; of the polygon where the line has one.
    pub area: f64,
    /// The values after the class of a polygon; none of a box.
    pub corners: Vec<f64>,
}

/// Reads a line that is not blank. `classes` is the number of classes, `keypoint_values` how many values follow a box.
///
/// # Errors
/// The line is no object.
pub fn parse(line: &str, classes: usize, keypoint_values: usize) -> Result<Object, String> {
    let mut values = Vec::new();
    for word in line.split_whitespace() {
        let value = word.parse::<f64>().ok().filter(|value| value.is_finite());
        values.push(value.ok_or_else(|| format!("`{word}` is not a number{}", hint(word, values.is_empty())))?);
    }
    let class = class(values[0], classes)?;
    let with_keypoints = keypoint_values.saturating_add(5);
    let rest = match values.len() {
        count if keypoint_values > 0 && count == with_keypoints => &values[1..5],
        count if keypoint_values > 0 => {
            return Err(format!("{count} values: expected {with_keypoints} with the keypoints"));
        }
        _ => &values[1..],
    };
    if rest.last().is_some_and(|id| !PLAUSIBLE.contains(id)) && is_track(rest) {
        return Err("it ends in a confidence and a track id: a prediction and no label".to_owned());
    }
    if let Some(absurd) = rest.iter().find(|value| !PLAUSIBLE.contains(value)) {
        return Err(format!("{absurd} is no share 0..1 of the picture: is it in pixels?"));
    }
    match rest {
        [_, _, width, height] if *width < 0.0 || *height < 0.0 => Err(format!("a box of {width} by {height}")),
        &[x, y, width, height] => {
            let bbox = BBox { x: x - width / 2.0, y: y - height / 2.0, width, height };
            Ok(Object { class, bbox, area: bbox.area(), corners: Vec::new() })
        }
        [_, _, _, _, _] => Err("six values are a prediction with its confidence or track id, and no label".to_owned()),
        corners if corners.len() >= 6 && corners.len() % 2 == 0 => Ok(polygon(class, corners)),
        rest => Err(format!("{} values instead of five or a polygon's seven and more", rest.len() + 1)),
    }
}

/// What helps where a word is no number; of a class it is the first of its line.
fn hint(word: &str, is_first: bool) -> &'static str {
    if word.contains([',', ';']) {
        ": spaces part the values, and their decimals have a point"
    } else if is_first && word.chars().all(char::is_alphabetic) {
        ": a class is its number in `names`"
    } else {
        ""
    }
}

/// A class number, also where it is spelt `0.0`.
fn class(value: f64, classes: usize) -> Result<usize, String> {
    if value.fract() != 0.0 {
        return Err(format!("class {value} is not a whole number"));
    }
    if (0.0..classes as f64).contains(&value) {
        Ok(value as usize)
    } else {
        Err(format!("class {value} is not among the {classes} of `names` (0..={})", classes - 1))
    }
}

/// The enclosing box and the area, by the shoelace formula, of the part of a polygon inside of the picture, corners
/// outside moved to the edge.
fn polygon(class: usize, values: &[f64]) -> Object {
    let corners: Vec<(f64, f64)> =
        values.chunks_exact(2).map(|corner| (corner[0].clamp(0.0, 1.0), corner[1].clamp(0.0, 1.0))).collect();
    let bounds = |side: fn(&(f64, f64)) -> f64| {
        let sides = corners.iter().map(side);
        sides.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), side| (low.min(side), high.max(side)))
    };
    let ((x0, x1), (y0, y1)) = (bounds(|corner| corner.0), bounds(|corner| corner.1));
    let next = corners.iter().cycle().skip(1);
    let doubled: f64 = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    let bbox = BBox::from_corners(x0, y0, x1, y1);
    Object { class, bbox, area: doubled.abs() / 2.0, corners: values.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_values_are_a_box_about_its_centre() {
        let object = parse("1 0.5 0.25 0.5 0.25", 2, 0).unwrap();
        let bbox = BBox::from([0.25, 0.125, 0.5, 0.25]);
        assert_eq!(object, Object { class: 1, bbox, area: 0.125, corners: Vec::new() });
        assert_eq!(parse("  1.0\t5e-1 .25 0.5 0.25 ", 2, 0).unwrap(), object);
    }

    #[test]
    fn more_values_are_a_polygon_with_its_box_and_its_own_area() {
        let triangle = parse("0 0.25 0.25 0.75 0.25 0.25 0.75", 1, 0).unwrap();
        assert_eq!((triangle.bbox, triangle.area), (BBox::from([0.25, 0.25, 0.5, 0.5]), 0.125));
        let turned = parse("0 0.5 0.25 0.75 0.5 0.5 0.75 0.25 0.5", 1, 0).unwrap();
        assert_eq!((turned.bbox, turned.area), (BBox::from([0.25, 0.25, 0.5, 0.5]), 0.125));
    }

    #[test]
    fn values_after_the_box_are_keypoints_where_the_dataset_has_some() {
        let pose = parse("0 0.5 0.5 0.2 0.2 0.1 0.1 2 0.2 0.2 1", 1, 6).unwrap();
        assert_eq!(pose.area, 0.2 * 0.2);
        assert_eq!(parse("0 0.5 0.5 0.2 0.2", 1, 6).unwrap_err(), "5 values: expected 11 with the keypoints");
    }

    #[test]
    fn what_is_no_label_is_refused_with_its_reason() {
        let error = |line: &str| parse(line, 3, 0).unwrap_err();
        let prediction = "six values are a prediction with its confidence or track id, and no label";
        assert_eq!(error("0 0.5 0.5 0.2 0.2 0.93"), prediction);
        let track = "it ends in a confidence and a track id: a prediction and no label";
        assert_eq!(error("0 0.5 0.5 0.2 0.2 0.93 7"), track);
        assert_eq!(error("3 0.5 0.5 0.2 0.2"), "class 3 is not among the 3 of `names` (0..=2)");
        assert_eq!(error("-1 0.5 0.5 0.2 0.2"), "class -1 is not among the 3 of `names` (0..=2)");
        assert_eq!(error("0.5 0.5 0.5 0.2 0.2"), "class 0.5 is not a whole number");
        assert_eq!(error("0 320 240 64 48"), "320 is no share 0..1 of the picture: is it in pixels?");
        assert_eq!(error("0 0.5 0.5 -0.2 0.2"), "a box of -0.2 by 0.2");
        assert_eq!(error("0 0.5 0.5 0.2"), "4 values instead of five or a polygon's seven and more");
        assert_eq!(error("0 0.5 0.5 nan 0.2"), "`nan` is not a number");
        assert_eq!(
            error("0,0.5,0.5,0.2,0.2"),
            "`0,0.5,0.5,0.2,0.2` is not a number: spaces part the values, and their decimals have a point"
        );
    }
}
