//! Image files: read once for their digest, decoded only where pixels are needed.

use std::sync::Arc;

use image::RgbImage;

use crate::dataset::{PictureError, decode_sized};
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::file;
use crate::predict::FrameError;

/// The longest image file that is read, bytes: a picture of the most pixels that a dataset allows unasked, uncompressed.
const MOST: u64 = 2048 * file::MIB;

/// The content of an image file.
pub struct ImageFile {
    bytes: Vec<u8>,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl ImageFile {
    /// Reads the file.
    pub fn read(image: &ImageRecord) -> Result<Self, FrameError> {
        let bytes = file::read(&image.path, MOST).map_err(|error| failed(image, error.into()))?;
        Ok(Self { digest: Digest::of_bytes(&bytes), bytes })
    }

    /// The pixels in it, which is the file of `image`.
    pub fn decode(&self, image: &ImageRecord) -> Result<RgbImage, FrameError> {
        decode_sized(&self.bytes, image.size()).map_err(|error| failed(image, error))
    }
}

/// The pixels of an image.
pub fn decode(image: &ImageRecord) -> Result<RgbImage, FrameError> {
    ImageFile::read(image)?.decode(image)
}

fn failed(image: &ImageRecord, reason: PictureError) -> FrameError {
    FrameError { file_name: image.file_name.clone(), reason: Arc::new(reason) }
}
