//! The catalogue page and `explain` come from the code's own documentation, and are in step with it.

use crate::support::{Workshop, repository};

#[test]
fn the_catalogue_page_is_what_the_code_says() {
    let page = std::fs::read_to_string(repository("specs/CATALOG.md")).unwrap();
    let made = windtunnel::catalog::markdown();
    assert!(page == made, "make it anew: cargo run -- explain --markdown > specs/CATALOG.md");
}

#[test]
fn every_kind_is_explained_with_its_field_condition_and_an_example() {
    for kind in windtunnel::perturb::ALL {
        let page = windtunnel::catalog::explain(kind.entry().name).unwrap();
        let condition = page.split("## Field condition").nth(1).unwrap();
        assert!(condition.trim_start().chars().next().unwrap().is_alphabetic(), "{}", kind.entry().name);
        assert!(page.contains(&format!("kind = \"{}\"", kind.entry().name)));
    }
}

#[test]
fn explain_prints_pages_and_helps_with_spelling() {
    let workshop = Workshop::new();
    let page = workshop.run(&["explain", "gaussian_blur"]);
    assert!(page.code == 0 && page.stdout.starts_with("# Gaussian blur"), "{}", page.stdout);
    let metric = workshop.run(&["explain", "map50"]);
    assert!(metric.stdout.contains("COCO AP at IoU 0.50"), "{}", metric.stdout);
    let all = workshop.run(&["explain"]);
    assert!(all.stdout.contains("imagenet_c") && all.stdout.contains("horizontal_flip"), "{}", all.stdout);
    let misspelt = workshop.run(&["explain", "gausian_blur"]);
    assert_eq!(misspelt.code, 2);
    assert!(misspelt.says("did you mean `gaussian_blur`?"), "{}", misspelt.stderr);
}

#[test]
fn every_decoder_has_a_page_and_is_listed() {
    let all = windtunnel::catalog::overview();
    let listed = windtunnel::catalog::markdown();
    for (decoder, page) in windtunnel::predict::decoder_pages() {
        assert!(page.contains(&format!("`{}`", decoder.name)), "{}: {page}", decoder.name);
        assert!(page.contains('['), "{}: no shape in {page}", decoder.name);
        let explained = windtunnel::catalog::explain(decoder.name).unwrap();
        assert!(explained.contains(&format!("decoder = \"{}\"", decoder.name)), "{explained}");
        assert!(explained.lines().all(|line| line.chars().count() <= 80), "{explained}");
        assert!(all.contains(decoder.name) && listed.contains(&format!("- `{}`:", decoder.name)));
    }
    insta::assert_snapshot!(windtunnel::catalog::explain("yolov8").unwrap());
    assert_eq!(windtunnel::catalog::explain("yolo8").unwrap_err().nearest.as_deref(), Some("yolov8"));
}
