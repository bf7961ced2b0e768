//! How a drafted spec writes paths, texts and the names of sections.

use std::path::Path;

use windtunnel::untrusted;

/// A path as the spec names it, whose folder is beside what was found.
pub fn beside(path: &Path) -> String {
    let path = Path::new("..").join(path).to_string_lossy().replace('\\', "/");
    toml_string(&path)
}

/// A basic string of TOML; what steers a terminal, or TOML does not take, is escaped.
pub fn toml_string(text: &str) -> String {
    let letter = |c: char| match c {
        '\\' | '"' => format!("\\{c}"),
        c if untrusted::steers(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

/// A section's name for a file, unlike those that are taken.
pub fn section_name(path: &Path, taken: &[&str]) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let letters = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let mut name: String = stem.chars().map(letters).collect();
    if name.is_empty() || name == "labels" {
        name.push_str("_model");
    }
    let plain = name.clone();
    let mut number = 2;
    while taken.contains(&name.as_str()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    name
}
