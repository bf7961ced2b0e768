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

/// Detector `a` told to take blue first: on blood cells that costs a little, less than a few images can show.
fn probed(images: usize, channels: &str) -> crate::support::Ran {
    let workshop = Workshop::new();
    workshop.blood_cells(images);
    let spec = crate::support::small_spec("[[check]]\non = \"clean\"\nmin = 0.1\n");
    workshop.write("spec.toml", spec.replace("engine = \"rten\"", &format!("engine = \"rten\"\nchannels = \"{channels}\"")));
    workshop.run(&["check", "--probe", "spec.toml"])
}

#[test]
fn a_preprocessing_that_is_better_by_chance_alone_is_not_advised() {
    // Whichever way round it is configured, one of the two does better on any few images.
    let told = "cannot be told apart on 12 images: chance explains the difference";
    let said: Vec<bool> = ["rgb", "bgr"].map(|channels| probed(12, channels)).iter().map(|ran| ran.says(told)).collect();
    assert!(said.contains(&true));
    assert!(!probed(12, "rgb").says("warning: another preprocessing"), "the one that it was trained with");
}

#[test]
fn where_few_images_leave_it_open_more_are_taken() {
    let [one, other] = ["rgb", "bgr"].map(|channels| probed(72, channels));
    let says = |told: &str| one.says(told) || other.says(told);
    assert!(says("on 64 images of `test`"), "{}\n{}", one.stdout, other.stdout);
    assert!(!one.says("warning: another preprocessing"), "{}", one.stdout);
}
