//! `init` on other people's layouts: what it drafts is read, and passes.

use serde_json::{Value, json};

use crate::support::{Workshop, repository};

/// Blood cells on which the model finds its objects, and nothing else.
struct Cells {
    shop: Workshop,
    labels: Value,
}

impl Cells {
    fn new() -> Self {
        let shop = Workshop::new();
        let labels = shop.blood_cells(2);
        shop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
        std::fs::remove_file(shop.path("labels.json")).unwrap();
        Self { shop, labels }
    }

    fn names(&self) -> Vec<String> {
        let images = self.labels["images"].as_array().unwrap();
        images.iter().map(|image| image["file_name"].as_str().unwrap().to_owned()).collect()
    }

    /// Moves the pictures into a folder.
    fn pictures(&self, folder: &str) {
        for name in self.names() {
            self.shop
                .write(&format!("{folder}/{name}"), std::fs::read(self.shop.path(&format!("images/{name}"))).unwrap());
        }
        if !folder.starts_with("images") {
            std::fs::remove_dir_all(self.shop.path("images")).unwrap();
        }
    }

    /// Objects of the image at a place: the category's place, and corners and size in pixels.
    fn objects(&self, at: usize) -> Vec<(usize, [f64; 4], [f64; 2])> {
        let image = &self.labels["images"][at];
        let size = ["width", "height"].map(|side| image[side].as_f64().unwrap());
        let categories = self.labels["categories"].as_array().unwrap();
        let of_image =
            self.labels["annotations"].as_array().unwrap().iter().filter(|one| one["image_id"] == image["id"]);
        of_image
            .map(|one| {
                let category = categories.iter().position(|category| category["id"] == one["category_id"]).unwrap();
                let bbox = [0, 1, 2, 3].map(|side| one["bbox"][side].as_f64().unwrap());
                (category, bbox, size)
            })
            .collect()
    }

    fn classes(&self) -> Vec<String> {
        let categories = self.labels["categories"].as_array().unwrap();
        categories.iter().map(|category| category["name"].as_str().unwrap().to_owned()).collect()
    }

    /// A text file for each picture.
    fn rows(&self, folder: &str) {
        for (at, name) in self.names().iter().enumerate() {
            let rows: Vec<String> = self
                .objects(at)
                .iter()
                .map(|(class, [x, y, w, h], [width, height])| {
                    format!(
                        "{class} {} {} {} {}\n",
                        (x + w / 2.0) / width,
                        (y + h / 2.0) / height,
                        w / width,
                        h / height
                    )
                })
                .collect();
            self.shop.write(&format!("{folder}/{}.txt", name.trim_end_matches(".jpg")), rows.concat());
        }
    }

    /// An XML file for each picture.
    fn pages(&self, folder: &str) {
        for (at, name) in self.names().iter().enumerate() {
            let objects: Vec<String> = self
                .objects(at)
                .iter()
                .map(|(class, [x, y, w, h], _)| {
                    // The model's classes are the dataset's in their order, which in VOC files is that of the alphabet.
                    let (name, right, bottom) = (format!("{class} {}", self.classes()[*class]), x + w, y + h);
                    format!(
                        "<object><name>{name}</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax>\
                         <ymax>{bottom}</ymax></bndbox></object>"
                    )
                })
                .collect();
            let objects = objects.concat();
            let page = format!("<annotation><filename>{name}</filename>{objects}</annotation>");
            self.shop.write(&format!("{folder}/{}.xml", name.trim_end_matches(".jpg")), page);
        }
    }

    /// What is drafted has `lines`, and passes `check` and `run`.
    fn drafts(&self, lines: &str) {
        let ran = self.shop.run(&["init", "-q"]);
        assert_eq!(ran.code, 0, "{lines}: {}", ran.stderr);
        let text = std::fs::read_to_string(self.shop.path("specs/robustness.toml")).unwrap();
        assert!(text.contains(lines), "{lines}\nis not in\n{text}");
        for command in ["check", "run"] {
            let ran = self.shop.run(&[command, "-q"]);
            assert_eq!(ran.code, 0, "{lines}: {command}: {}", ran.stderr);
        }
    }
}

#[test]
fn yolo_with_a_root_called_images_and_a_number_of_classes() {
    let cells = Cells::new();
    cells.pictures("images/val");
    for name in cells.names() {
        std::fs::remove_file(cells.shop.path(&format!("images/{name}"))).unwrap();
    }
    cells.rows("labels/val");
    cells.shop.write("cfg/data.yaml", format!("path: ../images\nval: val\nnames: {}\n", json!(cells.classes())));
    cells.drafts("format = \"yolo\"\npath = \"../cfg/data.yaml\"\nsplit = \"val\"\n");
}

#[test]
fn yolo_with_labels_beside_pictures_and_a_list_of_classes() {
    let cells = Cells::new();
    cells.pictures("set");
    cells.rows("set");
    cells.shop.write("set/classes.txt", cells.classes().join("\n"));
    cells.drafts("format = \"yolo\"\npath = \"../set/classes.txt\"\nsplit = \"all\"\n");
}

#[test]
fn yolo_as_cvat_lays_it_out_for_darknet() {
    let cells = Cells::new();
    cells.pictures("set/obj_train_data");
    cells.rows("set/obj_train_data");
    cells.shop.write("set/obj.data", "classes = 3\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n");
    cells.shop.write("set/obj.names", cells.classes().join("\n"));
    let lines: Vec<String> = cells.names().iter().map(|name| format!("data/obj_train_data/{name}")).collect();
    cells.shop.write("set/train.txt", lines.join("\n"));
    cells.drafts("format = \"yolo\"\npath = \"../set/obj.data\"\nsplit = \"train\"\n");
}

#[test]
fn voc_in_every_layout() {
    for (xml, pictures, lines) in [
        ("set/Annotations", "set/JPEGImages", "path = \"../set\"\n"),
        ("set/annotations", "set/images", "path = \"../set\"\n"),
        ("set", "set", "path = \"../set\"\n"),
        ("set/xmls/a", "set/img/a", "path = \"../set\"\n"),
        ("set/test/Annotations", "set/test/JPEGImages", "path = \"../set\"\nsplit = \"test\"\n"),
        ("set/annotations/test", "set/images/test", "path = \"../set\"\nsplit = \"test\"\n"),
    ] {
        let cells = Cells::new();
        cells.pictures(pictures);
        cells.pages(xml);
        cells.drafts(&format!("format = \"voc\"\n{lines}"));
    }
    let cells = Cells::new();
    cells.pictures("set/JPEGImages");
    cells.pages("set/Annotations");
    cells.shop.write("set/ImageSets/test.txt", cells.names().join("\n"));
    cells.drafts("format = \"voc\"\npath = \"../set\"\nsplit = \"test\"\n");
}

#[test]
fn coco_with_names_of_other_machines_and_results_beside_it() {
    let cells = Cells::new();
    let mut labels = cells.labels.clone();
    for image in labels["images"].as_array_mut().unwrap() {
        image["file_name"] = json!(format!(r"..\..\label-studio\upload\1\{}", image["file_name"].as_str().unwrap()));
    }
    cells.shop.write("result.json", format!("\u{feff}{labels}"));
    let mut found = cells.labels.clone();
    for object in found["annotations"].as_array_mut().unwrap() {
        object["score"] = json!(0.9);
    }
    cells.shop.write("predictions.json", found.to_string());
    cells.shop.write("list.json", found["annotations"].to_string());
    cells.drafts("format = \"coco\"\npath = \"../result.json\"\nimages = \"../images\"\n");
}

#[test]
fn yolo_of_which_only_the_number_of_classes_is_written() {
    let cells = Cells::new();
    cells.pictures("set/images/test");
    cells.rows("set/labels/test");
    cells.shop.write("set/data.yaml", "test: images/test\nnc: 3\n");
    cells.drafts("format = \"yolo\"\npath = \"../set/data.yaml\"\nsplit = \"test\"\n");
    let text = std::fs::read_to_string(cells.shop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("labels = [\"class_0\", \"class_1\", \"class_2\"]"), "{text}");
}
