//! A project to begin with that runs at once and offline: a spec, pictures with labels, and a model, all in the program, since a
//! wheel has no folder of examples. They are those of `examples`, but fewer; a test holds one against the other.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};
use windtunnel::untrusted::Shown as _;

use crate::files;
use crate::interrupt::writing;

/// The folder of what the spec reads.
const DATA: &str = "example";

/// The spec.
pub const SPEC: &str = "specs/example.toml";

const SPEC_TEXT: &str = include_str!("example/example.toml");

/// What is in the folder: 12 pictures make a figure, and a verdict within two seconds, in 0.6 MB.
const FILES: [(&str, &[u8]); 15] = [
    ("labels.json", include_bytes!("example/labels.json")),
    ("cells.onnx", include_bytes!("example/cells.onnx")),
    // Of the pictures and their labels; it asks to be with every copy.
    ("images/LICENSE", include_bytes!("example/images/LICENSE")),
    ("images/BloodImage_00021.jpg", include_bytes!("example/images/BloodImage_00021.jpg")),
    ("images/BloodImage_00057.jpg", include_bytes!("example/images/BloodImage_00057.jpg")),
    ("images/BloodImage_00058.jpg", include_bytes!("example/images/BloodImage_00058.jpg")),
    ("images/BloodImage_00065.jpg", include_bytes!("example/images/BloodImage_00065.jpg")),
    ("images/BloodImage_00068.jpg", include_bytes!("example/images/BloodImage_00068.jpg")),
    ("images/BloodImage_00077.jpg", include_bytes!("example/images/BloodImage_00077.jpg")),
    ("images/BloodImage_00093.jpg", include_bytes!("example/images/BloodImage_00093.jpg")),
    ("images/BloodImage_00132.jpg", include_bytes!("example/images/BloodImage_00132.jpg")),
    ("images/BloodImage_00135.jpg", include_bytes!("example/images/BloodImage_00135.jpg")),
    ("images/BloodImage_00157.jpg", include_bytes!("example/images/BloodImage_00157.jpg")),
    ("images/BloodImage_00366.jpg", include_bytes!("example/images/BloodImage_00366.jpg")),
    ("images/BloodImage_00390.jpg", include_bytes!("example/images/BloodImage_00390.jpg")),
];

/// Writes the project into `folder`, which is made if need be. Nothing that is there is written over: where the place of
/// anything is taken, nothing is written at all.
pub fn write_example(folder: &Path) -> anyhow::Result<()> {
    let (data, spec) = (folder.join(DATA), folder.join(SPEC));
    if let Some(taken) = [&data, &spec].into_iter().find(|place| place.symlink_metadata().is_ok()) {
        bail!(
            "{} is there already, and is left alone: name a new folder for the example, `windtunnel init --example DIR`",
            taken.shown()
        );
    }
    write_data(folder, &data).with_context(|| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        format!("cannot write into {}: name another folder, `windtunnel init --example DIR`", folder.shown())
    })?;
    files::write(&spec, SPEC_TEXT.as_bytes())
}

/// Makes the folder beside its place and moves it there whole.
fn write_data(folder: &Path, data: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let _whole = writing();
    let around = files::temporary_name().tempdir_in(folder)?;
    let made = around.path().join(DATA);
    for (name, bytes) in FILES {
        let path = made.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    fs::rename(made, data)
}
