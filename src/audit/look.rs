//! A look at a picture: all that an audit needs of its pixels, taken in one decoding.

use super::hash::{self, Thumbnail};
use super::luma::{Light, Luma};
use crate::dataset::{ImageFile, PictureError};
use crate::detection::ImageRecord;
use crate::digest::Digest;

/// What a picture looks like, about 1.3 kB.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The file's digest.
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
/// The file cannot be read or decoded, or holds another picture than when the dataset was read.
pub fn look(image: &ImageRecord) -> Result<Look, PictureError> {
    let file = ImageFile::read(image)?;
    let luma = Luma::of(&file.decode(image)?);
    let thumbnail = Thumbnail::of(&luma);
    Ok(Look { digest: file.digest, hash: hash::difference(&thumbnail), thumbnail, light: luma.light() })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;

    use image::RgbImage;

    use super::*;

    fn record(path: &Path, side: u32) -> ImageRecord {
        ImageRecord {
            id: 1,
            file_name: "a.png".to_owned(),
            path: path.to_path_buf(),
            width: side,
            height: side,
            framing: None,
        }
    }

    #[test]
    fn a_picture_that_became_another_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        RgbImage::new(4, 4).save(&path).unwrap();
        assert_eq!(look(&record(&path, 4)).unwrap().light.mean, 0.0);
        assert!(matches!(look(&record(&path, 5)), Err(PictureError::Changed { width: 4, height: 4 })));
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        RgbImage::new(4, 4).save(&path).unwrap();
        File::options().write(true).open(&path).unwrap().set_len(3 << 30).unwrap();
        let error = look(&record(&path, 4)).unwrap_err().to_string();
        assert_eq!(error, "cannot read it: it is of 3072 MiB, and at most 2048 MiB are read");
        fs::remove_file(path).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_not_waited_for() {
        let error = look(&record(Path::new("/dev/zero"), 4)).unwrap_err().to_string();
        assert!(error.contains("it is a pipe or a device"), "{error}");
    }
}
