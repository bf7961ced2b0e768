//! Runs graphs through one of the engines, as windtunnel runs a model's: what `.ci/conformance.py` holds against ONNX.
//!
//! `conformance ENGINE LIST FROM`: LIST has a line `MODEL<TAB>INPUTS<TAB>OUTPUT` a case; FROM is the number of the first.
//! INPUTS and OUTPUT are files of tensors: a line `float 1 3 2` (or `byte`, `integer`), then a line of its values. Of each
//! case a line says when it begins (`begin 7`) and what came of it (`done 7`, `refused 7 WHY`, `failed 7 WHY`), so that
//! whoever started it knows where it ended if it did.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example prints what it finds, and reads files of its user"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use windtunnel::predict::graph::{EngineKind, Input, InputValues, Tensor, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [engine, list, from] = &arguments[..] else { return Err("conformance ENGINE LIST FROM".into()) };
    let engine = match engine.as_str() {
        "rten" => EngineKind::Rten,
        "onnxruntime" => EngineKind::Onnxruntime,
        other => return Err(format!("unknown engine `{other}`").into()),
    };
    // What panics inside an engine is told as a failure of the case.
    std::panic::set_hook(Box::new(|_| {}));
    let list = std::fs::read_to_string(list)?;
    for (number, line) in list.lines().enumerate().skip(from.parse()?) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [model, inputs, output] = parts[..] else { return Err(format!("not three files: {line}").into()) };
        say(&format!("begin {number}"))?;
        let told = match case(engine, Path::new(model), Path::new(inputs)) {
            Ok(outputs) => {
                std::fs::write(output, outputs)?;
                format!("done {number}")
            }
            Err((word, why)) => format!("{word} {number} {}", why.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        say(&told)?;
    }
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn case(engine: EngineKind, model: &Path, inputs: &Path) -> Result<String, (&'static str, String)> {
    let failed = |why: String| ("failed", why);
    let variables = |name: &str| std::env::var(name).ok();
    let engine = open(engine, model, &variables).map_err(|why| ("refused", why.to_string()))?;
    let inputs = std::fs::read_to_string(inputs).map_err(|error| failed(error.to_string()))?;
    let outputs = engine.run(read(&inputs).map_err(failed)?).map_err(|why| failed(why.to_string()))?;
    Ok(outputs.iter().map(written).collect())
}

fn read(text: &str) -> Result<Vec<Input>, String> {
    let lines: Vec<&str> = text.lines().collect();
    lines.as_chunks().0.iter().map(|[head, values]| input(head, values)).collect()
}

fn input(head: &str, values: &str) -> Result<Input, String> {
    fn list<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, String> {
        text.split_whitespace().map(|word| word.parse().map_err(|_| format!("not a number: {word}"))).collect()
    }
    let (kind, shape) = head.split_once(' ').unwrap_or((head, ""));
    let values = match kind {
        "float" => InputValues::Float(list(values)?),
        "byte" => InputValues::Byte(list(values)?),
        "integer" => InputValues::Integer(list(values)?),
        other => return Err(format!("unknown type `{other}`")),
    };
    Ok(Input { shape: list(shape)?, values })
}

fn written(tensor: &Tensor) -> String {
    let mut text = String::from(if tensor.is_integer { "integer" } else { "float" });
    for side in &tensor.shape {
        let _infallible = write!(text, " {side}");
    }
    text.push('\n');
    for value in &tensor.data {
        let _infallible = write!(text, "{value} ");
    }
    text.push('\n');
    text
}
