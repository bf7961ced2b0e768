//! What is said of labels, of formats and of layouts.

use serde_json::json;

use super::{Way, edit, follow, labels, remove, sound, voc, with_labels, yolo};

const LABELS: &[Way] = &[
    Way {
        wrong: |shop| {
            sound(shop);
            shop.write("annotations/labels.json", labels().to_string());
            edit(shop, "path = \"labels.json\"\nimages = \"images\"\n", "path = \"annotations/labels.json\"\n");
        },
        says: "set `images` to the folder that the file names start from",
        follow: |shop| edit(shop, "labels.json\"\n", "labels.json\"\nimages = \"images\"\n"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.picture("other/b.png", 40, 30);
            edit(shop, "images = \"images\"", "images = \"other\"");
        },
        says: "`images` is not the folder that the file names start from: name that one",
        follow: |shop| edit(shop, "images = \"other\"", "images = \"images\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| {
                let image = json!({ "id": 2, "file_name": "b.png", "width": 40, "height": 30 });
                labels["images"].as_array_mut().unwrap().push(image);
            });
        },
        says: "put them where the others are, or take them out of the labels",
        follow: |shop| shop.picture("images/b.png", 40, 30),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \"clean.json\"");
        },
        says: "it is a list of results, not labels; name the file of labels in `path`, and results in the `path` of a model",
        follow: |shop| edit(shop, "path = \"clean.json\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.write("notes.json", "{\"title\": \"x\"}");
            edit(shop, "path = \"labels.json\"", "path = \"notes.json\"");
        },
        says: "it has the keys `title`, and no `images`; name the file of COCO labels in `path`",
        follow: |shop| edit(shop, "path = \"notes.json\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| drop(labels.as_object_mut().unwrap().remove("categories")));
        },
        says: "it has no `categories`; add `\"categories\": [{\"id\": 1, \"name\": \"...\"}]`",
        follow: |shop| with_labels(shop, |labels| labels["categories"] = json!([{ "id": 1, "name": "..." }])),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            let text = std::fs::read(shop.path("labels.json")).unwrap();
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.iter().flat_map(|byte| [*byte, 0])).collect();
            shop.write("labels.json", wide);
        },
        says: "it is UTF-16: save it as UTF-8",
        follow: |shop| shop.write("labels.json", labels().to_string()),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            with_labels(shop, |labels| labels["images"][0]["file_name"] = json!("../elsewhere/a.png"));
            remove(shop, "images/a.png");
            shop.picture("elsewhere/a.png", 40, 30);
        },
        says: "set `allow_outside = true`",
        follow: |shop| edit(shop, "images = \"images\"", "images = \"images\"\nallow_outside = true"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            let padding = " ".repeat(2 << 20);
            shop.write("labels.json", format!("{}{padding}", labels()));
            edit(shop, "images = \"images\"", "images = \"images\"\nmax_file_mib = 1");
        },
        says: "raise `max_file_mib`",
        follow: |shop| edit(shop, "max_file_mib = 1", "max_file_mib = 8"),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "images = \"images\"", "images = \"images\"\nsplit = \"val\"");
        },
        says: "a JSON file is one split already: drop `split`",
        follow: |shop| edit(shop, "split = \"val\"\n", ""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            edit(shop, "path = \"labels.json\"", "path = \".\"");
        },
        says: "name the JSON file itself",
        follow: |shop| edit(shop, "path = \".\"", "path = \"labels.json\""),
    },
    Way {
        wrong: |shop| {
            sound(shop);
            shop.sideways("images/a.png", 30, 40);
            with_labels(shop, |labels| {
                labels["images"][0]["width"] = json!(30);
                labels["images"][0]["height"] = json!(40);
            });
        },
        says: "set `exif = \"stored\"`, or \"upright\" if only the size is",
        follow: |shop| {
            // The size alone is of what is stored: the object is where the results have it.
            edit(shop, "images = \"images\"", "images = \"images\"\nexif = \"upright\"");
        },
    },
];

const FORMATS: &[Way] = &[
    Way {
        wrong: |shop| {
            yolo(shop);
            edit(shop, "format = \"yolo\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"set/data.yaml\"");
            edit(shop, "split = \"val\"", "");
        },
        says: "a data.yaml is read by `format = \"yolo\"`, with a `split`",
        follow: |shop| edit(shop, "format = \"coco\"", "format = \"yolo\"\nsplit = \"val\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "format = \"voc\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"set/Annotations/a.xml\"");
        },
        says: "VOC files are read by `format = \"voc\"`, which takes their folder",
        follow: |shop| {
            edit(shop, "format = \"coco\"", "format = \"voc\"");
            edit(shop, "path = \"set/Annotations/a.xml\"", "path = \"set/Annotations\"");
        },
    },
    Way {
        wrong: |shop| {
            voc(shop);
            shop.write("annotations.xml", "<?xml version=\"1.0\"?>\n<annotations><version>1.1</version></annotations>");
            edit(shop, "format = \"voc\"", "format = \"coco\"");
            edit(shop, "path = \"set\"", "path = \"annotations.xml\"");
        },
        says: "CVAT's own format is not read: export it from CVAT as COCO or Pascal VOC",
        follow: |shop| {
            edit(shop, "format = \"coco\"", "format = \"voc\"");
            edit(shop, "path = \"annotations.xml\"", "path = \"set\"");
        },
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "path = \"set\"", "path = \"set/JPEGImages\"");
        },
        says: "name the folder that holds `Annotations`",
        follow: |shop| edit(shop, "path = \"set/JPEGImages\"", "path = \"set\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            std::fs::create_dir(shop.path("all")).unwrap();
            std::fs::rename(shop.path("set"), shop.path("all/train")).unwrap();
            edit(shop, "path = \"set\"", "path = \"all\"");
        },
        says: "choose one: `split = \"train\"`",
        follow: |shop| edit(shop, "path = \"all\"", "path = \"all\"\nsplit = \"train\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            std::fs::create_dir(shop.path("VOCdevkit")).unwrap();
            for year in ["VOC2012", "VOC2007"] {
                shop.picture(&format!("VOCdevkit/{year}/JPEGImages/a.png"), 40, 30);
                shop.write(&format!("VOCdevkit/{year}/Annotations/a.xml"), super::page());
            }
            edit(shop, "path = \"set\"", "path = \"VOCdevkit/\"");
        },
        says: "name the folder of one of them: `path = \"VOCdevkit/VOC2007\"`",
        follow: |shop| edit(shop, "path = \"VOCdevkit/\"", "path = \"VOCdevkit/VOC2007\""),
    },
    Way {
        wrong: |shop| {
            voc(shop);
            edit(shop, "path = \"set\"", "path = \"set\"\nlabels = [\"cta\"]");
        },
        says: "did you mean `cta`?",
        follow: |shop| edit(shop, "labels = [\"cta\"]", "labels = [\"cat\"]"),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            shop.write("set/data.yaml", "names: [cat]\n");
        },
        says: "add a line such as `val: images`",
        follow: |shop| shop.write("set/data.yaml", "names: [cat]\nval: images\n"),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            remove(shop, "set/data.yaml");
            shop.write("set/notes.txt", "");
        },
        says: "obj.data and classes.txt do as well",
        follow: |shop| {
            shop.write("set/classes.txt", "cat\n");
            edit(shop, "split = \"val\"", "split = \"all\"");
        },
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            edit(shop, "split = \"val\"", "split = \"vla\"");
        },
        says: "did you mean `val`?",
        follow: |shop| edit(shop, "split = \"vla\"", "split = \"val\""),
    },
    Way {
        wrong: |shop| {
            yolo(shop);
            shop.write("set/labels/a.txt", b"0 0.275 0.4 0.5 0.6666667 \xe4\n");
        },
        says: "it is not UTF-8: save it as UTF-8",
        follow: |shop| shop.write("set/labels/a.txt", "0 0.275 0.4 0.5 0.6666667\n"),
    },
];

#[test]
fn messages_about_labels_lead_out() {
    follow(LABELS);
}

#[test]
fn messages_about_formats_and_layouts_lead_out() {
    follow(FORMATS);
}
