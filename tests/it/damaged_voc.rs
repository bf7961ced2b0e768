//! Damaged VOC exports: each ends in an error that names it, in a counted warning, or in the right objects and figures.

use crate::damage::{Damages, Object};
use crate::support::Workshop;

const CAT: Object = ("a.png", "cat", [1.0, 2.0, 10.0, 10.0]);
const DOG: Object = ("b.png", "dog", [5.0, 5.0, 20.0, 20.0]);

fn base(workshop: &Workshop) {
    for (name, object) in [("a", CAT), ("b", DOG)] {
        workshop.picture(&format!("set/{name}.png"), 40, 30);
        workshop.write(&format!("set/{name}.xml"), page(object));
    }
}

fn page((file, name, [x, y, width, height]): Object) -> String {
    format!(
        "<annotation><filename>{file}</filename><size><width>40</width><height>30</height></size><object><name>{name}\
         </name><difficult>0</difficult><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox>\
         </object></annotation>\n",
        x + width,
        y + height
    )
}

fn damages() -> Damages {
    Damages::new(base, "format = \"voc\"\npath = \"set\"")
}

fn file(bytes: impl AsRef<[u8]>) -> impl Fn(&Workshop) {
    move |workshop| workshop.write("set/a.xml", &bytes)
}

/// The file with one text in place of another.
fn with(from: &str, to: &str) -> impl Fn(&Workshop) + use<> {
    let text = page(CAT);
    assert!(text.contains(from), "{from} is not in {text}");
    file(text.replace(from, to))
}

#[test]
fn the_text() {
    let mut damages = damages();
    let whole = page(CAT);
    damages.read_as("nothing", |_| {}, None, &[CAT, DOG]);
    damages.refused("cut short", file(&whole[..whole.len() / 2]), "broken XML files (1): ");
    damages.refused("empty", file(""), "it has no root element");
    damages.refused("zeros", file([0; 50]), "broken XML files (1)");
    damages.refused("a text", file("hello"), "it has no root element");
    damages.refused("two pages", file(whole.repeat(2)), "broken XML files (1)");
    damages.refused("crossed elements", with("</name>", "</nam>"), "broken XML files (1)");
    damages.refused("of another tool", file("<svg/>"), "XML files without <annotation> (1)");
    damages.refused("UTF-16", file(b"\xff\xfe<\0a\0"), "is not a Pascal VOC XML file: it is not UTF-8");
    let latin1 = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    damages.refused("Latin-1", file([latin1.as_bytes(), b"<annotation>\xe2</annotation>"].concat()), "it is not UTF-8");
    damages.read_as("Latin-1 by name alone", file(format!("{latin1}{whole}")), None, &[CAT, DOG]);
    damages.read_as(
        "a byte order mark and CRLF",
        file(format!("\u{feff}{}", whole.replace('>', ">\r\n"))),
        None,
        &[CAT, DOG],
    );
    damages.read_as("lone CR", file(whole.replace('>', ">\r")), None, &[CAT, DOG]);
    damages.refused("deep", file("<a>".repeat(1_000_000)), "its elements are nested more than 64 deep");
    let laughs = "<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"ha\">]>";
    damages.refused(
        "entities of entities",
        file(format!("{laughs}{}", whole.replace("cat", "&b;"))),
        "unknown entity `&b;`",
    );
    let foreign = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>";
    damages.refused("another file", file(format!("{foreign}{}", whole.replace("cat", "&b;"))), "unknown entity `&b;`");
}

#[test]
fn objects() {
    let mut damages = damages();
    let corner = |text: &str| with("<xmin>1</xmin>", &format!("<xmin>{text}</xmin>"));
    damages.refused("NaN", corner("NaN"), "a cat with `xmin` NaN, which is no number");
    damages.refused("infinite", corner("inf"), "a cat with `xmin` inf, which is no number");
    damages.refused("beyond doubles", corner("1e999"), "a cat with `xmin` 1e999, which is no number");
    damages.refused("decimal comma", corner("1,5"), "a cat with `xmin` 1,5, which is no number");
    damages.refused("no number", corner(""), "a cat without `xmin`");
    damages.refused("backwards", corner("20"), "which is backwards");
    let clipped = Some("boxes that reach beyond their image, clipped (1): a.png [-3, 2, 14, 10]");
    damages.read_as("negative corner", corner("-3"), clipped, &[("a.png", "cat", [0.0, 2.0, 11.0, 10.0]), DOG]);
    damages.read_as(
        "outside",
        with("<ymin>2</ymin><xmax>11</xmax><ymax>12", "<ymin>32</ymin><xmax>11</xmax><ymax>42"),
        Some("boxes outside of their image, left out (1)"),
        &[DOG],
    );
    damages.read_as("of no size", corner("11"), Some("boxes of no size, left out (1)"), &[DOG]);
    damages.refused("no name", with("<name>cat</name>", ""), "an object without `name`");
    damages.refused(
        "a name of two lines",
        with("cat", "cat\ndog"),
        "category names that are empty or have control characters",
    );
    damages.refused("no box", with("bndbox>", "box>"), "a cat without `bndbox`");
    damages.refused(
        "two boxes",
        with("</bndbox>", "</bndbox><bndbox><xmin>1</xmin></bndbox>"),
        "a cat with 2 `bndbox`",
    );
    damages.refused("two names", with("</name>", "</name><name>dog</name>"), "an object with 2 `name`");
    damages.read_as(
        "a polygon beside the box",
        with("<bndbox>", "<polygon><x1>1</x1><y1>2</y1></polygon><bndbox>"),
        None,
        &[CAT, DOG],
    );
    damages.refused("a polygon alone", with("bndbox>", "polygon>"), "a cat without `bndbox`");
    damages.read_as("a mask", with("<object>", "<segmented>1</segmented><object>"), None, &[CAT, DOG]);
    damages.refused(
        "half difficult",
        with("<difficult>0", "<difficult>true"),
        "a cat with `difficult` true: expected 0 or 1",
    );
    let hard = Some("`difficult` objects, counted neither way (1)");
    damages.read_as("difficult", with("<difficult>0", "<difficult>1"), hard, &[CAT, DOG]);
    damages.read_as("an entity", with("cat", "c&#97;t"), None, &[CAT, DOG]);
}

#[test]
fn what_is_difficult_counts_neither_way() {
    let mut damages = damages();
    // Ids are counted in the order of names. The surest cat is wrong, unless the object that it is part of is difficult.
    let results = r#"[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "score": 0.8},
        {"image_id": 2, "category_id": 1, "bbox": [10, 10, 4, 4], "score": 0.9},
        {"image_id": 2, "category_id": 2, "bbox": [5, 5, 20, 20], "score": 0.7}]"#;
    let with_cat = |difficult: u8| {
        let cat =
            page(("b.png", "cat", [0.0, 0.0, 30.0, 25.0])).replace("<difficult>0", &format!("<difficult>{difficult}"));
        let cat = cat[cat.find("<object>").unwrap()..].to_owned();
        move |w: &Workshop| w.write("set/b.xml", page(DOG).replace("</annotation>\n", &cat))
    };
    damages.scored("difficult", with_cat(1), results, 1.0);
    damages.scored("nothing", |_| {}, results, f64::midpoint(0.5, 1.0));
}

#[test]
fn files_and_paths() {
    let mut damages = damages();
    damages.read_as("backslashes", with("a.png", "C:\\data\\a.png"), None, &[CAT, DOG]);
    damages.read_as("a name that leaves the folder", with("a.png", "../../etc/a.png"), None, &[CAT, DOG]);
    let other = Some("XML files whose `filename` is another picture's, which is not followed (1): a.xml (b.png)");
    damages.read_as("another picture's name", with("a.png", "b.png"), other, &[CAT, DOG]);
    damages.refused("no picture", |w| std::fs::remove_file(w.path("set/a.png")).unwrap(), "missing image files (1)");
    damages.refused("an empty picture", |w| w.write("set/a.png", ""), "unusable image files (1)");
    damages.read_as(
        "no labels of a picture",
        |w| w.picture("set/c.png", 9, 9),
        Some("pictures without an XML file, left out (1): c.png"),
        &[CAT, DOG],
    );
    damages.refused("another size", with("<width>40", "<width>41"), "image sizes that differ from the files' (1)");
    damages.read_as("no size", with("<width>40</width>", ""), None, &[CAT, DOG]);
    damages.read_as(
        "a size of 0",
        with("<width>40", "<width>0"),
        Some("XML files with a `size` of 0, not checked (1)"),
        &[CAT, DOG],
    );
    let below = |w: &Workshop| {
        w.picture("set/x/a.png", 40, 30);
        w.write("set/x/a.xml", page(CAT));
    };
    // Only the folder that is named is read: what is below may belong to other splits.
    let note = Some("XML files in folders below the others, left out (1): x/a.xml");
    damages.read_as("one name in two folders", below, note, &[CAT, DOG]);
    let stems = |w: &Workshop| {
        w.picture("set/a.jpg", 40, 30);
        w.write("set/a.xml", page(("a", CAT.1, CAT.2)));
    };
    damages.refused("one stem of two pictures", stems, "XML files with two pictures of their name (1)");
}

#[test]
#[cfg(unix)]
fn files_that_are_none() {
    use crate::damage::{link, pipe};
    let mut damages = damages();
    damages.refused("a pipe as picture", |w| pipe(w, "set/a.png"), "it is a pipe or a device, not a file");
    let unlabelled = Some("pictures without an XML file, left out (1): a.png");
    damages.read_as("a pipe as labels", |w| pipe(w, "set/a.xml"), unlabelled, &[DOG]);
    damages.read_as("a link to itself", |w| link(w, "set/a.xml", "set/a.xml"), unlabelled, &[DOG]);
}
