//! Texts of specs: encodings, line ends, and what is written twice.

use crate::support::{Ran, Workshop, small_spec};

const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.2\n";

fn check(spec: impl AsRef<[u8]>) -> Ran {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", spec);
    // The schema's own reader takes UTF-8 without a mark alone: the program is run past it.
    workshop.finish(workshop.command(&["check", "spec.toml"]).output().unwrap())
}

fn refused(spec: impl AsRef<[u8]>, message: &str) {
    let ran = check(spec);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says(message), "`{message}` is not in:\n{}", ran.stderr);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_taken() {
    let spec = small_spec(CHECK).replace('\n', "\r\n");
    for spec in [spec.clone(), format!("\u{feff}{spec}")] {
        let ran = check(&spec);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let wrong = check(spec.replace("min = 0.2", "min = \"0.2\""));
        let line = spec.lines().position(|line| line.starts_with("min")).unwrap() + 1;
        assert!(wrong.says(&format!("--> spec.toml:{line}:7")), "{}", wrong.stderr);
    }
}

#[test]
fn other_encodings_are_told_with_the_way_out() {
    let spec = small_spec(&format!("# caf\u{e9}\n{CHECK}"));
    let latin: Vec<u8> = spec.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let line = spec.lines().position(|line| line.starts_with("# caf")).unwrap() + 1;
    refused(&latin, &format!("spec.toml:{line}: the byte 0xE9 is not UTF-8: save the file as UTF-8"));
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(spec.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    refused(&wide, "spec.toml is written in UTF-16: save it as UTF-8");
}

#[test]
fn a_base_in_another_encoding_is_told_where_it_is_named() {
    let workshop = Workshop::new();
    workshop.write("base.toml", b"# caf\xE9\n");
    workshop.write("spec.toml", "version = 1\nextends = \"base.toml\"\n");
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("base.toml:1: the byte 0xE9 is not UTF-8"), "{}", ran.stderr);
    assert!(ran.says("--> spec.toml:2:11"), "{}", ran.stderr);
}

#[test]
fn what_is_written_twice_is_told_with_both_places() {
    let section = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n";
    let spec = small_spec(&format!("{section}{CHECK}{section}"));
    let lines: Vec<usize> =
        spec.lines().enumerate().filter(|(_, line)| line.starts_with("[pert")).map(|(at, _)| at + 1).collect();
    refused(&spec, &format!("`blur` is written twice: first at spec.toml:{}, and again here", lines[0]));
    refused(&spec, &format!("--> spec.toml:{}:15", lines[1]));
    refused(small_spec(&format!("{CHECK}min = 0.3\n")), "`min` is written twice");
}

#[test]
fn a_date_is_written_without_quotes() {
    let waiver = "level = \"warn\"\nreason = \"later\"\nuntil = \"2020-01-01\"\n";
    refused(small_spec(&format!("{CHECK}{waiver}")), "write the date without quotes: until = 2020-01-01");
}
