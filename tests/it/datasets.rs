//! The same set in several formats, and exports as they are.

use serde_json::{Value, json};
use windtunnel::dataset::Dataset;
use windtunnel::detection::BBox;

use crate::support::{Workshop, detector, repository};

/// The keys of the blood-cell test set in a format.
fn blood_cells(format: &str) -> String {
    let quoted = |path: &str| format!("{:?}", repository(path).display().to_string());
    let images = quoted("examples/bccd/images");
    let rest = match format {
        "coco" => format!("path = {}", quoted("examples/bccd/annotations/test.json")),
        "yolo" => format!("path = {}\nsplit = \"test\"", quoted("tests/fixtures/bccd/yolo")),
        "voc" => format!("path = {}\nsplit = \"test\"", quoted("tests/fixtures/bccd/voc")),
        _ => panic!("{format}"),
    };
    format!("format = \"{format}\"\n{rest}\nimages = {images}\n")
}

/// Of an image: name, size in pixels, and objects as category name and box.
type Content = (String, (u32, u32), Vec<(String, BBox)>);

/// Image by image in the order of names, objects sorted.
fn content(dataset: &Dataset) -> Vec<Content> {
    let name = |id: u64| dataset.categories.iter().find(|category| category.id == id).unwrap().name.clone();
    let mut content: Vec<_> = dataset
        .images
        .iter()
        .zip(&dataset.annotations)
        .map(|(image, list)| {
            let mut objects: Vec<(String, BBox)> = list.iter().map(|a| (name(a.category_id), a.bbox)).collect();
            let key = |(name, bbox): &(String, BBox)| {
                (
                    name.clone(),
                    [
                        bbox.x.round() as i64,
                        bbox.y.round() as i64,
                        bbox.width.round() as i64,
                        bbox.height.round() as i64,
                    ],
                )
            };
            objects.sort_by_key(key);
            (image.file_name.clone(), (image.width, image.height), objects)
        })
        .collect();
    content.sort_by(|a, b| a.0.cmp(&b.0));
    content
}

/// YOLO's six decimals of a picture 640 pixels wide are wrong by at most 0.0007 pixels.
const SIX_DECIMALS: f64 = 0.001;

#[test]
fn a_set_is_the_same_in_every_format() {
    let workshop = Workshop::new();
    let coco = workshop.dataset(&blood_cells("coco")).unwrap();
    for (format, tolerance) in [("yolo", SIX_DECIMALS), ("voc", 0.0)] {
        let other = workshop.dataset(&blood_cells(format)).unwrap();
        assert!(other.warnings.is_empty(), "{format}: {:?}", other.warnings);
        let mut names: Vec<&str> = other.categories.iter().map(|category| category.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Platelets", "RBC", "WBC"], "{format}");
        for (found, wanted) in content(&other).iter().zip(content(&coco)) {
            assert_eq!((&found.0, found.1, found.2.len()), (&wanted.0, wanted.1, wanted.2.len()), "{format}");
            for ((name, bbox), (wanted_name, wanted_bbox)) in found.2.iter().zip(&wanted.2) {
                assert_eq!(name, wanted_name, "{format} {}", found.0);
                let sides = <[f64; 4]>::from(*bbox).into_iter().zip(<[f64; 4]>::from(*wanted_bbox));
                let furthest = sides.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(furthest <= tolerance, "{format} {}: {bbox:?} is not {wanted_bbox:?}", found.0);
            }
        }
        assert_eq!((other.images.len(), other.annotations.iter().map(Vec::len).sum::<usize>()), (72, 945));
    }
}

#[test]
fn a_model_scores_the_same_in_every_format() {
    let workshop = Workshop::new();
    let sections =
        ["coco", "yolo", "voc"].map(|format| format!("[dataset.{format}]\n{}limit = 12\n", blood_cells(format)));
    let spec = format!(
        "version = 1\nname = \"formats\"\n{}{}[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 1\n\
         [[check]]\non = \"all\"\nmin = 0.1\n",
        sections.concat(),
        detector("a")
    );
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("map on voc, partial: 12 of 72 images"), "{}", ran.stderr);
    let record = workshop.record("formats");
    let dataset = |at: usize, key: &str| record["datasets"][at][key].clone();
    assert_eq!((dataset(0, "images"), dataset(0, "sampled_from")), (json!(12), json!(72)));
    let cells = record["cells"].as_array().unwrap();
    let (coco, others) = cells.split_at(2);
    for (other, wanted) in others.iter().zip(coco.iter().cycle()) {
        assert_eq!(other["condition"], wanted["condition"]);
        assert_eq!(other["detections"], wanted["detections"]);
        for (metric, figure) in wanted["figures"].as_object().unwrap() {
            // No box moves across a threshold by a thousandth of a pixel here; sums are made in another order.
            let close = match (figure.as_f64(), other["figures"][metric].as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9,
                (a, b) => a == b,
            };
            assert!(close, "{} {metric}: {} is not {figure}", other["dataset"], other["figures"][metric]);
        }
    }
}

/// The name of an image as Roboflow's exports write it.
fn exported(name: &str) -> String {
    format!("{name}_jpg.rf.126f6b8cfbd73d7029f2ea9b666b4b83.jpg")
}

/// One fox, 10..60 by 20..50 of an image of 155x178, and one image without objects.
const FOX: [f64; 4] = [10.0, 20.0, 50.0, 30.0];

fn pictures(workshop: &Workshop, folder: &str) {
    workshop.picture(&format!("{folder}/{}", exported("1")), 155, 178);
    workshop.picture(&format!("{folder}/{}", exported("2")), 155, 178);
    workshop.write("export/README.dataset.txt", "# animals");
    workshop.write("export/README.roboflow.txt", "animals - v2 release");
}

fn expect_fox(dataset: &Dataset, tolerance: f64, warnings: &[&str]) {
    assert_eq!(dataset.warnings, warnings);
    assert_eq!(
        dataset.images.iter().map(|image| image.file_name.clone()).collect::<Vec<_>>(),
        [exported("1"), exported("2")]
    );
    assert_eq!(dataset.categories.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["fox"]);
    assert_eq!(dataset.annotations.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0]);
    let sides = <[f64; 4]>::from(dataset.annotations[0][0].bbox).into_iter().zip(FOX);
    assert!(sides.map(|(a, b)| (a - b).abs()).all(|off| off <= tolerance), "{:?}", dataset.annotations[0][0]);
}

#[test]
fn a_coco_export_of_roboflow() {
    let workshop = Workshop::new();
    pictures(&workshop, "export/valid");
    let image =
        |id: u64, name: &str| json!({"id": id, "license": 1, "file_name": exported(name), "height": 178, "width": 155});
    let labels = json!({
        "info": {"description": "Exported from roboflow.com"},
        "categories": [
            {"id": 0, "name": "fox", "supercategory": "none"},
            {"id": 1, "name": "fox", "supercategory": "fox"},
        ],
        "images": [image(0, "1"), image(1, "2")],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": FOX, "area": 1500, "segmentation": [], "iscrowd": 0}],
    });
    workshop.write("export/valid/_annotations.coco.json", labels.to_string());
    let warning = "categories that only name the Roboflow project, dropped (1): 0 `fox`";
    let of_split = workshop.dataset("format = \"coco\"\npath = \"export\"\nsplit = \"val\"").unwrap();
    expect_fox(&of_split, 0.0, &[warning]);
    let folder = workshop.dataset("format = \"coco\"\npath = \"export/valid\"").unwrap();
    assert_eq!(folder, of_split);
}

#[test]
fn a_yolo_export_of_roboflow_with_its_wrong_paths() {
    let workshop = Workshop::new();
    pictures(&workshop, "export/valid/images");
    let data =
        "train: ../train/images\r\nval: ../valid/images\r\ntest: ../test/images\r\n\r\nnc: 1\r\nnames: ['fox']\r\n";
    workshop.write("export/data.yaml", data);
    let line = format!("0 {} {} {} {}\r\n", 35.0 / 155.0, 35.0 / 178.0, 50.0 / 155.0, 30.0 / 178.0);
    workshop.write(&format!("export/valid/labels/{}.txt", exported("1").trim_end_matches(".jpg")), line);
    workshop.write(&format!("export/valid/labels/{}.txt", exported("2").trim_end_matches(".jpg")), "");
    let export = workshop.dataset("format = \"yolo\"\npath = \"export\"\nsplit = \"valid\"").unwrap();
    let note = |export: &Dataset| export.warnings[0].replace(&workshop.path("").display().to_string(), "");
    assert_eq!(note(&export), "`val: ../valid/images` is not there; read from export/valid/images");
    expect_fox(&export, 1e-9, &[export.warnings[0].as_str()]);

    // Some tools write the folder's own name, for a reader in the folder around it.
    workshop.write("export/data.yaml", data.replace("../valid", "export/valid"));
    let around = workshop.dataset("format = \"yolo\"\npath = \"export/data.yaml\"\nsplit = \"val\"").unwrap();
    assert_eq!(note(&around), "`val: export/valid/images` is not there; read from export/valid/images");
    assert_eq!(around.annotations, export.annotations);

    // A set of the same shape around it would be read unnoticed.
    pictures(&workshop, "valid/images");
    workshop.write("export/data.yaml", data);
    let both = workshop.dataset("format = \"yolo\"\npath = \"export\"\nsplit = \"val\"").unwrap_err();
    assert!(both.contains("no image has a label file: there is no <folder>/valid/labels/1_jpg.rf."), "{both}");
}

#[test]
fn a_voc_export_of_roboflow_whose_corners_count_from_one() {
    let workshop = Workshop::new();
    pictures(&workshop, "export/valid");
    let page = |name: &str, objects: &str| {
        format!(
            "<annotation>\n\t<folder></folder>\n\t<filename>{0}</filename>\n\t<path>{0}</path>\n\t<source>\n\t\t\
             <database>roboflow.com</database>\n\t</source>\n\t<size>\n\t\t<width>155</width>\n\t\t<height>178</height>\n\t\t\
             <depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n{objects}</annotation>\n",
            exported(name)
        )
    };
    let fox = "<object><name>fox</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>\
               <occluded>0</occluded><bndbox><xmin>11</xmin><xmax>61</xmax><ymin>21</ymin><ymax>51</ymax></bndbox></object>";
    for (name, objects) in [("1", fox), ("2", "")] {
        workshop.write(&format!("export/valid/{}", exported(name).replace(".jpg", ".xml")), page(name, objects));
    }
    let dataset = workshop.dataset("format = \"voc\"\npath = \"export\"\nsplit = \"val\"").unwrap();
    let note = "`corners = \"from_one\"` is taken for 2 of 2 XML files, by the source they name";
    expect_fox(&dataset, 0.0, &[note]);
    let edges = workshop.dataset("format = \"voc\"\npath = \"export\"\nsplit = \"val\"\ncorners = \"edges\"").unwrap();
    assert_eq!((edges.annotations[0][0].bbox, edges.warnings.len()), (BBox::from([11.0, 21.0, 50.0, 30.0]), 0));
}

#[test]
fn masks_and_crowds_of_coco_keep_their_areas() {
    let workshop = Workshop::new();
    workshop.picture("a.png", 40, 30);
    let labels = json!({
        "categories": [{"id": 7, "name": "cat"}],
        "images": [{"id": 3, "file_name": "a.png", "width": 40, "height": 30}],
        "annotations": [
            {"id": 1, "image_id": 3, "category_id": 7, "bbox": [1, 2, 10, 10], "area": 61.5, "iscrowd": 0,
             "segmentation": [[1, 2, 11, 2, 11, 12]]},
            {"id": 2, "image_id": 3, "category_id": 7, "bbox": [0, 0, 40, 30], "area": 900, "iscrowd": 1,
             "segmentation": {"counts": [0, 900, 300], "size": [30, 40]}},
        ],
    });
    workshop.write("labels.json", labels.to_string());
    let dataset = workshop.dataset("format = \"coco\"\npath = \"labels.json\"").unwrap();
    let kept: Vec<(f64, bool)> = dataset.annotations[0].iter().map(|a| (a.area, a.iscrowd)).collect();
    assert_eq!(kept, [(61.5, false), (900.0, true)]);
}

#[test]
fn shares_are_of_the_picture_the_right_way_up() {
    let workshop = Workshop::new();
    workshop.sideways("set/images/a.jpg", 40, 20);
    workshop.write("set/data.yaml", "val: images\nnames: [cat]\n");
    workshop.write("set/labels/a.txt", "0 0.5 0.25 0.5 0.5\n");
    let dataset = workshop.dataset("format = \"yolo\"\npath = \"set\"\nsplit = \"val\"").unwrap();
    assert_eq!((dataset.images[0].width, dataset.images[0].height), (20, 40));
    assert_eq!(dataset.annotations[0][0].bbox, BBox::from([5.0, 0.0, 10.0, 20.0]));
}

#[test]
#[cfg(unix)]
fn folders_behind_links_are_read_and_loops_end() {
    let workshop = Workshop::new();
    workshop.picture("store/images/a.png", 40, 20);
    workshop.write("store/labels/a.txt", "0 0.5 0.5 0.5 0.5\n");
    workshop.write("set/data.yaml", "val: images\nnames: [cat]\n");
    std::fs::create_dir_all(workshop.path("set/images")).unwrap();
    std::fs::create_dir_all(workshop.path("set/labels")).unwrap();
    for kind in ["images", "labels"] {
        std::os::unix::fs::symlink(workshop.path(&format!("store/{kind}")), workshop.path(&format!("set/{kind}/cam")))
            .unwrap();
    }
    std::os::unix::fs::symlink(workshop.path("set"), workshop.path("set/images/loop")).unwrap();
    let dataset = workshop.dataset("format = \"yolo\"\npath = \"set\"\nsplit = \"val\"").unwrap();
    assert_eq!((dataset.images.len(), dataset.images[0].file_name.as_str()), (1, "cam/a.png"));
    assert_eq!(dataset.annotations[0].len(), 1);
    assert_eq!(dataset.warnings, ["pictures behind symbolic links, which were followed (1): images/cam/a.png"]);
}

#[test]
fn polygons_of_yolo_have_their_own_area() {
    let workshop = Workshop::new();
    workshop.picture("set/images/a.png", 40, 20);
    workshop.write("set/data.yaml", "val: images\nnames: [cat]\n");
    workshop.write("set/labels/a.txt", "0 0.25 0.25 0.75 0.25 0.25 0.75\n");
    let dataset = workshop.dataset("format = \"yolo\"\npath = \"set\"\nsplit = \"val\"").unwrap();
    let object = &dataset.annotations[0][0];
    assert_eq!((object.bbox, object.area), (BBox::from([10.0, 5.0, 20.0, 10.0]), 100.0));
}

#[test]
fn a_data_yaml_may_lie_in_the_folder_that_the_program_runs_in() {
    let workshop = Workshop::new();
    workshop.picture("images/val/a.png", 40, 30);
    workshop.write("labels/val/a.txt", "0 0.5 0.5 0.5 0.5\n");
    for path in ["", "path: .\n", "path: ./\n"] {
        workshop.write("data.yaml", format!("{path}val: images/val\nnames: [cat]\n"));
        let model = "[model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n";
        let check = "[[check]]\non = \"clean\"\nmin = 0.1\n";
        let dataset = "[dataset.d]\nformat = \"yolo\"\npath = \"data.yaml\"\nsplit = \"val\"\n";
        workshop.write("spec.toml", format!("version = 1\n{dataset}{model}{check}"));
        workshop.write("clean.json", "[]");
        let ran = workshop.run(&["check", "spec.toml"]);
        assert_eq!(ran.code, 0, "{path:?}: {}", ran.stderr);
    }
}

#[test]
fn names_that_lead_out_of_their_folder_are_read_only_where_that_is_allowed() {
    let workshop = Workshop::new();
    for name in ["set/in/a.png", "private/b.png", "private/c.png", "set/list/images/d.png"] {
        workshop.picture(name, 40, 30);
    }
    let absolute = workshop.path("private/c.png").display().to_string();
    let inside = workshop.path("set/in/a.png").display().to_string();
    let coco = |names: &[&str]| {
        let image = |(id, name): (u64, &&str)| json!({"id": id, "file_name": name});
        let images: Vec<Value> = (1..).zip(names).map(image).collect();
        let annotation = json!({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10]});
        let category = json!({"id": 1, "name": "cat"});
        workshop.write(
            "set/labels.json",
            json!({"images": images, "annotations": [annotation], "categories": [category]}).to_string(),
        );
    };
    let section = "format = \"coco\"\npath = \"set/labels.json\"\nimages = \"set/in\"\n";
    let allowed = format!("{section}allow_outside = true\n");
    for (name, is_outside) in [
        ("a.png", false),
        ("../in/a.png", false),
        (&*inside, false),
        ("../../private/b.png", true),
        ("x/../../../private/b.png", true),
        ("..\\..\\private\\b.png", true),
        (&*absolute, true),
    ] {
        coco(&[name]);
        let told = workshop.dataset(section);
        assert_eq!(told.is_err(), is_outside, "{name}: {told:?}");
        if let Err(told) = told {
            assert!(told.contains("image files outside of their folder, which are not read (1): "), "{told}");
        }
        let read = workshop.dataset(&allowed).unwrap();
        let note = "image files outside of their folder, or with an absolute path (1): ";
        assert_eq!(read.warnings.iter().any(|told| told.starts_with(note)), is_outside, "{name}: {:?}", read.warnings);
    }
    coco(&["../../private/gone.png"]);
    assert!(workshop.dataset(section).unwrap_err().contains("missing image files (1)"));
    // A list of a YOLO dataset names pictures in the same way.
    workshop.write("set/list/labels/d.txt", "0 0.5 0.5 0.2 0.2\n");
    workshop.write("set/list/data.yaml", "val: val.txt\nnames: [cat]\n");
    workshop.write("set/list/val.txt", format!("images/d.png\n{absolute}\n"));
    let section = "format = \"yolo\"\npath = \"set/list\"\nsplit = \"val\"\n";
    assert!(workshop.dataset(section).unwrap_err().contains("which are not read (1): "));
    let read = workshop.dataset(&format!("{section}allow_outside = true\n")).unwrap();
    assert_eq!(read.images.len(), 2);
}

#[test]
fn the_way_out_of_names_that_lead_elsewhere_is_one() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let text = std::fs::read_to_string(workshop.path("labels.json")).unwrap();
    workshop.write("labels.json", text.replace("\"file_name\":\"", "\"file_name\":\"../images/"));
    std::fs::create_dir(workshop.path("other")).unwrap();
    let spec = |more: &str| {
        let text = crate::support::small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n");
        workshop.write("spec.toml", text.replace("images = \"images\"\n", &format!("images = \"other\"\n{more}")));
        workshop.run(&["check", "spec.toml"])
    };
    let refused = spec("");
    assert!(refused.code == 3 && refused.says("set `allow_outside = true`"), "{}", refused.stderr);
    let taken = spec("allow_outside = true\n");
    assert!(taken.code == 0 && taken.says("outside of their folder, or with an absolute path (2)"), "{}", taken.stderr);
}

#[test]
#[cfg(unix)]
fn pictures_behind_links_are_read_and_counted() {
    use std::os::unix::fs::symlink;
    let workshop = Workshop::new();
    for name in ["disk/a.png", "disk/cam/b.png", "set/images/c.png"] {
        workshop.picture(name, 40, 30);
    }
    symlink(workshop.path("disk/a.png"), workshop.path("set/images/a.png")).unwrap();
    symlink(workshop.path("disk/cam"), workshop.path("set/images/cam")).unwrap();
    let names = ["a.png", "c.png", "cam/b.png"];
    let images: Vec<Value> = (1..).zip(names).map(|(id, name)| json!({"id": id, "file_name": name})).collect();
    let labels = json!({"images": images, "annotations": [], "categories": [{"id": 1, "name": "cat"}]});
    workshop.write("set/labels.json", labels.to_string());
    workshop.write("set/data.yaml", "val: images\nnames: [cat]\n");
    for name in ["a", "c", "cam/b"] {
        workshop.write(&format!("set/labels/{name}.txt"), "0 0.5 0.5 0.2 0.2\n");
    }
    let note = |section: &str| {
        let warnings = workshop.dataset(section).unwrap().warnings;
        warnings.into_iter().find(|told| told.contains("symbolic links")).unwrap_or_default()
    };
    let coco = "format = \"coco\"\npath = \"set/labels.json\"\nimages = \"set/images\"\n";
    assert_eq!(note(coco), "pictures behind symbolic links, which were followed (2): a.png, cam/b.png");
    let yolo = "format = \"yolo\"\npath = \"set\"\nsplit = \"val\"\n";
    assert_eq!(note(yolo), "pictures behind symbolic links, which were followed (2): images/a.png, images/cam/b.png");
    std::fs::create_dir(workshop.path("voc")).unwrap();
    let xml = "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>";
    workshop.write("voc/a.xml", xml);
    symlink(workshop.path("disk/a.png"), workshop.path("voc/a.png")).unwrap();
    let voc = "format = \"voc\"\npath = \"voc\"\n";
    assert_eq!(note(voc), "pictures behind symbolic links, which were followed (1): a.png");
}
