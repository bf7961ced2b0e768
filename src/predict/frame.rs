//! A frame: one image under one condition, whose pixels are made when somebody first asks.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Cursor;
use std::sync::Arc;

use image::{ImageFormat, RgbImage};

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
    png: OnceCell<Vec<u8>>,
}

impl<'a> Frame<'a> {
    /// A frame whose pixels come from `make`, at most once.
    pub fn new(
        dataset: &'a str,
        image: &'a ImageRecord,
        condition: &'a Condition,
        make: impl Fn() -> Pixels<'a> + 'a,
    ) -> Self {
        Self { dataset, image, condition, make: Box::new(make), pixels: OnceCell::new(), png: OnceCell::new() }
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

    /// The pixels as a PNG file, which loses nothing; encoded when somebody first asks.
    ///
    /// # Errors
    /// The image file cannot be read or decoded.
    #[expect(clippy::missing_panics_doc, reason = "memory takes any picture")]
    pub fn png(&self) -> Result<&[u8], FrameError> {
        let pixels = self.pixels()?;
        let encode = || {
            let mut bytes = Cursor::new(Vec::new());
            pixels.write_to(&mut bytes, ImageFormat::Png).expect("memory takes any RGB picture as PNG");
            bytes.into_inner()
        };
        Ok(self.png.get_or_init(encode))
    }
}
