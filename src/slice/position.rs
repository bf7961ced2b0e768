//! Position: where in its picture an object is.

use super::{Attribute, Classes, Property};
use crate::detection::{BBox, Size};

pub static POSITION: Attribute = Attribute {
    name: "position",
    summary: "where an object is in the picture that the model sees: border (its box comes within a pixel of the picture's \
              border, so it may be cut off), center (else, with its middle in the inner half of width and height), edge \
              (the others)",
    unit: "",
    source: Property::Objects(Classes {
        words: &["center", "edge", "border"],
        holds: |class, bbox, _, picture| class_of(bbox, picture) == class,
    }),
};

/// Pixels from the border within which a box touches it: labels are drawn by hand, and rounded.
const TOUCHING: f64 = 1.0;

fn class_of(bbox: &BBox, picture: Size) -> usize {
    let (width, height) = (f64::from(picture.width), f64::from(picture.height));
    let first = bbox.x.min(bbox.y);
    let last = (width - bbox.right()).min(height - bbox.bottom());
    if first <= TOUCHING || last <= TOUCHING {
        return 2;
    }
    let is_inner = |middle: f64, length: f64| (middle / length - 0.5).abs() <= 0.25;
    let (x, y) = (bbox.x + bbox.width / 2.0, bbox.y + bbox.height / 2.0);
    usize::from(!(is_inner(x, width) && is_inner(y, height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_in_the_middle_or_beside_it_or_cut_off() {
        let picture = Size { width: 200, height: 100 };
        let class = |x, y| class_of(&BBox::from([x, y, 10.0, 10.0]), picture);
        assert_eq!([class(95.0, 45.0), class(20.0, 45.0), class(95.0, 1.0), class(189.5, 45.0)], [0, 1, 2, 2]);
    }
}
