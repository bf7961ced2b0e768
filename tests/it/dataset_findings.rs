//! What a person reads about an odd dataset: for each format a snapshot of every sort of oddity and what becomes of it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::Workshop;

/// Reads the dataset of `section` as `make` leaves it, once per case, and puts down what is said of it.
struct Sheet {
    base: fn(&Workshop),
    section: &'static str,
    text: String,
}

impl Sheet {
    fn new(base: fn(&Workshop), section: &'static str) -> Self {
        Self { base, section, text: String::new() }
    }

    fn case(&mut self, name: &str, make: impl FnOnce(&Workshop)) {
        self.case_with(name, "", make);
    }

    fn case_with(&mut self, name: &str, more: &str, make: impl FnOnce(&Workshop)) {
        let workshop = Workshop::new();
        (self.base)(&workshop);
        make(&workshop);
        writeln!(self.text, "# {name}").unwrap();
        match workshop.dataset(&format!("{}\n{more}", self.section)) {
            Err(message) => writeln!(self.text, "error: {message}").unwrap(),
            Ok(dataset) => {
                let objects: Vec<usize> = dataset.annotations.iter().map(Vec::len).collect();
                writeln!(self.text, "{} images with {objects:?} objects", dataset.images.len()).unwrap();
                for warning in &dataset.warnings {
                    let warning = warning.replace(&workshop.path("").display().to_string(), "<folder>/");
                    writeln!(self.text, "note: {warning}").unwrap();
                }
            }
        }
        self.text.push('\n');
    }

    fn expect(self, name: &str) {
        insta::assert_snapshot!(name, self.text);
    }
}

fn coco_base(workshop: &Workshop) {
    for name in ["a", "b"] {
        workshop.picture(&format!("set/{name}.png"), 40, 30);
    }
    workshop.write("set/labels.json", coco(|_| {}));
}

fn coco(change: impl FnOnce(&mut Value)) -> String {
    let mut labels = json!({
        "images": [
            {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
            {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0},
            {"id": 2, "image_id": 1, "category_id": 2, "bbox": [5, 5, 20, 20], "area": 400, "iscrowd": 0},
        ],
    });
    change(&mut labels);
    labels.to_string()
}

#[test]
fn coco_oddities() {
    let mut sheet = Sheet::new(coco_base, "format = \"coco\"\npath = \"set/labels.json\"");
    let bbox =
        |bbox: Value| move |w: &Workshop| w.write("set/labels.json", coco(|l| l["annotations"][0]["bbox"] = bbox));
    sheet.case("nothing odd", |_| {});
    sheet.case("byte order mark and CRLF", |w| {
        w.write("set/labels.json", format!("\u{feff}{}", coco(|_| {}).replace(',', ",\r\n")));
    });
    sheet.case("box of no size", bbox(json!([1, 2, 0, 10])));
    sheet.case("box outside", bbox(json!([50, 2, 10, 10])));
    sheet.case("box beyond the edge", bbox(json!([35, 2, 10, 10])));
    sheet.case("box rounded over the edge", bbox(json!([30.5, 2, 10, 10])));
    sheet.case("backwards box", bbox(json!([10, 10, -5, 5])));
    sheet.case("all boxes in shares", |w| {
        w.write(
            "set/labels.json",
            coco(|l| {
                l["annotations"][0]["bbox"] = json!([0.1, 0.1, 0.2, 0.2]);
                l["annotations"][1]["bbox"] = json!([0.5, 0.1, 0.2, 0.2]);
            }),
        );
    });
    sheet.case("object written twice", |w| {
        w.write(
            "set/labels.json",
            coco(|l| {
                let mut again = l["annotations"][0].clone();
                again["id"] = json!(3);
                l["annotations"].as_array_mut().unwrap().push(again);
            }),
        );
    });
    sheet.case("picture that is not listed", |w| w.picture("set/c.jpg", 9, 9));
    sheet.case("two pictures of a stem", |w| {
        w.picture("set/a.jpg", 40, 30);
        w.write("set/labels.json", coco(|l| l["images"][1]["file_name"] = json!("a.jpg")));
    });
    sheet.case("image listed twice", |w| {
        w.write("set/labels.json", coco(|l| l["images"][1]["file_name"] = json!("./a.png")));
    });
    sheet.case("backslashes", |w| {
        w.picture("set/images/a.png", 40, 30);
        w.write("set/labels.json", coco(|l| l["images"][0]["file_name"] = json!("images\\a.png")));
    });
    sheet.case("image elsewhere", |w| {
        w.picture("elsewhere/a.png", 40, 30);
        w.write("set/labels.json", coco(|l| l["images"][0]["file_name"] = json!("../elsewhere/a.png")));
    });
    sheet.case("sideways, size the right way up", |w| {
        w.sideways("set/a.jpg", 30, 40);
        w.write("set/labels.json", coco(|l| l["images"][0]["file_name"] = json!("a.jpg")));
    });
    sheet.case("sideways, size as stored", |w| {
        w.sideways("set/a.jpg", 40, 30);
        w.write("set/labels.json", coco(|l| l["images"][0]["file_name"] = json!("a.jpg")));
    });
    sheet.case("a category that names the project and is also used", |w| {
        w.write(
            "set/labels.json",
            coco(|l| {
                l["categories"] = json!([
                    {"id": 0, "name": "pets", "supercategory": "none"},
                    {"id": 1, "name": "cat", "supercategory": "pets"},
                    {"id": 2, "name": "dog", "supercategory": "pets"},
                ]);
                l["annotations"][0]["category_id"] = json!(0);
            }),
        );
    });
    sheet.expect("coco_oddities");
}

fn yolo_base(workshop: &Workshop) {
    for name in ["a", "b"] {
        workshop.picture(&format!("set/val/images/{name}.png"), 40, 30);
        workshop.write(&format!("set/val/labels/{name}.txt"), "0 0.5 0.5 0.2 0.2\n1 0.25 0.25 0.1 0.1\n");
    }
    workshop.write("set/data.yaml", DATA);
}

const DATA: &str = "train: train/images\nval: val/images\nnames: [cat, dog]\n";

#[test]
fn yolo_oddities() {
    let mut sheet = Sheet::new(yolo_base, "format = \"yolo\"\npath = \"set\"\nsplit = \"val\"");
    let labels = |text: &'static str| move |w: &Workshop| w.write("set/val/labels/a.txt", text);
    let data = |text: &'static str| move |w: &Workshop| w.write("set/data.yaml", text);
    sheet.case("nothing odd", |_| {});
    sheet.case(
        "byte order mark, CRLF, blank lines",
        labels("\u{feff}0 0.5 0.5 0.2 0.2\r\n\r\n  \r\n1 0.5 0.5 0.2 0.2\r\n"),
    );
    sheet.case("empty label file", labels(""));
    sheet.case("confidences", labels("0 0.5 0.5 0.2 0.2 0.9\n1 0.5 0.5 0.2 0.2 0.8\n"));
    sheet.case("class out of range", labels("2 0.5 0.5 0.2 0.2\n"));
    sheet.case("pixels", labels("0 20 15 8 6\n"));
    sheet.case("box beyond the edge", labels("0 0.95 0.5 0.3 0.2\n"));
    sheet.case("box rounded over the edge", labels("0 0.9000005 0.5 0.2 0.2\n"));
    sheet.case("box outside", labels("0 1.4 0.5 0.3 0.2\n"));
    sheet.case("box of no size", labels("0 0.5 0.5 0 0.2\n"));
    sheet.case("object written twice", labels("0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2 0.2\n"));
    sheet.case("no label file", |w| std::fs::remove_file(w.path("set/val/labels/a.txt")).unwrap());
    sheet.case("no label file at all", |w| std::fs::remove_dir_all(w.path("set/val/labels")).unwrap());
    sheet.case("label file without an image", |w| {
        w.write("set/val/labels/c.txt", "");
        w.write("set/val/labels/classes.txt", "cat\ndog\n");
    });
    sheet.case("two pictures of a stem", |w| w.picture("set/val/images/a.jpg", 40, 30));
    sheet.case("unreadable picture", |w| w.write("set/val/images/c.heic", "hello"));
    sheet.case("sideways", |w| {
        w.sideways("set/val/images/c.jpg", 40, 30);
        w.write("set/val/labels/c.txt", "0 0.5 0.5 1 1\n");
    });
    sheet.case("names and nc disagree", data("val: val/images\nnc: 3\nnames: [cat, dog]\n"));
    sheet.case("no names", data("val: val/images\n"));
    sheet.case("not YAML", data("val: [val/images\nnames: }\n"));
    sheet.case("split that leads nowhere", data("val: ../vall/images\nnames: [cat, dog]\n"));
    sheet.case("root that is not there", data("path: /datasets/pets\nval: val/images\nnames: [cat, dog]\n"));
    sheet.case("root around", data("path: set\nval: val/images\nnames: [cat, dog]\n"));
    sheet.case("split elsewhere", |w| {
        w.picture("elsewhere/images/c.png", 40, 30);
        w.write("elsewhere/labels/c.txt", "0 0.5 0.5 0.2 0.2\n");
        w.write("set/data.yaml", "val: ../elsewhere/images\nnames: [cat, dog]\n");
    });
    sheet.case("split elsewhere and here", |w| {
        w.picture("val/images/c.png", 40, 30);
        w.write("val/labels/c.txt", "0 0.5 0.5 0.2 0.2\n");
        w.write("set/data.yaml", "val: ../val/images\nnames: [cat, dog]\n");
    });
    sheet.case("split as list of folders", |w| {
        w.picture("set/more/images/c.png", 40, 30);
        w.write("set/more/labels/c.txt", "0 0.5 0.5 0.2 0.2\n");
        w.write("set/data.yaml", "val: [val/images, more/images]\nnames: {0: cat, 1: dog}\n");
    });
    sheet.case("split as list file", |w| {
        w.write("set/data.yaml", "val: val.txt\nnames: [cat, dog]\n");
        w.write("set/val.txt", "\u{feff}./val/images/a.png\r\nval\\images\\b.png\r\n\r\n");
    });
    sheet.case("list file with an image twice", |w| {
        w.write("set/data.yaml", "val: val.txt\nnames: [cat, dog]\n");
        w.write("set/val.txt", "val/images/a.png\n./val/images/a.png\n");
    });
    sheet.case("list file with missing and distant images", |w| {
        w.write("set/data.yaml", "val: val.txt\nnames: [cat, dog]\n");
        w.write("set/val.txt", "val/images/gone.png\n../elsewhere/images/c.png\nval/images/a.png\n");
        w.picture("elsewhere/images/c.png", 40, 30);
        w.write("elsewhere/labels/c.txt", "");
    });
    sheet.case("empty split", |w| {
        std::fs::create_dir_all(w.path("set/train/images")).unwrap();
        w.write("set/data.yaml", "val: train/images\nnames: [cat, dog]\n");
    });
    sheet.case("label file of another encoding", |w| w.write("set/val/labels/a.txt", b"\xff\xfe0\0 \0"));
    sheet.case_with("pictures elsewhere", "images = \"pictures\"", |w| {
        std::fs::rename(w.path("set/val/images"), w.path("pictures")).unwrap();
        w.picture("pictures/of_another_split.png", 40, 30);
    });
    sheet.case_with("two pictures of a stem elsewhere, and none", "images = \"pictures\"", |w| {
        w.picture("pictures/a.png", 40, 30);
        w.picture("pictures/a.jpg", 40, 30);
    });
    sheet.expect("yolo_oddities");
}

/// A page of XML; `objects` as name, difficult, `[xmin, ymin, xmax, ymax]`.
fn page(filename: &str, size: (u32, u32), objects: &[(&str, u8, [f64; 4])]) -> String {
    let object = |(name, difficult, [x0, y0, x1, y1]): &(&str, u8, [f64; 4])| {
        format!(
            "<object><name>{name}</name><difficult>{difficult}</difficult><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin>\
             <xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>"
        )
    };
    let (width, height) = size;
    let objects: String = objects.iter().map(object).collect();
    format!(
        "<annotation><filename>{filename}</filename><size><width>{width}</width><height>{height}</height></size>{objects}</annotation>"
    )
}

fn voc_base(workshop: &Workshop) {
    for name in ["a", "b"] {
        workshop.picture(&format!("set/val/{name}.png"), 40, 30);
        let objects = [("cat", 0, [1.0, 2.0, 11.0, 12.0]), ("dog", 0, [5.0, 5.0, 25.0, 25.0])];
        workshop.write(&format!("set/val/{name}.xml"), page(&format!("{name}.png"), (40, 30), &objects));
    }
}

/// The base as a development kit.
fn devkit(workshop: &Workshop) {
    for name in ["a", "b"] {
        for (extension, folder) in [("png", "JPEGImages"), ("xml", "Annotations")] {
            let bytes = std::fs::read(workshop.path(&format!("set/val/{name}.{extension}"))).unwrap();
            workshop.write(&format!("set/{folder}/{name}.{extension}"), bytes);
        }
    }
}

#[test]
fn voc_oddities() {
    let mut sheet = Sheet::new(voc_base, "format = \"voc\"\npath = \"set\"\nsplit = \"valid\"");
    let write = |text: String| move |w: &Workshop| w.write("set/val/a.xml", text);
    let boxed =
        |corners: [f64; 4]| write(page("a.png", (40, 30), &[("cat", 0, corners), ("dog", 0, [1.0, 1.0, 2.0, 2.0])]));
    let whole = page("a.png", (40, 30), &[("cat", 0, [1.0, 2.0, 11.0, 12.0])]);
    sheet.case("nothing odd", |_| {});
    sheet.case(
        "byte order mark and CRLF",
        write(format!("\u{feff}<?xml version=\"1.0\"?>\r\n{}", whole.replace('>', ">\r\n"))),
    );
    sheet.case("image without objects", write(page("a.png", (40, 30), &[])));
    sheet.case("difficult object", write(page("a.png", (40, 30), &[("cat", 1, [1.0, 2.0, 11.0, 12.0])])));
    sheet.case("fractions", boxed([1.25, 2.5, 11.75, 12.0]));
    sheet.case("box beyond the edge", boxed([35.0, 2.0, 45.0, 12.0]));
    sheet.case("box outside", boxed([50.0, 2.0, 60.0, 12.0]));
    sheet.case("box of no size", boxed([5.0, 2.0, 5.0, 12.0]));
    sheet.case("backwards box", boxed([11.0, 2.0, 1.0, 12.0]));
    sheet.case("object written twice", boxed([1.0, 1.0, 2.0, 2.0]));
    sheet.case("object without a box", write(whole.replace("bndbox", "robndbox")));
    sheet.case("another size", write(page("a.png", (80, 30), &[])));
    sheet.case("size of 0", write(page("a.png", (0, 0), &[])));
    sheet.case("sideways, size as stored", |w| {
        w.sideways("set/val/c.jpg", 40, 30);
        w.write("set/val/c.xml", page("c.jpg", (40, 30), &[]));
    });
    sheet.case("broken XML", write(whole.replace("</size>", "")));
    sheet.case("XML of another tool", write("<svg/>".to_owned()));
    sheet.case("filename of another picture", write(page("old.png", (40, 30), &[])));
    sheet.case("picture called otherwise", |w| {
        std::fs::rename(w.path("set/val/a.png"), w.path("set/val/photo.png")).unwrap();
        w.write("set/val/a.xml", page("photo.png", (40, 30), &[]));
    });
    sheet.case("two files of one picture", |w| w.write("set/val/c.xml", page("b.png", (40, 30), &[])));
    sheet.case("two pictures of a stem, one named", |w| w.picture("set/val/a.jpg", 40, 30));
    sheet.case("two pictures of a stem, neither named", |w| {
        w.picture("set/val/a.jpg", 40, 30);
        w.write("set/val/a.xml", page("a", (40, 30), &[]));
    });
    sheet.case("missing picture", |w| std::fs::remove_file(w.path("set/val/a.png")).unwrap());
    sheet.case("picture without an XML file", |w| w.picture("set/val/c.png", 40, 30));
    sheet.case("filename that leaves the folder", |w| {
        w.picture("set/c.png", 40, 30);
        w.write("set/val/c.xml", page("..\\c.png", (40, 30), &[]));
    });
    sheet.case_with("labels that lack a name", "labels = [\"dog\", \"cats\"]", |_| {});
    sheet.case(
        "PASCAL VOC by name",
        write(whole.replace("<size>", "<source><annotation>PASCAL VOC2007</annotation></source><size>")),
    );
    sheet.expect("voc_oddities");
}

#[test]
fn development_kit_oddities() {
    let mut sheet = Sheet::new(voc_base, "format = \"voc\"\npath = \"set\"");
    sheet.case("without split", devkit);
    sheet.case_with("with a split, and pictures of other splits", "split = \"val\"", |w| {
        devkit(w);
        w.write("set/ImageSets/Main/val.txt", "\u{feff}a\r\n\r\n");
    });
    sheet.case_with("list of a class", "split = \"cat_val\"", |w| {
        devkit(w);
        w.write("set/ImageSets/Main/cat_val.txt", "a  1\nb -1\n");
    });
    sheet.case_with("list of paths", "split = \"val\"", |w| {
        devkit(w);
        w.write("set/ImageSets/Main/val.txt", "..\\..\\JPEGImages\\a.png\n");
    });
    sheet.case_with("list with a missing and a repeated name", "split = \"val\"", |w| {
        devkit(w);
        w.write("set/ImageSets/Main/val.txt", "gone\na\na\n");
    });
    sheet.case_with("empty list", "split = \"val\"", |w| {
        devkit(w);
        w.write("set/ImageSets/Main/val.txt", "\n");
    });
    sheet.expect("development_kit_oddities");
}
