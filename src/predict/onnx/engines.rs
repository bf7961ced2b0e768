//! Which engine runs a model: the embedded one, or ONNX Runtime where its library is found.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::model_file::ModelFile;
use super::onnxruntime_engine::{Asked, OnnxruntimeEngine};
use super::onnxruntime_library as library;
use super::provider::{Configured, Provider, WrittenOptions, read_options};
use super::rten_engine::RtenEngine;
use super::rules;
use super::tuning::{GraphOptimization, Tuning};
use crate::entry::Entry;
use crate::predict::Variables;
use crate::predict::network::{Engine, EngineError};
use crate::spec::{
    Choice, Diagnostic, Key, Literal, PathKind, Scalar, Source, TableReader, ValueShape, existing_path, list_of, words,
};

/// What a spec says of the engine.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Which one.
    pub kind: EngineKind,
    /// The library of ONNX Runtime; looked for where `None`.
    pub library: Option<PathBuf>,
    /// How it is asked to run the graph.
    pub asked: Asked,
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
    EngineOptions { kind, library: None, asked: Asked::default() }.open(ModelFile::read(model)?, variables)
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
            "what runs the graph; \"auto\" where none is given, and \"onnxruntime\" where keys of ONNX \
             Runtime are",
        ),
        Key::new("library", ValueShape::PATH, "the shared library of ONNX Runtime; looked for where none is given"),
        Key::new(
            "providers",
            ValueShape::OneOrMany(Scalar::Words(words::<Provider>)),
            "what ONNX Runtime runs the graph on, by preference; its CPU where none is given",
        ),
        Key::new(
            "provider_options",
            ValueShape::Table(Provider::OPTIONS),
            "options of the providers, by the names that ONNX Runtime's documentation gives them; paths (`..._path`, \
             `..._dir`) start from the spec's folder",
        ),
        Key::new(
            "threads",
            ValueShape::integer(1, MOST_THREADS),
            "threads of the engine for one call; images run side by side anyway, so that more than one are for latency",
        )
        .or(Literal::Integer(1)),
        Key::new(
            "graph_optimization",
            ValueShape::choice::<GraphOptimization>(),
            "what ONNX Runtime may rewrite in the graph before it runs it",
        )
        .or(Literal::Text("all")),
    ];

    /// Reads the keys; `None` where they are wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let kind = options.choice("engine");
        let library = options.optional::<String>("library");
        let providers = options.with("providers", |value| {
            let words: Vec<Spanned<String>> = list_of(value)?;
            words.into_iter().map(|word| Provider::read(&word)).collect::<Result<Vec<Provider>, _>>()
        });
        let of_providers = options.with("provider_options", |value| read_options(source, value));
        let threads: Option<NonZeroUsize> = options.integer("threads").and_then(NonZeroUsize::new);
        let graph_optimization = options.spanned_choice::<GraphOptimization>("graph_optimization");
        let of_onnxruntime = [
            ("library", library.as_ref().map(Spanned::span)),
            ("providers", providers.as_ref().map(Spanned::span)),
            ("provider_options", of_providers.as_ref().map(Spanned::span)),
            ("graph_optimization", graph_optimization.as_ref().map(Spanned::span)),
        ];
        let of_onnxruntime = of_onnxruntime.into_iter().find_map(|(key, span)| Some((key, span?)));
        if let (Some(EngineKind::Rten), Some((key, span))) = (kind, &of_onnxruntime) {
            let message = format!("`{key}` is ONNX Runtime's, but `engine` is \"rten\"");
            let help = "leave it out, or set `engine = \"onnxruntime\"`; a model that extends another cannot leave out what it \
                        takes: let the one with more keys extend the one with fewer";
            options.wrong(Diagnostic::new(span.clone(), message).help(help));
            return None;
        }
        // "auto" with such a key, too: on the embedded engine it would have no effect, and nobody would be told.
        let kind = match (kind, of_onnxruntime) {
            (None | Some(EngineKind::Auto), Some(_)) => EngineKind::Onnxruntime,
            (kind, _) => kind.unwrap_or(EngineKind::Auto),
        };
        let library = match library {
            Some(path) => Some(existing_path(source, &path, PathKind::File, "library", options)?),
            None => None,
        };
        let providers = providers.map(Spanned::into_inner).unwrap_or_default();
        let providers = configured(providers, of_providers.map(Spanned::into_inner).unwrap_or_default(), options)?;
        let usual = Tuning::default();
        let tuning = Tuning {
            threads: threads.unwrap_or(usual.threads),
            graph_optimization: graph_optimization.map_or(usual.graph_optimization, Spanned::into_inner),
        };
        Some(Self { kind, library, asked: Asked { providers, tuning } })
    }

    /// Opens `model`.
    ///
    /// # Errors
    /// The engine is not to be had, or cannot load the model.
    pub fn open(&self, model: ModelFile, variables: Variables<'_>) -> Result<Box<dyn Engine>, EngineError> {
        match self.kind {
            EngineKind::Rten => Ok(Box::new(RtenEngine::open(model.bytes, self.asked.tuning.threads)?)),
            EngineKind::Onnxruntime => {
                let library = library::load(self.library.as_deref(), variables)?;
                Ok(Box::new(OnnxruntimeEngine::open(model, library, self.asked.clone())?))
            }
            EngineKind::Auto => match library::find(self.library.as_deref(), variables)? {
                Some(library) => Ok(Box::new(OnnxruntimeEngine::open(model, library, self.asked.clone())?)),
                None => Ok(Box::new(RtenEngine::open(model.bytes, self.asked.tuning.threads)?)),
            },
        }
    }
}

/// More threads than a call has use for.
const MOST_THREADS: i64 = 1024;

/// Providers with their options; `None` where options are of none of them.
fn configured(
    providers: Vec<Provider>,
    mut written: WrittenOptions,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<Vec<Configured>> {
    if let Some((stray, _)) = written.iter().find(|(provider, _)| !providers.contains(provider.get_ref())) {
        let name = stray.get_ref().word();
        let message = format!("`provider_options` are for `{name}`, which is none of the `providers`");
        let help = format!(
            "add it (`providers = [\"{name}\"]`), or leave its options out; a model that extends another cannot leave out what \
             it takes: let the one with more providers extend the one with fewer"
        );
        options.wrong(Diagnostic::new(stray.span(), message).help(help));
        return None;
    }
    let mut options_of = |provider| {
        let at = written.iter().position(|(of, _)| *of.get_ref() == provider);
        at.map(|at| written.swap_remove(at).1).unwrap_or_default()
    };
    Some(providers.into_iter().map(|provider| Configured { provider, options: options_of(provider) }).collect())
}
