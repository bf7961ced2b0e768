//! Where an ONNX file says that numbers of it lie in other files ("external data"), and the file as it would be with
//! those numbers inside.
//!
//! An engine that is given the latter opens no file by itself: what it computes with is what was hashed. Tensors are
//! looked for wherever ONNX has one: in graphs and the graphs in their nodes' attributes, functions, attributes, sparse
//! tensors, training. Nothing is read here: `model_file` fills the gaps.
//!
//! Source: onnx/onnx.proto, and "External Data" of ONNX's documentation.

use std::ops::Range;

use super::external_tensor::{ExternalNumbers, OutsideTensor, damaged, text};
use super::protobuf::{Damaged, Field, Fields, Value, header};

/// A part of the file with its numbers inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of the file as it is.
    Kept(Range<usize>),
    /// Bytes that it has not.
    Made(Vec<u8>),
    /// Numbers of a tensor.
    Numbers(ExternalNumbers),
}

/// A message that tensors may be in, or a tensor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Function,
    Training,
    Sparse,
    Tensor,
}

impl Message {
    /// The message in field `number`, if it is one of these, and whether there may be several.
    const fn child(self, number: u64) -> Option<(Self, bool)> {
        Some(match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6) | (Self::Training, 1 | 2) => (Self::Graph, false),
            (Self::Model, 20) => (Self::Training, true),
            (Self::Model, 25) => (Self::Function, true),
            (Self::Graph, 1) | (Self::Function, 7) => (Self::Node, true),
            (Self::Graph, 5) | (Self::Attribute, 10) => (Self::Tensor, true),
            (Self::Graph, 15) | (Self::Attribute, 23) => (Self::Sparse, true),
            (Self::Node, 5) | (Self::Function, 11) => (Self::Attribute, true),
            (Self::Attribute, 5) | (Self::Sparse, 1 | 2) => (Self::Tensor, false),
            (Self::Attribute, 11) => (Self::Graph, true),
            (Self::Attribute, 22) => (Self::Sparse, false),
            _ => return None,
        })
    }
}

/// A message as it is to be written.
#[derive(Default)]
struct Rewritten {
    pieces: Vec<Piece>,
    length: u64,
}

impl Rewritten {
    fn push(&mut self, piece: Piece) {
        let length = match &piece {
            Piece::Kept(range) => range.len() as u64,
            Piece::Made(bytes) => bytes.len() as u64,
            Piece::Numbers(numbers) => numbers.length,
        };
        if length > 0 {
            self.length = self.length.saturating_add(length);
            self.pieces.push(piece);
        }
    }
}

/// Graphs in graphs; protobuf's own readers stop at 100 messages in each other, 4 of which are a graph.
const MOST_DEEP: usize = 100;

/// The pieces of the ONNX file `bytes` with its numbers inside; `None` where they are all inside already.
///
/// # Errors
/// It is damaged, or says of a tensor what cannot be.
pub fn pieces(bytes: &[u8]) -> Result<Option<Vec<Piece>>, String> {
    let rewritten = GraphWalk { bytes }.message(Message::Model, &(0..bytes.len()), 0)?;
    Ok(rewritten.map(|rewritten| rewritten.pieces))
}

struct GraphWalk<'b> {
    bytes: &'b [u8],
}

impl GraphWalk<'_> {
    /// The message as it is to be written; `None` if as it is.
    fn message(&self, message: Message, place: &Range<usize>, depth: usize) -> Result<Option<Rewritten>, String> {
        if depth > MOST_DEEP {
            return Err(format!("its graphs lie in each other more than {MOST_DEEP} messages deep"));
        }
        if message == Message::Node {
            self.refuse_cached_engine(place)?;
        }
        if message == Message::Tensor {
            return self.tensor(place);
        }
        let mut rewritten = Rewritten::default();
        let mut kept = place.start;
        let mut single: Vec<u64> = Vec::new();
        for field in Fields::of(self.bytes, place) {
            let Field { number, place, value: Value::Bytes(inner) } = field.map_err(damaged)? else { continue };
            let Some((child, is_repeated)) = message.child(number) else { continue };
            // Readers differ in whether they join the two or take the last.
            if !is_repeated && single.contains(&number) {
                return Err(damaged(Damaged::At(place.start)));
            }
            single.push(number);
            // From the inside out: the length of a message stands before it, and changes with what is inside.
            if let Some(new) = self.message(child, &inner, depth + 1)? {
                rewritten.push(Piece::Kept(kept..place.start));
                rewritten.push(Piece::Made(header(number, new.length)));
                new.pieces.into_iter().for_each(|piece| rewritten.push(piece));
                kept = place.end;
            }
        }
        if rewritten.pieces.is_empty() {
            return Ok(None);
        }
        rewritten.push(Piece::Kept(kept..place.end));
        Ok(Some(rewritten))
    }

    /// A node that stands for an engine which a provider compiled before, and that lies in a file which only the
    /// provider knows how to find.
    fn refuse_cached_engine(&self, place: &Range<usize>) -> Result<(), String> {
        const OPERATOR: u64 = 4;
        const ATTRIBUTE: u64 = 5;
        let fields: Vec<Field> = Fields::of(self.bytes, place).collect::<Result<_, _>>().map_err(damaged)?;
        let is_cached = fields.iter().any(|field| field.number == OPERATOR && text(self.bytes, field) == "EPContext");
        let is_outside = |field: &Field| field.number == ATTRIBUTE && self.is_not_embedded(field);
        if is_cached && fields.iter().any(is_outside) {
            let what = "it holds an engine that an execution provider compiled into another file (EPContext)";
            return Err(format!(
                "{what}: compile it with `ep.context_embed_mode` of 1, or name the ONNX file it is of"
            ));
        }
        Ok(())
    }

    /// Whether an attribute is `embed_mode = 0`.
    fn is_not_embedded(&self, attribute: &Field) -> bool {
        const NAME: u64 = 1;
        const INTEGER: u64 = 3;
        let Value::Bytes(place) = &attribute.value else { return false };
        let fields = || Fields::of(self.bytes, place).filter_map(Result::ok);
        let is_named = fields().any(|field| field.number == NAME && text(self.bytes, &field) == "embed_mode");
        // Left out, a number is 0.
        let number = fields().filter(|field| field.number == INTEGER).last().map(|field| field.value);
        is_named && matches!(number, None | Some(Value::Number(0)))
    }

    /// A tensor with its numbers inside; `None` if they are.
    fn tensor(&self, place: &Range<usize>) -> Result<Option<Rewritten>, String> {
        let Some(tensor) = OutsideTensor::read(self.bytes, place)? else { return Ok(None) };
        let mut rewritten = Rewritten::default();
        tensor.kept.into_iter().for_each(|range| rewritten.push(Piece::Kept(range)));
        rewritten.push(Piece::Made(header(OutsideTensor::RAW, tensor.numbers.length)));
        rewritten.push(Piece::Numbers(tensor.numbers));
        Ok(Some(rewritten))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field that holds bytes.
    fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
        [header(number, bytes.len() as u64), bytes.to_vec()].concat()
    }

    /// A field that holds a number below 128.
    fn number(field: u8, value: u8) -> Vec<u8> {
        vec![field << 3, value]
    }

    fn entry(key: &str, value: &str) -> Vec<u8> {
        field(13, &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat())
    }

    /// Four floats called `name` at bytes 16 to 32 of `w`.
    fn tensor(name: &str) -> Vec<u8> {
        let place = [entry("location", "w"), entry("offset", "16"), entry("length", "16")].concat();
        [number(1, 4), number(2, 1), field(8, name.as_bytes()), place, number(14, 1)].concat()
    }

    fn found(model: &[u8]) -> Vec<String> {
        let pieces = pieces(model).unwrap().unwrap_or_default();
        let name = |piece: Piece| match piece {
            Piece::Numbers(numbers) => Some(numbers.tensor),
            Piece::Kept(_) | Piece::Made(_) => None,
        };
        pieces.into_iter().filter_map(name).collect()
    }

    fn in_graph(graph: &[u8]) -> Vec<u8> {
        [number(1, 8), field(7, graph)].concat()
    }

    #[test]
    fn tensors_are_found_wherever_onnx_has_them() {
        let sparse = |name: &str| [field(1, &tensor(name)), field(2, &tensor(&format!("{name} indices")))].concat();
        let inner = field(5, &tensor("in a graph in an attribute"));
        let attributes = [
            field(5, &tensor("attribute")),
            field(10, &tensor("attribute of several")),
            field(6, &inner),
            field(11, &field(5, &tensor("in one of several graphs"))),
            field(22, &sparse("sparse attribute")),
            field(23, &sparse("sparse attribute of several")),
        ];
        let node = |attribute: &[u8]| field(5, attribute);
        let graph =
            [field(5, &tensor("initializer")), field(15, &sparse("sparse")), field(1, &node(&attributes.concat()))];
        let function = [field(7, &node(&field(5, &tensor("in a function")))), field(11, &field(5, &tensor("default")))];
        let training = [field(1, &field(5, &tensor("initial"))), field(2, &field(5, &tensor("step")))];
        let model = [in_graph(&graph.concat()), field(25, &function.concat()), field(20, &training.concat())].concat();
        let mut all = found(&model);
        all.sort();
        let expected = [
            "attribute",
            "attribute of several",
            "default",
            "in a function",
            "in a graph in an attribute",
            "in one of several graphs",
            "initial",
            "initializer",
            "sparse",
            "sparse attribute",
            "sparse attribute indices",
            "sparse attribute of several",
            "sparse attribute of several indices",
            "sparse indices",
            "step",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn numbers_come_inside_and_nothing_else_changes() {
        let pieces = pieces(&in_graph(&[field(2, b"name"), field(5, &tensor("a")), field(11, b"input")].concat()));
        let mut written = Vec::new();
        let model = in_graph(&[field(2, b"name"), field(5, &tensor("a")), field(11, b"input")].concat());
        for piece in pieces.unwrap().unwrap() {
            match piece {
                Piece::Kept(range) => written.extend_from_slice(&model[range]),
                Piece::Made(bytes) => written.extend(bytes),
                Piece::Numbers(ExternalNumbers { offset, length, .. }) => {
                    assert_eq!((offset, length), (16, 16));
                    written.extend([7; 16]);
                }
            }
        }
        let inside = [number(1, 4), number(2, 1), field(8, b"a"), field(9, &[7; 16])].concat();
        assert_eq!(written, in_graph(&[field(2, b"name"), field(5, &inside), field(11, b"input")].concat()));
        assert_eq!(super::pieces(&written), Ok(None), "nothing is outside any more");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let wrong = |tensor: Vec<u8>| pieces(&in_graph(&field(5, &tensor))).unwrap_err();
        let at = |entries: &[(&str, &str)]| {
            let entries = entries.iter().map(|(key, value)| entry(key, value)).collect::<Vec<_>>().concat();
            [number(1, 4), number(2, 1), field(8, b"a"), entries, number(14, 1)].concat()
        };
        assert!(wrong(at(&[])).contains("its tensor `a` does not say in which file"));
        assert!(
            wrong(at(&[("location", "w"), ("length", "15")])).contains("has 15 bytes in w, but its shape takes 16")
        );
        assert!(wrong(at(&[("location", "w"), ("location", "v")])).contains("says twice"));
        assert!(wrong(at(&[("location", "w"), ("offset", "-1")])).contains("has no number as its offset"));
        let texts = [number(1, 4), number(2, 8), entry("location", "w"), number(14, 1)].concat();
        assert!(wrong(texts).contains("cannot lie in another file"));
        let endless = [field(1, &[255, 255, 255, 255, 255, 255, 255, 255, 127]), number(2, 1), entry("location", "w")];
        assert!(wrong([endless.concat(), number(14, 1)].concat()).contains("cannot lie in another file"));
        let twice = [in_graph(b""), field(7, &field(5, &tensor("a")))].concat();
        assert!(pieces(&twice).unwrap_err().contains("a damaged one"));
        let deep = (0..200).fold(Vec::new(), |graph, _| field(1, &field(5, &field(6, &graph))));
        assert!(pieces(&in_graph(&deep)).unwrap_err().contains("messages deep"));
    }

    #[test]
    fn an_engine_that_a_provider_compiled_elsewhere_is_refused() {
        let mode = |value| [field(1, b"embed_mode"), number(3, value)].concat();
        let node = |value| field(1, &[field(4, b"EPContext"), field(5, &mode(value))].concat());
        assert!(pieces(&in_graph(&node(0))).unwrap_err().contains("EPContext"));
        assert_eq!(pieces(&in_graph(&node(1))), Ok(None));
    }
}
