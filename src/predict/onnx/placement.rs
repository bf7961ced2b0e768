//! Where the nodes of a graph really ran: ONNX Runtime gives what a provider does not take to the processor, without a word.
//! Its profile of one run tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::provider::{Configured, Provider};
use crate::file::{self, MOST_OF_A_REPORT};
use crate::followed;
use crate::spec::Choice;

/// How many nodes ran on which provider, by its name; a part of the graph that a provider made one node of is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement(pub BTreeMap<String, usize>);

/// An event of a profile.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    cat: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    args: BTreeMap<String, serde_json::Value>,
}

impl Placement {
    /// Reads the profile at `path`.
    ///
    /// # Errors
    /// It cannot be read, or names no node.
    pub fn read(path: &Path) -> Result<Self, String> {
        let unread = |error: &dyn std::fmt::Display| format!("ONNX Runtime's profile cannot be read: {error}");
        let bytes = file::read(path, MOST_OF_A_REPORT).map_err(|error| unread(&error))?;
        // In a folder that goes away with the engine: nobody changes it.
        followed::forget(path);
        Self::of(&bytes).map_err(|error| unread(&error))
    }

    fn of(profile: &[u8]) -> Result<Self, String> {
        let events: Vec<Event> = serde_json::from_slice(profile).map_err(|error| error.to_string())?;
        let mut seen = BTreeSet::new();
        let mut placed = BTreeMap::new();
        for event in events.iter().filter(|event| event.cat == "Node") {
            let Some(provider) = event.args.get("provider").and_then(|provider| provider.as_str()) else { continue };
            // A node in a loop runs more than once.
            if seen.insert((event.args.get("node_index").map(ToString::to_string), &event.name)) {
                *placed.entry(Provider::of_profile(provider)).or_default() += 1;
            }
        }
        if placed.is_empty() { Err("it names no node".to_owned()) } else { Ok(Self(placed)) }
    }

    /// Makes sure that one of the providers that were asked for ran something.
    ///
    /// # Errors
    /// None did.
    pub fn verify(&self, asked: &[Configured]) -> Result<(), String> {
        if asked.iter().any(|asked| self.0.contains_key(asked.provider.word())) {
            return Ok(());
        }
        let names: Vec<String> = asked.iter().map(|asked| format!("`{}`", asked.provider.word())).collect();
        Err(format!(
            "ONNX Runtime runs none of its nodes on {}, but all on {}: leave out `providers`, or export the model with \
             operators that the provider takes",
            names.join(" or "),
            self.0.keys().cloned().collect::<Vec<_>>().join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, provider: &str, index: u32) -> String {
        format!(
            r#"{{"cat":"Node","name":"{name}_kernel_time","dur":3,"args":{{"provider":"{provider}","node_index":"{index}"}}}}"#
        )
    }

    fn profile(events: &[String]) -> String {
        format!(r#"[{{"cat":"Session","name":"model_loading_array","args":{{}}}},{}]"#, events.join(","))
    }

    #[test]
    fn nodes_are_counted_by_what_ran_them() {
        let events = [
            event("conv", "CUDAExecutionProvider", 0),
            event("conv", "CUDAExecutionProvider", 0),
            event("shape", "CPUExecutionProvider", 1),
            event("", "CUDAExecutionProvider", 2),
        ];
        let placed = Placement::of(profile(&events).as_bytes()).unwrap();
        assert_eq!(placed.0, BTreeMap::from([("cpu".to_owned(), 1), ("cuda".to_owned(), 2)]));
    }

    #[test]
    fn a_provider_that_ran_nothing_is_an_error() {
        let asked = |provider| [Configured { provider, options: Vec::new() }];
        let placed = Placement::of(profile(&[event("conv", "CPUExecutionProvider", 0)]).as_bytes()).unwrap();
        let error = placed.verify(&asked(Provider::Cuda)).unwrap_err();
        assert!(error.contains("none of its nodes on `cuda`, but all on cpu"), "{error}");
        assert_eq!(placed.verify(&asked(Provider::Cpu)), Ok(()));
        assert!(Placement::of(b"[]").is_err(), "what tells nothing is no proof");
    }
}
