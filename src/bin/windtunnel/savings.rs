//! What ONNX Runtime would save: said once, early, where a run has a while of the embedded engine before it.

use std::sync::Mutex;

use windtunnel::plan::Plan;
use windtunnel::position::ModelAt;
use windtunnel::predict::onnxruntime_way_in;

use crate::engines::{Chosen, chosen};

/// Seconds by the clock that are worth a line.
const WORTH: f64 = 10.0;

/// Frames after which a model's time is known well enough: the first ones wait for memory and disk.
const ENOUGH: usize = 8;

/// Milliseconds of a frame on the embedded engine and on ONNX Runtime (rten 0.27.0, onnxruntime 1.32.0), of the models that
/// ship, by `cargo bench --bench engines` on an AMD EPYC with AVX-512: time of the processor, the frame alone and beside
/// another one. Where half of a network is depthwise convolutions (`fastestdet`, `yolox_nano`) the embedded engine is far
/// behind: it takes ten times as long for them, and no faster form of them was found. Shares of seven models of other tasks
/// are 0.17 to 0.60; windtunnel runs detectors.
const MEASURED: [(&str, [Times; 2]); 6] = [
    ("bccd_a", [(2.39, 1.12), (2.37, 1.13)]),
    ("bccd_b", [(2.42, 1.14), (2.38, 1.14)]),
    ("bccd_c", [(2.42, 1.13), (2.38, 1.13)]),
    ("fastestdet", [(11.72, 2.17), (12.30, 2.62)]),
    ("ultraface-rfb-320", [(8.07, 4.06), (7.81, 3.88)]),
    ("yolox_nano", [(21.06, 6.70), (21.59, 7.16)]),
];

/// On the embedded engine, on ONNX Runtime.
type Times = (f64, f64);

/// The least and the most of the embedded engine's time that ONNX Runtime was measured to take. Both are told, as a model
/// of the user's may be like any of these.
fn shares() -> (f64, f64) {
    let shares = MEASURED.iter().flat_map(|(_, times)| times).map(|(embedded, library)| library / embedded);
    shares.fold((f64::INFINITY, 0.0), |(least, most), share| (least.min(share), most.max(share)))
}

/// Watches how long the models take that the embedded engine runs for want of the library.
pub struct Savings {
    threads: usize,
    /// Positions of those models in the plan, with the frames that lie ahead of each.
    ahead: Vec<(ModelAt, usize)>,
    /// Frames of all models.
    planned: usize,
    seen: Mutex<SeenFrames>,
}

#[derive(Default)]
struct SeenFrames {
    /// Frames and seconds by model, in the order of `ahead`.
    by_model: Vec<(usize, f64)>,
    /// Frames that any model was asked about, and answers that were given, from the store or by a model.
    asked: usize,
    answered: usize,
    /// Frames that this machine has to answer, where it is one of many.
    announced: usize,
    is_told: bool,
}

impl Savings {
    /// Nothing seen yet.
    pub fn new(plan: &Plan, threads: usize) -> Self {
        let frames = |is_of: &dyn Fn(ModelAt) -> bool| {
            let cells = plan.cells.iter().filter(|cell| is_of(cell.model) && plan.blocked(cell).is_none());
            cells.map(|cell| plan.images(cell.dataset)).sum::<usize>()
        };
        let ahead = |model: ModelAt| (model, frames(&|of| of == model));
        let is_embedded = |model: &ModelAt| chosen(&plan.models[*model]) == Some(Chosen::EmbeddedForWantOfTheLibrary);
        let ahead: Vec<(ModelAt, usize)> = plan.models.positions().filter(is_embedded).map(ahead).collect();
        let by_model = vec![(0, 0.0); ahead.len()];
        let planned: usize = frames(&|_| true);
        let seen = SeenFrames { by_model, announced: planned, ..SeenFrames::default() };
        Self { threads, ahead, planned, seen: Mutex::new(seen) }
    }

    /// So many frames are to be answered here.
    pub fn started(&self, frames: usize) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.announced = frames;
        }
    }

    /// A model took `seconds` for `frames`; the line to tell, if it is time.
    pub fn took(&self, model: ModelAt, frames: usize, seconds: f64) -> Option<String> {
        let mut seen = self.seen.lock().ok()?;
        seen.asked += frames;
        let at = self.ahead.iter().position(|(position, _)| *position == model)?;
        seen.by_model[at].0 += frames;
        seen.by_model[at].1 += seconds;
        let line = self.line(&seen)?;
        seen.is_told = true;
        Some(line)
    }

    /// Answers were given.
    pub fn answered(&self, frames: usize) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.answered += frames;
        }
    }

    fn line(&self, seen: &SeenFrames) -> Option<String> {
        let is_known = seen.by_model.iter().all(|(frames, _)| *frames >= ENOUGH);
        if seen.is_told || !is_known {
            return None;
        }
        // What the store answers, no engine has to.
        let anew = seen.asked as f64 / seen.answered.max(seen.asked) as f64;
        let of = |(time, ahead): (&(usize, f64), &(ModelAt, usize))| time.1 / time.0 as f64 * ahead.1 as f64;
        let summed: f64 = seen.by_model.iter().zip(&self.ahead).map(of).sum();
        let here = seen.announced as f64 / self.planned.max(1) as f64;
        let seconds = summed * anew * here / self.threads as f64;
        let (least, most) = shares();
        let saved = (seconds * (1.0 - most), seconds * (1.0 - least));
        (seconds >= WORTH).then(|| {
            format!(
                "note: about {} on the embedded engine; ONNX Runtime would save {} to {} of it: {}",
                spoken(seconds),
                spoken(saved.0),
                spoken(saved.1),
                onnxruntime_way_in()
            )
        })
    }
}

/// A time as people say it.
fn spoken(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 90.0 => format!("{seconds:.0} s"),
        seconds if seconds < 5400.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn savings(ahead: Vec<(ModelAt, usize)>) -> Savings {
        let (by_model, planned) = (vec![(0, 0.0); ahead.len()], 20_000);
        let seen = SeenFrames { by_model, announced: planned, ..SeenFrames::default() };
        Savings { threads: 2, ahead, planned, seen: Mutex::new(seen) }
    }

    #[test]
    fn it_is_said_once_when_enough_is_known_and_much_lies_ahead() {
        let savings = savings(vec![(ModelAt(1), 10_000)]);
        assert_eq!(savings.took(ModelAt(0), 100, 50.0), None);
        assert_eq!(savings.took(ModelAt(1), 7, 0.14), None);
        let line = savings.took(ModelAt(1), 1, 0.02).unwrap();
        assert!(line.contains("about 2 min on the embedded engine"), "{line}");
        assert!(line.contains("would save 50 s to 81 s of it: `pip install"), "{line}");
        assert_eq!(savings.took(ModelAt(1), 100, 2.0), None);
    }

    #[test]
    fn what_would_be_saved_is_what_was_measured() {
        let (least, most) = shares();
        assert!(MEASURED.iter().all(|(_, times)| times.iter().all(|(embedded, library)| library < embedded)));
        assert!((least - 2.17 / 11.72).abs() < 1e-9 && (most - 4.06 / 8.07).abs() < 1e-9, "{least} {most}");
    }

    #[test]
    fn nothing_is_said_of_a_few_seconds_or_of_what_others_answer() {
        let short = savings(vec![(ModelAt(0), 900)]);
        assert_eq!(short.took(ModelAt(0), 8, 0.16), None);
        let part = savings(vec![(ModelAt(0), 10_000)]);
        part.started(1000);
        assert_eq!(part.took(ModelAt(0), 8, 0.16), None);
        let stored = savings(vec![(ModelAt(0), 10_000)]);
        stored.answered(7992);
        assert_eq!(stored.took(ModelAt(0), 8, 0.16), None);
    }
}
