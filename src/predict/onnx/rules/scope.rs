//! What is known of the values of a graph, and of those around it.

use std::collections::{BTreeMap, BTreeSet};

use rten_onnx::onnx::{GraphProto, NodeProto};

use super::fact::Fact;
use super::rule::Use;

/// The values of a graph by name. A graph inside a node sees those of the graphs around it.
pub struct Scope<'a> {
    facts: BTreeMap<String, Fact>,
    declared: BTreeMap<String, Fact>,
    around: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    /// What is known of a graph before its first node.
    pub fn new(graph: &GraphProto, around: Option<&'a Self>) -> Self {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let inputs = graph.input.iter().map(|value| (name(&value.name), Fact::declared(value)));
        let constants = graph.initializer.iter().map(|tensor| (name(&tensor.name), Fact::constant(tensor)));
        let declared = graph.value_info.iter().chain(&graph.output);
        Self {
            // Constants at last: old files list them among the inputs.
            facts: inputs.chain(constants).collect(),
            declared: declared.map(|value| (name(&value.name), Fact::declared(value))).collect(),
            around,
        }
    }

    /// What is known of a value; nothing where there is none of that name.
    pub fn fact(&self, name: &str) -> Fact {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(fact) = here.facts.get(name).or_else(|| here.declared.get(name)) {
                return fact.clone();
            }
            scope = here.around;
        }
        Fact::default()
    }

    /// A node gives a value. What was found out counts, what the file says fills it up.
    pub fn learn(&mut self, name: &str, fact: Fact) {
        let fact = match self.declared.get(name) {
            Some(declared) => fact.or(declared),
            None => fact,
        };
        self.facts.insert(name.to_owned(), fact);
    }
}

/// The nodes by the names of their inputs, those of graphs inside among them.
pub type Readers<'a> = BTreeMap<&'a str, Vec<(&'a NodeProto, usize)>>;

/// Who reads which value.
pub fn readers(graph: &GraphProto) -> Readers<'_> {
    let mut readers = Readers::new();
    add_readers(graph, &mut readers);
    readers
}

/// The operators that read each value.
pub fn readers_by_operator(graph: &GraphProto) -> BTreeMap<String, Vec<String>> {
    let operators = |nodes: Vec<(&NodeProto, usize)>| {
        nodes.into_iter().map(|(node, _)| node.op_type.clone().unwrap_or_default()).collect()
    };
    readers(graph).into_iter().map(|(name, nodes)| (name.to_owned(), operators(nodes))).collect()
}

fn add_readers<'a>(graph: &'a GraphProto, readers: &mut Readers<'a>) {
    for node in &graph.node {
        for (at, name) in node.input.iter().enumerate() {
            readers.entry(name).or_default().push((node, at));
        }
        for inside in node.attribute.iter().filter_map(|attribute| attribute.g.as_ref()) {
            add_readers(inside, readers);
            // What a graph gives out is read by the node around it.
            for output in &inside.output {
                readers.entry(output.name.as_deref().unwrap_or_default()).or_default().push((node, usize::MAX));
            }
        }
    }
}

/// Operators that move whole numbers about without computing with them.
const MOVERS: [&str; 7] = ["Cast", "Concat", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Expand"];

/// How far uses are followed: exporters put one or two movers between a constant and what uses it.
const DEPTH: usize = 4;

/// The uses of a value; `None` for a value that is one of the graph's outputs, and beyond [`DEPTH`].
pub fn uses(name: &str, readers: &Readers<'_>, outputs: &BTreeSet<&str>) -> Option<Vec<Use>> {
    follow(name, readers, outputs, DEPTH)
}

fn follow(name: &str, readers: &Readers<'_>, outputs: &BTreeSet<&str>, depth: usize) -> Option<Vec<Use>> {
    if outputs.contains(name) || depth == 0 {
        return None;
    }
    let of = |(node, input): &(&NodeProto, usize)| {
        let operator = node.op_type.clone().unwrap_or_default();
        let is_moved = MOVERS.contains(&operator.as_str()) && *input == 0 || operator == "Concat";
        let then = match node.output.first() {
            Some(output) if is_moved => follow(output, readers, outputs, depth - 1)?,
            _ => Vec::new(),
        };
        Some(Use { operator, input: *input, then })
    };
    readers.get(name).map_or(Some(Vec::new()), |nodes| nodes.iter().map(of).collect())
}
