//! # White balance
//!
//! ## What it does
//! Shows the picture as a camera balanced for daylight (6500 K) would under light of `kelvin`: lower is warmer, higher
//! is colder. Luminance of grey is kept.
//!
//! ## Field condition
//! Lamps against daylight, shade, sunset; automatic white balance that was fooled.
//!
//! ## Parameter and severities
//! `kelvin`, 1700..=25000 (6500 changes nothing): 5500, 4700, 4000, 3300, 2700.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Planckian locus after Kim et al., US patent 7024034; gains in linear light, sRGB primaries (IEC 61966-2-1).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{apply_lut, gain_table};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "white_balance", summary: "shifts the colour temperature of the light" },
    group: Group::Color,
    parameters: &[Parameter { name: "kelvin", unit: "kelvin, lower is warmer", min: 1700.0, max: 25_000.0 }],
    ladder: Some([&[5500.0], &[4700.0], &[4000.0], &[3300.0], &[2700.0]]),
    revision: 1,
    source: include_str!("white_balance.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// The temperature for which pictures are balanced: near D65, the white of sRGB.
const DAYLIGHT: f64 = 6500.0;

/// Shares of linear red, green and blue in luminance (BT.709).
const LUMINANCE: [f64; 3] = [0.2126, 0.7152, 0.0722];

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let (light, daylight) = (linear_rgb(values[0]), linear_rgb(DAYLIGHT));
    let gains = [0, 1, 2].map(|c: usize| light[c] / daylight[c]);
    let luminance: f64 = gains.iter().zip(LUMINANCE).map(|(gain, weight)| gain * weight).sum();
    apply_lut(image, &gains.map(|gain| gain_table(gain / luminance)))
}

/// The colour of a black body, as linear sRGB of luminance 1; nothing below 0.
fn linear_rgb(kelvin: f64) -> [f64; 3] {
    let (x, y) = chromaticity(kelvin);
    let (big_x, big_z) = (x / y, (1.0 - x - y) / y);
    let red = 3.2406 * big_x - 1.5372 - 0.4986 * big_z;
    let green = -0.9689 * big_x + 1.8758 + 0.0415 * big_z;
    let blue = 0.0557 * big_x - 0.2040 + 1.0570 * big_z;
    [red, green, blue].map(|channel| channel.max(0.0))
}

/// CIE 1931 x and y of a black body: Kim's cubics, for 1667 to 25000 kelvin.
fn chromaticity(kelvin: f64) -> (f64, f64) {
    let t = 1000.0 / kelvin;
    let cubic = |[c3, c2, c1, c0]: [f64; 4], v: f64| ((c3 * v + c2) * v + c1) * v + c0;
    let x = if kelvin < 4000.0 {
        cubic([-0.266_123_9, -0.234_358_9, 0.877_695_6, 0.179_910], t)
    } else {
        cubic([-3.025_846_9, 2.107_037_9, 0.222_634_7, 0.240_390], t)
    };
    let y = if kelvin < 2222.0 {
        cubic([-1.106_381_4, -1.348_110_2, 2.185_558_32, -0.202_196_83], x)
    } else if kelvin < 4000.0 {
        cubic([-0.954_947_6, -1.374_185_93, 2.091_370_15, -0.167_488_67], x)
    } else {
        cubic([3.081_758, -5.873_386_7, 3.751_129_97, -0.370_014_83], x)
    };
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of Wyszecki and Stiles, Color Science, table 1(3.11).
    #[test]
    fn black_bodies_have_the_chromaticities_of_the_tables() {
        for (kelvin, x, y) in [(2000.0, 0.5267, 0.4133), (3000.0, 0.4369, 0.4041), (6500.0, 0.3135, 0.3237)] {
            let (got_x, got_y) = chromaticity(kelvin);
            assert!((got_x - x).abs() < 0.001 && (got_y - y).abs() < 0.001, "{kelvin}: {got_x} {got_y}");
        }
    }
}
