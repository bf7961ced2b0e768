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

/// A classifier of blood cells on the cells of annotated pictures, of which 85 of 100 are red.
fn probed_classifier(said: &str) -> crate::support::Ran {
    let workshop = Workshop::new();
    let path = |path: &str| format!("{:?}", repository(path).display().to_string());
    let (labels, images) = (path("examples/bccd/annotations/test.json"), path("examples/bccd/images"));
    let model = path("examples/models/bccd_cells.onnx");
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"probe\"\ntask = \"classify\"\n[dataset.cells]\nformat = \"coco\"\npath = {labels}\n\
             images = {images}\ncrops = 1.2\n[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\n{said}\n\
             [[check]]\non = \"clean\"\nmin = 0.1\n"
        ),
    );
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // On 16 images, or more where those leave open which is better.
    assert!(ran.says("images of `cells`, top-1 by preprocessing:"), "{}", ran.stderr);
    ran
}

#[test]
fn a_classifier_given_other_pixels_than_it_was_trained_with_is_found_out() {
    for (said, advice) in [
        ("preprocess = \"torchvision\"", "in [model.m] set mean = [0.0, 0.0, 0.0] std = [1.0, 1.0, 1.0] spec.toml:"),
        ("channels = \"bgr\"", "in [model.m] set channels = \"rgb\" spec.toml:"),
        ("scale = 1", "in [model.m] set scale = 255 spec.toml:"),
    ] {
        let ran = probed_classifier(said);
        assert!(ran.says(advice), "{said}: {}", ran.stderr);
    }
    let right = probed_classifier("");
    assert!(!right.says("warning"), "{}", right.stderr);
}

#[test]
fn a_classifier_whose_names_are_one_off_is_found_out() {
    // In the file: RBC, WBC, Platelets.
    let ran = probed_classifier("labels = [\"WBC\", \"Platelets\", \"RBC\"]");
    let advice = "warning: other names fit the outputs of `m` better; in [model.m] move # every name of `labels` by one later: \
                  `WBC` is output 1 spec.toml:";
    assert!(ran.says(advice), "{}", ran.stderr);
}

#[test]
fn a_classifier_with_two_names_exchanged_is_found_out_with_the_list_that_is_right() {
    // In the file: RBC, WBC, Platelets.
    let ran = probed_classifier("labels = [\"WBC\", \"RBC\", \"Platelets\"]");
    assert!(ran.says("warning: `m` calls `RBC` `WBC` on"), "{}", ran.stderr);
    let advice = "is the order of `labels` right? With these names";
    assert!(ran.says(advice) && ran.says("labels = [\"RBC\", \"WBC\", \"Platelets\"]"), "{}", ran.stderr);
}

#[test]
fn values_set_against_a_preset_that_is_right_by_itself_are_to_be_left_out() {
    // `ultralytics` has what this model was trained with: shares of 255.
    let ran =
        probed_classifier("preprocess = \"ultralytics\"\nmean = [0.485, 0.456, 0.406]\nstd = [0.229, 0.224, 0.225]");
    let advice = "what `preprocess` is by itself fits `m` better; in [model.m] leave out what is set beside it, which is the same \
                  as mean = [0.0, 0.0, 0.0] std = [1.0, 1.0, 1.0]";
    assert!(ran.says(advice), "{}", ran.stderr);
}

/// What checking says of a classifier of blood cells of which the spec says `said`.
fn checked_classifier(said: &str) -> crate::support::Ran {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let model = format!("{:?}", repository("examples/models/bccd_cells.onnx").display().to_string());
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"probe\"\ntask = \"classify\"\n[dataset.cells]\nformat = \"coco\"\npath = \"labels.json\"\n\
             images = \"images\"\ncrops = 1.2\n[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\n{said}\n\
             [[check]]\non = \"clean\"\nmin = 0.1\n"
        ),
    );
    workshop.run(&["check", "spec.toml"])
}

#[test]
fn what_libraries_print_of_their_models_is_said_in_the_words_of_specs_or_named_in_them() {
    let timm = "preprocess = \"timm\"\n";
    assert_eq!(checked_classifier(&format!("{timm}crop_pct = 0.95")).code, 0);
    assert_eq!(checked_classifier(&format!("{timm}resize = 75")).code, 0);
    for (said, answer) in [
        (timm.to_owned(), "add `crop_pct` as `timm.data.resolve_data_config({}, model=model)` prints it"),
        (format!("{timm}crop = 0.95"), "a share of the short side is written `crop_pct = 0.95`"),
        (format!("{timm}crop_pct = 95"), "95 is outside 0.1..=1"),
        (format!("{timm}crop_pct = 0.95\nresize = 75"), "leave out one of both"),
        (format!("{timm}interpolation = \"bicubic\""), "`interpolation` in [model.m] has another name here"),
        (format!("{timm}crop_mode = \"squash\""), "\"squash\" is \"stretch\""),
        ("input_size = [3, 72, 48]".to_owned(), "write `input_size = [48, 72]`"),
    ] {
        let ran = checked_classifier(&said);
        assert!(ran.code != 0 && ran.says(answer), "{said}: {}", ran.stderr);
        assert!(!ran.says("unknown key"), "{said}: {}", ran.stderr);
    }
}

#[test]
fn a_share_of_the_middle_that_the_model_was_not_trained_with_is_told_beside_the_others() {
    let ran = probed_classifier("preprocess = \"timm\"\ncrop_pct = 0.875\nmean = [0, 0, 0]\nstd = [1, 1, 1]");
    let told = ran.stdout.lines().chain(ran.stderr.lines());
    assert!(told.clone().any(|line| line.contains("crop_pct = ")), "{}{}", ran.stdout, ran.stderr);
    assert!(!told.clone().any(|line| line.contains("resize = ")), "a contradiction to `crop_pct`: {}", ran.stdout);
}
