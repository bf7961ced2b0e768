//! Metadata: what a dataset says of its images.

use super::{Attribute, Property};

pub static METADATA: Attribute = Attribute {
    name: "metadata",
    summary: "what the dataset says of its images: the keys of COCO's `images` beside its own, those inside `extra` too, and \
              the folder in file names; every key with 2 to 12 different values makes a slice of each, \
              `metadata.weather:rain`",
    unit: "",
    source: Property::Metadata,
};
