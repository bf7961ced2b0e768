//! The values of all attributes that are measured on the pixels of an image.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::{ALL, Pixels, Property};

/// Counts up whenever an attribute of pixels changes its meaning, or their list.
pub const REVISION: u32 = 1;

/// The values of all attributes that are measured on pixels, in the order of [`ALL`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Look(Vec<f64>);

impl Look {
    /// Looks at a picture.
    pub fn at(picture: &RgbImage) -> Self {
        let pixels = Pixels::new(picture);
        Self(measures().map(|measure| measure(&pixels)).collect())
    }

    /// The value of the attribute called `name`, if it is one of pixels.
    pub fn value(&self, name: &str) -> Option<f64> {
        let names = ALL.iter().filter(|attribute| attribute.needs_pixels()).map(|attribute| attribute.name);
        self.0.get(names.into_iter().position(|other| other == name)?).copied()
    }

    /// Whether it has a finite value of every attribute; what comes from elsewhere may not.
    pub fn is_whole(&self) -> bool {
        self.0.len() == measures().count() && self.0.iter().all(|value| value.is_finite())
    }

    /// The values, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// What [`Self::to_bytes`] gave; `None` for something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (values, rest) = bytes.as_chunks();
        let look = Self(values.iter().map(|value| f64::from_le_bytes(*value)).collect());
        Some(look).filter(|look| rest.is_empty() && look.is_whole())
    }
}

fn measures() -> impl Iterator<Item = fn(&Pixels<'_>) -> f64> {
    ALL.iter().filter_map(|attribute| match attribute.source {
        Property::Pixels(measure) => Some(measure),
        Property::Image(_) | Property::Words(..) | Property::Objects(_) | Property::Category | Property::Metadata => {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_survives_its_bytes() {
        let look = Look::at(&RgbImage::from_fn(7, 5, |x, y| image::Rgb([x as u8 * 30, y as u8 * 40, 9])));
        assert_eq!(Look::from_bytes(&look.to_bytes()).as_ref(), Some(&look));
        assert_eq!(Look::from_bytes(&[0; 9]), None);
        assert_eq!(look.value("crowding"), None);
    }

    #[test]
    fn a_picture_of_one_pixel_has_a_look() {
        let look = Look::at(&RgbImage::from_pixel(1, 1, image::Rgb([255; 3])));
        assert_eq!(
            ["brightness", "contrast", "sharpness"].map(|name| look.value(name)),
            [Some(1.0), Some(0.0), Some(0.0)]
        );
    }
}
