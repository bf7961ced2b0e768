//! The shared library of ONNX Runtime: looked for, and loaded once per process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::environment::Environment;

use crate::predict::{PREFIX_VARIABLE, Variables};

/// A library that was loaded.
pub struct Library {
    /// Where from; a bare name was found by the system.
    pub path: PathBuf,
    /// Its version, as far as it tells.
    pub version: String,
    /// What sessions are made in.
    pub environment: Environment,
}

/// The one of this process: ONNX Runtime cannot be loaded twice.
static LOADED: Mutex<Option<Arc<Library>>> = Mutex::new(None);

/// The variable that names the library, as everywhere else.
const PATH_VARIABLE: &str = "ORT_DYLIB_PATH";

/// The variables that name the folder of a Python environment: the active one, else the one that this program is in.
const PYTHON_VARIABLES: [&str; 3] = ["VIRTUAL_ENV", "CONDA_PREFIX", PREFIX_VARIABLE];

/// Where the wheels `onnxruntime` and `onnxruntime-gpu` keep it, in an environment or in the system's Python.
const IN_PYTHON: [&str; 3] = [
    "lib*/python*/*-packages/onnxruntime/capi/libonnxruntime.so*",
    "lib*/python*/*-packages/onnxruntime/capi/libonnxruntime*.dylib",
    "Lib/site-packages/onnxruntime/capi/onnxruntime.dll",
];

/// How it is found, for `windtunnel explain onnxruntime`.
pub const INSTALL_PAGE: &str = "Its library is looked for under `library`, the variable ORT_DYLIB_PATH, in the active \
                                Python environment and the one that windtunnel is in, and where the system keeps \
                                libraries. `pip install onnxruntime` brings it; onnxruntime-gpu one with CUDA and \
                                TensorRT, onnxruntime-openvino one with OpenVINO.";

/// What the system knows it as; looked for beside the program first.
const NAMES: &[&str] = if cfg!(windows) {
    &["onnxruntime.dll"]
} else if cfg!(target_os = "macos") {
    &["libonnxruntime.dylib"]
} else {
    &["libonnxruntime.so", "libonnxruntime.so.1"]
};

/// The static program of a release can load no library, wherever one lies.
const IS_STATIC: bool = cfg!(all(target_env = "musl", target_feature = "crt-static"));

/// How to get it.
const WAY_OUT: &str = if IS_STATIC {
    "this program is static and loads no library: take the one of `pip install windtunnel[onnxruntime]`, or set \
     `engine = \"rten\"`"
} else {
    INSTALL
};

/// How to get it, in a few words.
pub fn way_in() -> &'static str {
    if IS_STATIC { "`pip install windtunnel[onnxruntime]`" } else { "`pip install onnxruntime`" }
}

/// The same for a program that loads libraries.
const INSTALL: &str = "install it (`pip install onnxruntime` into the active Python environment, or the system's \
                       package, Debian's is libonnxruntime-dev), name it with `library = \"...\"` or the variable \
                       ORT_DYLIB_PATH, or set `engine = \"rten\"`";

/// Loads the library `named`, or the first that is found.
///
/// # Errors
/// There is none, it cannot be loaded, or another one already is.
pub fn load(named: Option<&Path>, variables: Variables<'_>) -> Result<Arc<Library>, String> {
    find(named, variables)?.ok_or_else(|| format!("no library of ONNX Runtime was found: {WAY_OUT}"))
}

/// As [`load`]; `None` where there is none.
///
/// # Errors
/// It is there but cannot be loaded, or another one already is.
pub fn find(named: Option<&Path>, variables: Variables<'_>) -> Result<Option<Arc<Library>>, String> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = named.map(Path::to_path_buf).or_else(|| variables(PATH_VARIABLE).map(PathBuf::from));
    let wanted = wanted.map(|path| path.canonicalize().map_err(|error| unusable(&path, &error.to_string())));
    let wanted = wanted.transpose()?;
    if let Some(library) = &*loaded {
        return match wanted {
            Some(other) if other != library.path => Err(format!(
                "{} is already loaded, and a process can have but one: it cannot be run on {} too",
                library.path.display(),
                other.display()
            )),
            _ => Ok(Some(Arc::clone(library))),
        };
    }
    let library = match wanted.or_else(|| if IS_STATIC { None } else { in_python(variables) }) {
        Some(path) => Some(open(path)?),
        // A name that the system does not know is no mistake.
        None => NAMES.iter().find_map(|name| open(PathBuf::from(name)).ok()),
    };
    *loaded = library.map(Arc::new);
    Ok(loaded.clone())
}

/// The library of the first Python environment that has one.
fn in_python(variables: Variables<'_>) -> Option<PathBuf> {
    let folders = PYTHON_VARIABLES.iter().filter_map(|name| variables(name));
    let patterns = folders.flat_map(|folder| {
        let folder = glob::Pattern::escape(&folder);
        IN_PYTHON.map(|inside| format!("{folder}/{inside}"))
    });
    let mut found = patterns.filter_map(|pattern| glob::glob(&pattern).ok()).flat_map(Iterator::flatten);
    found.find_map(|path| path.canonicalize().ok())
}

fn open(path: PathBuf) -> Result<Library, String> {
    let builder = ort::init_from(&path).map_err(|error| unusable(&path, &error.to_string()))?;
    // What it logs would go to standard error past all doors, with names from the file of the model in it. What stands
    // in the way of a run comes back as an error.
    let silent = std::sync::Arc::new(|_level, _category: &str, _id: &str, _place: &str, _message: &str| {});
    let builder = builder.with_name("windtunnel").with_telemetry(false).with_logger(silent);
    let environment = builder.build();
    let environment = environment.map_err(|error| unusable(&path, &error.to_string()))?;
    Ok(Library { version: version(&path), environment, path })
}

fn unusable(path: &Path, error: &str) -> String {
    format!("ONNX Runtime cannot be loaded from {}: {error}; {WAY_OUT}", path.display())
}

/// `1.24.4` from the file's name, else the commit it was built from.
fn version(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_end_matches(".dylib");
    if digits.contains('.') {
        return digits.to_owned();
    }
    let commit = ort::info().split("git-commit-id=").nth(1).and_then(|rest| rest.split([',', ' ']).next());
    commit.map_or_else(|| "of unknown version".to_owned(), |commit| format!("commit {commit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_python_environment_is_looked_through() {
        let folder = tempfile::tempdir().unwrap();
        let capi = folder.path().join("lib/python3.11/site-packages/onnxruntime/capi");
        std::fs::create_dir_all(&capi).unwrap();
        let library = capi.join("libonnxruntime.so.1.24.4");
        std::fs::write(&library, "").unwrap();
        let active = folder.path().display().to_string();
        let variables = |name: &str| (name == "VIRTUAL_ENV").then(|| active.clone());
        assert_eq!(in_python(&variables), library.canonicalize().ok());
        // Not activated, but the program is in it.
        let beside = |name: &str| (name == PREFIX_VARIABLE).then(|| active.clone());
        assert_eq!(in_python(&beside), library.canonicalize().ok());
        assert_eq!(in_python(&|_| None), None);
        assert_eq!(version(&library), "1.24.4");
    }

    #[test]
    fn a_file_that_is_no_library_is_an_error_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libonnxruntime.so");
        std::fs::write(&path, "hello").unwrap();
        let error = find(Some(&path), &|_| None).err().unwrap();
        assert!(error.contains("cannot be loaded from") && error.contains("pip install onnxruntime"), "{error}");
        let absent = find(None, &|name| (name == PATH_VARIABLE).then(|| "/absent/lib.so".to_owned())).err().unwrap();
        assert!(absent.contains("/absent/lib.so"), "{absent}");
    }
}
