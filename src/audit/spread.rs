//! How the sizes and the light of a dataset's images, and the sizes of its objects, are spread; and what lies far out.

use serde::{Deserialize, Serialize};

use super::luma::Light;
use crate::dataset::Dataset;
use crate::metric::{Area, COCO_AREA_RANGES as COCO};

/// How a dataset is spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The images' widths, pixels.
    pub width: Quantiles,
    /// The images' heights, pixels.
    pub height: Quantiles,
    /// The objects' sizes; `None` where there is none.
    pub objects: Option<ObjectSizes>,
    /// The pictures' brightness; `None` where they were not looked at.
    pub brightness: Option<Brightness>,
    /// Images unlike the others, by brightness and by size, in the order of the dataset.
    pub outliers: Vec<Outlier>,
}

/// Where a value stands among all: the least, the greatest, and what 5, 25, 50, 75 and 95 of a hundred do not exceed,
/// between neighbours in proportion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The least.
    pub min: f64,
    /// 5 of a hundred.
    pub p5: f64,
    /// A quarter.
    pub p25: f64,
    /// Half.
    pub p50: f64,
    /// Three quarters.
    pub p75: f64,
    /// 95 of a hundred.
    pub p95: f64,
    /// The greatest.
    pub max: f64,
}

/// The sizes of objects, regions that count neither way left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectSizes {
    /// Objects of at most 32 by 32 pixels.
    pub small: usize,
    /// Objects between.
    pub medium: usize,
    /// Objects of more than 96 by 96 pixels.
    pub large: usize,
    /// The square root of the area, pixels.
    pub side: Quantiles,
}

/// The light of pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brightness {
    /// Mean luma of each, 0..=255.
    pub mean: Quantiles,
    /// Pictures by mean luma, in equal steps.
    pub histogram: Vec<usize>,
    /// Standard deviation of the luma of each: contrast.
    pub contrast: Quantiles,
}

/// An image far from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outlier {
    /// Its file name.
    pub image: String,
    /// What is unlike: `brightness` or `size`.
    pub what: Trait,
    /// Mean luma, or pixels.
    pub value: f64,
}

/// What an image can be unlike the others by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trait {
    /// Mean luma.
    Brightness,
    /// Width by height.
    Size,
}

/// Steps of the histogram, 16 levels of luma each.
pub const BINS: usize = 16;

/// How many interquartile ranges beyond the quartiles is far out (Tukey's outer fences, "Exploratory Data Analysis", 1977).
const FENCE: f64 = 3.0;

/// How the images and objects of `data` are spread; `lights` are of its pictures, where they were looked at. `None` where
/// it has no image.
pub fn spread(data: &Dataset, lights: Option<&[Light]>) -> Option<Spread> {
    let side = |of: fn(&crate::detection::ImageRecord) -> u32| -> Vec<f64> {
        data.images.iter().map(|image| f64::from(of(image))).collect()
    };
    let pixels: Vec<f64> = data.images.iter().map(|image| f64::from(image.width) * f64::from(image.height)).collect();
    let means: Vec<f64> = lights.unwrap_or_default().iter().map(|light| light.mean).collect();
    let mut outliers: Vec<(usize, Trait, f64)> =
        far_out(&means).into_iter().map(|(at, v)| (at, Trait::Brightness, v)).collect();
    outliers.extend(far_out(&pixels).into_iter().map(|(at, value)| (at, Trait::Size, value)));
    outliers.sort_by_key(|(at, ..)| *at); // stable
    let named = |(at, what, value): (usize, Trait, f64)| {
        let image = data.images[at].file_name.clone();
        Outlier { image, what, value }
    };
    Some(Spread {
        width: Quantiles::of(side(|image| image.width))?,
        height: Quantiles::of(side(|image| image.height))?,
        objects: object_sizes(data),
        brightness: lights.and_then(brightness),
        outliers: outliers.into_iter().map(named).collect(),
    })
}

fn object_sizes(data: &Dataset) -> Option<ObjectSizes> {
    let areas: Vec<f64> = data
        .annotations
        .iter()
        .flatten()
        .filter(|annotation| !annotation.iscrowd && !annotation.is_whole)
        .map(|a| a.area)
        .collect();
    // COCO's ranges share their ends; here each object counts once.
    let small = areas.iter().filter(|area| Area::Small.contains(**area, COCO)).count();
    let large =
        areas.iter().filter(|area| Area::Large.contains(**area, COCO) && !Area::Medium.contains(**area, COCO)).count();
    let side = Quantiles::of(areas.iter().map(|area| area.max(0.0).sqrt()).collect())?;
    Some(ObjectSizes { small, medium: areas.len() - small - large, large, side })
}

fn brightness(lights: &[Light]) -> Option<Brightness> {
    let mut histogram = vec![0; BINS];
    for light in lights {
        histogram[((light.mean * BINS as f64 / 256.0) as usize).min(BINS - 1)] += 1;
    }
    let of = |value: fn(&Light) -> f64| Quantiles::of(lights.iter().map(value).collect());
    Some(Brightness { mean: of(|light| light.mean)?, histogram, contrast: of(|light| light.deviation)? })
}

/// The values beyond the fences, with their places.
fn far_out(values: &[f64]) -> Vec<(usize, f64)> {
    let Some(Quantiles { p25, p75, .. }) = Quantiles::of(values.to_vec()) else { return Vec::new() };
    let reach = FENCE * (p75 - p25);
    let inside = p25 - reach..=p75 + reach;
    values.iter().copied().enumerate().filter(|(_, value)| !inside.contains(value)).collect()
}

impl Quantiles {
    /// The quantiles of `values` in any order; `None` of none.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| {
            let place = share * last as f64;
            let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
            low + (high - low) * place.fract()
        };
        Some(Self {
            min: at(0.0),
            p5: at(0.05),
            p25: at(0.25),
            p50: at(0.5),
            p75: at(0.75),
            p95: at(0.95),
            max: at(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours_in_proportion() {
        let found = Quantiles::of(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((found.min, found.p25, found.p50, found.max), (1.0, 1.75, 2.5, 4.0));
        assert_eq!(Quantiles::of(Vec::new()), None);
    }

    #[test]
    fn what_lies_three_ranges_beyond_the_quartiles_is_far_out() {
        let values = [10.0, 11.0, 12.0, 13.0, 14.0, 100.0, 9.0, 8.0];
        assert_eq!(far_out(&values), [(5, 100.0)]);
        assert_eq!(far_out(&[640.0, 640.0, 640.0, 640.0, 480.0]), [(4, 480.0)]);
    }

    #[test]
    fn the_darkest_and_the_lightest_pictures_are_in_the_ends_of_the_histogram() {
        let light = |mean: f64| Light { mean, deviation: 1.0 };
        let found = brightness(&[light(0.0), light(15.9), light(16.0), light(255.0)]).unwrap();
        assert_eq!((found.histogram[0], found.histogram[1], found.histogram[15]), (2, 1, 1));
    }
}
