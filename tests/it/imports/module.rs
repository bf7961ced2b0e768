//! A module by itself: what it declares, and the paths that it names.

use std::collections::BTreeSet;

use super::tokens::end_of_group;

/// A `use`: the name that it brings (`*` for all), from which path.
#[derive(Debug)]
pub struct Use {
    pub name: String,
    pub path: Vec<String>,
    pub is_public: bool,
}

/// A module of a crate.
#[derive(Debug, Default)]
pub struct Module {
    pub uses: Vec<Use>,
    /// Modules in files of their own.
    pub files: Vec<String>,
    /// Modules written here, with their code.
    pub blocks: Vec<(String, Vec<String>)>,
    /// What is defined here.
    pub items: BTreeSet<String>,
    /// The paths of two words and more outside of `use`.
    pub paths: Vec<Vec<String>>,
    /// The words outside of `use`.
    pub words: BTreeSet<String>,
}

impl Module {
    /// Reads a module's code.
    pub fn read(tokens: &[String]) -> Self {
        let mut module = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            at = module.read_one(tokens, at);
        }
        module
    }

    fn read_one(&mut self, tokens: &[String], at: usize) -> usize {
        let next = |ahead: usize| tokens.get(at + ahead).map_or("", String::as_str);
        match (next(0), next(2)) {
            // `use<'a>` in a bound is no import.
            ("use", _) if next(1) != "<" => {
                let is_public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
                let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(tokens.len() - at);
                self.read_use(&tokens[at + 1..end], &[], is_public);
                end + 1
            }
            ("mod", ";") => {
                self.files.push(next(1).to_owned());
                at + 3
            }
            ("mod", "{") => {
                let end = end_of_group(tokens, at + 2);
                self.blocks.push((next(1).to_owned(), tokens[at + 3..end - 1].to_vec()));
                end
            }
            ("fn" | "struct" | "enum" | "union" | "trait" | "const" | "static" | "type" | "macro_rules", _) => {
                self.items.insert(next(usize::from(next(1) == "!") + 1).to_owned());
                at + 1
            }
            (".", _) => at + 1 + usize::from(is_word(next(1))),
            (word, _) if is_word(word) => self.read_path(tokens, at),
            _ => at + 1,
        }
    }

    fn read_path(&mut self, tokens: &[String], mut at: usize) -> usize {
        let mut path = vec![tokens[at].clone()];
        at += 1;
        while at + 1 < tokens.len() && tokens[at] == "::" && is_word(&tokens[at + 1]) {
            path.push(tokens[at + 1].clone());
            at += 2;
        }
        self.words.insert(path[0].clone());
        if path.len() > 1 {
            self.paths.push(path);
        }
        at
    }

    /// Reads the tree of a `use` below `stem`.
    fn read_use(&mut self, tree: &[String], stem: &[String], is_public: bool) {
        let brace = tree.iter().position(|token| token == "{");
        let plain = &tree[..brace.unwrap_or(tree.len())];
        let named = plain.iter().position(|token| token == "as");
        let words = plain[..named.unwrap_or(plain.len())].iter().filter(|token| *token != "::");
        let mut path: Vec<String> = stem.iter().chain(words).cloned().collect();
        if let Some(brace) = brace {
            for branch in branches(&tree[brace + 1..tree.len() - 1]) {
                self.read_use(branch, &path, is_public);
            }
            return;
        }
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let name = named.map_or_else(|| path.last().cloned(), |at| plain.get(at + 1).cloned());
        self.uses.extend(name.map(|name| Use { name, path, is_public }));
    }
}

/// What stands between the commas of a `use`'s braces.
fn branches(inside: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    let is_comma = move |token: &String| {
        depth += i32::from(token == "{") - i32::from(token == "}");
        token == "," && depth == 0
    };
    inside.split(is_comma).filter(|branch| !branch.is_empty()).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
