//! Looks at pictures, each taken once however many splits are compared.

use std::collections::HashMap;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::audit::{Album, Light, Look, look, original};
use crate::dataset::Dataset;
use crate::detection::ImageRecord;
use crate::failure::{Failure, FailureKind, Measured};
use crate::framing::Framing;
use crate::run::context::Context;

/// Pictures named of those that cannot be looked at.
const NAMED: usize = 3;

/// Pictures looked at so far, by path and what of the file they are.
#[derive(Default)]
pub struct Looks(HashMap<(PathBuf, Option<Framing>), Result<Look, String>>);

impl Looks {
    /// The images of `data` as they are compared.
    pub fn album(&mut self, data: &Dataset, context: &Context<'_>) -> Measured<Album> {
        self.take(&data.images, context).and_then(|()| {
            let looks = data.images.iter().filter_map(|image| self.0[&key(image)].as_ref().ok().cloned()).collect();
            Measured::Value(Album { looks, originals: data.images.iter().map(|image| original(data, image)).collect() })
        })
    }

    /// How light each picture of `data` is.
    pub fn lights(&mut self, data: &Dataset, context: &Context<'_>) -> Measured<Vec<Light>> {
        self.take(&data.images, context).and_then(|()| {
            let looks = data.images.iter().filter_map(|image| self.0[&key(image)].as_ref().ok());
            Measured::Value(looks.map(|look| look.light).collect())
        })
    }

    /// Looks at those of `images` that were not looked at yet. A split of which one picture cannot be looked at is not known:
    /// that one may be a copy, too.
    fn take(&mut self, images: &[ImageRecord], context: &Context<'_>) -> Measured<()> {
        let new: Vec<&ImageRecord> = images.iter().filter(|image| !self.0.contains_key(&key(image))).collect();
        let take = |image: &&ImageRecord| {
            if context.is_interrupted() {
                return None;
            }
            Some((key(image), look(image).map_err(|error| format!("{}: {error}", image.path.display()))))
        };
        let taken: Vec<_> = context.threads.spread(|| new.par_iter().map(take).collect());
        self.0.extend(taken.into_iter().flatten());
        if images.iter().any(|image| !self.0.contains_key(&key(image))) {
            return Measured::Blocked("interrupted".to_owned());
        }
        let broken: Vec<&str> =
            images.iter().filter_map(|image| self.0[&key(image)].as_ref().err().map(String::as_str)).collect();
        if broken.is_empty() {
            return Measured::Value(());
        }
        let more = if broken.len() > NAMED { ", ..." } else { "" };
        let named = broken.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let message = format!("pictures that cannot be looked at ({}): {named}{more}", broken.len());
        Measured::Failed(Failure::new(FailureKind::Dataset, message))
    }
}

/// What tells one picture from another.
fn key(image: &ImageRecord) -> (PathBuf, Option<Framing>) {
    (image.path.clone(), image.framing)
}
