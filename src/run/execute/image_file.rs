//! Image files as frames are made of them: what is wrong with one is told with its name.

use std::sync::Arc;

use image::RgbImage;

use crate::dataset::{self, PictureError};
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::predict::FrameError;

/// The content of an image file.
pub struct ImageFile {
    file: dataset::ImageFile,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl ImageFile {
    /// Reads the file.
    pub fn read(image: &ImageRecord) -> Result<Self, FrameError> {
        let file = dataset::ImageFile::read(image).map_err(|error| failed(image, error))?;
        Ok(Self { digest: file.digest, file })
    }

    /// The pixels in it, which is the file of `image`.
    pub fn decode(&self, image: &ImageRecord) -> Result<RgbImage, FrameError> {
        self.file.decode(image).map_err(|error| failed(image, error))
    }
}

/// The pixels of an image.
pub fn decode(image: &ImageRecord) -> Result<RgbImage, FrameError> {
    ImageFile::read(image)?.decode(image)
}

fn failed(image: &ImageRecord, reason: PictureError) -> FrameError {
    FrameError { file_name: image.file_name.clone(), reason: Arc::new(reason) }
}
