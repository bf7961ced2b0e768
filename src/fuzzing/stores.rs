//! Rows of the store, and whole files.

use super::scene::{COCO, Scene};
use crate::answer::Answer;
use crate::packed::Packed;
use crate::record::{RunSummary, still_open};
use crate::report::{self, PastRun, SuiteLine};
use crate::store::Store;

/// The detections of a row, the summary of a run in its history, or a whole file.
pub fn store(input: &[u8]) {
    if let Ok(packed) = Packed::from_bytes(input) {
        let answer = packed.answer();
        match &answer {
            Answer::Objects(found) => {
                assert!(found.iter().all(|one| one.bbox.is_finite() && (0.0..=1.0).contains(&one.score)));
            }
            Answer::Scores(scores) => assert!(scores.best().iter().all(|one| (0.0..=1.0).contains(&one.score))),
        }
        assert_eq!(Packed::new(&answer).answer(), answer);
    }
    if let Ok(found) = serde_json::from_slice::<RunSummary>(input) {
        drop(still_open(std::slice::from_ref(&found)));
        let run = |id| PastRun { id, started_unix: 0, when: String::new(), found: found.clone() };
        let runs = [1, 2].map(run);
        drop(report::history(&runs));
        let suite = SuiteLine { page: "s/index.html", when: "", found: &found, lacks: Some(""), before: &runs };
        drop(report::suite_html(&suite, "../index.html"));
        drop(report::overview_html(&[suite], &runs, &[], &[]));
        drop(report::trend(&runs, &|_| true));
    }
    if input.starts_with(b"SQLite format 3\0") {
        let scene = Scene::new(COCO);
        scene.write("store.sqlite", input);
        let Ok(Some(store)) = Store::open_existing(&scene.path("store.sqlite")) else { return };
        let _refused = store.holdings();
        let _refused = store.runs(None);
        let _refused = store.mean_seconds("a");
    }
}
