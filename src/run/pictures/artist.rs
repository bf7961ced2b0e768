//! Artist: the sheet of a failed case, what it is held against beside what it came to.

use image::RgbImage;

use super::gallery::Lost;
use super::shots::{Shots, Side};
use crate::draw::{Stroke, Tile, sheet};
use crate::run::execute::image_file::decode;
use crate::score::ImageLoss;

/// Draws what failed.
pub struct Artist<'a> {
    /// The images.
    pub shots: Shots<'a>,
    /// What is held against; `None` where its answers are not at hand.
    pub before: Option<Side>,
    /// What it came to.
    pub after: Side,
}

impl Artist<'_> {
    /// The images with their clean pixels; `None` if one cannot be decoded any more.
    pub fn lost<'l>(&self, images: &'l [(usize, ImageLoss)]) -> Option<Vec<Lost<'l>>> {
        let lost =
            |(image, loss): &'l (usize, ImageLoss)| Some((*image, loss, decode(&self.shots.data.images[*image]).ok()?));
        images.iter().map(lost).collect()
    }

    /// A row for each image.
    pub fn sheet(&self, title: &str, images: &[Lost<'_>]) -> Option<RgbImage> {
        let row = |(image, loss, pixels): &Lost<'_>| {
            let (left, right) = self.captions(&loss.file_name);
            let tile = |side: &Side, f1: f64, what: String| {
                let picture = self.shots.picture(side.cell(), *image, pixels);
                Some(self.shots.seen(side, *image)?.tile(picture, format!("F1 {f1:.2} {what}")))
            };
            let before = self.before.as_ref().map(|before| tile(before, loss.before, left));
            let after = tile(&self.after, loss.after, right)?;
            Some(match before {
                Some(before) => vec![before?, after],
                None => vec![after],
            })
        };
        let rows = images.iter().map(row).collect::<Option<Vec<Vec<Tile>>>>()?;
        Some(sheet(title, &rows, &[Stroke::Found, Stroke::Missed, Stroke::False]))
    }

    /// What the two pictures of a row show: two conditions of one model, or two models under one condition.
    fn captions(&self, file_name: &str) -> (String, String) {
        let after = self.shots.model(&self.after);
        match &self.before {
            None => (String::new(), format!("{after} {file_name}")),
            Some(before) if self.shots.model(before) == after => {
                (file_name.to_owned(), self.shots.condition(&self.after))
            }
            Some(before) => (format!("{} {file_name}", self.shots.model(before)), after),
        }
    }
}
