//! What is behind a command: the files in the spec's folder that it names, and the Python modules there that these
//! import. Whoever mends a function beside `predict.py` has another model, and mostly does not think of `version`. What
//! a program opens by itself cannot be seen from here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::digest::Digest;
use crate::file;

/// Content by path in the spec's folder.
pub(super) type Behind = BTreeMap<String, Digest>;

/// The files in `folder` that `command` names (`predict.py`, `--weights=best.pt`, `-m package.predict`,
/// `package.models:predict`, all of a folder, each in the words of a shell's line, too), and the modules that they
/// import. Those elsewhere are the machine's, such as Python itself, and another one on each.
///
/// # Errors
/// A file cannot be read.
pub(super) fn behind(folder: &Path, command: &[String]) -> Result<Behind, String> {
    let mut waiting: BTreeSet<PathBuf> = BTreeSet::new();
    let words: Vec<&str> = command.iter().flat_map(|word| parts(word)).collect();
    for (at, word) in words.iter().enumerate() {
        waiting.extend(named(folder, word)?);
        if at > 0 && words[at - 1] == "-m" {
            waiting.extend(modules(folder, [PathBuf::new()].iter(), word));
            waiting.extend(modules(folder, [PathBuf::new()].iter(), &format!("{word}.__main__")));
        }
        // What `windtunnel.serve` serves: `package.models:predict`.
        if let Some((module, _function)) = word.split_once(':') {
            waiting.extend(modules(folder, [PathBuf::new()].iter(), module));
        }
    }
    let mut found = Behind::new();
    while let Some(path) = waiting.pop_first() {
        let name = path.to_string_lossy().into_owned();
        if found.contains_key(&name) {
            continue;
        }
        let read = |error| format!("cannot read {}: {error}", folder.join(&path).display());
        found.insert(name, Digest::of_file(&folder.join(&path)).map_err(read)?);
        if path.extension().is_some_and(|extension| extension == "py") {
            let text = file::read(&folder.join(&path), file::MOST_OF_A_TEXT).map_err(read)?;
            waiting.extend(imported(folder, &path, &String::from_utf8_lossy(&text)));
        }
    }
    Ok(found)
}

/// A word as it is, and those in it: `sh -c "exec python predict.py"`, `--weights=best.pt`.
fn parts(word: &str) -> Vec<&str> {
    let is_between = |c: char| c.is_whitespace() || "'\"`;|&()<>".contains(c);
    let within = word.split(is_between).filter(|part| !part.is_empty());
    let values = within.clone().filter_map(|part| Some(part.split_once('=')?.1));
    let whole = [Some(word), word.split_once('=').map(|(_, value)| value)].into_iter().flatten();
    whole.chain(within).chain(values).collect()
}

/// The file at `name`, or all of the folder there, but for what tools leave. The folder as a whole holds the reports.
fn named(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let Some(path) = inside(Path::new(name)) else { return Ok(Vec::new()) };
    let found = folder.join(&path);
    if found.is_file() {
        return Ok(vec![path]);
    }
    let mut files = Vec::new();
    let mut folders = if found.is_dir() { vec![path] } else { Vec::new() };
    while let Some(path) = folders.pop() {
        let read = |error| format!("cannot read {}: {error}", folder.join(&path).display());
        for entry in fs::read_dir(folder.join(&path)).map_err(read)? {
            let entry = entry.map_err(read)?;
            let name = entry.file_name();
            let path = path.join(&name);
            // Folders behind links may be round about.
            let is_folder = entry.file_type().map_err(read)?.is_dir();
            if is_folder && !is_left_by_tools(&name.to_string_lossy()) {
                folders.push(path);
            } else if folder.join(&path).is_file() {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn is_left_by_tools(name: &str) -> bool {
    name.starts_with('.') || name == "__pycache__"
}

/// `path` without `.`; `None` where it leads out of the folder, or is the folder itself.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => plain.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (plain.components().next().is_some()).then_some(plain)
}

/// The modules in `folder` that the Python file at `path` imports, as its `import` and `from` statements have them.
fn imported(folder: &Path, path: &Path, text: &str) -> Vec<PathBuf> {
    // Where Python looks: beside the script that was started, which is one of these, and where it was started.
    let bases: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_path_buf).collect();
    let mut found = Vec::new();
    for statement in statements(text) {
        let words: Vec<&str> = statement.split(|c: char| c.is_whitespace() || "(),;".contains(c)).collect();
        let mut words = words.into_iter().filter(|word| !word.is_empty());
        match words.next() {
            Some("import") => {
                for name in words {
                    found.extend(modules(folder, bases.iter(), name));
                }
            }
            Some("from") => {
                let module = words.next().unwrap_or_default();
                let dots = module.len() - module.trim_start_matches('.').len();
                let bases = if dots > 0 { bases.get(dots - 1..dots).unwrap_or_default() } else { &bases };
                let module = module.trim_start_matches('.');
                found.extend(modules(folder, bases.iter(), module));
                for name in words.filter(|word| *word != "import") {
                    let name = if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") };
                    found.extend(modules(folder, bases.iter(), &name));
                }
            }
            _ => {}
        }
    }
    found
}

/// The import statements of a Python file, each in one line.
fn statements(text: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if is_open {
            if let Some(last) = statements.last_mut() {
                last.push(' ');
                last.push_str(line);
            }
        } else if line.starts_with("import ") || line.starts_with("from ") {
            statements.push(line.to_owned());
        } else {
            // After a colon or a semicolon: `try: import fast`.
            let behind = line.split([':', ';']).skip(1).map(str::trim_start);
            statements.extend(behind.filter(|part| part.starts_with("import ")).map(str::to_owned));
            continue;
        }
        let last = statements.last().map_or("", String::as_str);
        is_open = last.ends_with('\\') || last.matches('(').count() > last.matches(')').count();
    }
    statements.iter().map(|statement| statement.replace('\\', " ")).collect()
}

/// The files of the module `name` and of the packages around it, below any of `bases`.
fn modules<'a>(folder: &Path, bases: impl Iterator<Item = &'a PathBuf>, name: &str) -> Vec<PathBuf> {
    let parts: Vec<&str> = name.split('.').collect();
    if parts.iter().any(|part| part.is_empty() || part.contains(['/', '\\'])) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for base in bases {
        for count in 1..=parts.len() {
            let module = base.join(parts[..count].iter().collect::<PathBuf>());
            found.extend([module.with_extension("py"), module.join("__init__.py")]);
        }
    }
    found.retain(|path| folder.join(path).is_file());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)], command: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        behind(folder.path(), &command).unwrap().into_keys().collect()
    }

    #[test]
    fn files_are_found_however_a_command_names_them() {
        let files = [("run.py", ""), ("w/best.pt", ""), ("w/.git/x", ""), ("w/sub/a", ""), ("other.py", "")];
        assert_eq!(names(&files, &["python", "run.py", "--weights=w/best.pt"]), ["run.py", "w/best.pt"]);
        assert_eq!(names(&files, &["sh", "-c", "exec python './run.py' --w=w/best.pt;"]), ["run.py", "w/best.pt"]);
        assert_eq!(names(&files, &["python", "-m", "run", "w"]), ["run.py", "w/best.pt", "w/sub/a"]);
        assert!(names(&files, &["python", ".", "..", "/", "", "=", "run"]).is_empty());
    }

    #[test]
    fn modules_are_found_however_they_are_imported() {
        let files = [
            (
                "run.py",
                "import os, one as o\nfrom two import (  # of mine\n    deep,\n    deeper)\ntry: import three\n",
            ),
            ("one.py", "if True:\n    from . import four\n    import one\n"),
            ("two/__init__.py", ""),
            ("two/deep.py", "from ..five import x\nfrom .six \\\n  import y"),
            ("two/deeper/__init__.py", ""),
            ("two/six.py", "# import seven\nx = 'import seven'"),
            ("three.py", ""),
            ("four.py", ""),
            ("five.py", ""),
            ("seven.py", ""),
        ];
        let all: Vec<&str> = files.iter().map(|(name, _)| *name).filter(|name| *name != "seven.py").collect();
        let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        all.sort();
        assert_eq!(names(&files, &["python", "run.py"]), all);
        assert_eq!(
            names(&[("p/__main__.py", "import q"), ("q.py", "")], &["python", "-m", "p"]),
            ["p/__main__.py", "q.py"]
        );
        let served = ["python", "-m", "windtunnel.serve", "p.models:predict"];
        let files = [("p/__init__.py", ""), ("p/models.py", "import q"), ("q.py", ""), ("r.py", "")];
        assert_eq!(names(&files, &served), ["p/__init__.py", "p/models.py", "q.py"]);
    }
}
