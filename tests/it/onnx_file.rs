//! Small ONNX files, written field by field: protocol buffers as onnx.proto says.

/// A field that holds bytes.
fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A field that holds a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 127 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// ONNX's numbers of types.
pub const FLOAT: u64 = 1;
pub const HALF: u64 = 10;

/// An input or output.
fn port(name: &str, element: u64, shape: &[u64]) -> Vec<u8> {
    let shape: Vec<u8> = shape.iter().flat_map(|&side| field(1, &number(1, side))).collect();
    let tensor = [number(1, element), field(2, &shape)].concat();
    [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
}

fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, u64)]) -> Vec<u8> {
    const INT: u64 = 2;
    let ports =
        |number, names: &[&str]| names.iter().flat_map(|name| field(number, name.as_bytes())).collect::<Vec<_>>();
    let attribute = |(name, value): &(&str, u64)| {
        field(5, &[field(1, name.as_bytes()), number(3, *value), number(20, INT)].concat())
    };
    let attributes = attributes.iter().flat_map(attribute).collect();
    [ports(1, inputs), ports(2, outputs), field(4, operator.as_bytes()), attributes].concat()
}

fn constant(name: &str, shape: &[u64], values: &[f32]) -> Vec<u8> {
    let dims: Vec<u8> = shape.iter().flat_map(|&side| number(1, side)).collect();
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    [dims, number(2, FLOAT), field(8, name.as_bytes()), field(9, &raw)].concat()
}

fn model(name: &str, graph: &[u8], classes: &str) -> Vec<u8> {
    const OPSET: u64 = 17;
    let metadata = [field(1, b"names"), field(2, classes.as_bytes())].concat();
    [number(1, 8), field(2, name.as_bytes()), field(7, graph), field(8, &number(2, OPSET)), field(14, &metadata)]
        .concat()
}

/// What a network answers to any picture.
pub struct Answer<'a> {
    pub name: &'a str,
    pub shape: &'a [u64],
    pub values: Vec<f32>,
}

/// A network that takes `input` of a type of number, and whose answers are always the same.
pub fn answering(element: u64, input: &[u64], answers: &[Answer<'_>], classes: &str) -> Vec<u8> {
    // A graph that leaves its input out is none.
    answering_to_light(element, input, answers, classes, [0.0, 0.0])
}

/// The same with `weight` times the lightest value of the picture plus `bias`, where that is above 0, added to every number.
pub fn answering_to_light(
    element: u64,
    input: &[u64],
    answers: &[Answer<'_>],
    classes: &str,
    [weight, bias]: [f32; 2],
) -> Vec<u8> {
    let mut nodes = vec![
        node("Cast", &["images"], &["float"], &[("to", FLOAT)]),
        node("ReduceMax", &["float"], &["lightest"], &[("keepdims", 0)]),
        node("Mul", &["lightest", "weight"], &["weighed"], &[]),
        node("Add", &["weighed", "bias"], &["biased"], &[]),
        node("Relu", &["biased"], &["more"], &[]),
    ];
    let mut graph: Vec<u8> = field(5, &constant("weight", &[], &[weight]));
    graph.extend(field(5, &constant("bias", &[], &[bias])));
    graph.extend(field(11, &port("images", element, input)));
    for Answer { name, shape, values } in answers {
        let (told, sum) = (format!("{name}_told"), format!("{name}_sum"));
        graph.extend(field(5, &constant(&told, shape, values)));
        nodes.push(node("Add", &[&told, "more"], &[&sum], &[]));
        nodes.push(node("Cast", &[&sum], &[name], &[("to", element)]));
        graph.extend(field(12, &port(name, element, shape)));
    }
    let nodes: Vec<u8> = nodes.iter().flat_map(|node| field(1, node)).collect();
    model("test", &[nodes, field(2, b"graph"), graph].concat(), classes)
}

/// A file whose one node is of the operator `name`, whose tensors are called so, and which says that its classes are.
pub fn called(name: &str) -> Vec<u8> {
    let output = format!("{name}2");
    let node = [node(name, &[name], &[&output], &[]), field(3, name.as_bytes()), field(7, name.as_bytes())].concat();
    let ports = [field(11, &port(name, FLOAT, &[1, 3, 64, 64])), field(12, &port(&output, FLOAT, &[1, 3, 64, 64]))];
    let graph = [field(1, &node), field(2, name.as_bytes()), ports.concat()].concat();
    model(name, &graph, &format!("{{0: '{name}'}}"))
}
