//! Crowding: how many objects an image has.

use super::{Attribute, Property};

pub static CROWDING: Attribute = Attribute {
    name: "crowding",
    summary: "how many labelled objects the image has (crowd regions are not counted); thirds low, middle, high",
    unit: "objects",
    source: Property::Image(|_, annotations| annotations.iter().filter(|object| !object.iscrowd).count() as f64),
};
