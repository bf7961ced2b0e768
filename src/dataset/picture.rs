//! Picture files to RGB pixels, the right way up.

use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};

use super::exif::turns_sideways;
use super::jpeg::{has_too_many_scans, is_complete, is_jpeg};
use crate::detection::Size;
use crate::file;

/// The longest side accepted, in pixels: the most a JPEG can hold, and far beyond any detector's input.
pub const MAX_SIDE: u32 = 65_535;

/// Why a picture cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be opened or read.
    #[error("cannot read it: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are no picture, or a broken one.
    #[error("cannot decode it: {0}")]
    Decode(#[from] image::ImageError),
    /// The bytes are a broken JPEG, or one of a kind that is not known.
    #[error("cannot decode it: {0}")]
    Jpeg(String),
    /// The file ends in the middle of the picture.
    #[error("it is truncated")]
    Truncated,
    /// A side is too long.
    #[error("{width}x{height} pixels are more than {MAX_SIDE} on a side")]
    TooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// There are more pixels than the dataset allows.
    #[error("{width}x{height} pixels are more than `max_pixels = {most}`")]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// How many are allowed.
        most: u64,
    },
    /// It is of another size than when the dataset was read.
    #[error("it is of {width}x{height} pixels now, another picture than when the labels were read")]
    Changed {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// What the header of a picture file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Pixels, after EXIF orientation.
    pub size: Size,
    /// Pixels, as they are stored.
    pub stored: Size,
    /// How they are to be turned.
    pub orientation: Orientation,
}

/// Reads the header of a picture file.
///
/// # Errors
/// The file cannot be read, is no picture, or has more than `most_pixels`.
pub fn picture_header(path: &Path, most_pixels: u64) -> Result<Header, PictureError> {
    let header = header(BufReader::new(file::open(path)?))?;
    let Size { width, height } = header.size;
    if u64::from(width) * u64::from(height) > most_pixels {
        Err(PictureError::TooManyPixels { width, height, most: most_pixels })
    } else {
        Ok(header)
    }
}

/// Width and height of a picture after EXIF orientation, read from its header.
///
/// # Errors
/// It is no picture, or a side is longer than a JPEG can hold.
pub fn header_size(picture: impl BufRead + Seek) -> Result<Size, PictureError> {
    Ok(header(picture)?.size)
}

fn header(picture: impl BufRead + Seek) -> Result<Header, PictureError> {
    let mut decoder = ImageReader::new(picture).with_guessed_format()?.into_decoder()?;
    let (width, height) = checked_size(decoder.dimensions())?;
    let orientation = decoder.orientation()?;
    let stored = Size { width, height };
    let size = if turns_sideways(orientation) { Size { width: height, height: width } } else { stored };
    Ok(Header { size, stored, orientation })
}

/// The pixels of a picture file's `bytes`: EXIF orientation applied; grey, palette, alpha and 16-bit pictures made
/// RGB of 8 bits.
///
/// # Errors
/// The bytes are no picture, a broken or truncated one, or too large.
pub fn decode_picture(bytes: &[u8]) -> Result<RgbImage, PictureError> {
    decode_sized(bytes, header_size(Cursor::new(bytes))?)
}

/// The same of a picture that is known to be of `size`, the right way up: one that has become another since is refused
/// before it takes memory.
///
/// # Errors
/// The bytes are no picture, a broken or truncated one, or of another size.
pub fn decode_sized(bytes: &[u8], size: Size) -> Result<RgbImage, PictureError> {
    if is_jpeg(bytes) && !is_complete(bytes) {
        return Err(PictureError::Truncated);
    }
    if is_jpeg(bytes) && has_too_many_scans(bytes) {
        return Err(PictureError::Jpeg("it has more scans than any encoder writes".to_owned()));
    }
    let Size { width, height } = header_size(Cursor::new(bytes))?;
    if (Size { width, height }) != size {
        return Err(PictureError::Changed { width, height });
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(memory_for(size));
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = match is_jpeg(bytes).then(|| decode_jpeg(bytes)).transpose()?.flatten() {
        Some(picture) => picture,
        None => DynamicImage::from_decoder(decoder)?,
    };
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

/// What decoders may take for a picture: 16 bits for each of four channels, twice, and some for tables.
fn memory_for(size: Size) -> Limits {
    const TABLES: u64 = 64 * file::MIB;
    const PIXEL: u64 = 16;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(TABLES + PIXEL * u64::from(size.width) * u64::from(size.height));
    limits
}

/// A JPEG of grey or RGB pixels; `None` for CMYK, which `image` converts.
///
/// libjpeg's own arithmetic: it trained the models and decodes for the pipelines that figures are compared with, and is
/// the same on every processor. Other decoders round chroma differently, which moves an mAP in the third digit.
fn decode_jpeg(bytes: &[u8]) -> Result<Option<DynamicImage>, PictureError> {
    // libjpeg's fatal errors come as panics that carry their message.
    let decoded = std::panic::catch_unwind(|| -> std::io::Result<Option<DynamicImage>> {
        let decompress = mozjpeg::Decompress::new_mem(bytes)?;
        let (width, height) = (decompress.width() as u32, decompress.height() as u32);
        if matches!(decompress.color_space(), mozjpeg::ColorSpace::JCS_CMYK | mozjpeg::ColorSpace::JCS_YCCK) {
            return Ok(None);
        }
        let mut started = decompress.rgb()?;
        let pixels: Vec<u8> = started.read_scanlines()?;
        started.finish()?;
        Ok(RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8))
    });
    match decoded {
        Ok(decoded) => decoded.map_err(|error| PictureError::Jpeg(error.to_string())),
        Err(panic) => {
            let message = panic.downcast::<String>().map_or_else(|_| "it is broken".to_owned(), |message| *message);
            Err(PictureError::Jpeg(message))
        }
    }
}

fn checked_size((width, height): (u32, u32)) -> Result<(u32, u32), PictureError> {
    if width.max(height) > MAX_SIDE { Err(PictureError::TooLarge { width, height }) } else { Ok((width, height)) }
}
