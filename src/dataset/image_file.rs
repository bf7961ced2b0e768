//! Image files: read once for their digest, decoded only where pixels are needed. The one door to pictures: it opens no
//! pipe, reads none that is too long, and decodes none that is another one than when the labels were read.

use std::cell::RefCell;
use std::rc::Rc;

use image::RgbImage;

use super::{PictureError, decode_sized};
use crate::detection::{ImageRecord, Size};
use crate::digest::Digest;
use crate::file;
use crate::framing::{Framing, SquareCut, View};
use crate::resizing::{Crop, short_side};

/// The longest image file that is read, bytes: a picture of the most pixels that a dataset allows unasked, uncompressed.
const MOST: u64 = 2048 * file::MIB;

thread_local! {
    /// The picture that this thread has last cut an object out of: the objects of a picture follow each other, and each would
    /// decode it anew.
    static LAST: RefCell<Option<(Digest, Rc<RgbImage>)>> = const { RefCell::new(None) };
}

/// The content of an image file.
pub struct ImageFile {
    bytes: Vec<u8>,
    /// The digest of its bytes alone.
    content: Digest,
    /// The digest of its bytes, and of what is cut of them: two images of one file are two.
    pub digest: Digest,
}

impl ImageFile {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, is no regular file, or is too long.
    pub fn read(image: &ImageRecord) -> Result<Self, PictureError> {
        let bytes = file::read(&image.path, MOST)?;
        let content = Digest::of_bytes(&bytes);
        let digest = match image.framing {
            Some(framing) => Digest::of_parts([content.to_string(), framing.to_string()]),
            None => content,
        };
        Ok(Self { bytes, content, digest })
    }

    /// The pixels in it, which is the file of `image`.
    ///
    /// # Errors
    /// It is no picture, a broken one, or of another size than `image`.
    pub fn decode(&self, image: &ImageRecord) -> Result<RgbImage, PictureError> {
        match image.framing {
            Some(Framing { whole, cut, view }) => {
                let part = match cut {
                    Some(cut) => {
                        let picture = self.whole(whole)?;
                        cut_out(&picture, cut)
                    }
                    None => decode_sized(&self.bytes, whole)?,
                };
                Ok(match view {
                    Some(view) => viewed(&part, view),
                    None => part,
                })
            }
            None => decode_sized(&self.bytes, image.size()),
        }
    }

    /// The picture in it, of `size`, kept for the next object of it.
    fn whole(&self, size: Size) -> Result<Rc<RgbImage>, PictureError> {
        let kept = LAST.with_borrow(|last| {
            let (_, picture) = last.as_ref().filter(|(content, _)| *content == self.content)?;
            (picture.dimensions() == (size.width, size.height)).then(|| Rc::clone(picture))
        });
        if let Some(picture) = kept {
            return Ok(picture);
        }
        let picture = Rc::new(decode_sized(&self.bytes, size)?);
        LAST.set(Some((self.content, Rc::clone(&picture))));
        Ok(picture)
    }
}

/// A picture as `view` shows it.
fn viewed(picture: &RgbImage, view: View) -> RgbImage {
    let resized = short_side(Size { width: picture.width(), height: picture.height() }, view.resize);
    Crop::centred(resized, Size { width: view.crop, height: view.crop }).of(picture, view.filter)
}

/// Row by row: `image::imageops::replace` goes pixel by pixel, and takes as long as a blur.
fn cut_out(picture: &RgbImage, SquareCut { x, y, side }: SquareCut) -> RgbImage {
    let mut made = RgbImage::new(side, side);
    let (columns, rows) = (overlap(x, side, picture.width()), overlap(y, side, picture.height()));
    let lines = picture.as_raw().chunks_exact(picture.width() as usize * CHANNELS).skip(rows.from);
    let made_lines = made.chunks_exact_mut(side as usize * CHANNELS).skip(rows.to);
    for (line, made) in lines.zip(made_lines).take(rows.length) {
        let [from, to, length] = [columns.from, columns.to, columns.length].map(|pixels| pixels * CHANNELS);
        made[to..to + length].copy_from_slice(&line[from..from + length]);
    }
    made
}

/// Interleaved channels.
const CHANNELS: usize = 3;

/// What a cut has of a picture along one axis, in pixels.
struct Overlap {
    /// Where it begins in the picture.
    from: usize,
    /// Where it begins in the cut.
    to: usize,
    length: usize,
}

fn overlap(start: i32, side: u32, length: u32) -> Overlap {
    let (from, to) = (i64::from(start).max(0), (-i64::from(start)).max(0));
    let both = (i64::from(length) - from).min(i64::from(side) - to);
    // Beside the picture there is no place in it.
    let [from, to, both] = if both > 0 { [from, to, both] } else { [0; 3] };
    let [from, to, length] = [from, to, both].map(|pixels| usize::try_from(pixels).expect("at least 0"));
    Overlap { from, to, length }
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb};

    use super::*;
    use crate::filter::Filter;

    #[test]
    fn a_cut_has_the_pixels_of_the_picture_and_black_beyond_it_and_a_digest_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let picture = RgbImage::from_fn(4, 3, |x, y| Rgb([x as u8 + 1, y as u8 + 1, 9]));
        picture.save(&path).unwrap();
        let framing = |x, y, side| {
            Some(Framing { whole: Size { width: 4, height: 3 }, cut: Some(SquareCut { x, y, side }), view: None })
        };
        let image = |framing, width, height| ImageRecord {
            id: 1,
            file_name: "a.png".to_owned(),
            path: path.clone(),
            width,
            height,
            framing,
        };
        let read = |image: &ImageRecord| {
            let file = ImageFile::read(image).unwrap();
            (file.digest, file.decode(image).unwrap())
        };
        let (whole, cut) = (image(None, 4, 3), image(framing(-1, 1, 3), 3, 3));
        let (file_digest, pixels) = read(&whole);
        assert_eq!((file_digest, &pixels), (Digest::of_file(&path).unwrap(), &picture));
        let (digest, pixels) = read(&cut);
        assert_ne!(digest, file_digest);
        assert_ne!(digest, read(&image(framing(-1, 0, 3), 3, 3)).0);
        let at = |x: i64, y: i64| {
            let inside = (0..4).contains(&x) && (0..3).contains(&y);
            if inside { *picture.get_pixel(x as u32, y as u32) } else { Rgb([0; 3]) }
        };
        assert_eq!(pixels, RgbImage::from_fn(3, 3, |x, y| at(i64::from(x) - 1, i64::from(y) + 1)));
        for (x, y) in [(-5, 0), (0, 9), (4, 0), (-3, -3), (i32::MAX, 0), (0, i32::MIN)] {
            assert_eq!(read(&image(framing(x, y, 3), 3, 3)).1, RgbImage::new(3, 3), "beside the picture");
        }
        assert_eq!(read(&image(framing(-1, -1, 9), 9, 9)).1.view(1, 1, 4, 3).to_image(), picture);
        let view = View { resize: 6, crop: 4, filter: Filter::Bilinear };
        let viewed = image(Some(Framing { whole: Size { width: 4, height: 3 }, cut: None, view: Some(view) }), 4, 4);
        let (of_view, pixels) = read(&viewed);
        let resized = crate::resizing::resize(&picture, Size { width: 8, height: 6 }, Filter::Bilinear);
        assert_eq!(pixels, resized.view(2, 1, 4, 4).to_image(), "the middle of the resized picture");
        assert!(of_view != digest && of_view != file_digest);
        picture.view(0, 0, 3, 3).to_image().save(&path).unwrap();
        let changed = ImageFile::read(&cut).unwrap().decode(&cut).unwrap_err();
        assert!(matches!(changed, PictureError::Changed { .. }), "{changed}");
    }
}
