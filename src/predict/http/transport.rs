//! As what a picture travels: as a PNG at its own size, which loses nothing, unless a server takes no such thing.

use std::borrow::Cow;

use image::RgbImage;
use image::imageops::{self, FilterType};
use serde_json::{Value as Json, json};

use crate::detection::{BBox, Size};
use crate::draw::jpeg_of_quality;
use crate::predict::{Frame, PredictError};
use crate::spec::{Choice, Key, Literal, TableReader, ValueShape};

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Png,
    Jpeg,
}

impl Choice for Encoding {
    const ALL: &'static [(&'static str, Self)] = &[("png", Self::Png), ("jpeg", Self::Jpeg)];

    fn summary(self) -> &'static str {
        match self {
            Self::Png => "a PNG, which loses nothing",
            Self::Jpeg => "a JPEG, which is smaller and loses something: every report says so",
        }
    }
}

/// The quality that most programs write JPEG files with that are to look like their source.
const QUALITY: i64 = 95;

/// How pictures travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    encoding: Encoding,
    /// The quality of a JPEG, 1..=100.
    quality: u8,
    /// The longest side that is sent, pixels.
    max_side: Option<u32>,
}

/// A picture on its way.
pub struct Sent<'f> {
    /// The file.
    pub bytes: Cow<'f, [u8]>,
    /// `image/png`
    pub mime: &'static str,
    /// What it is called in a form.
    pub file_name: &'static str,
    /// The size of the picture that is sent, pixels.
    pub size: Size,
    /// The size of the frame, pixels.
    frame: Size,
}

impl Transport {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[
        Key::new("transport", ValueShape::choice::<Encoding>(), "the format that pictures are sent in")
            .or(Literal::Text("png")),
        Key::new("quality", ValueShape::integer(1, 100), "of the JPEG")
            .or(Literal::Integer(QUALITY))
            .only_with("transport", "jpeg"),
        Key::new(
            "max_side",
            ValueShape::integer(16, 65_535),
            "the longest side that is sent, in pixels: larger pictures are made smaller, and their boxes brought back",
        ),
    ];

    /// Reads `transport`, `quality` and `max_side`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let encoding = options.choice("transport").unwrap_or(Encoding::Png);
        let quality = options.integer("quality").unwrap_or(QUALITY as u8);
        Self { encoding, quality, max_side: options.integer("max_side") }
    }

    /// The picture of a frame as it is sent.
    ///
    /// # Errors
    /// The frame has no pixels, or more on a side than a JPEG can hold.
    pub fn encode<'f>(&self, frame: &'f Frame<'_>) -> Result<Sent<'f>, PredictError> {
        let pixels = frame.pixels()?;
        let own = Size { width: pixels.width(), height: pixels.height() };
        let smaller =
            self.smaller(own).map(|size| imageops::resize(pixels, size.width, size.height, FilterType::Triangle));
        let size = smaller.as_ref().map_or(own, |smaller| Size { width: smaller.width(), height: smaller.height() });
        let (mime, file_name) = match self.encoding {
            Encoding::Png => ("image/png", "image.png"),
            Encoding::Jpeg => ("image/jpeg", "image.jpg"),
        };
        let bytes = match (self.encoding, &smaller) {
            (Encoding::Png, None) => Cow::Borrowed(frame.png()?),
            (Encoding::Png, Some(smaller)) => Cow::Owned(png(smaller)),
            (Encoding::Jpeg, _) => {
                let jpeg = jpeg_of_quality(smaller.as_ref().unwrap_or(pixels), self.quality);
                let too_large =
                    || format!("{}x{} pixels are more than a JPEG can hold: set `max_side`", size.width, size.height);
                Cow::Owned(jpeg.ok_or_else(|| PredictError::Inference(too_large()))?)
            }
        };
        Ok(Sent { bytes, mime, file_name, size, frame: own })
    }

    /// The size of what is sent of a picture that is too large.
    fn smaller(&self, own: Size) -> Option<Size> {
        let longer = own.width.max(own.height);
        let most = self.max_side.filter(|most| longer > *most)?;
        let scaled = |side: u32| (f64::from(side) * f64::from(most) / f64::from(longer)).round().max(1.0) as u32;
        Some(Size { width: scaled(own.width), height: scaled(own.height) })
    }

    /// What somebody should know of figures that are measured so.
    pub fn note(&self) -> Option<String> {
        let jpeg = format!("JPEG files of quality {}", self.quality);
        let what = match (self.encoding, self.max_side) {
            (Encoding::Png, None) => return None,
            (Encoding::Png, Some(most)) => format!("made smaller to {most} pixels a side"),
            (Encoding::Jpeg, None) => format!("as {jpeg}"),
            (Encoding::Jpeg, Some(most)) => format!("as {jpeg} of at most {most} pixels a side"),
        };
        Some(format!("gets its pictures {what}: what that loses comes on top of every condition, the clean one too"))
    }

    /// For the record; nothing where pictures travel as they are.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let jpeg = (self.encoding == Encoding::Jpeg).then(|| ("transport", json!({"jpeg": self.quality})));
        jpeg.into_iter().chain(self.max_side.map(|most| ("max_side", json!(most))))
    }
}

impl Sent<'_> {
    /// A box of the picture that was sent as one of the frame.
    pub fn back(&self, bbox: BBox) -> BBox {
        let scale = |frame: u32, sent: u32| f64::from(frame) / f64::from(sent);
        let (x, y) = (scale(self.frame.width, self.size.width), scale(self.frame.height, self.size.height));
        BBox { x: bbox.x * x, y: bbox.y * y, width: bbox.width * x, height: bbox.height * y }
    }

    /// What to do where a server finds it too large.
    pub fn too_large(&self) -> String {
        let (Size { width, height }, bytes) = (self.size, self.bytes.len() as f64 / 1e6);
        format!(
            "the picture was {width}x{height} pixels, {bytes:.2} MB as {}: set `transport = \"jpeg\"` or a smaller \
             `max_side`",
            self.mime
        )
    }
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("memory takes any RGB picture as PNG");
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_made_smaller_and_boxes_come_back() {
        let transport = Transport { encoding: Encoding::Png, quality: 95, max_side: Some(50) };
        let own = Size { width: 200, height: 101 };
        assert_eq!(transport.smaller(own), Some(Size { width: 50, height: 25 }));
        assert_eq!(transport.smaller(Size { width: 50, height: 20 }), None);
        let size = Size { width: 50, height: 25 };
        let sent = Sent { bytes: Cow::Borrowed(&[]), mime: "image/png", file_name: "image.png", size, frame: own };
        assert_eq!(sent.back(BBox::from([0.0, 0.0, 50.0, 25.0])), BBox::from([0.0, 0.0, 200.0, 101.0]));
    }
}
