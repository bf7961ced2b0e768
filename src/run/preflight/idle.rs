//! Levels that seem to change nothing, found on made-up pictures: told before a run finds out on the dataset's own.

use image::{Rgb, RgbImage};

use crate::detection::{BBox, ImageRecord};
use crate::plan::Plan;

/// Sizes of the pictures, pixels: one that blocks of pixels divide evenly, and one that they do not.
const SIZES: [(u32, u32); 2] = [(64, 48), (97, 61)];

/// The conditions of `plan` that change none of the pictures. Rare effects (a dead pixel in a million) may still change the
/// dataset's.
pub fn idle(plan: &Plan) -> Vec<String> {
    let pictures: Vec<(ImageRecord, RgbImage, BBox)> =
        SIZES.into_iter().map(|(width, height)| made_up(width, height)).collect();
    let conditions = plan.conditions.iter().filter(|planned| {
        let unchanged = |(image, pixels, object): &(ImageRecord, RgbImage, BBox)| {
            let picture = planned.picture(plan.seed, image, pixels, &[*object]);
            !planned.is_clean() && *picture == *pixels
        };
        pictures.iter().all(unchanged)
    });
    conditions.map(|planned| planned.condition.to_string()).collect()
}

/// A picture of many colours with an object in its middle.
fn made_up(width: u32, height: u32) -> (ImageRecord, RgbImage, BBox) {
    let level = |value: u32| (value % 256) as u8;
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        Rgb([level(3 * x + 5 * y), level(7 * x + (x * y) / 3), level(200 + 11 * y + x * x / 5)])
    });
    let name = format!("{width}x{height}.png");
    let image = ImageRecord { id: 1, path: name.clone().into(), file_name: name, width, height, framing: None };
    let [width, height] = [width, height].map(f64::from);
    (image, pixels, BBox { x: width / 4.0, y: height / 4.0, width: width / 2.0, height: height / 2.0 })
}
