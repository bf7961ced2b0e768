//! Image files: read once for their digest, decoded only where pixels are needed.

use std::sync::Arc;

use image::RgbImage;

use crate::dataset::{PictureError, decode_picture};
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::predict::FrameError;

/// The content of an image file.
pub struct ImageFile {
    bytes: Vec<u8>,
    /// Of the bytes.
    pub digest: Digest,
}

impl ImageFile {
    /// Reads the file.
    pub fn read(image: &ImageRecord) -> Result<Self, FrameError> {
        let bytes = std::fs::read(&image.path).map_err(|error| failed(image, error.into()))?;
        Ok(Self { digest: Digest::of_bytes(&bytes), bytes })
    }

    /// The pixels in it, which is the file of `image`.
    pub fn decode(&self, image: &ImageRecord) -> Result<RgbImage, FrameError> {
        decode_picture(&self.bytes).map_err(|error| failed(image, error))
    }
}

/// The pixels of an image.
pub fn decode(image: &ImageRecord) -> Result<RgbImage, FrameError> {
    ImageFile::read(image)?.decode(image)
}

fn failed(image: &ImageRecord, reason: PictureError) -> FrameError {
    FrameError { file_name: image.file_name.clone(), reason: Arc::new(reason) }
}
