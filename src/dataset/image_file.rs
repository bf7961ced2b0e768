//! Image files: read once for their digest, decoded only where pixels are needed. The one door to pictures: it opens no
//! pipe, reads none that is too long, and decodes none that is another one than when the labels were read.

use image::RgbImage;

use super::{PictureError, decode_sized};
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::file;

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
    ///
    /// # Errors
    /// It cannot be read, is no regular file, or is too long.
    pub fn read(image: &ImageRecord) -> Result<Self, PictureError> {
        let bytes = file::read(&image.path, MOST)?;
        Ok(Self { digest: Digest::of_bytes(&bytes), bytes })
    }

    /// The pixels in it, which is the file of `image`.
    ///
    /// # Errors
    /// It is no picture, a broken one, or of another size than `image`.
    pub fn decode(&self, image: &ImageRecord) -> Result<RgbImage, PictureError> {
        decode_sized(&self.bytes, image.size())
    }
}
