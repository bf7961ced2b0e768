//! How long the engines take for a frame, side by side: what `src/bin/windtunnel/savings.rs` tells of.
//!
//!     cargo bench --bench engines                     # the models of examples/
//!     cargo bench --bench engines -- MODEL.onnx...    # others
//!
//! ONNX Runtime is found as windtunnel finds it: a virtual environment that is active, `ORT_DYLIB_PATH`. Each model runs
//! on inputs of noise with one and with two frames at once, a thread each, as in a run. The engines take turns; told is
//! what a frame takes in the best of them, in time of the processor, as others may use the machine, and what share of the
//! embedded engine's time ONNX Runtime takes.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use windtunnel::predict::graph::{Element, Engine, EngineError, EngineKind, Input, InputValues, Port, open};

/// Turns of each engine, and how long one is by the clock.
const TURNS: usize = 3;
const TURN: Duration = Duration::from_millis(400);
/// Frames of a thread in a turn, however long they take.
const LEAST: usize = 3;

fn main() {
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    let models = if named.is_empty() { shipped() } else { named };
    println!("{:<28} {:>7} {:>12} {:>12} {:>7}", "model", "threads", "rten ms", "ort ms", "share");
    for model in models {
        let name = model.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match engines(&model) {
            Ok(engines) => {
                for threads in [1, 2] {
                    let [embedded, library] = least(&engines, threads);
                    let share = library / embedded;
                    println!("{name:<28} {threads:>7} {embedded:>12.2} {library:>12.2} {share:>7.2}");
                }
            }
            Err(why) => println!("{name:<28} {why}"),
        }
    }
}

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/models");
    let entries = std::fs::read_dir(folder).expect("the models of examples/");
    let mut models: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    models.retain(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    models.sort();
    models
}

fn engines(model: &Path) -> Result<[Box<dyn Engine>; 2], EngineError> {
    let variables = |name: &str| std::env::var(name).ok();
    Ok([open(EngineKind::Rten, model, &variables)?, open(EngineKind::Onnxruntime, model, &variables)?])
}

/// Milliseconds of a frame on each engine, with so many frames at once: the least of the turns, as what else the machine
/// does only adds to it.
fn least(engines: &[Box<dyn Engine>; 2], threads: usize) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..TURNS {
        for (engine, least) in engines.iter().zip(&mut least) {
            *least = least.min(turn(engine.as_ref(), threads));
        }
    }
    least
}

/// Milliseconds of the processor for each frame of a turn. The process's, as an engine may have threads of its own.
fn turn(engine: &dyn Engine, threads: usize) -> f64 {
    let inputs: Vec<Input> = engine.signature().inputs.iter().map(noise).collect();
    let frames = |until: &dyn Fn(usize) -> bool| {
        let mut count = 0;
        while !until(count) {
            engine.run(inputs.clone()).expect("it runs on noise");
            count += 1;
        }
        count
    };
    let side_by_side = |until: &(dyn Fn(usize) -> bool + Sync)| -> usize {
        std::thread::scope(|scope| {
            let started: Vec<_> = (0..threads).map(|_| scope.spawn(|| frames(&|count| until(count)))).collect();
            started.into_iter().map(|thread| thread.join().expect("a turn")).sum()
        })
    };
    // The first frames get memory and sessions.
    side_by_side(&|count| count == 1);
    let (before, started) = (ProcessTime::now(), Instant::now());
    let count = side_by_side(&|count| count >= LEAST && started.elapsed() > TURN);
    before.elapsed().as_secs_f64() * 1e3 / count as f64
}

/// An input of the size that the file says, one where it is open. Values as of pictures: none is 0, as sums of zeros may
/// be faster.
fn noise(port: &Port) -> Input {
    let shape: Vec<usize> = port.shape.iter().map(|side| side.unwrap_or(1)).collect();
    let bytes =
        (0..shape.iter().product::<usize>() as u32).map(|at| 1 + (at.wrapping_mul(2_654_435_761) >> 24) as u8 / 2);
    let values = match port.element {
        Element::Byte => InputValues::Byte(bytes.collect()),
        Element::Integer => InputValues::Integer(bytes.map(i64::from).collect()),
        Element::Float | Element::Other(_) => InputValues::Float(bytes.map(|byte| f32::from(byte) / 128.0).collect()),
    };
    Input { shape, values }
}
