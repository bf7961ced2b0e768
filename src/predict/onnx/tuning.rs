//! What an engine may be told of how it computes a graph: threads, and what it may make of the graph beforehand.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use ort::session::builder::GraphOptimizationLevel;
use serde_json::{Value as Json, json};

use crate::spec::Choice;

/// How a graph is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Of one call.
    pub threads: NonZeroUsize,
    /// ONNX Runtime's alone.
    pub graph_optimization: GraphOptimization,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { threads: NonZeroUsize::MIN, graph_optimization: GraphOptimization::All }
    }
}

impl Tuning {
    /// What differs from the default, for records: both may change the last digits.
    pub fn settings(self) -> BTreeMap<String, Json> {
        let usual = Self::default();
        let threads = (self.threads != usual.threads).then(|| ("threads".to_owned(), json!(self.threads)));
        let level = self.graph_optimization;
        let level = (level != usual.graph_optimization).then(|| ("graph_optimization".to_owned(), json!(level.word())));
        threads.into_iter().chain(level).collect()
    }
}

/// What ONNX Runtime may rewrite in a graph before it runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphOptimization {
    /// Nothing.
    None,
    /// What is the same to the last bit.
    Basic,
    /// Also what is fused into other kernels.
    Extended,
    /// Also the layout of memory.
    All,
}

impl Choice for GraphOptimization {
    const ALL: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("basic", Self::Basic), ("extended", Self::Extended), ("all", Self::All)];

    fn summary(self) -> &'static str {
        match self {
            Self::None => "nothing: every node as the file has it",
            Self::Basic => "what leaves the arithmetic as it is: constants are folded, idle nodes removed",
            Self::Extended => "also nodes that are fused into one, which may change the last digits",
            Self::All => "also the layout in memory",
        }
    }
}

impl GraphOptimization {
    /// As the runtime calls it.
    pub fn level(self) -> GraphOptimizationLevel {
        match self {
            Self::None => GraphOptimizationLevel::Disable,
            Self::Basic => GraphOptimizationLevel::Level1,
            Self::Extended => GraphOptimizationLevel::Level2,
            Self::All => GraphOptimizationLevel::All,
        }
    }
}
