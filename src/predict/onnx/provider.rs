//! What ONNX Runtime runs a graph on, and with which options: read from a spec here, registered with a session there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ort::ep::{self, ArbitrarilyConfigurableExecutionProvider, ExecutionProvider, ExecutionProviderDispatch};
use ort::session::builder::SessionBuilder;
use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::digest::Digest;
use crate::entry::NotFound;
use crate::spec::{Choice, Key, Mistake, Scalar, Source, Value, ValueShape, deserialize};

/// What ONNX Runtime runs a graph on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// The processor.
    Cpu,
    /// NVIDIA's CUDA.
    Cuda,
    /// NVIDIA's TensorRT.
    TensorRt,
    /// Intel's OpenVINO.
    OpenVino,
}

impl Choice for Provider {
    const ALL: &'static [(&'static str, Self)] =
        &[("cpu", Self::Cpu), ("cuda", Self::Cuda), ("tensorrt", Self::TensorRt), ("openvino", Self::OpenVino)];

    fn summary(self) -> &'static str {
        match self {
            Self::Cpu => "the processor",
            Self::Cuda => "NVIDIA's CUDA",
            Self::TensorRt => "NVIDIA's TensorRT",
            Self::OpenVino => "Intel's OpenVINO",
        }
    }
}

impl Provider {
    /// The keys of `provider_options`: the options are ONNX Runtime's, which knows them by its version.
    pub const OPTIONS: &'static [Key] = &[
        Key::new("cuda", OPTIONS, "options of the CUDA provider: `device_id`, `use_tf32`, `gpu_mem_limit`, ..."),
        Key::new(
            "tensorrt",
            OPTIONS,
            "options of the TensorRT provider: `trt_fp16_enable`, `trt_int8_enable`, `trt_engine_cache_path`, ...",
        ),
        Key::new("openvino", OPTIONS, "options of the OpenVINO provider: `device_type`, `precision`, `cache_dir`, ..."),
    ];

    /// Reads a word of a spec.
    ///
    /// # Errors
    /// It is none of them.
    pub fn read(word: &Spanned<String>) -> Result<Self, Mistake> {
        let known = Self::ALL.iter().find(|(name, _)| name == word.get_ref());
        known.map(|(_, provider)| *provider).ok_or_else(|| {
            let not_found = NotFound::among(word.get_ref(), Self::ALL.iter().map(|(name, _)| *name));
            Mistake::new(format!("unknown provider `{}`", word.get_ref())).at(word.span()).help(not_found.help())
        })
    }

    /// As profiles of ONNX Runtime name it.
    pub fn of_profile(name: &str) -> String {
        let short = name.trim_end_matches("ExecutionProvider").to_ascii_lowercase();
        if short.is_empty() { name.to_owned() } else { short }
    }

    /// Whether the library was built with it.
    fn is_built_in(self) -> ort::Result<bool> {
        match self {
            Self::Cpu => ep::CPU::is_available(),
            Self::Cuda => ep::CUDA::is_available(),
            Self::TensorRt => ep::TensorRT::is_available(),
            Self::OpenVino => ep::OpenVINO::is_available(),
        }
    }

    fn dispatch(self, options: &[ProviderOption]) -> ExecutionProviderDispatch {
        match self {
            Self::Cpu => ep::CPU::default().build(),
            Self::Cuda => configured(ep::CUDA::default(), options).build(),
            Self::TensorRt => configured(ep::TensorRT::default(), options).build(),
            Self::OpenVino => configured(ep::OpenVINO::default(), options).build(),
        }
        .error_on_failure()
    }

    /// Where a library with it comes from.
    fn way_out(self) -> &'static str {
        match self {
            Self::Cpu => "every library has it",
            Self::Cuda | Self::TensorRt => {
                "`pip install onnxruntime-gpu` brings one, and NVIDIA's libraries must be there"
            }
            Self::OpenVino => "`pip install onnxruntime-openvino` brings one",
        }
    }
}

/// Names and values as they are given to ONNX Runtime.
const OPTIONS: ValueShape = ValueShape::Map(&[Scalar::Boolean, Scalar::NUMBER, Scalar::Text]);

fn configured<E: ArbitrarilyConfigurableExecutionProvider>(provider: E, options: &[ProviderOption]) -> E {
    options.iter().fold(provider, |provider, option| provider.with_arbitrary_config(&option.name, &option.given))
}

/// An option of a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderOption {
    name: String,
    /// As the spec writes it, for records: a path is the same model's on every machine.
    written: Json,
    /// As the provider gets it: a path starts from the spec's folder.
    given: String,
}

/// A provider with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// Which one.
    pub provider: Provider,
    /// In the order of their names.
    pub options: Vec<ProviderOption>,
}

/// The options of providers, with the place of each table.
pub type WrittenOptions = Vec<(Spanned<Provider>, Vec<ProviderOption>)>;

/// Reads `provider_options`.
///
/// # Errors
/// It is no table of a provider's options, or one of them is no single value.
pub fn read_options(source: &Source, value: &Value<'_>) -> Result<WrittenOptions, Mistake> {
    const HELP: &str = "write them by provider: `provider_options = { tensorrt = { trt_fp16_enable = true } }`";
    let DeValue::Table(table) = value.get_ref() else { return Err(Mistake::expected("a table", value).help(HELP)) };
    let of_provider = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Value<'_>)| {
        let word = Spanned::new(name.span(), name.get_ref().to_string());
        let provider = Provider::read(&word).map_err(|mistake| match &mistake.help {
            // Options without their provider.
            _ if !value.get_ref().is_table() => Mistake { help: Some(HELP.to_owned()), ..mistake },
            _ => mistake,
        })?;
        let DeValue::Table(options) = value.get_ref() else {
            return Err(Mistake::expected("a table", value).help(HELP));
        };
        if provider == Provider::Cpu {
            let help = "leave it out; `threads` and `graph_optimization` are keys of the model";
            return Err(Mistake::new("the processor takes no options").at(name.span()).help(help));
        }
        let options = options.iter().map(|(name, value)| option(source, name.get_ref(), value));
        Ok((Spanned::new(name.span(), provider), options.collect::<Result<Vec<_>, _>>()?))
    };
    table.iter().map(of_provider).collect()
}

fn option(source: &Source, name: &str, value: &Value<'_>) -> Result<ProviderOption, Mistake> {
    let is_path = name.ends_with("_path") || name.ends_with("_dir");
    let (written, given) = match value.get_ref() {
        DeValue::String(text) if is_path => {
            let place = source.resolve(&Spanned::new(value.span(), text.to_string()));
            (json!(text), place.display().to_string())
        }
        DeValue::String(text) => (json!(text), text.to_string()),
        DeValue::Boolean(is_on) => (json!(is_on), is_on.to_string()),
        DeValue::Integer(_) => {
            let number: i64 = deserialize(value)?;
            (json!(number), number.to_string())
        }
        DeValue::Float(_) => {
            let number: f64 = deserialize(value)?;
            (json!(number), number.to_string())
        }
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            return Err(Mistake::expected("true, false, a number or a text", value));
        }
    };
    Ok(ProviderOption { name: name.to_owned(), written, given })
}

impl Configured {
    /// The options for records; `None` where there are none.
    pub fn settings(&self) -> Option<Json> {
        let options = self.options.iter().map(|option| (option.name.clone(), option.written.clone()));
        (!self.options.is_empty()).then(|| options.collect::<BTreeMap<String, Json>>().into_iter().collect())
    }

    /// The digests of files that options name, by the option: what is in them decides what is computed, too.
    pub fn files(&self) -> Vec<(String, Digest)> {
        // Calibration tables lie in the folder of the engines.
        let folder = self.options.iter().find(|option| option.name == "trt_engine_cache_path");
        let folder = folder.map(|option| PathBuf::from(&option.given)).unwrap_or_default();
        let file = |option: &ProviderOption| {
            option.written.as_str()?;
            let places = [PathBuf::from(&option.given), folder.join(&option.given)];
            let place = places.iter().find(|place| place.is_file())?;
            Some((option.name.clone(), Digest::of_file(place).ok()?))
        };
        self.options.iter().filter_map(file).collect()
    }

    /// Registers it. A provider that cannot be had is an error: a run on the processor instead would go unseen.
    ///
    /// # Errors
    /// The library at `library` was built without it, or it takes no such options.
    pub fn register(&self, builder: SessionBuilder, library: &Path) -> Result<SessionBuilder, String> {
        let (name, way_out, library) = (self.provider.word(), self.provider.way_out(), library.display());
        let missing =
            |reason: &str| format!("the provider `{name}` is not to be had from {library}: {reason}; {way_out}");
        if !self.provider.is_built_in().map_err(|error| missing(&error.to_string()))? {
            return Err(missing("it was built without it"));
        }
        let registered = builder.with_execution_providers([self.provider.dispatch(&self.options)]);
        registered.map_err(|error| match &self.options[..] {
            [] => missing(&error.to_string()),
            options => {
                let names: Vec<&str> = options.iter().map(|option| option.name.as_str()).collect();
                format!(
                    "the provider `{name}` of {library} does not start with its `provider_options` ({}): {error}; ONNX \
                     Runtime's documentation of the provider lists its options, or {way_out}",
                    names.join(", ")
                )
            }
        })
    }
}
