//! `limit`: samples keep each category's share, and do not depend on order, format or machine.

use serde_json::json;
use windtunnel::dataset::{Dataset, sampled};

use crate::support::{Workshop, repository};

fn coco_mini() -> Dataset {
    let path = |path: &str| format!("{:?}", repository("examples/coco-mini").join(path).display().to_string());
    let keys = format!("format = \"coco\"\npath = {}\nimages = {}", path("annotations/val.json"), path("images"));
    Workshop::new().dataset(&keys).unwrap()
}

fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.images.iter().map(|image| image.file_name.as_str()).collect()
}

/// In how many images a category occurs.
fn images_with(dataset: &Dataset, category: u64) -> usize {
    let holds = |list: &&Vec<_>| {
        list.iter().any(|a: &windtunnel::detection::Annotation| !a.iscrowd && a.category_id == category)
    };
    dataset.annotations.iter().filter(holds).count()
}

/// A dataset of `count` images, each with the categories that `held` says.
fn made(count: u64, held: impl Fn(u64) -> Vec<u64>) -> Dataset {
    let workshop = Workshop::new();
    workshop.picture("a.png", 10, 10);
    let mut annotations = Vec::new();
    for image in 0..count {
        std::fs::copy(workshop.path("a.png"), workshop.path(&format!("{image}.png"))).unwrap();
        for category in held(image) {
            let id = annotations.len();
            annotations.push(json!({"id": id, "image_id": image, "category_id": category, "bbox": [1, 1, 5, 5]}));
        }
    }
    let labels = json!({
        "images": (0..count).map(|id| json!({"id": id, "file_name": format!("{id}.png")})).collect::<Vec<_>>(),
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}, {"id": 3, "name": "tram"}],
        "annotations": annotations,
    });
    workshop.write("labels.json", labels.to_string());
    workshop.dataset("format = \"coco\"\npath = \"labels.json\"").unwrap()
}

#[test]
fn a_sample_keeps_each_categorys_share() {
    // Of 200 images 120 have a car, 40 a bus, 4 a tram, 60 nothing.
    let held = |image| {
        let mut held = if image < 120 { vec![1] } else { Vec::new() };
        held.extend((100..140).contains(&image).then_some(2));
        held.extend((0..4).contains(&(image % 50)).then_some(3).filter(|_| image < 50));
        held
    };
    let whole = made(200, held);
    for (limit, wanted) in [(50, [30, 10, 1, 15]), (100, [60, 20, 2, 30]), (10, [6, 2, 1, 3])] {
        let sample = sampled(whole.clone(), limit);
        assert_eq!((sample.images.len(), sample.sampled_from), (limit, Some(200)));
        let nothing = sample.annotations.iter().filter(|list| list.is_empty()).count();
        let found = [images_with(&sample, 1), images_with(&sample, 2), images_with(&sample, 3), nothing];
        for (found, wanted) in found.into_iter().zip(wanted) {
            assert!(found.abs_diff(wanted) <= 1, "{limit}: {found} images, wanted {wanted}");
        }
    }
}

#[test]
fn every_category_is_kept_where_there_are_images_enough() {
    let whole = coco_mini();
    let sample = sampled(whole.clone(), 24);
    for category in &whole.categories {
        let (before, after) = (images_with(&whole, category.id), images_with(&sample, category.id));
        assert!(before == 0 || after > 0, "{} of {before} images is lost", category.name);
    }
    let share = |dataset: &Dataset| images_with(dataset, 1) as f64 / dataset.images.len() as f64;
    assert!((share(&sample) - share(&whole)).abs() < 0.1, "people: {} and {}", share(&whole), share(&sample));
}

#[test]
fn a_sample_depends_on_file_names_alone() {
    let whole = coco_mini();
    let mut turned = whole.clone();
    turned.images.reverse();
    turned.annotations.reverse();
    for (at, image) in turned.images.iter_mut().enumerate() {
        image.id = at as u64;
        image.file_name = format!("elsewhere\\{}", image.file_name.replace(".jpg", ".png"));
    }
    for limit in [1, 5, 20, 43] {
        let (sample, other) = (sampled(whole.clone(), limit), sampled(turned.clone(), limit));
        let mut found: Vec<String> =
            names(&other).iter().map(|name| name.replace("elsewhere\\", "").replace(".png", ".jpg")).collect();
        found.reverse();
        assert_eq!(found, names(&sample), "{limit}");
    }
}

#[test]
fn the_order_of_images_is_kept_and_labels_stay_with_their_image() {
    let whole = coco_mini();
    let sample = sampled(whole.clone(), 20);
    let places: Vec<usize> =
        sample.images.iter().map(|image| whole.images.iter().position(|other| other == image).unwrap()).collect();
    assert!(places.is_sorted());
    for (image, place) in places.iter().enumerate() {
        assert_eq!(sample.annotations[image], whole.annotations[*place]);
    }
}

#[test]
fn a_limit_that_limits_nothing_is_the_whole_set() {
    let whole = coco_mini();
    assert_eq!(sampled(whole.clone(), 44), whole);
    assert_eq!(sampled(whole.clone(), 1000), whole);
    assert_eq!(whole.sampled_from, None);
}

#[test]
fn reports_say_that_a_sample_is_partial() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let spec = |limit: &str| {
        crate::support::small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n")
            .replace("images = \"images\"", &format!("images = \"images\"\n{limit}"))
    };
    workshop.write("spec.toml", spec("limit = 4"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("map on test, partial: 4 of 6 images"), "{}", ran.stderr);
    let record = workshop.record("small");
    assert_eq!(record["datasets"][0]["sampled_from"], 6);
    assert!(
        record["cases"][0]["message"].as_str().unwrap().ends_with("(n=4 of 6)"),
        "{}",
        record["cases"][0]["message"]
    );
    let checked = workshop.run(&["check", "spec.toml"]);
    assert!(checked.says("note: dataset `test`: partial: 4 of 6 images"), "{}", checked.stderr);

    workshop.write("spec.toml", spec("limit = 6"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.says("map on test, 6 images") && !ran.says("partial"), "{}", ran.stderr);
    assert!(workshop.record("small")["datasets"][0]["sampled_from"].is_null());
}

#[test]
fn a_record_from_before_samples_still_loads() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", crate::support::small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n"));
    workshop.run(&["run", "spec.toml"]);
    let mut record = workshop.record("small");
    assert!(record["datasets"][0].as_object_mut().unwrap().remove("sampled_from").is_some());
    let loaded: windtunnel::record::Record = serde_json::from_value(record).unwrap();
    assert_eq!(loaded.datasets[0].sampled_from, None);
}
