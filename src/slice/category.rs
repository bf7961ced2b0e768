//! Category: the class of objects.

use super::{Attribute, Property};

pub static CATEGORY: Attribute = Attribute {
    name: "category",
    summary: "the category of objects, each a slice; the figure is the category's own",
    unit: "",
    source: Property::Category,
};
