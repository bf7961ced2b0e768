//! Size: how large an object is, in COCO's classes.

use super::{Attribute, Classes, Property};

pub static SIZE: Attribute = Attribute {
    name: "size",
    summary: "how large an object is in the picture that the model sees, by its area: small up to 32 x 32 pixels, medium, large \
              from 96 x 96 on (COCO's classes)",
    unit: "",
    source: Property::Objects(Classes {
        words: &["small", "medium", "large"],
        holds: |class, _, area, _| (RANGES[class].0..=RANGES[class].1).contains(&area),
    }),
};

/// COCO's area ranges, square pixels: both ends belong to them, so an object of just 1024 is small and medium.
const RANGES: [(f64, f64); 3] = [(0.0, 1024.0), (1024.0, 9216.0), (9216.0, 1e10)];
