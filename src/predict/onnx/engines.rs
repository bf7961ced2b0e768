//! Which engine runs a model: the embedded one, or ONNX Runtime where its library is found.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::model_file::ModelFile;
use super::onnxruntime_engine::{OnnxruntimeEngine, Provider};
use super::onnxruntime_library as library;
use super::rten_engine::RtenEngine;
use super::rules;
use crate::entry::Entry;
use crate::predict::Variables;
use crate::predict::network::{Engine, EngineError};
use crate::spec::{
    Choice, Diagnostic, Key, PathKind, Scalar, Source, TableReader, ValueShape, existing_path, list_of, words,
};

/// What a spec says of the engine.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Which one.
    pub kind: EngineKind,
    /// The library of ONNX Runtime; looked for where `None`.
    pub library: Option<PathBuf>,
    /// Where ONNX Runtime runs the graph, by preference; its CPU where empty.
    pub providers: Vec<Provider>,
}

/// An engine in a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// ONNX Runtime where it is found, else the embedded one.
    Auto,
    /// The embedded one.
    Rten,
    /// ONNX Runtime.
    Onnxruntime,
}

impl Choice for EngineKind {
    const ALL: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("rten", Self::Rten), ("onnxruntime", Self::Onnxruntime)];

    fn summary(self) -> &'static str {
        match self {
            Self::Auto => "ONNX Runtime where its library is found, else the embedded engine",
            Self::Rten => "the embedded engine: the same figures on every machine",
            Self::Onnxruntime => "ONNX Runtime, from a library that is loaded at run time",
        }
    }
}

/// Opens a graph in an engine of that kind; ONNX Runtime's library is looked for.
///
/// # Errors
/// The engine is not to be had, or cannot load the graph.
pub fn open(kind: EngineKind, model: &Path, variables: Variables<'_>) -> Result<Box<dyn Engine>, EngineError> {
    EngineOptions { kind, library: None, providers: Vec::new() }.open(ModelFile::read(model)?, variables)
}

/// Each engine with what there is to tell of it, in paragraphs.
pub fn pages() -> Vec<(Entry, String)> {
    let page = |kind: EngineKind| match kind {
        EngineKind::Auto => String::new(),
        EngineKind::Rten => rules::page(),
        EngineKind::Onnxruntime => library::INSTALL_PAGE.to_owned(),
    };
    EngineKind::ALL.iter().map(|(name, kind)| (Entry { name, summary: kind.summary() }, page(*kind))).collect()
}

impl EngineOptions {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[
        Key::new(
            "engine",
            ValueShape::choice::<EngineKind>(),
            "what runs the graph; \"auto\" where none is given, and \"onnxruntime\" where `library` or `providers` are",
        ),
        Key::new("library", ValueShape::PATH, "the shared library of ONNX Runtime; looked for where none is given"),
        Key::new(
            "providers",
            ValueShape::OneOrMany(Scalar::Words(words::<Provider>)),
            "what ONNX Runtime runs the graph on, by preference; its CPU where none is given",
        ),
    ];

    /// Reads `engine`, `library` and `providers`; `None` where they are wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let kind = options.choice("engine");
        let library = options.optional::<String>("library");
        let providers = options.with("providers", |value| {
            let words: Vec<Spanned<String>> = list_of(value)?;
            words.into_iter().map(|word| Provider::read(&word)).collect::<Result<Vec<Provider>, _>>()
        });
        let of_onnxruntime = [library.as_ref().map(Spanned::span), providers.as_ref().map(Spanned::span)];
        if let (Some(EngineKind::Rten), Some(span)) = (kind, of_onnxruntime.into_iter().flatten().next()) {
            let message = "`library` and `providers` are ONNX Runtime's, but `engine` is \"rten\"";
            options.wrong(Diagnostic::new(span, message).help("leave them out, or set `engine = \"onnxruntime\"`"));
            return None;
        }
        let wants_onnxruntime = library.is_some() || providers.is_some();
        let otherwise = if wants_onnxruntime { EngineKind::Onnxruntime } else { EngineKind::Auto };
        let library = match library {
            Some(path) => Some(existing_path(source, &path, PathKind::File, "library", options)?),
            None => None,
        };
        let providers = providers.map(Spanned::into_inner).unwrap_or_default();
        Some(Self { kind: kind.unwrap_or(otherwise), library, providers })
    }

    /// Opens `model`.
    ///
    /// # Errors
    /// The engine is not to be had, or cannot load the model.
    pub fn open(&self, model: ModelFile, variables: Variables<'_>) -> Result<Box<dyn Engine>, EngineError> {
        match self.kind {
            EngineKind::Rten => Ok(Box::new(RtenEngine::open(model.bytes)?)),
            EngineKind::Onnxruntime => {
                let library = library::load(self.library.as_deref(), variables)?;
                Ok(Box::new(OnnxruntimeEngine::open(model, library, &self.providers)?))
            }
            EngineKind::Auto => match library::find(self.library.as_deref(), variables)? {
                Some(library) => Ok(Box::new(OnnxruntimeEngine::open(model, library, &self.providers)?)),
                None => Ok(Box::new(RtenEngine::open(model.bytes)?)),
            },
        }
    }
}
