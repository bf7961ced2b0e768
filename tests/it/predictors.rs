//! What holds for every kind of predictor in the list.

use windtunnel::predict::ALL;

use crate::support::{DATASET, Workshop};

fn mistakes(section: &str) -> String {
    let workshop = Workshop::new();
    workshop.blood_cells(1);
    let check = "[[check]]\non = \"clean\"\nmin = 0.1\n";
    workshop.write("spec.toml", format!("version = 1\n{DATASET}[model.a]\n{section}\n{check}"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    ran.stderr
}

#[test]
fn every_kind_is_named_and_told_in_a_line() {
    for kind in ALL {
        let entry = kind.entry();
        assert!(entry.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", entry.name);
        assert!(!entry.summary.is_empty() && !entry.summary.ends_with('.'), "{}", entry.summary);
    }
}

#[test]
fn every_kind_refuses_what_it_does_not_know_and_asks_for_what_it_lacks() {
    for kind in ALL {
        let name = kind.entry().name;
        let told = mistakes(&format!("kind = \"{name}\"\nno_such_option = 1"));
        assert!(told.contains("unknown key `no_such_option` in [model.a]"), "{name}: {told}");
        assert!(told.contains("[model.a] has no `"), "{name}: {told}");
    }
}

#[test]
fn every_kind_that_asks_a_server_refuses_a_secret_in_the_spec_without_showing_it() {
    for name in ["roboflow", "http", "oip"] {
        for key in ["api_key", "token", "password", "Authorization"] {
            let told = mistakes(&format!("kind = \"{name}\"\n{key} = \"s3cret\""));
            assert!(told.contains("a secret does not belong into a spec") && !told.contains("s3cret"), "{told}");
        }
    }
}
