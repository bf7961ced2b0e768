//! One XML file: what it says of an image and its objects.

use super::xml::Element;
use crate::dataset::turn::Turn;
use crate::detection::BBox;
use crate::spec::Choice;

/// What the corners of a box mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Corners {
    /// Edges, pixels from 0.
    Edges,
    /// Edges, pixels from 1.
    FromOne,
    /// First and last pixel, from 1.
    Inclusive,
}

impl Choice for Corners {
    const ALL: &'static [(&'static str, Self)] =
        &[("edges", Self::Edges), ("from_one", Self::FromOne), ("inclusive", Self::Inclusive)];

    fn summary(self) -> &'static str {
        match self {
            Self::Edges => "edges of the box in pixels from 0, as LabelImg, CVAT and most tools write",
            Self::FromOne => "edges of the box in pixels from 1, as Roboflow writes",
            Self::Inclusive => "the first and last pixel, counted from 1, as the VOC challenges define it",
        }
    }
}

/// An object.
#[derive(Debug, PartialEq)]
pub struct Object {
    /// The class.
    pub name: String,
    /// Whether it is too hard to be counted.
    pub is_difficult: bool,
    /// Pixels, `[xmin, ymin, xmax, ymax]` as written.
    pub corners: [f64; 4],
    /// What is said of a turned box.
    pub turn: Turn,
}

impl Object {
    /// Reads an `object` element.
    ///
    /// # Errors
    /// It has no name or no box.
    pub fn read(element: &Element) -> Result<Self, String> {
        let name = element.text_of("name").ok_or("an object without `name`")?;
        let names = element.all("name").count();
        if names > 1 {
            return Err(format!("an object with {names} `name`"));
        }
        let Some(bndbox) = element.child("bndbox") else {
            let turned = element.child("robndbox").is_some();
            let turned = if turned { "; its `robndbox` is turned: write the upright box around it" } else { "" };
            return Err(format!("a {name} without `bndbox`{turned}"));
        };
        let boxes = element.all("bndbox").count();
        if boxes > 1 {
            return Err(format!("a {name} with {boxes} `bndbox`"));
        }
        let mut corners = [0.0; 4];
        for (corner, side) in corners.iter_mut().zip(["xmin", "ymin", "xmax", "ymax"]) {
            let text = bndbox.text_of(side).ok_or_else(|| format!("a {name} without `{side}`"))?;
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            *corner = number.ok_or_else(|| format!("a {name} with `{side}` {text}, which is no number"))?;
        }
        let [x0, y0, x1, y1] = corners;
        if x1 < x0 || y1 < y0 {
            return Err(format!(
                "a {name} from ({x0}, {y0}) to ({x1}, {y1}), which is backwards: are `xmax` and `ymax` its width and height?"
            ));
        }
        let is_difficult = match element.text_of("difficult") {
            None | Some("0") => false,
            Some("1") => true,
            Some(other) => return Err(format!("a {name} with `difficult` {other}: expected 0 or 1")),
        };
        Ok(Self { name: name.to_owned(), is_difficult, corners, turn: turn(element) })
    }

    /// The box, pixels from 0.
    pub fn bbox(&self, meaning: Corners) -> BBox {
        let [x0, y0, x1, y1] = self.corners;
        let (first, last) = match meaning {
            Corners::Edges => (0.0, 0.0),
            Corners::FromOne => (1.0, 1.0),
            Corners::Inclusive => (1.0, 0.0),
        };
        BBox::from_corners(x0 - first, y0 - first, x1 - last, y1 - last)
    }
}

/// What CVAT's `attributes` say.
fn turn(object: &Element) -> Turn {
    let mut turn = Turn::default();
    for attribute in object.child("attributes").into_iter().flat_map(|attributes| attributes.all("attribute")) {
        if let (Some(name), Some(value)) = (attribute.text_of("name"), attribute.text_of("value")) {
            turn.attribute(name, &serde_json::Value::from(value));
        }
    }
    turn
}

/// What the corners of a file mean by its source, if it names one.
///
/// Roboflow's exports count edges from 1: the box 178, 84, 230, 143 of its text formats is 179, 85, 231, 144 in XML.
/// Its Python library `supervision` names the same `database` and the folder `VOC`, and (0.31) writes and reads the
/// challenges' first and last pixels.
pub fn corners_by_source(root: &Element) -> Option<Corners> {
    let source = root.child("source")?;
    let begins = |key: &str, word: &str| source.text_of(key).is_some_and(|text| text.to_lowercase().starts_with(word));
    if begins("database", "roboflow") {
        let is_supervision = root.text_of("folder") == Some("VOC");
        Some(if is_supervision { Corners::Inclusive } else { Corners::FromOne })
    } else if begins("annotation", "pascal voc") {
        Some(Corners::Inclusive)
    } else {
        None
    }
}

/// Width and height as written; a side that is missing or no whole number is `None`.
pub fn size(root: &Element) -> (Option<u64>, Option<u64>) {
    let side = |name| root.child("size").and_then(|size| size.text_of(name)?.parse().ok());
    (side("width"), side("height"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::voc::xml::parse;

    fn read(text: &str) -> Result<Object, String> {
        Object::read(&parse(&format!("<object>{text}</object>")).unwrap())
    }

    const BOX: &str = "<bndbox><xmin>70</xmin><xmax>223.5</xmax><ymin>145</ymin><ymax>207</ymax></bndbox>";

    #[test]
    fn sides_may_come_in_any_order_and_be_fractions() {
        let object = read(&format!("<name>Drug</name>{BOX}")).unwrap();
        assert_eq!((object.corners, object.is_difficult), ([70.0, 145.0, 223.5, 207.0], false));
    }

    #[test]
    fn the_box_of_a_part_is_not_the_box_of_the_object() {
        let part =
            "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>";
        let object = read(&format!("{part}<difficult>1</difficult><name>person</name>{BOX}")).unwrap();
        assert_eq!((object.name.as_str(), object.corners[0], object.is_difficult), ("person", 70.0, true));
    }

    #[test]
    fn corners_have_three_readings() {
        let object = Object {
            name: "fox".into(),
            is_difficult: false,
            corners: [1.0, 1.0, 155.0, 178.0],
            turn: Turn::default(),
        };
        assert_eq!(object.bbox(Corners::Edges), BBox::from([1.0, 1.0, 154.0, 177.0]));
        assert_eq!(object.bbox(Corners::FromOne), BBox::from([0.0, 0.0, 154.0, 177.0]));
        assert_eq!(object.bbox(Corners::Inclusive), BBox::from([0.0, 0.0, 155.0, 178.0]));
    }

    #[test]
    fn a_source_says_what_its_corners_mean() {
        let by_source = |text: &str| corners_by_source(&parse(&format!("<a>{text}</a>")).unwrap());
        let roboflow = "<source><database>roboflow.com</database></source>";
        assert_eq!(by_source(&format!("<folder></folder>{roboflow}")), Some(Corners::FromOne));
        assert_eq!(by_source(&format!("<folder>VOC</folder>{roboflow}")), Some(Corners::Inclusive));
        let challenge = "<database>The VOC2007 Database</database><annotation>PASCAL VOC2007</annotation>";
        assert_eq!(by_source(&format!("<source>{challenge}</source>")), Some(Corners::Inclusive));
        assert_eq!(by_source("<source><database>Unknown</database></source>"), None);
    }

    #[test]
    fn roboflow_writes_the_same_box_in_xml_and_text() {
        let corners = [179.0, 85.0, 231.0, 144.0];
        let helmet = Object { name: "helmet".into(), is_difficult: false, corners, turn: Turn::default() };
        assert_eq!(helmet.bbox(Corners::FromOne), BBox::from_corners(178.0, 84.0, 230.0, 143.0));
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_reason() {
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error(BOX), "an object without `name`");
        assert_eq!(error("<name>cat</name>"), "a cat without `bndbox`");
        assert_eq!(error("<name>cat</name><bndbox><xmin>1</xmin></bndbox>"), "a cat without `ymin`");
        let backwards = BOX.replace("223.5", "7");
        assert_eq!(
            error(&format!("<name>cat</name>{backwards}")),
            "a cat from (70, 145) to (7, 207), which is backwards: are `xmax` and `ymax` its width and height?"
        );
        let nan = BOX.replace("223.5", "NaN");
        assert_eq!(error(&format!("<name>cat</name>{nan}")), "a cat with `xmax` NaN, which is no number");
    }
}
