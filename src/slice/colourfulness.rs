//! Colourfulness: how vivid an image is (Hasler and Süsstrunk, "Measuring colourfulness in natural images", 2003).

use super::pixels::{Pixels, moments};
use super::{Attribute, Property};

pub static COLOURFULNESS: Attribute = Attribute {
    name: "colourfulness",
    summary: "how vivid the clean image is, by Hasler and Süsstrunk (2003): 0 grey, 15 slightly, 33 moderately, 59 quite, 82 \
              highly colourful; thirds low, middle, high",
    unit: "M3",
    source: Property::Pixels(measure),
};

/// Their M3: of the opponent channels red-green and yellow-blue, the spread plus 0.3 times the distance from grey.
fn measure(pixels: &Pixels<'_>) -> f64 {
    let opponents = |of: fn([i32; 3]) -> i32| moments(pixels.rgb.pixels().map(move |pixel| of(pixel.0.map(i32::from))));
    let (red_green, red_green_variance) = opponents(|[r, g, _]| r - g);
    // Twice yellow-blue is a whole number.
    let (yellow_blue, yellow_blue_variance) = opponents(|[r, g, b]| r + g - 2 * b);
    let spread = (red_green_variance + yellow_blue_variance / 4.0).sqrt();
    spread + 0.3 * red_green.hypot(yellow_blue / 2.0)
}
