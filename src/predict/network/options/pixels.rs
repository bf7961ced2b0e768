//! What a section says of how pictures become the network's input.

use toml::Spanned;
use toml::de::DeValue;

use super::super::inputs::MAX_SIDE;
use super::super::overrides::Overrides;
use super::super::preprocess::Resize;
use crate::resizing::Filter;
use crate::spec::{Choice as _, Diagnostic, Mistake, TableReader, Value, deserialize};

/// Reads all that is set of it.
pub fn read(options: &mut TableReader<'_, '_, '_>) -> Overrides {
    let family = options.choice("preprocess");
    let placement = options.choice("placement");
    let (short_side, resize) = read_resizing(options);
    let overrides = Overrides {
        family,
        placement,
        resize,
        short_side,
        crop_share: options.number("crop_pct"),
        crop: options.with("crop", read_crop).map(Spanned::into_inner),
        channels: options.choice("channels"),
        scale: options.number("scale"),
        mean: options.with("mean", |value| read_three(value, f32::is_finite)).map(Spanned::into_inner),
        std: options.with("std", |value| read_three(value, |std| std > 0.0)).map(Spanned::into_inner),
        pad: options.with("pad", read_pad).map(Spanned::into_inner),
    };
    refuse_words_of_libraries(options);
    overrides
}

/// The side in pixels and the filter that `resize` and `filter` say.
fn read_resizing(options: &mut TableReader<'_, '_, '_>) -> (Option<u32>, Option<Resize>) {
    let resize = options.with("resize", read_resize);
    let filter = options.spanned_choice::<Filter>("filter");
    if let (Some(resize), Some(filter)) = (&resize, &filter)
        && let Resizing::Word(_) = resize.get_ref()
    {
        let message = format!("`resize` and `filter` in {} both name a filter", options.table().title);
        options.wrong(Diagnostic::new(filter.span(), message).help("leave out one of both"));
    }
    let filter = filter.map(|filter| Resize::from(filter.into_inner()));
    match resize.map(Spanned::into_inner) {
        Some(Resizing::Side(side)) => (Some(side), filter),
        Some(Resizing::Word(word)) => (None, filter.or(Some(word))),
        None => (None, filter),
    }
}

/// What timm's data configs and Hugging Face's image processors call what has another name here, and what to write.
const WORDS_OF_LIBRARIES: &[(&str, &str)] = &[
    ("interpolation", "write `filter`: \"bicubic\", \"bilinear\" (as Pillow) or \"linear\" (as OpenCV)"),
    ("resample", "write `filter`: 2 is \"bilinear\", 3 is \"bicubic\""),
    ("crop_mode", "write `placement`: \"center\" is \"crop\", \"squash\" is \"stretch\", \"border\" is \"letterbox\""),
    ("crop_size", "write `crop`, or leave it out where it is the input's size"),
    ("crop_ratio", "write `crop_pct`"),
    ("size", "write `resize`, the short side in pixels before the middle is cut out"),
    ("img_size", "write `input_size`, where the file leaves its input's size open"),
    ("image_mean", "write `mean`"),
    ("image_std", "write `std`"),
    ("rescale_factor", "write `scale`, what pixel values are divided by: 255 for 1/255"),
];

fn refuse_words_of_libraries(options: &mut TableReader<'_, '_, '_>) {
    let table = options.table();
    for (key, _) in table.entries() {
        let Some((word, help)) = WORDS_OF_LIBRARIES.iter().find(|(word, _)| word == key.get_ref()) else { continue };
        let message = format!("`{word}` in {} has another name here", table.title);
        options.refuse(key.get_ref(), Diagnostic::new(key.span(), message).help(*help));
    }
}

fn read_crop(value: &Value<'_>) -> Result<u32, Mistake> {
    if let Ok(share) = deserialize::<f64>(value)
        && (0.0..1.0).contains(&share)
    {
        let help = format!("a share of the short side is written `crop_pct = {share}`");
        return Err(Mistake::expected("a side in pixels", value).help(help));
    }
    let side: i64 = deserialize(value)?;
    let side = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
    side.ok_or_else(|| Mistake::new(format!("expected 1 to {MAX_SIDE} pixels")))
}

/// What `resize` says.
enum Resizing {
    Side(u32),
    Word(Resize),
}

fn read_resize(value: &Value<'_>) -> Result<Resizing, Mistake> {
    let help = "write the short side in pixels, or a filter: \"linear\" or \"antialias\"";
    if let DeValue::String(word) = value.get_ref() {
        let known = Resize::ALL.iter().find(|(known, _)| known == word);
        return known
            .map(|(_, resize)| Resizing::Word(*resize))
            .ok_or_else(|| Mistake::new(format!("unknown value `{word}`")).help(help));
    }
    let side: i64 =
        deserialize(value).map_err(|_| Mistake::expected("a side in pixels, or a filter", value).help(help))?;
    let side = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
    side.map(Resizing::Side).ok_or_else(|| Mistake::new(format!("expected 1 to {MAX_SIDE} pixels")).help(help))
}

/// A grey level, or a colour.
fn read_pad(value: &Value<'_>) -> Result<[u8; 3], Mistake> {
    let wrong = || Mistake::new("expected a grey level 0 to 255, or three numbers for red, green and blue");
    if matches!(value.get_ref(), DeValue::Integer(_)) {
        let level: u8 = deserialize(value).map_err(|_| wrong())?;
        return Ok([level; 3]);
    }
    let colour: Vec<u8> = deserialize(value).map_err(|_| wrong())?;
    <[u8; 3]>::try_from(colour).map_err(|_| wrong())
}

fn read_three(value: &Value<'_>, allowed: fn(f32) -> bool) -> Result<[f32; 3], Mistake> {
    let numbers: Vec<f32> = deserialize(value)?;
    let three = <[f32; 3]>::try_from(numbers).map_err(|_| Mistake::new("expected three numbers, one per channel"))?;
    if three.into_iter().all(allowed) { Ok(three) } else { Err(Mistake::new("a number is out of range")) }
}
