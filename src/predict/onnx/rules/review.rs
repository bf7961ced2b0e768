//! Goes through a model before it is loaded: every graph, every constant, every node.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rten_onnx::onnx::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};

use super::fact::Fact;
use super::node::Node;
use super::opset::opset;
use super::rule::{Finding, Look, Rule};
use super::scope::{self, Scope};
use super::{ALL, infer, tensor};

/// What came of a model.
#[derive(Debug, Default)]
pub struct Review {
    /// Whether nodes were replaced.
    pub is_mended: bool,
    /// By rule: what the engine would compute otherwise than ONNX says.
    refused: BTreeMap<usize, Refused>,
}

/// The places that a rule refuses.
#[derive(Debug)]
struct Refused {
    first: String,
    count: usize,
}

/// Looks through a model, and puts nodes in the place of those that the engine computes otherwise.
pub fn review(model: &mut ModelProto) -> Review {
    let mut review = Review::default();
    for (at, rule) in ALL.iter().enumerate() {
        if let Look::Model(look) = rule.look
            && let Some(what) = look(model)
        {
            review.refuse(at, what);
        }
    }
    let opset = opset(model).unwrap_or_default();
    if let Some(graph) = &mut model.graph {
        review.graph(graph, None, opset);
    }
    review
}

impl Review {
    /// Everything that is refused in a sentence each, with ways out; `None` where nothing is.
    pub fn refusal(&self) -> Option<String> {
        let told = |(rule, refused): (&usize, &Refused)| {
            let rule = &ALL[*rule];
            let more = match refused.count {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let way_out = rule.way_out.map(|way_out| format!(" ({way_out})")).unwrap_or_default();
            format!("{}{more}: {}{way_out}", refused.first, rule.why)
        };
        let told: Vec<String> = self.refused.iter().map(told).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn refuse(&mut self, rule: usize, place: String) {
        self.refused.entry(rule).or_insert(Refused { first: place, count: 0 }).count += 1;
    }

    fn graph(&mut self, graph: &mut GraphProto, around: Option<&Scope<'_>>, opset: i64) {
        self.constants(graph);
        let readers = scope::readers_by_operator(graph);
        let mut scope = Scope::new(graph, around);
        let mut nodes = Vec::with_capacity(graph.node.len());
        for mut node in std::mem::take(&mut graph.node) {
            for inside in node.attribute.iter_mut().filter_map(|attribute| attribute.g.as_mut()) {
                self.graph(inside, Some(&scope), opset);
            }
            let inputs: Vec<Fact> = node.input.iter().map(|name| scope.fact(name)).collect();
            let readers = node.output.first().and_then(|name| readers.get(name)).map_or(&[][..], Vec::as_slice);
            let seen = Node { proto: &node, opset, inputs: &inputs, readers };
            let given = infer::outputs(&seen);
            let instead = self.node(&seen);
            for (name, fact) in node.output.iter().zip(given) {
                scope.learn(name, fact);
            }
            nodes.extend(instead.unwrap_or_else(|| vec![node]));
        }
        graph.node = nodes;
    }

    /// The nodes to put in the place of one.
    fn node(&mut self, node: &Node<'_>) -> Option<Vec<NodeProto>> {
        if !matches!(node.proto.domain.as_deref(), None | Some("" | "ai.onnx")) {
            return None;
        }
        let mut instead = None;
        for (at, rule) in rules_of(node.operator()) {
            let Look::Node(look) = rule.look else { continue };
            match look(node) {
                Finding::Right => {}
                Finding::Instead(nodes) => instead = Some(nodes),
                Finding::Wrong => self.refuse(at, place(node.proto)),
            }
        }
        self.is_mended |= instead.is_some();
        instead
    }

    fn constants(&mut self, graph: &GraphProto) {
        let readers = scope::readers(graph);
        let outputs: BTreeSet<&str> = graph.output.iter().filter_map(|output| output.name.as_deref()).collect();
        let named =
            graph.initializer.iter().map(|tensor| (tensor.name.as_deref().unwrap_or_default(), Cow::Borrowed(tensor)));
        for (name, tensor) in named.chain(graph.node.iter().filter_map(in_node)) {
            for (at, rule) in ALL.iter().enumerate() {
                let Look::Constant(look) = rule.look else { continue };
                if look(&tensor, scope::uses(name, &readers, &outputs).as_deref()) {
                    self.refuse(at, format!("constant `{name}`"));
                }
            }
        }
    }
}

/// The constant that a node holds, and the name of what it gives.
fn in_node(node: &NodeProto) -> Option<(&str, Cow<'_, TensorProto>)> {
    let output = node.output.first()?.as_str();
    let tensor = |attribute: &AttributeProto| match attribute.name.as_deref()? {
        "value_int" => attribute.i.map(|number| tensor::list(output, &[number])),
        "value_ints" => Some(tensor::list(output, &attribute.ints)),
        _ => None,
    };
    match node.op_type.as_deref()? {
        "Constant" | "ConstantOfShape" => {
            let own = node.attribute.iter().find_map(|attribute| attribute.t.as_ref()).map(Cow::Borrowed);
            Some((output, own.or_else(|| node.attribute.iter().find_map(tensor).map(Cow::Owned))?))
        }
        _ => None,
    }
}

fn rules_of(operator: &str) -> impl Iterator<Item = (usize, &'static Rule)> {
    ALL.iter().copied().enumerate().filter(move |(_, rule)| rule.operators.contains(&operator))
}

/// How messages name a node: its operator and its name, or what it gives where it has none.
pub fn place(node: &NodeProto) -> String {
    let operator = node.op_type.as_deref().unwrap_or_default();
    match node.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{operator} `{name}`"),
        None => format!("{operator} (gives `{}`)", node.output.first().map_or("", String::as_str)),
    }
}
