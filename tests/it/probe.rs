//! `check --probe`: a preprocessing that the network was not trained with is found out.

use crate::support::{Workshop, repository};

#[test]
fn yolox_given_red_first_and_fractions_is_found_out() {
    let workshop = Workshop::new();
    let path = |path: &str| format!("{:?}", repository(path).display().to_string());
    let (labels, images) = (path("examples/coco-mini/annotations/val.json"), path("examples/coco-mini/images"));
    let model = path("examples/models/yolox_nano.onnx");
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"probe\"\n[dataset.val]\nformat = \"coco\"\npath = {labels}\nimages = {images}\n\
             [model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\nlabels = \"coco\"\nchannels = \"rgb\"\nscale = 255\n\
             [[check]]\non = \"clean\"\nmin = 0.1\n"
        ),
    );
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.says("probe of `m` on 16 images of `val`, AP50 by preprocessing: 0.000 as configured"),
        "{}",
        ran.stderr
    );
    let advice =
        "warning: another preprocessing fits `m` better; in [model.m] set channels = \"bgr\" scale = 1 spec.toml:";
    assert!(ran.says(advice), "{}", ran.stderr);
    assert!(!workshop.has_reports());
}

#[test]
fn a_model_configured_as_it_was_trained_gets_no_advice() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", crate::support::small_spec("[[check]]\non = \"clean\"\nmin = 0.1\n"));
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("probe of `a` on 4 images of `test`") && !ran.says("warning"), "{}", ran.stderr);
}

/// FastestDet, which was trained with blue first, on street scenes: red first costs it less than these images can show.
fn probed(channels: &str) -> crate::support::Ran {
    let workshop = Workshop::new();
    let path = |path: &str| format!("{:?}", repository(path).display().to_string());
    let (labels, images) = (path("examples/coco-mini/annotations/val.json"), path("examples/coco-mini/images"));
    let model = path("examples/models/fastestdet.onnx");
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"probe\"\n[dataset.val]\nformat = \"coco\"\npath = {labels}\nimages = {images}\n\
             [model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\nlabels = \"coco\"\nchannels = \"{channels}\"\n\
             [[check]]\non = \"clean\"\nmin = 0.1\n"
        ),
    );
    workshop.run(&["check", "--probe", "spec.toml"])
}

#[test]
fn where_few_images_leave_it_open_more_are_taken_and_what_chance_explains_is_no_advice() {
    let ran = probed("rgb");
    assert!(ran.says("probe of `m` on 42 images of `val`"), "16 are not enough, and there are 42: {}", ran.stdout);
    let told = "`m` as configured and with channels = \"bgr\" cannot be told apart on 42 images";
    assert!(ran.says(told) && !ran.says("warning"), "{}", ran.stdout);
}

#[test]
fn a_model_that_does_best_as_configured_is_not_probed_further() {
    let ran = probed("bgr");
    assert!(ran.says("probe of `m` on 16 images of `val`"), "{}", ran.stdout);
    assert!(!ran.says("warning") && !ran.says("cannot be told apart"), "{}", ran.stdout);
}
