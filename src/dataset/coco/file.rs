//! The file of labels as it is written.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::dataset::turn::Turn;
use crate::json::{Flag, Id, Name, Whole};

/// The whole.
#[derive(Deserialize)]
pub struct File {
    pub images: Vec<RawImage>,
    /// `None` where the file has no such list.
    pub annotations: Option<Vec<RawAnnotation>>,
    pub categories: Vec<RawCategory>,
}

impl File {
    /// The objects.
    pub fn annotations(&self) -> &[RawAnnotation] {
        self.annotations.as_deref().unwrap_or_default()
    }
}

/// An image.
#[derive(Deserialize)]
pub struct RawImage {
    pub id: Id,
    pub file_name: String,
    pub width: Option<Whole>,
    pub height: Option<Whole>,
    /// What else is said of it, Roboflow's `extra` among it.
    #[serde(flatten)]
    pub said: Map<String, Value>,
}

/// An object.
pub struct RawAnnotation {
    pub id: Id,
    pub image_id: Id,
    pub category_id: Whole,
    pub bbox: Option<CocoSides>,
    pub area: Option<f64>,
    pub iscrowd: Flag,
    /// Some tools leave such objects out by it.
    pub ignore: Option<Flag>,
    /// Whether a mask or polygon is there; what it is is not read.
    pub has_mask: bool,
    /// What is said of a turned box.
    pub turn: Turn,
}

/// A category.
#[derive(Deserialize)]
pub struct RawCategory {
    pub id: Whole,
    pub name: Name,
    pub supercategory: Option<String>,
}

/// The numbers of a `bbox`: four, unless somebody wrote something else.
#[derive(Debug, Clone, Copy, Default)]
pub struct CocoSides {
    first: [f64; 4],
    count: usize,
}

impl CocoSides {
    /// The four, if there are four.
    pub fn four(&self) -> Option<[f64; 4]> {
        (self.count == 4).then_some(self.first)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl<'de> Deserialize<'de> for CocoSides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SidesVisitor)
    }
}

struct SidesVisitor;

impl<'de> Visitor<'de> for SidesVisitor {
    type Value = CocoSides;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a `bbox` of four numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<CocoSides, A::Error> {
        let mut sides = CocoSides::default();
        while let Some(side) = list.next_element::<f64>()? {
            if let Some(place) = sides.first.get_mut(sides.count) {
                *place = side;
            }
            sides.count += 1;
        }
        Ok(sides)
    }
}

/// Whether a list or table has anything in it.
struct Filled(bool);

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FilledVisitor)
    }
}

struct FilledVisitor;

impl<'de> Visitor<'de> for FilledVisitor {
    type Value = Filled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a polygon or a mask")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Filled, A::Error> {
        let mut is_filled = false;
        // A list of empty lists is what some tools write for no polygon.
        while let Some(Filled(is_inner_filled)) = list.next_element()? {
            is_filled |= is_inner_filled;
        }
        Ok(Filled(is_filled))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Filled, A::Error> {
        let mut is_filled = false;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            is_filled = true;
        }
        Ok(Filled(is_filled))
    }

    fn visit_f64<E: de::Error>(self, _value: f64) -> Result<Filled, E> {
        Ok(Filled(true))
    }

    fn visit_u64<E: de::Error>(self, _value: u64) -> Result<Filled, E> {
        Ok(Filled(true))
    }

    fn visit_i64<E: de::Error>(self, _value: i64) -> Result<Filled, E> {
        Ok(Filled(true))
    }

    fn visit_bool<E: de::Error>(self, _value: bool) -> Result<Filled, E> {
        Ok(Filled(false))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Filled, E> {
        Ok(Filled(!text.is_empty()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Filled, E> {
        Ok(Filled(false))
    }
}

/// The keys of an annotation that are read. Not derived with the annotation itself, as what a turned box is called differs
/// from tool to tool, and serde's way to look at all other keys takes a copy of each.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum CocoField {
    Id,
    ImageId,
    CategoryId,
    Bbox,
    Area,
    Iscrowd,
    Ignore,
    Segmentation,
    Attributes,
    Rotation,
    #[serde(
        alias = "theta",
        alias = "rotate",
        alias = "rot",
        alias = "rotation_angle",
        alias = "rotationAngle",
        alias = "angle_deg",
        alias = "rotation_deg"
    )]
    Angle,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for RawAnnotation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnnotationVisitor)
    }
}

struct AnnotationVisitor;

impl<'de> Visitor<'de> for AnnotationVisitor {
    type Value = RawAnnotation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an annotation")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawAnnotation, A::Error> {
        let (mut id, mut image_id, mut category_id) = (None, None, None);
        let (mut bbox, mut area, mut iscrowd, mut ignore, mut mask) = (None, None, None, None, None);
        let mut turn = Turn::default();
        while let Some(field) = map.next_key()? {
            match field {
                CocoField::Id => once(&mut id, "id", &mut map)?,
                CocoField::ImageId => once(&mut image_id, "image_id", &mut map)?,
                CocoField::CategoryId => once(&mut category_id, "category_id", &mut map)?,
                CocoField::Bbox => once(&mut bbox, "bbox", &mut map)?,
                CocoField::Area => once(&mut area, "area", &mut map)?,
                CocoField::Iscrowd => once(&mut iscrowd, "iscrowd", &mut map)?,
                CocoField::Ignore => once(&mut ignore, "ignore", &mut map)?,
                CocoField::Segmentation => once(&mut mask, "segmentation", &mut map)?,
                CocoField::Attributes => turn.look_through(&map.next_value()?),
                CocoField::Rotation => turn.rotate(&map.next_value()?),
                CocoField::Angle => turn.tell(&map.next_value()?),
                CocoField::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let missing = <A::Error as de::Error>::missing_field;
        Ok(RawAnnotation {
            id: id.ok_or_else(|| missing("id"))?,
            image_id: image_id.ok_or_else(|| missing("image_id"))?,
            category_id: category_id.ok_or_else(|| missing("category_id"))?,
            bbox: bbox.flatten(),
            area: area.flatten(),
            iscrowd: iscrowd.flatten().unwrap_or_default(),
            ignore: ignore.flatten(),
            has_mask: mask.is_some_and(|Filled(is_filled)| is_filled),
            turn,
        })
    }
}

/// Reads the value of a key that is there once.
fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<T>,
    key: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    match place.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(de::Error::duplicate_field(key)),
    }
}
