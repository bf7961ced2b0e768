//! Perturbations of pictures whose class is asked for: the class stays what it is and can be told, or the spec is refused.

use serde_json::Value;

use crate::support::Workshop;

/// Two classes of two pictures each, no flat ones: what covers or mirrors changes them.
fn workshop(perturbations: &str) -> Workshop {
    let workshop = Workshop::new();
    for (number, name) in ["left/1.png", "left/2.png", "right/1.png", "right/2.png"].into_iter().enumerate() {
        let picture = image::RgbImage::from_fn(40, 32, |x, y| {
            image::Rgb([(x * 6) as u8, (y * 7) as u8, ((x * y) as usize + 60 * number) as u8])
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        workshop.write(&format!("set/{name}"), bytes.into_inner());
    }
    let model = "[model.m]\nkind = \"onnx\"\npath = \"absent.onnx\"\n";
    let checks = "[[check]]\non = \"clean\"\nmin = 0.1\n[[check]]\non = \"all\"\nmin = 0.1\n";
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"whole\"\ntask = \"classify\"\n[dataset.d]\nformat = \"folder\"\npath = \"set\"\n{model}{perturbations}\n{checks}"
        ),
    );
    workshop
}

fn exported(workshop: &Workshop) -> Vec<(String, Value)> {
    let ran = workshop.run(&["export", "perturbed", "spec.toml", "--out", "out", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut found = Vec::new();
    let mut folders = vec![workshop.path("out")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "json") {
                let name = entry.display().to_string();
                found.push((name, serde_json::from_slice(&std::fs::read(entry).unwrap()).unwrap()));
            }
        }
    }
    // Clean pictures are a set, too.
    found.retain(|(_, set): &(String, Value)| !set["info"]["description"].as_str().unwrap().contains(" under clean"));
    found
}

#[test]
fn every_kind_leaves_each_picture_its_class() {
    let mut sections = Vec::new();
    let mut count = 0;
    for kind in windtunnel::perturb::ALL.iter().filter(|kind| kind.entry.name != "object_occlusion") {
        let name = kind.entry.name;
        let severity = if kind.ladder.is_some() && !kind.parameters.is_empty() { "severity = 1\n" } else { "" };
        sections.push(format!("[perturbation.{name}]\nkind = \"{name}\"\n{severity}flip_pairs = []\n"));
        count += 1;
    }
    let workshop = workshop(&sections.concat());
    let sets = exported(&workshop);
    assert_eq!(sets.len(), count);
    let category = |set: &Value, id: &Value| {
        let of = |category: &&Value| category["id"] == *id;
        set["categories"].as_array().unwrap().iter().find(of).unwrap()["name"].as_str().unwrap().to_owned()
    };
    for (name, set) in &sets {
        let images = set["images"].as_array().unwrap();
        let labels = set["annotations"].as_array().unwrap();
        assert_eq!((images.len(), labels.len()), (4, 4), "{name}");
        for (image, label) in images.iter().zip(labels) {
            assert_eq!(image["id"], label["image_id"], "{name}");
            assert_eq!(label["iscrowd"], 0, "{name}");
            let folder = image["original_file_name"].as_str().or(image["file_name"].as_str()).unwrap();
            assert!(folder.contains(&category(set, &label["category_id"])), "{name}: {folder}");
        }
    }
}

#[test]
fn what_covers_objects_covers_a_part_of_the_picture() {
    let workshop = workshop("[perturbation.e]\nkind = \"random_erasing\"\narea = 0.3\n");
    let sets = exported(&workshop);
    let folder = std::path::Path::new(&sets[0].0).parent().unwrap().to_path_buf();
    let name = sets[0].1["images"][0]["file_name"].as_str().unwrap().to_owned();
    let candidates = [folder.join(&name), folder.join("images").join(&name)];
    let path = candidates.iter().find(|path| path.is_file()).unwrap();
    let made = windtunnel::dataset::decode_picture(&std::fs::read(path).unwrap()).unwrap();
    let clean = windtunnel::dataset::decode_picture(&std::fs::read(workshop.path("set/left/1.png")).unwrap()).unwrap();
    let changed = made.pixels().zip(clean.pixels()).filter(|(one, other)| one != other).count();
    let share = changed as f64 / f64::from(clean.width() * clean.height());
    assert!((0.2..0.4).contains(&share), "{share} of the picture is covered");
}

fn refused(perturbation: &str) -> String {
    let ran = workshop(perturbation).run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn settings_after_which_no_class_can_be_told_are_refused_with_a_way_out() {
    let crop = refused("[perturbation.c]\nkind = \"random_crop\"\nshare = 0.4\n");
    assert!(
        crop.contains("`random_crop` leaves 0.36 of a picture, and the class has to be told from at least 0.5"),
        "{crop}"
    );
    assert!(crop.contains("`min_visible = 0.36`") || crop.contains("`min_visible = 0.35`"), "{crop}");
    let erasing = refused("[perturbation.c]\nkind = \"random_erasing\"\nseverity = 5\n");
    assert!(
        erasing.contains("`random_erasing` covers 0.40 of a picture, at most 0.3 leave its class to be told"),
        "{erasing}"
    );
    let chain = refused(
        "[perturbation.c]\nchain = [{ kind = \"brightness\", delta = 0.1 }, { kind = \"border_truncation\", severity = 5 }]\n",
    );
    assert!(chain.contains("`border_truncation` leaves 0.25 of a picture"), "{chain}");
    let objects = refused("[perturbation.c]\nkind = \"object_occlusion\"\nseverity = 1\n");
    assert!(
        objects.contains("pictures with a class have no boxes")
            && objects.contains("take `coarse_dropout` or `random_erasing`"),
        "{objects}"
    );
    let flip = refused("[perturbation.c]\nkind = \"horizontal_flip\"\n");
    assert!(
        flip.contains("`horizontal_flip` mirrors the picture")
            && flip.contains("`flip_pairs = []` where no class has a side"),
        "{flip}"
    );
}

#[test]
fn what_the_spec_says_of_limits_and_sides_counts() {
    let few = "[perturbation.c]\nkind = \"random_crop\"\nshare = 0.4\nmin_visible = 0.35\n[perturbation.e]\nkind = \"random_erasing\"\narea = 0.5\nmin_visible = 0.5\n";
    assert_eq!(exported(&workshop(few)).len(), 2);
    let pairs = "[perturbation.m]\nkind = \"horizontal_flip\"\nflip_pairs = [[\"left\", \"right\"]]\n";
    let (_, set) = exported(&workshop(pairs)).remove(0);
    let ids: Vec<u64> =
        set["annotations"].as_array().unwrap().iter().map(|label| label["category_id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [2, 2, 1, 1], "in a mirror the one is the other");
}

#[test]
fn of_a_preset_what_does_not_fit_is_left_out_and_named() {
    let workshop = workshop("[perturbation.o]\npreset = \"all\"\nseverity = 5\n");
    let sets = exported(&workshop);
    assert!(sets.len() > 60, "{}", sets.len());
    for gone in ["object_occlusion", "random_erasing", "horizontal_flip", "border_truncation"] {
        assert!(sets.iter().all(|(name, _)| !name.contains(gone)), "{gone}");
    }
}
