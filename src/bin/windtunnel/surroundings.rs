//! The surroundings that models may ask about: the environment's variables, and where the program lies.

use windtunnel::predict::PREFIX_VARIABLE;

/// A variable of the environment; that of the program's own folder is known without being set.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().or_else(|| if name == PREFIX_VARIABLE { prefix() } else { None })
}

/// The folder above the one that holds the program, links followed.
fn prefix() -> Option<String> {
    let program = std::env::current_exe().ok()?.canonicalize().ok()?;
    Some(program.parent()?.parent()?.to_str()?.to_owned())
}
