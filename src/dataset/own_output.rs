//! Folders that windtunnel itself wrote: their pictures are samples and sheets, and of no dataset that lies around them.

use std::io::Read;
use std::path::Path;

use crate::file;

/// What a run writes beside its pictures.
const RECORD: &str = "record.json";

/// Who says so in the first bytes of a record.
const TOOL: [&str; 2] = ["\"tool\"", "\"windtunnel\""];

/// As many bytes of a record have that.
const BEGINNING: u64 = 256;

/// Below the folder that runs are started in, all of it is written by default.
const OUTPUT: &str = "target/windtunnel";

/// Whether windtunnel wrote what is in `folder`: it holds a record of a run, or it is where runs write, whose files lie in
/// folders of their own. One of that name that `has_pictures` is somebody else's.
pub fn is_own_output(folder: &Path, has_pictures: impl Fn() -> bool) -> bool {
    holds_record(folder) || folder.ends_with(OUTPUT) && !has_pictures()
}

fn holds_record(folder: &Path) -> bool {
    let record = folder.join(RECORD);
    if !record.is_file() {
        return false;
    }
    let mut beginning = Vec::new();
    let read = file::open(&record).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    let text = String::from_utf8_lossy(&beginning);
    read.is_ok() && TOOL.iter().all(|word| text.contains(word))
}
