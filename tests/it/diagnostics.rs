//! What a person reads after a mistake in a spec: a snapshot for each kind of mistake.

use crate::support::{Workshop, repository};

const HEAD: &str = "version = 1\nname = \"small\"\n";
const DATASET: &str = "[dataset.test]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n";
const MODEL: &str = "[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n";
const BLUR: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 3]\n";
const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.2\n";

/// Runs `spec` and holds what it prints against the snapshot called `name`.
fn mistake(name: &str, spec: &str) {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(!workshop.has_reports());
    let stderr = ran.stderr.replace(&repository("").display().to_string(), "<repository>/");
    insta::assert_snapshot!(name, stderr);
}

fn with_check(check: &str) -> String {
    format!("{HEAD}{DATASET}{MODEL}{BLUR}{check}")
}

fn with_perturbation(perturbation: &str) -> String {
    format!("{HEAD}{DATASET}{MODEL}{perturbation}{CHECK}")
}

fn with_model(model: &str) -> String {
    format!("{HEAD}{DATASET}{model}{CHECK}")
}

#[test]
fn the_grammar_of_toml() {
    mistake("not_toml", "version = 1\nname = \"small\n[dataset.test]\nformat = \n");
    mistake("key_written_twice", &format!("version = 1\n{HEAD}{DATASET}{MODEL}{CHECK}"));
}

#[test]
fn missing_parts() {
    mistake("empty_spec", "");
    mistake("no_check", &format!("{HEAD}{DATASET}{MODEL}"));
    mistake("unknown_task", &format!("task = \"segmentation\"\n{}", with_check(CHECK)));
    mistake("unknown_version", &format!("version = 2\n{DATASET}{MODEL}{CHECK}"));
    mistake("model_without_kind", &with_model("[model.a]\npath = \"a.onnx\"\n"));
    mistake("model_without_path", &with_model("[model.a]\nkind = \"onnx\"\n"));
    mistake("check_without_on", &with_check("[[check]]\nmin = 0.2\n"));
    mistake("check_without_bound", &with_check("[[check]]\non = \"clean\"\n"));
    mistake("perturbation_without_level", &with_perturbation("[perturbation.blur]\nkind = \"gaussian_blur\"\n"));
}

#[test]
fn chains_and_presets() {
    mistake("misspelt_preset", &with_perturbation("[perturbation.c]\npreset = \"imagenetc\"\n"));
    mistake("kind_and_preset", &with_perturbation("[perturbation.c]\nkind = \"rotate\"\npreset = \"weather\"\n"));
    mistake("neither_kind_nor_preset", &with_perturbation("[perturbation.c]\nseverity = 3\n"));
    mistake("chain_without_steps", &with_perturbation("[perturbation.c]\nchain = []\n"));
    mistake(
        "chain_with_a_wrong_step",
        &with_perturbation("[perturbation.c]\nchain = [{ kind = \"rotate\", degree = 3 }, \"blur\"]\n"),
    );
    mistake(
        "chain_with_a_sweep",
        &with_perturbation("[perturbation.c]\nchain = [{ kind = \"rotate\", degrees = [3, 4] }]\n"),
    );
    mistake(
        "misspelt_compat",
        &with_perturbation("[perturbation.c]\nkind = \"rotate\"\ndegrees = 3\ncompat = \"imagenet\"\n"),
    );
}

#[test]
fn misspelt_words() {
    mistake("misspelt_section", &format!("{HEAD}{DATASET}{MODEL}[[chekc]]\non = \"clean\"\nmin = 0.2\n"));
    mistake("misspelt_key", &with_check("[[check]]\non = \"blur\"\nmax_dorp = 0.1\n"));
    mistake("misspelt_model_key", &with_model(&format!("{MODEL}confidense = 0.1\n")));
    mistake(
        "misspelt_format",
        &format!("{HEAD}[dataset.test]\nformat = \"cocoa\"\npath = \"labels.json\"\n{MODEL}{CHECK}"),
    );
    mistake("misspelt_model_kind", &with_model("[model.a]\nkind = \"onx\"\npath = \"a.onnx\"\n"));
    mistake(
        "misspelt_perturbation",
        &with_perturbation("[perturbation.blur]\nkind = \"gausian_blur\"\nseverity = 1\n"),
    );
    mistake("misspelt_metric", &with_check("[[check]]\non = \"clean\"\nmetric = \"map_50\"\nmin = 0.2\n"));
    mistake("misspelt_condition", &with_check("[[check]]\non = \"blurr\"\nmax_drop = 0.2\n"));
    mistake("misspelt_category", &with_check("[[check]]\non = \"clean\"\ncategory = \"Platelet\"\nmin = 0.2\n"));
    mistake("misspelt_model_name", &with_check("[[check]]\nmodel = \"aa\"\non = \"clean\"\nmin = 0.2\n"));
    mistake("misspelt_dataset_name", &with_check("[[check]]\ndataset = \"tset\"\non = \"clean\"\nmin = 0.2\n"));
    mistake("misspelt_group", &with_check("[[check]]\non = { group = \"blurr\" }\nmin = 0.2\n"));
    mistake("misspelt_aggregate", &with_check("[[check]]\non = \"blur\"\naggregate = \"average\"\nmin = 0.2\n"));
    mistake("misspelt_placement", &with_model(&format!("{MODEL}placement = \"leterbox\"\n")));
    mistake("misspelt_decoder", &with_model(&format!("{MODEL}decoder = \"yolo8\"\n")));
    mistake("misspelt_labels", &with_model("[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\nlabels = \"voc\"\n"));
}

#[test]
fn values_of_the_wrong_type_or_out_of_range() {
    mistake("threshold_of_the_wrong_type", &with_check("[[check]]\non = \"clean\"\nmin = \"0.2\"\n"));
    mistake("threshold_not_finite", &with_check("[[check]]\non = \"clean\"\nmin = nan\n"));
    mistake("threshold_in_percent", &with_check("[[check]]\non = \"clean\"\nmin = 45\n"));
    mistake("on_of_the_wrong_type", &with_check("[[check]]\non = 3\nmin = 0.2\n"));
    mistake("on_with_an_unknown_table", &with_check("[[check]]\non = { kind = \"blur\" }\nmin = 0.2\n"));
    mistake(
        "severity_out_of_range",
        &with_perturbation("[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 6]\n"),
    );
    mistake("severity_twice", &with_perturbation("[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 1]\n"));
    mistake("level_out_of_range", &with_perturbation("[perturbation.turn]\nkind = \"rotate\"\ndegrees = [10, 270]\n"));
    mistake(
        "severity_and_level",
        &with_perturbation("[perturbation.turn]\nkind = \"rotate\"\ndegrees = 10\nseverity = 1\n"),
    );
    mistake("level_of_a_flip", &with_perturbation("[perturbation.flip]\nkind = \"horizontal_flip\"\nseverity = 1\n"));
    mistake("confidence_out_of_range", &with_model(&format!("{MODEL}confidence = 25\n")));
    mistake("name_with_a_dot", &with_model(&MODEL.replace("model.a", "model.\"a.v2\"")));
    mistake("reserved_names", &with_perturbation("[perturbation.clean]\nkind = \"gaussian_blur\"\nseverity = 1\n"));
    mistake("labels_twice", &with_model(&MODEL.replace("\"WBC\"", "\"RBC\"")));
    mistake("input_too_large", &with_model(&format!("{MODEL}input_size = [200000, 200000]\n")));
    mistake("level_with_a_point", &with_check("[[check]]\non = \"blur\"\nmin = { 0.1 = 0.2 }\n"));
    mistake("seed_negative", &format!("seed = -1\n{HEAD}{DATASET}{MODEL}{CHECK}"));
}

#[test]
fn files_that_are_not_there() {
    mistake("no_labels", &format!("{HEAD}[dataset.test]\nformat = \"coco\"\npath = \"lables.json\"\n{MODEL}{CHECK}"));
    mistake("no_images", &format!("{HEAD}{}{MODEL}{CHECK}", DATASET.replace("\"images\"", "\"pictures\"")));
    mistake("no_model", &with_model("[model.a]\nkind = \"onnx\"\npath = \"b.onnx\"\n"));
}

#[test]
fn secrets_in_a_spec() {
    let hosted = "[model.a]\nkind = \"roboflow\"\nmodel_id = \"cells/3\"\n";
    mistake("api_key_in_a_spec", &with_model(&format!("{hosted}api_key = \"rf_s3cret\"\n")));
    mistake("key_where_a_name_belongs", &with_model(&format!("{hosted}api_key_env = \"rf-s3cret\"\n")));
    mistake("key_in_an_address", &with_model(&format!("{hosted}url = \"https://a.example/?api_key=s3cret\"\n")));
    let http =
        "[model.a]\nkind = \"http\"\nurl = \"http://localhost/\"\nbody = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\n";
    mistake("key_in_a_header", &with_model(&format!("{http}headers = {{ Authorization = \"Bearer s3cret\" }}\n")));
    for name in ["api_key_in_a_spec", "key_where_a_name_belongs", "key_in_an_address", "key_in_a_header"] {
        let shown = repository(&format!("tests/it/snapshots/it__diagnostics__{name}.snap"));
        assert!(!std::fs::read_to_string(shown).unwrap().contains("s3cret"), "{name}");
    }
}

#[test]
fn models_elsewhere() {
    mistake(
        "roboflow_without_a_version",
        &with_model("[model.a]\nkind = \"roboflow\"\nmodel_id = \"cells\"\nconfidence = 1.0\n"),
    );
    mistake("empty_http", &with_model("[model.a]\nkind = \"http\"\n"));
    let http = "[model.a]\nkind = \"http\"\nurl = \"ftp://localhost/\"\nbody = \"json\"\ntemplate = '{\"image\": \"x\"}'\n\
                list = \"a\"\nbox = [\"x\", \"y\"]\nbox_format = \"xyxz\"\ntimeout_seconds = 0\n";
    mistake("mistakes_in_http", &with_model(http));
    mistake("empty_oip", &with_model("[model.a]\nkind = \"oip\"\nmodel = \"a/b\"\n"));
    mistake("a_command_line", &with_model("[model.a]\nkind = \"subprocess\"\ncommand = \"python predict.py\"\n"));
    mistake(
        "mistakes_in_subprocess",
        &with_model(
            "[model.a]\nkind = \"subprocess\"\ncommand = [\"sh\"]\nworkers = 0\nfiles = [\"absent.py\"]\nlabels = [\"a\", \"a\"]\n",
        ),
    );
    mistake(
        "rename_of_no_label",
        &with_model(
            "[model.a]\nkind = \"subprocess\"\ncommand = \"sh\"\nlabels = [\"rbc\"]\nrename = { RBC = \"rbc\" }\n",
        ),
    );
}

#[test]
fn checks_that_could_not_fail() {
    mistake("drop_on_clean", &with_check("[[check]]\non = \"clean\"\nmax_drop = 0.1\n"));
    mistake("min_zero", &with_check("[[check]]\non = \"clean\"\nmin = 0\n"));
    mistake("drop_of_everything", &with_check("[[check]]\non = \"blur\"\nmax_relative_drop = 1.0\n"));
    mistake("empty_group", &with_check("[[check]]\non = { group = \"weather\" }\nmin = 0.2\n"));
    mistake("all_of_nothing", &format!("{HEAD}{DATASET}{MODEL}[[check]]\non = \"all\"\nmin = 0.2\n"));
    mistake("no_such_level", &with_check("[[check]]\non = \"blur@2\"\nmin = 0.2\n"));
    mistake("threshold_for_no_level", &with_check("[[check]]\non = \"blur\"\nmin = { 1 = 0.2, 3 = 0.1, 5 = 0.1 }\n"));
    mistake("level_without_threshold", &with_check("[[check]]\non = \"blur\"\nmin = { 1 = 0.2 }\n"));
    mistake(
        "levels_of_an_aggregate",
        &with_check("[[check]]\non = \"blur\"\naggregate = \"mean\"\nmin = { 1 = 0.2 }\n"),
    );
    mistake("check_repeated", &with_check(&format!("{CHECK}{CHECK}")));
    mistake("no_small_objects", &with_check("[[check]]\non = \"clean\"\nmetric = \"map_small\"\nmin = 0.2\n"));
    mistake("on_an_empty_list", &with_check("[[check]]\non = []\nmin = 0.2\n"));
}

#[test]
fn a_check_of_which_a_key_cannot_be_read_is_not_said_to_repeat_another() {
    for key in ["slice", "category", "aggregate", "metric", "reference"] {
        let workshop = Workshop::new();
        workshop.blood_cells(2);
        workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
        workshop.write("spec.toml", with_check(&format!("{CHECK}{CHECK}{key} = [\"size:small\", \"size:large\"]\n")));
        let ran = workshop.run(&["check", "spec.toml"]);
        assert!(ran.code == 2 && ran.says(&format!("`{key}`")), "{}", ran.stderr);
        assert!(!ran.says("repeats the case"), "{key}: {}", ran.stderr);
    }
}

fn with_dataset(dataset: &str) -> String {
    format!("{HEAD}[dataset.test]\n{dataset}{MODEL}{CHECK}")
}

#[test]
fn datasets() {
    mistake(
        "limit_of_nothing",
        &with_dataset("format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\nlimit = 0\n"),
    );
    mistake(
        "split_of_a_file",
        &with_dataset("format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\nsplit = \"test\"\n"),
    );
    mistake("folder_without_an_export", &with_dataset("format = \"coco\"\npath = \"images\"\n"));
    let fixtures = |path: &str| repository("tests/fixtures/bccd").join(path).display().to_string();
    let yolo = |split: &str| format!("format = \"yolo\"\npath = {:?}\n{split}", fixtures("yolo"));
    mistake("yolo_without_split", &with_dataset(&yolo("")));
    let no_splits = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    std::fs::write(no_splits.path(), "names: [RBC]\n").unwrap();
    let path = no_splits.path().display().to_string();
    let workshop = Workshop::new();
    workshop.write("spec.toml", with_dataset(&format!("format = \"yolo\"\npath = {path:?}\nsplit = \"val\"\n")));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.says("names no split") && ran.says("add a line such as `val: images`"), "{}", ran.stderr);
    mistake("misspelt_split", &with_dataset(&yolo("split = \"tset\"\n")));
    mistake("yolo_without_yaml", &with_dataset("format = \"yolo\"\npath = \"images\"\nsplit = \"test\"\n"));
    let voc = |rest: &str| format!("format = \"voc\"\npath = {:?}\n{rest}", fixtures("voc"));
    mistake("misspelt_corners", &with_dataset(&voc("split = \"test\"\ncorners = \"exclusive\"\n")));
    mistake("voc_split_without_list", &with_dataset(&voc("split = \"val\"\nlabels = []\n")));
    mistake("voc_without_xml", &with_dataset("format = \"voc\"\npath = \"images\"\n"));
}

#[test]
fn classes_that_do_not_match() {
    mistake("labels_of_other_names", &with_model(&MODEL.replace("\"RBC\"", "\"rbc\"")));
}

#[test]
fn all_mistakes_are_told_in_one_pass() {
    let spec = format!(
        "{HEAD}[defaults]\nmetrik = \"map\"\n{DATASET}limits = 3\n{}iou = 3\n\
         [perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 9\n\
         [perturbation.fog]\nkind = \"fogg\"\nseverity = 1\n\
         [[check]]\non = \"blur\"\nmax_drop = \"small\"\n[[check]]\non = \"fog\"\nmax_drop = 0.1\nmetric = \"AP\"\n",
        MODEL.replace("a.onnx", "absent.onnx")
    );
    mistake("many_mistakes", &spec);
}

#[test]
fn rules_and_references() {
    let two = format!("{HEAD}{DATASET}{MODEL}{}{BLUR}", MODEL.replace("model.a", "model.b"));
    let check = |keys: &str| format!("{two}[[check]]\non = \"blur\"\n{keys}\n");
    mistake("reference_that_is_no_model", &check("reference = \"c\"\nmin_gain = 0.0"));
    mistake("reference_to_itself", &check("model = \"a\"\nreference = \"a\"\nmin_gain = 0.0"));
    mistake("reference_without_its_bound", &check("reference = \"a\"\nmax_drop = 0.1"));
    mistake("unknown_rule", &check("max_drop = 0.1\nrule = \"significance\""));
    mistake("correction_of_points", &check("max_drop = 0.1\ncorrection = \"holm\""));
    mistake(
        "correction_beyond_the_resamples",
        &format!(
            "{}[defaults]\nresamples = 100\n",
            check("max_drop = 0.1\nrule = \"significant\"\ncorrection = \"holm\"")
        ),
    );
}

#[test]
fn waivers() {
    mistake("waiver_without_a_reason", &with_check("[[check]]\non = \"blur\"\nmax_drop = 0.1\nlevel = \"warn\"\n"));
    let stray = "[[check]]\non = \"blur\"\nmax_drop = 0.1\nuntil = 2030-01-01\n";
    mistake("end_of_no_waiver", &with_check(stray));
    let timed = "[[check]]\non = \"blur\"\nmax_drop = 0.1\nlevel = \"warn\"\nreason = \"x\"\nuntil = \"soon\"\n";
    mistake("waiver_until_no_day", &with_check(timed));
}

#[test]
fn metrics_of_many_conditions_and_of_agreement() {
    let check = |keys: &str| with_check(&format!("[[check]]\n{keys}\n"));
    mistake("risk_of_clean_images", &check("on = \"clean\"\nmetric = \"risk\"\nmax = 30"));
    mistake("risk_beyond_its_range", &check("on = \"blur\"\nmetric = \"risk\"\nmax = 100"));
    mistake("risk_aggregated", &check("on = \"blur\"\nmetric = \"risk\"\naggregate = \"mean\"\nmax = 30"));
    mistake("drop_of_stability", &check("on = \"blur\"\nmetric = \"stability\"\nmax_drop = 0.1"));
    mistake("stability_of_a_category", &check("on = \"blur\"\nmetric = \"stability\"\ncategory = \"RBC\"\nmin = 0.5"));
    mistake("no_image_is_empty", &check("on = \"clean\"\nmetric = \"fp_on_empty_images\"\nmax = 0.5"));
    let tables = format!("{HEAD}[defaults]\nmetric = \"risk\"\n{DATASET}{MODEL}{CHECK}");
    mistake("tables_of_risk", &tables);
}

#[test]
fn what_models_were_trained_with() {
    let model = |keys: &str| with_model(&format!("{MODEL}{keys}\n"));
    mistake("unknown_augmentation", &model("trained_with = [\"blurr\"]\nreference = \"b\""));
    mistake("trained_against_nothing", &model("trained_with = [\"blur\"]"));
    mistake("reference_without_training", &model("reference = \"a\""));
    mistake("readme_that_is_missing", &model("trained_with = \"README.roboflow.txt\""));
}
