//! In a job of GitHub Actions: annotations, the job summary, the outputs of the step.

use windtunnel::gate::Outcome;
use windtunnel::record::{CaseRecord, Record};
use windtunnel::report::{MAX_SUMMARY, annotations, markdown};

use crate::support::{Ran, Workshop, small_spec};

/// Two that fail, one of them only warning, and one that holds; names that would be commands or markup elsewhere.
const CHECKS: &str = "[[check]]\nname = \"a|b <b>@me</b> ::error::x `y`\"\non = \"clean\"\nmin = 0.999\n\
    [[check]]\non = \"clean\"\nmetric = \"map50\"\nmin = 0.9999\nlevel = \"warn\"\nreason = \"later\"\n\
    [[check]]\non = \"clean\"\nmetric = \"map75\"\nmin = 0.01\n";

fn run(workshop: &Workshop, args: &[&str]) -> Ran {
    workshop.blood_cells(3);
    workshop.write("spec.toml", small_spec(CHECKS));
    let mut command = workshop.command(&[&["run", "spec.toml", "-q"], args].concat());
    command.env("GITHUB_ACTIONS", "true").env("NO_COLOR", "1");
    command.env("GITHUB_STEP_SUMMARY", workshop.path("summary.md"));
    command.env("GITHUB_OUTPUT", workshop.path("output.txt"));
    workshop.finish(command.output().unwrap())
}

#[test]
fn a_failed_run_tells_github_what_failed_and_where() {
    let workshop = Workshop::new();
    let ran = run(&workshop, &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").expect("silence comes first");
    let end = lines.iter().position(|line| *line == format!("::{token}::")).expect("silence ends");
    insta::assert_snapshot!("annotations", lines[end + 1..].join("\n"));
    let output = std::fs::read_to_string(workshop.path("output.txt")).unwrap();
    insta::assert_snapshot!("outputs", output);
    let summary = std::fs::read_to_string(workshop.path("summary.md")).unwrap();
    let version = format!("<code>{}</code>", env!("CARGO_PKG_VERSION"));
    // The spec names its model by an absolute path.
    let digest = workshop.record("small")["spec"]["digest"].as_str().unwrap().to_owned();
    let summary = summary.replace(&version, "<code>VERSION</code>").replace(&digest, "SPEC");
    insta::assert_snapshot!("summary", summary);
}

#[test]
fn nothing_is_told_where_nobody_wants_it() {
    let workshop = Workshop::new();
    let ran = run(&workshop, &["--no-github"]);
    assert_eq!(ran.code, 1);
    assert!(!ran.stderr.contains("::stop-commands"), "{}", ran.stderr);
    assert!(!workshop.path("summary.md").exists() && !workshop.path("output.txt").exists());
}

#[test]
fn a_broken_spec_ends_the_silence() {
    let workshop = Workshop::new();
    workshop.write("spec.toml", "version = 1\n");
    let mut command = workshop.command(&["run", "spec.toml"]);
    command.env("GITHUB_OUTPUT", workshop.path("output.txt")).env("GITHUB_STEP_SUMMARY", workshop.path("summary.md"));
    let ran = workshop.finish(command.env("GITHUB_ACTIONS", "true").output().unwrap());
    assert_eq!(ran.code, 2);
    assert_eq!(std::fs::read_to_string(workshop.path("output.txt")).unwrap(), "result=error\nexit_code=2\n");
    assert!(std::fs::read_to_string(workshop.path("summary.md")).unwrap().contains("ran nothing"));
    let token = ran.stderr.lines().next().unwrap().replace("::stop-commands::", "");
    assert!(ran.stderr.contains(&format!("::{token}::")), "{}", ran.stderr);
}

#[test]
fn five_thousand_checks_stay_within_github_s_limits() {
    let workshop = Workshop::new();
    assert_eq!(run(&workshop, &["--no-github"]).code, 1);
    let mut record: Record = serde_json::from_value(workshop.record("small")).unwrap();
    let failed = record.cases[0].clone();
    for number in 0..5000 {
        let mut case = failed.clone();
        case.id = format!("a/test/clean/map:min-{number}");
        case.message = "x".repeat(300);
        record.cases.push(case);
    }
    let summary = markdown(&[&record], MAX_SUMMARY);
    assert!(summary.len() <= MAX_SUMMARY && summary.len() > MAX_SUMMARY / 2, "{}", summary.len());
    assert!(summary.starts_with("\n## ❌ small failed"), "the verdict comes first");
    assert!(summary.contains("parts did not fit here"));
    assert!(summary.contains("a/test/clean/map:min-0<"), "failures before figures");
    let told = annotations(&[&record]);
    assert_eq!(told.lines().filter(|line| line.starts_with("::error")).count(), 10);
    assert!(told.contains("::error::and 4992 more, in the job summary"), "{told}");
}

#[test]
fn what_passed_undecided_is_a_notice() {
    let workshop = Workshop::new();
    assert_eq!(run(&workshop, &["--no-github"]).code, 1);
    let mut record: Record = serde_json::from_value(workshop.record("small")).unwrap();
    let told = |record: &Record| annotations(&[record]).lines().filter(|line| line.starts_with("::notice ")).count();
    let is_passed = |case: &CaseRecord| case.verdict.outcome == Outcome::Pass;
    record.cases.iter_mut().for_each(|case| case.verdict.inconclusive = false);
    assert_eq!(told(&record), 0);
    record.cases.iter_mut().for_each(|case| case.verdict.inconclusive = true);
    let passed = record.cases.iter().filter(|case| is_passed(case)).count();
    assert!(passed > 0 && told(&record) == passed, "{passed}: {}", annotations(&[&record]));
}

#[test]
fn exit_zero_forgives_failures() {
    let workshop = Workshop::new();
    assert_eq!(run(&workshop, &["--exit-zero", "--markdown", "summary.md"]).code, 0);
    let summary = std::fs::read_to_string(workshop.path("summary.md")).unwrap();
    assert!(summary.contains("small failed"), "it is only the code that is forgiven: {summary}");
}

#[test]
fn what_cannot_be_written_changes_no_verdict() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    workshop.write("spec.toml", small_spec(CHECKS));
    let mut command = workshop.command(&["run", "spec.toml", "-q"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", workshop.path("no/summary.md"));
    let ran = workshop.finish(command.env("GITHUB_OUTPUT", workshop.path("output.txt")).output().unwrap());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("warning: the job summary could not be written"), "{}", ran.stderr);
    assert!(std::fs::read_to_string(workshop.path("output.txt")).unwrap().contains("result=failed"));
}

#[test]
fn mistakes_in_a_spec_are_told_at_their_lines() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let wrong = |checks: &str| {
        workshop.write("a,b.toml", small_spec(checks));
        ["run", "check"].map(|command| {
            let mut command = workshop.command(&[command, "a,b.toml", "--set", "seed=x"]);
            let ran = workshop.finish(command.env("GITHUB_ACTIONS", "true").env("NO_COLOR", "1").output().unwrap());
            assert_eq!(ran.code, 2, "{}", ran.stderr);
            let lines: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("::error ")).collect();
            (lines.join("\n"), ran)
        })
    };
    let [(run, ran), (check, _)] = wrong("[[check]]\non = \"50% ::error::\"\nmin = 0.2\n");
    assert_eq!(run, check);
    insta::assert_snapshot!("mistakes", run);
    let silence = ran.stderr.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let end = ran.stderr.find(&format!("::{silence}::")).unwrap();
    assert!(end < ran.stderr.find("::error ").unwrap(), "commands count after the silence");
    let [(many, ran), _] = wrong(&"[[check]]\non = \"clean\"\n".repeat(30));
    assert_eq!(many.lines().count(), 9, "{many}");
    assert!(ran.stderr.contains("::error::and 22 more, in the log"), "{}", ran.stderr);
}
