//! The JUnit report: well formed, counted right, one of each element, hostile names included.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::{Workshop, small_spec};

/// Every element with its attributes, in document order.
fn elements(xml: &str) -> Vec<(String, HashMap<String, String>)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
                    (key, attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned())
                });
                found.push((String::from_utf8(start.name().as_ref().to_vec()).unwrap(), attributes.collect()));
            }
            _ => {}
        }
    }
}

const CHECKS: &str = "
[perturbation.blur]
kind = \"gaussian_blur\"
severity = [1, 5]
[[check]]
name = \"ends ]]> and \\u001b[31mred\\u001b[0m & <b> \\\"q\\\" \\uffff\"
on = \"blur\"
max_drop = -0.3
[[check]]
on = \"clean\"
min = 0.2
";

fn report() -> String {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let broken = "[model.z]\nkind = \"onnx\"\npath = \"labels.json\"\n";
    workshop.write("spec.toml", small_spec(&format!("{broken}{CHECKS}")));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    std::fs::read_to_string(workshop.path("target/windtunnel/small/junit.xml")).unwrap()
}

#[test]
fn counts_are_those_of_the_elements_and_text_is_safe() {
    let xml = report();
    let elements = elements(&xml);
    let count = |name: &str| elements.iter().filter(|(element, _)| element == name).count().to_string();
    let (_, root) = &elements[0];
    assert_eq!(root["tests"], count("testcase"));
    assert_eq!(root["failures"], count("failure"));
    assert_eq!(root["errors"], count("error"));
    assert_eq!(root["skipped"], count("skipped"));
    assert_eq!((root["tests"].as_str(), root["failures"].as_str()), ("7", "2"));
    assert_eq!((root["errors"].as_str(), root["skipped"].as_str()), ("1", "3"));
    assert!(!xml.contains('\u{1b}') && !xml.contains('\u{ffff}'));
}

#[test]
fn cases_have_stable_names_and_places() {
    let xml = report();
    let elements = elements(&xml);
    let cases: Vec<_> = elements.iter().filter(|(element, _)| element == "testcase").map(|(_, a)| a).collect();
    let failed = cases.iter().find(|case| case["name"] == "a/test/blur@5/map:max_drop").unwrap();
    assert_eq!(failed["classname"], "small.a.test.blur-5");
    assert_eq!(failed["file"], "spec.toml");
    assert!(failed["line"].parse::<usize>().unwrap() > 10);
    assert!(failed["time"].parse::<f64>().unwrap() > 0.0);
    let setup = cases.iter().find(|case| case["name"] == "setup/model/z").unwrap();
    assert_eq!(setup["classname"], "small.setup.model");
}

#[test]
fn a_failure_begins_with_its_message_and_ends_with_its_place() {
    let xml = report();
    let body = xml.split("<failure").nth(1).unwrap().split("</failure>").next().unwrap();
    let message = body.split("message=\"").nth(1).unwrap().split('"').next().unwrap().replace("&gt;", ">");
    let text = body.split("<![CDATA[").nth(1).unwrap().split("]]>").next().unwrap();
    assert!(message.starts_with("map drop "), "{message}");
    assert!(text.starts_with(&message), "{text}");
    assert!(text.lines().last().unwrap().starts_with("at spec.toml:"), "{text}");
    assert!(text.contains("again: windtunnel run spec.toml -k"), "{text}");
    assert!(body.contains("]]>"));
}
