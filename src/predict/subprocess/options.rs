//! The options of `kind = "subprocess"`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::behind::behind;
use crate::digest::Digest;
use crate::predict::found::Floor;
use crate::predict::keys::VERSION;
use crate::predict::naming::Naming;
use crate::predict::wire::{MOST_AT_ONCE, SECONDS, read_concurrency};
use crate::spec::{
    Key, Literal, Mistake, PathKind, Scalar, Source, TableReader, Value, ValueShape, existing_path, list_of,
};

/// What a section says.
pub struct SubprocessOptions {
    /// The program and its arguments, as written.
    pub command: Vec<String>,
    /// Where it is started: the spec's folder.
    pub folder: PathBuf,
    /// Children at once.
    pub workers: NonZeroUsize,
    /// For one answer.
    pub timeout: Duration,
    /// From the start to the first line.
    pub start_timeout: Duration,
    /// What the user calls this state of program and model.
    pub version: Option<String>,
    /// Files that decide the answers, as written and as found.
    pub files: Vec<(String, PathBuf)>,
    /// Variables that it does not get: secrets of the spec's other models.
    pub withheld: Vec<String>,
    /// Class names.
    pub naming: Naming,
    /// Which objects are kept.
    pub floor: Floor,
}

/// One answer may take this long, seconds: a large model on a CPU.
const TIMEOUT: f64 = 60.0;

/// Importing a deep learning framework and loading a model may take this long, seconds.
const START_TIMEOUT: f64 = 300.0;

const EXAMPLE: &str = "command = [\"python\", \"predict.py\"]";

const KEYS: &[Key] = &[
    Key::new(
        "command",
        ValueShape::OneOrMany(Scalar::Text),
        "the program and each of its arguments; it is started in the folder of the spec",
    )
    .required(),
    Key::new("workers", ValueShape::integer(1, MOST_AT_ONCE), "so many of it run at once").or(Literal::Integer(1)),
    Key::new("timeout_seconds", SECONDS, "for one answer").or(Literal::Number(TIMEOUT)),
    Key::new("start_timeout_seconds", SECONDS, "from the start to the first line").or(Literal::Number(START_TIMEOUT)),
    VERSION,
    Key::new(
        "files",
        ValueShape::OneOrMany(Scalar::Path),
        "files that decide the answers (the program, the weights): answers are kept as long as their content is the \
         same",
    ),
];

impl SubprocessOptions {
    /// The keys of [`Self::read`].
    pub fn keys() -> Vec<Key> {
        [KEYS, Naming::KEYS, Floor::KEYS].concat()
    }

    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        let command = options.required_with("command", EXAMPLE, read_command);
        let workers = read_concurrency(options, "workers").unwrap_or(NonZeroUsize::MIN);
        let timeout = options.number("timeout_seconds").unwrap_or(TIMEOUT);
        let start_timeout = options.number("start_timeout_seconds").unwrap_or(START_TIMEOUT);
        let version = options.optional::<String>("version").map(Spanned::into_inner);
        let files = options.with("files", list_of::<String>).map(Spanned::into_inner).unwrap_or_default();
        let file = |written: Spanned<String>, options: &mut TableReader<'_, '_, '_>| {
            let path = existing_path(source, &written, PathKind::File, "file", options)?;
            Some((written.into_inner(), path))
        };
        let files: Vec<Option<(String, PathBuf)>> = files.into_iter().map(|written| file(written, options)).collect();
        let (naming, floor) = (Naming::read(options), Floor::read(options));
        Some(Self {
            command: command?.into_inner(),
            folder: source.folder().to_path_buf(),
            workers,
            timeout: Duration::from_secs_f64(timeout),
            start_timeout: Duration::from_secs_f64(start_timeout),
            version,
            files: files.into_iter().collect::<Option<_>>()?,
            withheld: Vec::new(),
            naming,
            floor,
        })
    }

    /// One digest of the command, the `version`, and the content of the `files` and of all that is behind them and the
    /// command; `None` where neither `version` nor `files` is given: the program behind a command may be another one
    /// tomorrow.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn digest(&self) -> Result<Option<Digest>, String> {
        if self.version.is_none() && self.files.is_empty() {
            return Ok(None);
        }
        let mut parts: Vec<String> = vec![self.version.clone().unwrap_or_default(), self.command.len().to_string()];
        parts.extend(self.command.iter().cloned());
        for (written, path) in &self.files {
            let digest = Digest::of_file(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            parts.extend([written.clone(), digest.to_string()]);
        }
        let words: Vec<String> =
            self.command.iter().chain(self.files.iter().map(|(written, _)| written)).cloned().collect();
        for (name, digest) in behind(&self.folder, &words)? {
            parts.extend([name, digest.to_string()]);
        }
        Ok(Some(Digest::of_parts(parts.iter().map(String::as_bytes))))
    }
}

fn read_command(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    if value.get_ref().as_str().is_some_and(|text| text.contains(' ')) {
        let help = format!("write the program and each argument in quotes of their own: `{EXAMPLE}`");
        return Err(Mistake::new("a command line is not taken apart").help(help));
    }
    let words: Vec<String> = list_of::<String>(value)?.into_iter().map(Spanned::into_inner).collect();
    if words[0].is_empty() {
        return Err(Mistake::new("the program has no name"));
    }
    if let Some(name) = literal_secret(&words) {
        let help = "the program has the environment: let it read the variable that holds it";
        let message = format!("the value of `{name}` is a secret, which does not belong into a spec");
        return Err(Mistake::new(message).help(help).hidden());
    }
    Ok(words)
}

/// The option among `words` whose value is likely a secret: `--api-key=...`, or `--api-key` and a value.
fn literal_secret(words: &[String]) -> Option<&str> {
    const ENDS: [&str; 6] = ["api-key", "apikey", "token", "secret", "password", "passwd"];
    let is_secret = |option: &str| {
        let name = option.to_lowercase().replace('_', "-");
        option.starts_with('-') && ENDS.iter().any(|end| name.ends_with(end))
    };
    let mut pairs = words.iter().zip(words.iter().skip(1).map(Some).chain([None]));
    pairs.find_map(|(word, next)| match word.split_once('=') {
        Some((option, value)) => (is_secret(option) && !value.is_empty()).then_some(option),
        None => (is_secret(word) && next.is_some_and(|next| !next.starts_with('-'))).then_some(word.as_str()),
    })
}
