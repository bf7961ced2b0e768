//! Every written check becomes a case or a mistake, whatever it selects and whatever is left out of the matrix.

use std::collections::BTreeSet;

use windtunnel::plan::{Selection, Unresolved, resolve};
use windtunnel::spec::{Source, load};

use crate::support::{Ran, Workshop};

/// Three pictures of blood cells twice over, two models of result files, and two perturbations.
struct Shop {
    workshop: Workshop,
}

const PERTURBED: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 2]\n\
    [perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 1\n";

/// A spec of two datasets, `t` and `u`; `idle` are those that no model is run on.
fn spec(idle: &[&str], rest: &str) -> String {
    let dataset = |name: &str| {
        let evaluate = if idle.contains(&name) { "evaluate = false\n" } else { "" };
        format!("[dataset.{name}]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n{evaluate}")
    };
    let model =
        |name: &str| format!("[model.{name}]\nkind = \"precomputed\"\npath = \"{{dataset}}.{{condition}}.json\"\n");
    let sections = [dataset("t"), dataset("u"), model("a"), model("b")].concat();
    format!("version = 1\nname = \"checks\"\n{sections}{PERTURBED}{rest}")
}

impl Shop {
    fn new() -> Self {
        let workshop = Workshop::new();
        workshop.blood_cells(3);
        for condition in ["clean", "blur@1", "blur@2", "noise@1"] {
            for dataset in ["t", "u"] {
                workshop.write(&format!("{dataset}.{condition}.json"), "[]");
            }
        }
        Self { workshop }
    }

    fn run(&self, command: &str, idle: &[&str], rest: &str) -> Ran {
        self.workshop.write("spec.toml", spec(idle, rest));
        self.workshop.run(&[command, "spec.toml"])
    }

    /// The lines of checks that have a case, and those of all; `None` where the spec is refused.
    fn bound(&self, text: &str) -> Option<(BTreeSet<usize>, BTreeSet<usize>)> {
        let source = Source::new(&self.workshop.path("spec.toml"), text.to_owned());
        let (spec, mistakes) = load(&source).ok()?;
        let written = text.lines().enumerate().filter(|(_, line)| *line == "[[check]]").map(|(at, _)| at + 1).collect();
        match resolve(&spec, mistakes, &Selection::default()) {
            Ok(plan) => Some((plan.cases.iter().map(|case| case.place.line).collect(), written)),
            Err(Unresolved::Invalid(mistakes)) => {
                assert!(!mistakes.is_empty());
                None
            }
            Err(Unresolved::NothingSelected) => panic!("nothing was selected, and nothing came of:\n{text}"),
        }
    }
}

const IDLE: [&[&str]; 4] = [&[], &["t"], &["u"], &["t", "u"]];

const EXCLUSIONS: [&str; 8] = [
    "",
    "{ model = \"a\" }",
    "{ dataset = \"t\" }",
    "{ on = \"blur\" }",
    "{ model = \"b\", dataset = \"u\" }",
    "{ model = \"a\", on = \"all\" }",
    "{ model = [\"a\", \"b\"] }",
    "{ on = { group = \"noise\" } }, { model = \"b\", on = \"blur@1\" }",
];

const CHECKS: [&str; 20] = [
    "on = \"clean\"\nmin = 0.1",
    "on = \"all\"\nmin = 0.1",
    "on = \"all\"\nmax_drop = 0.1\naggregate = \"worst\"",
    "on = \"blur\"\nmax_drop = { 1 = 0.1, 2 = 0.2 }",
    "on = [\"blur\", \"noise\"]\nmin = 0.1",
    "on = { group = \"noise\" }\nmin = 0.1",
    "on = \"blur@1\"\nmodel = \"a\"\nmin = 0.1",
    "on = \"clean\"\nmodel = [\"a\", \"b\"]\nmin = 0.1",
    "on = \"clean\"\ndataset = [\"t\", \"u\"]\nmin = 0.1",
    "on = \"clean\"\ndataset = \"u\"\nmin = 0.1",
    "on = \"all\"\nreference = \"a\"\nmax_regression = 0.1",
    "on = \"all\"\nmax_regression = 0.1",
    "on = \"clean\"\ncategory = \"RBC\"\nmin = 0.1",
    "on = \"clean\"\nslice = \"size:large\"\nmin = 0.1",
    "on = \"all\"\nmetric = \"mpc\"\nmin = 0.1",
    "metric = \"duplicates\"\nmax = 0",
    "metric = \"leakage\"\nmax = 0",
    "metric = \"suspect_labels\"\nmax = 0",
    "metric = \"suspect_labels\"\nmodel = [\"a\", \"b\"]\nmax = 0",
    "metric = \"invalid_boxes\"\ndataset = \"t\"\nmax = 0",
];

#[test]
fn every_check_has_a_case_or_the_spec_is_refused() {
    let shop = Shop::new();
    let (mut bound, mut refused) = (0, 0);
    for idle in IDLE {
        for exclusion in EXCLUSIONS {
            let matrix = format!("[matrix]\nexclude = [{exclusion}]\n");
            for check in CHECKS {
                // Alone, and beside another that has cases of its own.
                for beside in ["", "[[check]]\nmetric = \"invalid_boxes\"\ndataset = [\"t\", \"u\"]\nmax = 9\n"] {
                    let text = spec(idle, &format!("{matrix}{beside}[[check]]\n{check}\n"));
                    match shop.bound(&text) {
                        Some((with_cases, written)) => {
                            assert_eq!(with_cases, written, "{text}");
                            bound += 1;
                        }
                        None => refused += 1,
                    }
                }
            }
        }
    }
    assert!(bound > 300 && refused > 300, "{bound} bound, {refused} refused");
}

#[test]
fn a_check_on_no_dataset_is_a_mistake_alone_beside_others_and_in_another_spec() {
    let shop = Shop::new();
    let both = ["t", "u"];
    let clean = "[[check]]\non = \"clean\"\nmin = 0.1\n";
    let named = "[[check]]\nmetric = \"duplicates\"\ndataset = \"u\"\nmax = 0\n";
    let unnamed = "[[check]]\nmetric = \"duplicates\"\nmax = 0\n";
    for rest in [clean.to_owned(), format!("{named}{clean}"), unnamed.to_owned(), format!("{named}{unnamed}")] {
        for command in ["check", "run", "list"] {
            let ran = shop.run(command, &both, &rest);
            assert_eq!(ran.code, 2, "{command}: {}", ran.stderr);
            assert!(ran.says("is about no dataset: models are run on none of the spec"), "{}", ran.stderr);
            assert!(ran.says("remove `evaluate = false`"), "{}", ran.stderr);
        }
    }
    // The ways out.
    assert_eq!(shop.run("check", &["u"], clean).code, 0);
    assert_eq!(shop.run("check", &both, named).code, 0);
    // A good spec beside it changes nothing.
    shop.workshop.write("good.toml", spec(&["u"], clean).replace("\"checks\"", "\"good\""));
    shop.workshop.write("spec.toml", spec(&both, clean));
    let ran = shop.workshop.run(&["run", "good.toml", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("1 mistake; nothing was run"), "{}", ran.stderr);
}

#[test]
fn two_checks_of_one_name_in_a_layer_are_two_and_one_of_a_later_layer_takes_the_place_of_the_first() {
    let shop = Shop::new();
    shop.workshop.write("base.toml", spec(&["u"], "[[check]]\nname = \"x\"\non = \"clean\"\nmin = 0.1\n"));
    let two =
        "[[check]]\nname = \"x\"\non = \"blur@1\"\nmin = 0.1\n[[check]]\nname = \"x\"\non = \"noise\"\nmin = 0.1\n";
    shop.workshop.write("spec.toml", format!("version = 1\nextends = \"base.toml\"\n[model.a]\nkind = \"precomputed\"\npath = \"{{dataset}}.{{condition}}.json\"\n{two}"));
    let ran = shop.workshop.run(&["list", "spec.toml"]);
    let cases: Vec<&str> = ran.stdout.lines().filter(|id| id.starts_with("a/")).collect();
    assert_eq!(cases, ["a/t/blur@1/map:min", "a/t/noise@1/map:min"], "{}", ran.stderr);
}

#[test]
fn a_name_that_exclusions_leave_nothing_of_is_a_mistake_of_the_check_that_lists_it() {
    let shop = Shop::new();
    for (exclude, check, what) in [
        ("{ model = \"b\" }", "on = \"clean\"\nmodel = [\"a\", \"b\"]\nmin = 0.1", "model `b`"),
        ("{ dataset = \"u\" }", "on = \"clean\"\ndataset = [\"t\", \"u\"]\nmin = 0.1", "dataset `u`"),
        ("{ on = \"noise\" }", "on = [\"blur\", \"noise\"]\nmin = 0.1", "condition `noise`"),
        ("{ on = \"noise\" }", "on = [\"blur\", \"noise\"]\naggregate = \"mean\"\nmin = 0.1", "condition `noise`"),
        ("{ on = \"all\" }", "on = [\"clean\", \"all\"]\nmin = 0.1", "condition `all`"),
    ] {
        let ran = shop.run("check", &[], &format!("[matrix]\nexclude = [{exclude}]\n[[check]]\n{check}\n"));
        assert_eq!(ran.code, 2, "{check}: {}", ran.stderr);
        let message = format!("names the {what}, of which `[matrix] exclude` leaves nothing");
        assert!(ran.says(&message), "{message}: {}", ran.stderr);
    }
    // Where a part of what is listed is left, that is what the exclusion is for.
    let rest =
        "[matrix]\nexclude = [{ model = \"b\", on = \"noise\" }]\n[[check]]\non = [\"blur\", \"noise\"]\nmin = 0.1\n";
    assert_eq!(shop.run("check", &[], rest).code, 0);
    let heard = "[matrix]\nexclude = [{ model = \"b\" }]\n[[check]]\nmetric = \"suspect_labels\"\nmodel = [\"a\", \"b\"]\nmax = 0\n";
    let ran = shop.run("check", &[], heard);
    assert!(ran.code == 2 && ran.says("names the model `b`, which is not run on `t`"), "{}", ran.stderr);
}

#[test]
fn figures_of_a_dataset_that_hold_nothing_against_nothing_are_mistakes() {
    let shop = Shop::new();
    let labels = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut labels = shop.workshop.blood_cells(2);
        change(&mut labels);
        shop.workshop.write("labels.json", labels.to_string());
    };
    let refused = |metric: &str, why: &str| {
        let ran = shop.run("check", &["u"], &format!("[[check]]\nmetric = \"{metric}\"\nmax = 2\n"));
        assert_eq!(ran.code, 2, "{metric}: {}", ran.stderr);
        assert!(ran.says(&format!("`{metric}` of dataset `t` could never fail: {why}")), "{}", ran.stderr);
    };
    labels(&|labels| labels["annotations"] = serde_json::json!([]));
    refused("invalid_boxes", "it has no box");
    refused("class_imbalance", "fewer than two categories have objects");
    labels(&|labels| {
        let only = labels["annotations"][0]["category_id"].clone();
        labels["annotations"].as_array_mut().unwrap().retain(|object| object["category_id"] == only);
    });
    refused("class_imbalance", "fewer than two categories have objects");
    labels(&|labels| {
        let first = labels["images"][0]["id"].clone();
        labels["images"].as_array_mut().unwrap().truncate(1);
        labels["annotations"].as_array_mut().unwrap().retain(|object| object["image_id"] == first);
    });
    refused("duplicates", "it has one image");
}

#[test]
fn cases_on_a_dataset_that_cannot_be_read_are_told_apart_by_their_slices() {
    let shop = Shop::new();
    shop.workshop.write("labels.json", "{");
    let checks = "[[check]]\non = \"clean\"\nmin = 0.1\n[[check]]\non = \"clean\"\nslice = \"size:large\"\nmin = 0.1\n";
    let ran = shop.run("list", &[], checks);
    assert!(ran.stdout.contains("a/t/clean/map{size:large}:min"), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(shop.run("run", &[], checks).code, 3);
    let unknown = "[[check]]\non = \"clean\"\nslice = \"sise:large\"\nmin = 0.1\n";
    let ran = shop.run("check", &[], unknown);
    assert!(ran.code == 2 && ran.says("there is no slice `sise:large`"), "{}", ran.stderr);
}

#[test]
fn tables_show_the_metric_that_all_checks_of_accuracy_name() {
    let shop = Shop::new();
    let check = |metric: &str| {
        let named = if metric.is_empty() { String::new() } else { format!("metric = \"{metric}\"\n") };
        let bound = if ["affected", "ece", "fp_on_empty_images"].contains(&metric) { "max = 0.9" } else { "min = 0.5" };
        format!("[[check]]\non = \"blur\"\n{named}{bound}\n")
    };
    let tables = |defaults: &str, metrics: &[&str]| {
        let checks: String = metrics.iter().map(|metric| check(metric)).collect();
        let source = Source::new(&shop.workshop.path("spec.toml"), spec(&[], &format!("{defaults}{checks}")));
        let (spec, mistakes) = load(&source).unwrap();
        let plan = resolve(&spec, mistakes, &Selection::default());
        plan.map_or_else(|_| panic!("{metrics:?} is refused"), |plan| plan.metric.name)
    };
    for (metrics, shown) in [
        (&["map50"][..], "map50"),
        (&["recall", "stability", "ece", "affected"], "recall"),
        (&["stability"], "stability"),
        (&["affected"], "stability"),
        (&["ece"], "map"),
        // Several, one that is not named, and one that is made of the default.
        (&["map50", "map75"], "map"),
        (&["map50", ""], "map"),
        (&["map50", "mpc"], "map"),
        (&["stability", "rpc"], "map"),
    ] {
        assert_eq!(tables("", metrics), shown, "{metrics:?}");
        assert_eq!(tables("[defaults]\nmetric = \"map75\"\n", metrics), "map75", "{metrics:?}");
    }
}

#[test]
fn tables_records_and_reports_say_which_metric_they_show() {
    let shop = Shop::new();
    let recorded = |checks: &str| {
        let ran = shop.run("run", &["u"], checks);
        let markdown = shop.workshop.run(&["report", "--to", "markdown", "-o", "-"]).stdout;
        (ran.stdout, shop.workshop.record("checks"), markdown)
    };
    let check = |metric: &str| format!("[[check]]\non = \"clean\"\nmetric = \"{metric}\"\nmin = 0.1\n");
    for (checks, shown) in [(check("map50"), "map50"), (check("map50") + &check("map75"), "map")] {
        let (console, record, markdown) = recorded(&checks);
        assert!(console.contains(&format!("{shown} on t, 3 images")), "{console}");
        assert!(markdown.contains(&format!("### {shown} on t, 3 images")), "{markdown}");
        assert_eq!(record["spec"]["metric"], shown);
    }
}
