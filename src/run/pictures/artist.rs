//! Artist: the sheet of a failed case, what it is held against beside what it came to.

use std::collections::HashSet;

use image::RgbImage;

use super::exhibit::Picture;
use super::gallery::{Lost, gallery};
use super::shots::{Pane, Shots};
use crate::draw::{Stroke, Tile, sheet};
use crate::record::GalleryRecord;
use crate::run::execute::image_file::decode;
use crate::score::ImageLoss;
use crate::task::Task;

/// Draws what failed.
pub struct Artist<'a> {
    /// The images.
    pub shots: Shots<'a>,
    /// What is held against; `None` where its answers are not at hand.
    pub before: Option<Pane>,
    /// What it came to.
    pub after: Pane,
}

impl Artist<'_> {
    /// The images with the pictures of both sides, made once for sheet and gallery; `None` if one cannot be decoded any more.
    pub fn lost<'l>(&self, images: &'l [(usize, ImageLoss)]) -> Option<Vec<Lost<'l>>> {
        let lost = |(image, loss): &'l (usize, ImageLoss)| {
            let pixels = decode(&self.shots.data.images[*image]).ok()?;
            let picture = |side: &Pane| self.shots.picture(side.cell(), *image, &pixels);
            Some(Lost { image: *image, loss, before: self.before.as_ref().map(picture), after: picture(&self.after) })
        };
        images.iter().map(lost).collect()
    }

    /// A row for each image.
    pub fn sheet(&self, title: &str, images: Vec<Lost<'_>>) -> Option<RgbImage> {
        let row = |Lost { image, loss, before, after }: Lost<'_>| {
            let (left, right) = self.captions(&loss.file_name);
            let tile = |side: &Pane, picture: RgbImage, what: String| {
                let seen = self.shots.seen(side, image)?;
                let found = match self.shots.findings.plan.task {
                    Task::Detect => format!("F1 {:.2}", seen.f1()),
                    Task::Classify => self.shots.said(&seen),
                };
                Some(seen.tile(picture, format!("{found} {what}")))
            };
            let before = self.before.as_ref().zip(before).map(|(side, picture)| tile(side, picture, left));
            let after = tile(&self.after, after, right)?;
            Some(match before {
                Some(before) => vec![before?, after],
                None => vec![after],
            })
        };
        let rows = images.into_iter().map(row).collect::<Option<Vec<Vec<Tile>>>>()?;
        let strokes: &[Stroke] = match self.shots.findings.plan.task {
            Task::Detect => &[Stroke::Found, Stroke::Missed, Stroke::False],
            Task::Classify => &[],
        };
        Some(sheet(title, &rows, strokes))
    }

    /// The same images one by one, and those pictures that are not among `drawn` yet.
    pub fn gallery(
        &self,
        sheet: String,
        images: &[Lost<'_>],
        drawn: &mut HashSet<String>,
    ) -> Option<(GalleryRecord, Vec<Picture>)> {
        gallery(&self.shots, sheet, (self.before.as_ref(), &self.after), images, drawn)
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
