//! The options of `kind = "onnx"`.

use std::path::PathBuf;

use super::engines::EngineOptions;
use crate::predict::network::NetworkOptions;
use crate::spec::{Key, PathKind, Source, TableReader, ValueShape, existing_path};

/// What a `[model.*]` section of this kind says.
pub struct OnnxOptions {
    /// The model file.
    pub path: PathBuf,
    /// What runs it.
    pub engine: EngineOptions,
    /// How its input is filled and its outputs are read.
    pub reading: NetworkOptions,
}

impl OnnxOptions {
    /// The keys of [`Self::read`].
    pub fn keys() -> Vec<Key> {
        [&[PATH], EngineOptions::KEYS, NetworkOptions::KEYS].concat()
    }

    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let path = options.required::<String>("path", "path = \"models/a.onnx\"");
        let engine = EngineOptions::read(source, options);
        let reading = NetworkOptions::read(source, options);
        let path = existing_path(source, &path?, PathKind::File, "model file", options)?;
        Some(Self { path, engine: engine?, reading })
    }
}

const PATH: Key = Key::new("path", ValueShape::PATH, "the ONNX file").required();
