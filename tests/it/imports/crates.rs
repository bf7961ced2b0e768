//! A crate's modules as a tree, and the arrows between its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::module::Module;
use super::tokens::tokens;

/// One file names something of another; both as paths of modules, a folder's own file ending in `mod`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// What is named there.
    pub name: String,
}

/// A crate's modules by their paths.
pub struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

/// What a path leads to: a module, or a thing in one.
enum Target {
    Module(Vec<String>),
    Item(Vec<String>, String),
}

impl Crate {
    /// Reads the crate whose first file is `root`.
    pub fn read(root: &Path) -> Self {
        let mut found = Self { modules: BTreeMap::new() };
        found.read_module(vec![], &tokens(&std::fs::read_to_string(root).unwrap()), root.parent().unwrap());
        found
    }

    /// Reads a module whose modules lie in `folder`.
    fn read_module(&mut self, path: Vec<String>, code: &[String], folder: &Path) {
        let module = Module::read(code);
        let below = |name: &String| [path.as_slice(), std::slice::from_ref(name)].concat();
        for (name, code) in &module.blocks {
            self.read_module(below(name), code, &folder.join(name));
        }
        for name in &module.files {
            let inside = folder.join(name);
            let own = inside.with_extension("rs");
            let file = if own.exists() { own } else { inside.join("mod.rs") };
            self.read_module(below(name), &tokens(&std::fs::read_to_string(file).unwrap()), &inside);
        }
        self.modules.insert(path, module);
    }

    /// Every arrow between two files, sorted.
    pub fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (path, module) in &self.modules {
            let is_door = self.has_files(path);
            // A door re-exports without needing what it passes on.
            let used = module
                .uses
                .iter()
                .filter(|one| one.name != "*" && !(is_door && one.is_public && !module.words.contains(&one.name)));
            for named in used.map(|one| &one.path).chain(&module.paths) {
                let Some(Target::Item(owner, name)) = self.resolve(path, named, 0) else { continue };
                let arrow = Arrow { from: self.file(path), to: self.file(&owner), name };
                if arrow.from != arrow.to {
                    arrows.insert(arrow);
                }
            }
        }
        arrows
    }

    /// The rooms that each file names, as it writes them: what a room passes on is the room's.
    pub fn rooms_named(&self) -> BTreeSet<(Vec<String>, String)> {
        let named = |(path, module): (&Vec<String>, &Module)| {
            let paths = module.uses.iter().map(|one| &one.path).chain(&module.paths);
            let rooms = paths.filter(|path| path[0] == "crate").filter_map(|path| path.get(1).cloned());
            rooms.map(|room| (self.file(path), room)).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(named).collect()
    }

    fn has_files(&self, path: &[String]) -> bool {
        self.modules.get(path).is_some_and(|module| !module.files.is_empty())
    }

    /// The file that has a module: blocks are in the file of the module around them.
    fn file(&self, path: &[String]) -> Vec<String> {
        if let Some((name, around)) = path.split_last()
            && self.modules[around].blocks.iter().any(|(block, _)| block == name)
        {
            return self.file(around);
        }
        let own = self.has_files(path).then(|| "mod".to_owned());
        path.iter().cloned().chain(own).collect()
    }

    /// What `named` means in the module `at`; `None` for what is of other crates. `depth` ends a circle of re-exports.
    fn resolve(&self, at: &[String], named: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = named.split_first()?;
        let start = match first.as_str() {
            "crate" => vec![],
            "self" => at.to_vec(),
            "super" => at.split_last()?.1.to_vec(),
            _ => return self.walk(at, named, depth),
        };
        if rest.is_empty() { Some(Target::Module(start)) } else { self.walk_or_own(&start, rest, depth) }
    }

    fn walk_or_own(&self, at: &[String], named: &[String], depth: usize) -> Option<Target> {
        if named[0] == "super" {
            return self.resolve(at, named, depth);
        }
        self.walk(at, named, depth).or_else(|| Some(Target::Item(at.to_vec(), named[0].clone())))
    }

    /// Follows names that the module `at` knows.
    fn walk(&self, at: &[String], named: &[String], depth: usize) -> Option<Target> {
        let module = self.modules.get(at).filter(|_| depth < 16)?;
        let (first, rest) = named.split_first()?;
        let below = [at, std::slice::from_ref(first)].concat();
        let is_module = self.modules.contains_key(&below);
        // A function may have the name of its module: at a path's end the function is meant.
        let brought = module.uses.iter().find(|one| one.name == *first && (!is_module || rest.is_empty()));
        if let Some(brought) = brought {
            return match self.resolve(at, &brought.path, depth + 1)? {
                Target::Module(path) if !rest.is_empty() => self.walk_or_own(&path, rest, depth + 1),
                target => Some(target),
            };
        }
        if is_module {
            return if rest.is_empty() { Some(Target::Module(below)) } else { self.walk_or_own(&below, rest, depth) };
        }
        if module.items.contains(first) {
            return Some(Target::Item(at.to_vec(), first.clone()));
        }
        let all = module.uses.iter().filter(|one| one.name == "*");
        all.filter_map(|one| self.resolve(at, &one.path[..one.path.len() - 1], depth + 1)).find_map(|target| {
            match target {
                Target::Module(path) if path != at => self.walk(&path, named, depth + 1),
                _ => None,
            }
        })
    }
}
