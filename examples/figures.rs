//! COCO's twelve figures of results against labels, as JSON.
//!
//! ```sh
//! cargo run --release --example figures -- LABELS.json RESULTS.json
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example prints what it finds, and reads files of its user"
)]

#[path = "support/coco_json.rs"]
mod coco_json;

use std::error::Error;

use coco_json::Dataset;
use windtunnel::eval::MatchTable;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [labels, results] = args.as_slice() else { return Err("usage: figures LABELS.json RESULTS.json".into()) };
    let dataset = Dataset::read(labels)?;
    let detections = dataset.detections(results)?;
    let table = MatchTable::build(&dataset.images, &dataset.categories, &dataset.annotations, &detections)?;
    println!("{}", serde_json::to_string(&table.figures().summary)?);
    Ok(())
}
