//! What runs ONNX files: every shipped model loads on the embedded engine or is refused for a reason that is told.

use windtunnel::predict::graph::{EngineKind, open};

use crate::support::{DATASET, Workshop, repository};

/// The models of tests that the embedded engine must not run, with the operator that it names.
const REFUSED: [(&str, &str); 2] = [("roi_align.onnx", "RoiAlign"), ("suppression.onnx", "NonMaxSuppression")];

#[test]
fn every_model_here_loads_on_the_embedded_engine_or_is_refused_by_its_operator() {
    let files = |folder: &str| std::fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path());
    let models: Vec<_> = files("examples/models").chain(files("tests/fixtures/models")).collect();
    let models = models.iter().filter(|path| path.extension().is_some_and(|extension| extension == "onnx"));
    let mut opened = 0;
    for path in models {
        let name = path.file_name().unwrap().to_str().unwrap();
        let outcome = open(EngineKind::Rten, path, &|_| None).map(|engine| engine.name().to_owned());
        match REFUSED.iter().find(|(refused, _)| *refused == name) {
            Some((_, operator)) => {
                assert!(outcome.as_ref().is_err_and(|why| why.to_string().contains(operator)), "{name}: {outcome:?}");
            }
            None => {
                assert_eq!(outcome.as_deref(), Ok("rten 0.27.0"), "{name}");
                opened += 1;
            }
        }
    }
    assert!(opened > 20, "{opened}");
}

#[test]
fn check_says_before_a_run_what_the_embedded_engine_computes_otherwise() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let path = repository("tests/fixtures/models/suppression.onnx");
    let model = format!("[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"{}\"", path.display());
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"small\"\n{DATASET}\n{model}\n[[check]]\non = \"clean\"\nmin = 0.5\n"),
    );
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("does not compute it as ONNX says: NonMaxSuppression (gives `kept`)"), "{}", ran.stderr);
}

#[test]
fn explain_lists_every_rule_with_its_smallest_case() {
    let ran = Workshop::new().run(&["explain", "rten"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for rule in ["same-lower (Conv,", "cubic-resize (Resize)", "old-softmax (Softmax, LogSoftmax)"] {
        assert!(text.contains(rule), "{text}");
    }
    assert!(text.matches("Smallest case:").count() > 20, "{text}");
}

#[test]
fn where_one_engine_alone_is_there_check_says_why_they_cannot_be_held_against_each_other() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let path = repository("examples/models/bccd_a.onnx");
    let labels = "labels = [\"RBC\", \"WBC\", \"Platelets\"]";
    let model = format!("[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"{}\"\n{labels}", path.display());
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"small\"\n{DATASET}\n{model}\n[[check]]\non = \"clean\"\nmin = 0.5\n"),
    );
    let ran = workshop.run(&["check", "--engines", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // Whether a library is there depends on the machine: one of the two is said.
    let is_told = ran.says("`m` runs on one engine alone: no library of ONNX Runtime was found")
        || ran.says("output `output`: up to");
    assert!(is_told, "{}", ran.stderr);
}

fn check(keys: &str) -> crate::support::Ran {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let model = crate::support::detector("a").replace("engine = \"rten\"\n", "");
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"small\"\n{DATASET}\n{model}{keys}\n[[check]]\non = \"clean\"\nmin = 0.1\n"),
    );
    workshop.run(&["check", "spec.toml"])
}

#[test]
fn a_key_that_the_engine_cannot_honour_is_a_mistake() {
    let said = |keys: &str, message: &str| {
        let ran = check(keys);
        assert!(ran.code == 2 && ran.says(message), "{keys}: {}", ran.stderr);
    };
    let rten = "engine = \"rten\"\n";
    said(
        &format!("{rten}graph_optimization = \"none\""),
        "`graph_optimization` is ONNX Runtime's, but `engine` is \"rten\"",
    );
    said(&format!("{rten}provider_options = {{ cuda = {{}} }}"), "`provider_options` is ONNX Runtime's");
    said(&format!("{rten}providers = \"cuda\""), "`providers` is ONNX Runtime's");
    said(&format!("{rten}threads = 0"), "`threads` in [model.a]: 0 is outside 1..=1024");
    let stray = "providers = \"cuda\"\nprovider_options = { tensorrt = { trt_fp16_enable = true } }";
    said(stray, "`provider_options` are for `tensorrt`, which is none of the `providers`");
    said("providers = \"cpu\"\nprovider_options = { cpu = { threads = 2 } }", "the processor takes no options");
    said("providers = \"cuda\"\nprovider_options = { cuba = { x = 1 } }", "did you mean `cuda`?");
    said(
        "providers = \"cuda\"\nprovider_options = { cuda = { x = [1] } }",
        "expected true, false, a number or a text, found an array",
    );
    said("providers = \"cuda\"\nprovider_options = { trt_fp16_enable = true }", "write them by provider");
}

#[test]
fn a_provider_is_never_replaced_by_the_embedded_engine() {
    // "auto" as it is written, too: where no library is found, the embedded engine has no such provider.
    for engine in ["", "engine = \"auto\"\n"] {
        let ran = check(&format!("{engine}providers = \"tensorrt\""));
        let is_told =
            ran.says("no library of ONNX Runtime was found") || ran.says("the provider `tensorrt` is not to be had");
        assert!(ran.code == 3 && is_told, "{}", ran.stderr);
    }
}

#[test]
fn threads_of_the_embedded_engine_are_in_the_record_and_asked_anew() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let base = crate::support::detector("a");
    let two = "[model.two]\nextends = \"a\"\nthreads = 2\n[model.one]\nextends = \"a\"\nthreads = 1\n";
    let check = "[[check]]\non = \"clean\"\nmin = 0.1\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{base}{two}{check}"));
    let ran = workshop.run(&["run", "spec.toml", "--markdown", "out.md"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("small");
    let settings = |at: usize| record["models"][at]["card"]["settings"].clone();
    assert_eq!((settings(1)["threads"].as_u64(), settings(0).get("threads")), (Some(2), None));
    assert_eq!(settings(0), settings(2), "what is usual is the same written out");
    let again = workshop.run(&["run", "spec.toml"]);
    assert_eq!((again.code, workshop.record("small")["times"]["from_store"].as_u64()), (0, Some(6)));
    // The threads may change the last digits: no other number's answers are taken.
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{base}threads = 3\n{check}"));
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    assert_eq!(workshop.record("small")["times"]["asked"].as_u64(), Some(2));
    let page = std::fs::read_to_string(workshop.path("out.md")).unwrap();
    assert!(page.contains("| model two, run by | <code>rten 0.27.0, threads 2</code> |"), "{page}");
    assert!(!page.contains("model a, run by"), "{page}");
}
