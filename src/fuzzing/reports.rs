//! Records that are read back, and all that is written from them.

use std::path::Path;

use super::scene::{COCO, STYLE, Scene};
use crate::baseline::{Baseline, details_path};
use crate::record::{Acceptance, Contender, Record, RunSummary, accepted, calibrate, compare};
use crate::report::{self, PastRun, Style};

/// A record, or the file of a baseline.
pub fn record(input: &[u8]) {
    match Record::from_json(input) {
        Ok(record) => written(&record),
        Err(_) => baseline(input),
    }
}

fn written(record: &Record) {
    let folder = Path::new("");
    for reporter in report::ALL {
        for is_verbose in [false, true] {
            // JUnit cannot hold every text.
            let _report = reporter.render(&[(record, folder)], Style { is_verbose, ..STYLE });
        }
    }
    drop(report::annotations(&[record]));
    drop(report::outputs(&[record], record.exit_code));
    let found = RunSummary::of(record);
    drop(report::html(record, folder, &[PastRun { id: 1, started_unix: 0, when: String::new(), found }]));
    for (at, one) in record.models.iter().enumerate().take(3) {
        drop(report::calibration(&calibrate(record, Some(&one.name)), "record.json"));
        for other in record.models.iter().skip(at) {
            let (one, other) = (Contender { record, model: &one.name }, Contender { record, model: &other.name });
            compare(one, other).iter().flatten().for_each(|found| drop(report::comparison(found)));
        }
    }
    let now = accepted(record, &Acceptance { reason: "", date: "2026-11-24" });
    drop(report::baseline_changes(&Baseline::default(), &now));
    assert!(now.text().starts_with('{') && now.details_text().starts_with('{'));
}

fn baseline(input: &[u8]) {
    let scene = Scene::new(COCO);
    let path = scene.path("windtunnel.baseline.json");
    scene.write("windtunnel.baseline.json", input);
    let Ok(Some(baseline)) = Baseline::read(&path) else { return };
    drop(report::baseline_table(&baseline));
    for key in baseline.entries.keys() {
        drop(baseline.draws(key));
    }
    // The details of a file may be in it as well: it is hostile in both places.
    std::fs::write(details_path(&path), input).expect("a file");
    assert!(Baseline::read(&path).is_err() || baseline.entries.is_empty());
    scene.run();
}
