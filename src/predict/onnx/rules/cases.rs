//! The smallest case of every rule: what the engine gives by itself, and what comes of it behind the rules. A version of
//! the engine that computes one of them right fails here, so that its rule can go.

use std::num::NonZeroUsize;

use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

use super::super::rten_engine::RtenEngine;
use super::ALL;
use super::node::{constant, int, ints, node};
use super::tensor::list;
use crate::predict::network::{Engine, Input, InputValues, Tensor};

const FLOAT: DataType = DataType::FLOAT;
const INT64: DataType = DataType::INT64;
const UINT8: DataType = DataType::UINT8;

/// A case of a rule.
struct Case {
    rule: &'static str,
    opset: i64,
    inputs: Vec<(&'static str, DataType, Input)>,
    nodes: Vec<NodeProto>,
    /// The type of the last node's first output, which is the graph's.
    gives: DataType,
    /// What the engine gives by itself.
    raw: (Vec<usize>, Vec<f32>),
    /// What comes out behind the rules; `None` where it is refused.
    right: Option<(Vec<usize>, Vec<f32>)>,
}

fn floats(shape: &[usize], values: &[f32]) -> Input {
    Input { shape: shape.to_vec(), values: InputValues::Float(values.to_vec()) }
}

fn bytes(shape: &[usize], values: &[u8]) -> Input {
    Input { shape: shape.to_vec(), values: InputValues::Byte(values.to_vec()) }
}

fn text(name: &str, value: &str) -> AttributeProto {
    let kind = Some(AttributeType::STRING);
    AttributeProto { name: Some(name.to_owned()), s: Some(value.to_owned()), r#type: kind, ..AttributeProto::default() }
}

fn real(name: &str, shape: &[i64], values: &[f32]) -> NodeProto {
    constant(TensorProto {
        name: Some(name.to_owned()),
        dims: shape.to_vec(),
        data_type: Some(FLOAT),
        float_data: values.to_vec(),
        ..TensorProto::default()
    })
}

fn small(name: &str, element: DataType, shape: &[i64], values: &[i32]) -> NodeProto {
    constant(TensorProto {
        name: Some(name.to_owned()),
        dims: shape.to_vec(),
        data_type: Some(element),
        int32_data: values.to_vec(),
        ..TensorProto::default()
    })
}

fn double(name: &str, value: f64) -> NodeProto {
    constant(TensorProto {
        name: Some(name.to_owned()),
        data_type: Some(DataType::DOUBLE),
        double_data: vec![value],
        ..TensorProto::default()
    })
}

fn to(element: DataType) -> Vec<AttributeProto> {
    vec![int("to", i64::from(element.0))]
}

fn declared(name: &str, element: DataType, shape: Option<&[usize]>) -> ValueInfoProto {
    let dim = |size: &usize| Dimension { dim_value: Some(*size as i64), dim_param: None };
    let shape = shape.map(|shape| TensorShapeProto { dim: shape.iter().map(dim).collect() });
    let tensor = TypeProtoTensor { elem_type: Some(element), shape };
    let kind = TypeProto { tensor_type: Some(tensor), ..TypeProto::default() };
    ValueInfoProto { name: Some(name.to_owned()), r#type: Some(kind) }
}

impl Case {
    fn model(&self) -> ModelProto {
        let input = |(name, element, input): &(&str, DataType, Input)| declared(name, *element, Some(&input.shape));
        let last = self.nodes.last().and_then(|node| node.output.first()).unwrap();
        ModelProto {
            ir_version: Some(8),
            opset_import: vec![OperatorSetIdProto { domain: None, version: Some(self.opset) }],
            graph: Some(GraphProto {
                node: self.nodes.clone(),
                input: self.inputs.iter().map(input).collect(),
                output: vec![declared(last, self.gives, None)],
                ..GraphProto::default()
            }),
            ..ModelProto::default()
        }
    }

    fn inputs(&self) -> Vec<Input> {
        self.inputs.iter().map(|(_, _, input)| input.clone()).collect()
    }
}

/// The model as the engine opens it.
fn written(model: &ModelProto) -> Vec<u8> {
    model.write_buf().unwrap()
}

fn one_float(rule: &'static str, input: Input, nodes: Vec<NodeProto>) -> Case {
    Case { rule, opset: 18, inputs: vec![("x", FLOAT, input)], nodes, gives: FLOAT, raw: (vec![], vec![]), right: None }
}

// A table.
#[allow(clippy::too_many_lines)]
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        Case {
            raw: (vec![1, 1, 2], vec![3.0, 4.0]),
            right: Some((vec![1, 1, 2], vec![2.0, 3.0])),
            ..one_float("same-lower", floats(&[1, 1, 2], &[2.0, 4.0]), vec![
                node("AveragePool", &["x"], &["y"], vec![ints("kernel_shape", vec![2]), ints("strides", vec![1]), text("auto_pad", "SAME_LOWER")]),
            ])
        },
        Case {
            opset: 11,
            raw: (vec![1, 2, 2], vec![0.5; 4]),
            right: Some((vec![1, 2, 2], vec![0.25; 4])),
            ..one_float("old-softmax", floats(&[1, 2, 2], &[0.0; 4]), vec![node("Softmax", &["x"], &["y"], vec![int("axis", 1)])])
        },
        Case {
            raw: (vec![1, 1, 1, 8], vec![0.0, 0.0, 0.0, 0.25, 0.75, 1.0, 1.0, 1.0]),
            ..one_float("cubic-resize", floats(&[1, 1, 1, 4], &[0.0, 0.0, 1.0, 1.0]), vec![
                real("scales", &[4], &[1.0, 1.0, 1.0, 2.0]),
                node("Resize", &["x", "", "scales"], &["y"], vec![text("mode", "cubic")]),
            ])
        },
        Case {
            inputs: vec![("x", UINT8, bytes(&[1, 2, 1, 1], &[5, 5]))],
            raw: (vec![1, 1, 1, 2], vec![0.0, 246.0]),
            right: Some((vec![1, 1, 1, 2], vec![0.0, 0.0])),
            gives: DataType::INT32,
            ..one_float("integer-convolution", floats(&[], &[]), vec![
                small("w", UINT8, &[1, 2, 1, 1], &[1, 1]), small("zero", UINT8, &[], &[5]),
                node("ConvInteger", &["x", "w", "zero"], &["y"], vec![ints("kernel_shape", vec![1, 1]), ints("pads", vec![0, 0, 0, 1])]),
            ])
        },
        Case {
            gives: UINT8,
            raw: (vec![2], vec![255.0, 3.0]),
            right: Some((vec![2], vec![255.0, 4.0])),
            ..one_float("quantization-ties", floats(&[2], &[10_455.0, 143.5]), vec![
                node("DynamicQuantizeLinear", &["x"], &["q", "scale", "zero"], vec![]), node("Identity", &["q"], &["y"], vec![]),
            ])
        },
        Case {
            gives: UINT8,
            raw: (vec![1, 2, 2], vec![1.0, 2.0, 1.0, 2.0]),
            right: Some((vec![1, 2, 2], vec![1.0, 1.0, 2.0, 2.0])),
            ..one_float("per-axis-quantization", floats(&[1, 2, 2], &[1.0; 4]), vec![
                real("scales", &[2], &[1.0, 0.5]), small("zeros", UINT8, &[2], &[0, 0]),
                node("QuantizeLinear", &["x", "scales", "zeros"], &["y"], vec![]),
            ])
        },
        Case {
            gives: UINT8,
            raw: (vec![1], vec![3.0]),
            right: Some((vec![1], vec![4.0])),
            ..one_float("rounded-quantization", floats(&[1], &[143.5]), vec![
                real("scale", &[], &[41.0]), small("zero", UINT8, &[], &[0]), node("QuantizeLinear", &["x", "scale", "zero"], &["y"], vec![]),
            ])
        },
        Case {
            inputs: vec![("x", FLOAT, floats(&[1, 1, 4], &[0.0, 0.0, 1.0, 1.0])), ("s", FLOAT, floats(&[1, 2, 1], &[0.9, 0.8]))],
            gives: INT64,
            raw: (vec![1, 3], vec![0.0, 0.0, 0.0]),
            ..one_float("suppression", floats(&[], &[]), vec![
                constant(list("most", &[9])), real("iou", &[1], &[0.5]), real("least", &[1], &[0.5]),
                node("NonMaxSuppression", &["x", "s", "most", "iou", "least"], &["y"], vec![]),
            ])
        },
        Case {
            gives: INT64,
            raw: (vec![1], vec![1.0]),
            right: Some((vec![1], vec![0.0])),
            ..one_float("ties", floats(&[2], &[1.0, 1.0]), vec![node("ArgMax", &["x"], &["y"], vec![])])
        },
        Case {
            raw: (vec![2, 2], vec![0.0, 0.0, 7.0, 0.0]),
            ..one_float("scatter-of-parts", floats(&[2, 2], &[0.0; 4]), vec![
                constant(list("flat", &[1])), constant(list("sizes", &[1, 1])), real("new", &[1, 1], &[7.0]),
                node("Reshape", &["flat", "sizes"], &["places"], vec![]),
                node("ScatterElements", &["x", "places", "new"], &["y"], vec![]),
            ])
        },
        Case {
            raw: (vec![1], vec![-1.0]),
            right: Some((vec![1], vec![1.0])),
            ..one_float("reduction-of-no-axes", floats(&[1], &[-1.0]), vec![node("ReduceL2", &["x"], &["y"], vec![int("noop_with_empty_axes", 1)])])
        },
        Case {
            raw: (vec![1], vec![0.0]),
            right: Some((vec![1], vec![1.0])),
            ..one_float("rounded-quotient", floats(&[1], &[41.0]), vec![
                real("all", &[], &[41.0]), node("Div", &["x", "all"], &["share"], vec![]), node("Floor", &["share"], &["y"], vec![]),
            ])
        },
        Case {
            raw: (vec![], vec![-2_147_483_648.0]),
            gives: DataType::INT32,
            ..one_float("reduction-of-bools", floats(&[0], &[]), vec![
                node("Greater", &["x", "x"], &["none"], vec![]), node("ReduceMax", &["none"], &["most"], vec![int("keepdims", 0)]),
                node("Cast", &["most"], &["y"], to(DataType::INT32)),
            ])
        },
        Case {
            raw: (vec![1], vec![2.0]),
            right: Some((vec![1, 1], vec![2.0])),
            ..one_float("rank-of-one-element", floats(&[1], &[2.0]), vec![real("one", &[1, 1], &[1.0]), node("Div", &["x", "one"], &["y"], vec![])])
        },
        Case {
            raw: (vec![2, 1, 1], vec![2.0, 3.0]),
            right: Some((vec![2, 1], vec![2.0, 3.0])),
            ..one_float("vector-product", floats(&[2, 1, 1], &[2.0, 3.0]), vec![real("one", &[1], &[1.0]), node("MatMul", &["x", "one"], &["y"], vec![])])
        },
        Case {
            raw: (vec![1], vec![2.0]),
            right: Some((vec![1], vec![1.0])),
            ..one_float("bool-cast", floats(&[1], &[2.0]), vec![
                node("Cast", &["x"], &["is"], to(DataType::BOOL)), node("Cast", &["is"], &["y"], to(FLOAT)),
            ])
        },
        Case {
            raw: (vec![1], vec![1.0]),
            right: Some((vec![1], vec![0.0])),
            ..one_float("sign-of-zero", floats(&[1], &[0.0]), vec![node("Sign", &["x"], &["y"], vec![])])
        },
        Case {
            raw: (vec![1], vec![2_147_483_647.0]),
            ..one_float("numbers-of-64-bits", floats(&[1], &[0.0]), vec![
                constant(list("large", &[1 << 40])), node("Cast", &["large"], &["float"], to(FLOAT)), node("Add", &["x", "float"], &["y"], vec![]),
            ])
        },
        Case {
            raw: (vec![], vec![0.0]),
            gives: DataType::DOUBLE,
            ..one_float("double", floats(&[1], &[0.0]), vec![
                double("much", 100_000_001.5), double("less", 100_000_000.0), node("Sub", &["much", "less"], &["y"], vec![]),
            ])
        },
        Case {
            raw: (vec![2, 1, 1, 1], vec![0.0; 2]),
            ..one_float("recurrent-lengths", floats(&[2, 1, 1], &[0.0; 2]), vec![
                real("w", &[1, 3, 1], &[0.0; 3]), real("r", &[1, 3, 1], &[0.0; 3]), small("lengths", DataType::INT32, &[1], &[1]),
                node("GRU", &["x", "w", "r", "", "lengths"], &["y"], vec![int("hidden_size", 1), int("linear_before_reset", 1)]),
            ])
        },
        Case {
            raw: (vec![2], vec![1.0, 5.0]),
            ..one_float("sequence-position", floats(&[1], &[5.0]), vec![
                real("first", &[1], &[1.0]), small("last", DataType::INT32, &[], &[-1]),
                node("SequenceConstruct", &["first"], &["list"], vec![]),
                node("SequenceInsert", &["list", "x", "last"], &["longer"], vec![]),
                node("ConcatFromSequence", &["longer"], &["y"], vec![int("axis", 0)]),
            ])
        },
        Case {
            inputs: vec![("x", DataType::BFLOAT16, floats(&[1], &[2.0]))],
            raw: (vec![1], vec![2.0]),
            ..one_float("types", floats(&[], &[]), vec![node("Identity", &["x"], &["y"], vec![])])
        },
        Case {
            opset: 6,
            raw: (vec![2, 2], vec![1.0, 2.0, 1.0, 2.0]),
            ..one_float("opset", floats(&[2, 2], &[0.0; 4]), vec![
                real("rows", &[2], &[1.0, 2.0]), node("Add", &["x", "rows"], &["y"], vec![]),
            ])
        },
        Case {
            opset: 26,
            gives: FLOAT,
            raw: (vec![1], vec![1.0]),
            ..one_float("bit-cast", floats(&[1], &[1.0]), vec![
                node("Cast", &["x"], &["wide"], to(DataType::DOUBLE)), node("BitCast", &["wide"], &["bits"], to(INT64)),
                node("BitCast", &["bits"], &["again"], to(DataType::DOUBLE)), node("Cast", &["again"], &["y"], to(FLOAT)),
            ])
        },
    ]
}

fn found(outcome: Result<Vec<Tensor>, String>) -> Result<(Vec<usize>, Vec<f32>), String> {
    outcome.map(|outputs| (outputs[0].shape.clone(), outputs[0].data.clone()))
}

#[test]
fn every_rule_has_a_case_that_the_engine_gets_wrong_by_itself() {
    let mut wrong = Vec::new();
    for case in cases() {
        let bytes = written(&case.model());
        let raw = RtenEngine::unreviewed(bytes)
            .and_then(|engine| found(engine.run(case.inputs()).map_err(|error| error.to_string())));
        if raw.as_ref() != Ok(&case.raw) {
            wrong.push(format!("{}: by itself {raw:?}, not {:?}", case.rule, case.raw));
        }
    }
    let named: Vec<&str> = cases().iter().map(|case| case.rule).collect();
    wrong.extend(ALL.iter().filter(|rule| !named.contains(&rule.name)).map(|rule| format!("{}: no case", rule.name)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn behind_the_rules_every_case_is_right_or_refused_by_its_rule() {
    let mut wrong = Vec::new();
    for case in cases() {
        let bytes = written(&case.model());
        let why = ALL.iter().find(|rule| rule.name == case.rule).unwrap().why;
        let ours = RtenEngine::open(bytes, NonZeroUsize::MIN)
            .and_then(|engine| found(engine.run(case.inputs()).map_err(|error| error.to_string())));
        let is_right = match (&ours, &case.right) {
            (Ok(ours), Some(right)) => ours == right,
            (Err(message), None) => message.contains(why) && message.contains("pip install onnxruntime"),
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{}: {ours:?}, not {:?}", case.rule, case.right));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What comes of nodes over one input of floats.
fn ran(input: Input, nodes: Vec<NodeProto>) -> Result<(Vec<usize>, Vec<f32>), String> {
    let case = one_float("", input, nodes);
    let bytes = written(&case.model());
    RtenEngine::open(bytes, NonZeroUsize::MIN)
        .and_then(|engine| found(engine.run(case.inputs()).map_err(|error| error.to_string())))
}

#[test]
fn a_graph_inside_a_node_is_looked_through_too() {
    let branch = |name: &str| {
        let arg = node("ArgMax", &["x"], &[&format!("{name}/place")], vec![]);
        let float = node("Cast", &[&format!("{name}/place")], &[name], to(FLOAT));
        let output = vec![declared(name, FLOAT, None)];
        GraphProto { node: vec![arg, float], output, ..GraphProto::default() }
    };
    let graph = |name: &str| AttributeProto {
        name: Some(name.to_owned()),
        g: Some(branch(name)),
        r#type: Some(AttributeType::GRAPH),
        ..AttributeProto::default()
    };
    let always = small("always", DataType::BOOL, &[], &[1]);
    let both = node("If", &["always"], &["y"], vec![graph("then_branch"), graph("else_branch")]);
    assert_eq!(ran(floats(&[2], &[1.0, 1.0]), vec![always, both]), Ok((vec![1], vec![0.0])));
}

#[test]
fn only_odd_padding_of_open_sizes_is_refused() {
    let pooled = |kernel: i64, stride: i64| {
        let window =
            vec![ints("kernel_shape", vec![kernel]), ints("strides", vec![stride]), text("auto_pad", "SAME_LOWER")];
        let case =
            one_float("", floats(&[1, 1, 4], &[1.0, 2.0, 3.0, 4.0]), vec![node("MaxPool", &["x"], &["y"], window)]);
        let mut model = case.model();
        let dims =
            model.graph.as_mut().and_then(|graph| graph.input[0].r#type.as_mut()?.tensor_type.as_mut()?.shape.as_mut());
        for dim in &mut dims.unwrap().dim {
            dim.dim_value = None;
        }
        let bytes = written(&model);
        RtenEngine::open(bytes, NonZeroUsize::MIN)
            .and_then(|engine| found(engine.run(case.inputs()).map_err(|error| error.to_string())))
    };
    assert_eq!(pooled(3, 1), Ok((vec![1, 1, 4], vec![2.0, 3.0, 4.0, 4.0])));
    assert_eq!(pooled(2, 1), Ok((vec![1, 1, 4], vec![1.0, 2.0, 3.0, 4.0])));
    assert!(pooled(2, 2).is_err_and(|why| why.contains("MaxPool `MaxPool of y`: `auto_pad` SAME_LOWER")));
}

#[test]
fn bounds_beyond_32_bits_are_what_slices_are_written_with() {
    let slice = vec![
        constant(list("starts", &[1])),
        constant(list("ends", &[i64::MAX])),
        node("Unsqueeze", &["axis"], &["axes"], vec![ints("axes", vec![0])]),
        node("Slice", &["x", "starts", "ends", "axes"], &["y"], vec![]),
    ];
    let axis = constant(TensorProto {
        name: Some("axis".to_owned()),
        data_type: Some(INT64),
        int64_data: vec![0],
        ..TensorProto::default()
    });
    let nodes = [vec![axis], slice].concat();
    assert_eq!(ran(floats(&[3], &[1.0, 2.0, 3.0]), nodes), Ok((vec![2], vec![2.0, 3.0])));
}

#[test]
fn what_a_file_says_of_sizes_does_not_hide_what_is_found_out() {
    let mut model = one_float(
        "",
        floats(&[1, 1, 1], &[2.0]),
        vec![
            real("one", &[1], &[1.0]),
            node("Relu", &["x"], &["rectified"], vec![]),
            node("MatMul", &["rectified", "one"], &["y"], vec![]),
        ],
    )
    .model();
    model.graph.as_mut().unwrap().value_info.push(declared("rectified", FLOAT, Some(&[1, 1])));
    assert!(super::review(&mut model).is_mended);
}
