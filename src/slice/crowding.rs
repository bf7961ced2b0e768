//! Crowding: how many objects an image has.

use super::{Attribute, Source};

pub static CROWDING: Attribute = Attribute {
    name: "crowding",
    summary: "how many labelled objects the image has (crowd regions are not counted); thirds low, middle, high",
    unit: "objects",
    source: Source::Image(|_, annotations| annotations.iter().filter(|object| !object.iscrowd).count() as f64),
};
