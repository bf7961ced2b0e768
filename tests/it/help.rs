//! The help of every command, the manual pages and the completions.

use crate::support::Workshop;

/// What the help of a command says in a terminal of 80 columns.
fn help(workshop: &Workshop, command: &[&str]) -> String {
    let args = [command, &["--help"]].concat();
    let ran = workshop.finish(workshop.command(&args).env("COLUMNS", "80").output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Every command, by the names of the manual pages.
fn commands(workshop: &Workshop) -> Vec<String> {
    let ran = workshop.run(&["man", "--out", "pages"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files = std::fs::read_dir(workshop.path("pages")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.iter().map(|name| name.trim_end_matches(".1").to_owned()).collect()
}

#[test]
fn every_command_reads_well_in_80_columns() {
    let workshop = Workshop::new();
    for name in commands(&workshop) {
        let words: Vec<&str> = name.split('-').skip(1).collect();
        let text = help(&workshop, &words);
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_command_is_in_the_help_the_manual_and_the_completions() {
    let workshop = Workshop::new();
    let (root, manual) = (help(&workshop, &[]), workshop.run(&["man"]).stdout);
    let names = commands(&workshop);
    assert!(names.len() > 20 && names.contains(&"windtunnel-export-perturbed".to_owned()), "{names:?}");
    for name in names.iter().filter(|name| name.split('-').count() == 2) {
        let word = name.split('-').nth(1).unwrap();
        assert!(root.lines().any(|line| line.split_whitespace().next() == Some(word)), "{word}");
        assert!(manual.contains(&format!("windtunnel\\-{word}(1)")), "{word}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = workshop.run(&["completions", shell]).stdout;
        for word in names.iter().filter_map(|name| name.split('-').next_back()) {
            assert!(script.contains(word), "{shell} {word}");
        }
    }
    let page = std::fs::read_to_string(workshop.path("pages/windtunnel-export-predictions.1")).unwrap();
    assert!(page.starts_with(".ie") && page.contains(".SH OPTIONS") && page.contains("\\-\\-store"), "{page}");
}

#[test]
fn without_a_command_the_short_help_is_shown() {
    let ran = Workshop::new().run(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.says("Unit tests for the robustness of vision models"), "{}", ran.stderr);
    assert!(ran.says("windtunnel run specs/quickstart.toml") && ran.says("4 nothing selected"), "{}", ran.stderr);
}
