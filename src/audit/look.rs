//! A look at a picture: all that an audit needs of its pixels, taken in one decoding.

use super::hash::{self, Thumbnail};
use super::luma::{Light, Luma};
use crate::dataset::{PictureError, decode_picture};
use crate::detection::ImageRecord;
use crate::digest::Digest;

/// What a picture looks like, about 1.3 kB.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Of the file.
    pub digest: Digest,
    /// Its difference hash; `None` for a picture without structure, as any other such picture has one like it.
    pub hash: Option<u64>,
    /// The picture, small.
    pub thumbnail: Thumbnail,
    /// Light and dark.
    pub light: Light,
}

/// Looks at the picture of `image`.
///
/// # Errors
/// The file cannot be read or decoded.
pub fn look(image: &ImageRecord) -> Result<Look, PictureError> {
    let bytes = std::fs::read(&image.path)?;
    let luma = Luma::of(&decode_picture(&bytes)?);
    let thumbnail = Thumbnail::of(&luma);
    Ok(Look { digest: Digest::of_bytes(&bytes), hash: hash::difference(&thumbnail), thumbnail, light: luma.light() })
}
