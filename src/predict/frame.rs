//! A frame: one image under one condition, whose pixels are made when somebody first asks.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use image::RgbImage;

use crate::condition::Condition;
use crate::dataset::PictureError;
use crate::detection::ImageRecord;

/// Why the pixels of a frame could not be made: the image file is at fault, not the model.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{file_name}: {reason}")]
pub struct FrameError {
    /// Which image.
    pub file_name: String,
    /// What is wrong with it.
    pub reason: Arc<PictureError>,
}

type Pixels<'a> = Result<Cow<'a, RgbImage>, FrameError>;

/// One image under one condition.
pub struct Frame<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// Which image.
    pub image: &'a ImageRecord,
    /// What was done to it.
    pub condition: &'a Condition,
    make: Box<dyn Fn() -> Pixels<'a> + 'a>,
    pixels: OnceCell<Pixels<'a>>,
}

impl<'a> Frame<'a> {
    /// A frame whose pixels come from `make`, at most once.
    pub fn new(
        dataset: &'a str,
        image: &'a ImageRecord,
        condition: &'a Condition,
        make: impl Fn() -> Pixels<'a> + 'a,
    ) -> Self {
        Self { dataset, image, condition, make: Box::new(make), pixels: OnceCell::new() }
    }

    /// The pixels.
    ///
    /// # Errors
    /// The image file cannot be read or decoded.
    pub fn pixels(&self) -> Result<&RgbImage, FrameError> {
        match self.pixels.get_or_init(&self.make) {
            Ok(pixels) => Ok(pixels),
            Err(error) => Err(error.clone()),
        }
    }
}
