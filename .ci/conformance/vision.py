"""Cases of what vision models are made of: operators as exporters write them, and blocks of them. What has to come out is
what ONNX Runtime gives with its optimiser off."""
import itertools
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto as T, helper, numpy_helper

from case import Case, element

RNG = numpy.random.default_rng(0)
PICTURE = (1, 3, 8, 7)


def values(*shape, low=-3.0, high=3.0):
    return RNG.uniform(low, high, shape).astype(numpy.float32)


def whole(values, kind=numpy.int64):
    return numpy.asarray(values, kind)


class Graph:
    """Nodes written one after the other; names are made up."""

    def __init__(self, opset=17):
        self.opset, self.nodes, self.constants, self.inputs = opset, [], [], {}

    def input(self, value):
        name = f"input_{len(self.inputs)}"
        self.inputs[name] = value
        return name

    def constant(self, value):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def add(self, operator, *inputs, outputs=1, **attributes):
        names = [f"value_{len(self.nodes)}_{at}" for at in range(outputs)]
        inputs = [self.constant(one) if isinstance(one, numpy.ndarray) else one for one in inputs]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def case(self, name, *outputs):
        infos = [helper.make_tensor_value_info(key, element(value), value.shape) for key, value in self.inputs.items()]
        given = [onnx.ValueInfoProto(name=output) for output in outputs]
        graph = helper.make_graph(self.nodes, "case", infos, given, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            expected = [numpy.asarray(value) for value in session.run(None, self.inputs)]
        except Exception as error:  # its errors share no other class
            return f"vision/{name}: {str(error)[:200]}"
        for info, value in zip(graph.output, expected):
            info.CopyFrom(helper.make_tensor_value_info(info.name, element(value), value.shape))
        model.graph.CopyFrom(graph)
        return Case(f"vision/{name}", model, self.inputs, expected)


def one(name, operator, *inputs, opset=17, outputs=1, **attributes):
    """A single node; the first input is the graph's, arrays behind it are constants."""
    graph = Graph(opset)
    given = graph.add(operator, graph.input(inputs[0]), *inputs[1:], outputs=outputs, **attributes)
    return graph.case(name, *([given] if outputs == 1 else given))


def windows():
    pads = [{"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}, {"auto_pad": "VALID"}, {"pads": [1, 0, 1, 2]}, {}]
    for kernel, stride, pad in itertools.product([1, 2, 3], [1, 2, 3], pads):
        if kernel < stride and "auto_pad" in pad:
            continue
        named = f"k{kernel}_s{stride}_{pad.get('auto_pad', 'pads' if pad else 'none')}"
        common = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, **pad}
        if not ("pads" in pad and kernel < 3):
            for ceil in ([0, 1] if "auto_pad" not in pad else [0]):
                yield one(f"maxpool_{named}_c{ceil}", "MaxPool", values(*PICTURE), ceil_mode=ceil, **common)
                for counts in [0, 1]:
                    yield one(f"averagepool_{named}_c{ceil}_i{counts}", "AveragePool", values(*PICTURE), ceil_mode=ceil,
                              count_include_pad=counts, **common)
        # ONNX Runtime has no dilation with padding found by itself.
        for dilation, groups in [(1, 1), (2, 1), (1, 3)] if "SAME" not in pad.get("auto_pad", "") else [(1, 1), (1, 3)]:
            weights = values(6, 3 // groups, kernel, kernel)
            yield one(f"conv_{named}_d{dilation}_g{groups}", "Conv", values(*PICTURE), weights, values(6), group=groups,
                      dilations=[dilation] * 2, **common)
        if pad.get("auto_pad") != "VALID":
            yield one(f"convtranspose_{named}", "ConvTranspose", values(*PICTURE), values(3, 4, kernel, kernel), **common)
        yield one(f"conv_no_kernel_{named}", "Conv", values(*PICTURE), values(2, 3, kernel, kernel),
                  **{key: value for key, value in common.items() if key != "kernel_shape"})
    for shape, kernel in [((1, 3, 9), [3]), ((1, 2, 5, 4, 6), [2, 3, 3])]:
        for pad in ["SAME_UPPER", "SAME_LOWER"]:
            yield one(f"conv_{len(kernel)}d_{pad}", "Conv", values(*shape), values(2, shape[1], *kernel),
                      kernel_shape=kernel, strides=[2] * len(kernel), auto_pad=pad)
            yield one(f"maxpool_{len(kernel)}d_{pad}", "MaxPool", values(*shape), kernel_shape=kernel,
                      strides=[2] * len(kernel), auto_pad=pad)


def softmaxes():
    shapes = [(2, 3), (2, 3, 4), (1, 3, 2, 2)]
    for operator, opset, shape in itertools.product(["Softmax", "LogSoftmax"], [7, 11, 12, 13, 17], shapes):
        for axis in [None, *range(-len(shape) if opset > 10 else 0, len(shape))]:
            told = {} if axis is None else {"axis": axis}
            yield one(f"{operator.lower()}_o{opset}_{len(shape)}d_{axis}", operator, values(*shape), opset=opset, **told)
    graph = Graph(11)
    turned = graph.add("Transpose", graph.input(values(1, 4, 3, 2)), perm=[0, 2, 3, 1])
    flat = graph.add("Reshape", turned, whole([1, -1, 4]))
    yield graph.case("softmax_o11_of_a_head", graph.add("Softmax", flat, axis=2))


def resizes():
    none = numpy.array([], numpy.float32)
    ways = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    for mode, way in itertools.product(["nearest", "linear", "cubic"], ways):
        rounds = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"] if mode == "nearest" else [None]
        for rounding, (name, scales) in itertools.product(rounds, [("up", 2.0), ("down", 0.5)]):
            told = {"nearest_mode": rounding} if rounding else {}
            yield one(f"resize_{mode}_{way}_{rounding}_{name}", "Resize", values(*PICTURE), none,
                      numpy.array([1, 1, scales, scales], numpy.float32), mode=mode,
                      coordinate_transformation_mode=way, **told)
        sizes = whole([1, 3, 12, 9])
        told = {"nearest_mode": "floor"} if mode == "nearest" else {}
        yield one(f"resize_{mode}_{way}_sizes", "Resize", values(*PICTURE), "", "", sizes, mode=mode,
                  coordinate_transformation_mode=way, **told)
    for opset, mode in itertools.product([7, 9], ["nearest", "linear"]):
        scales = numpy.array([1, 1, 2, 2], numpy.float32)
        if opset == 7:
            yield one(f"upsample_o7_{mode}", "Upsample", values(*PICTURE), opset=7, mode=mode, scales=[1.0, 1.0, 2.0, 2.0])
        else:
            yield one(f"upsample_o9_{mode}", "Upsample", values(*PICTURE), scales, opset=9, mode=mode)
    yield one("resize_o10", "Resize", values(*PICTURE), numpy.array([1, 1, 2, 2], numpy.float32), opset=10)


def places():
    ties = numpy.array([[1, 2, 2], [0, 0, 0], [3, 1, 3]], numpy.float32)
    for operator, axis, keeps in itertools.product(["ArgMax", "ArgMin"], [0, 1, -1], [0, 1]):
        yield one(f"{operator.lower()}_ties_{axis}_{keeps}", operator, ties, axis=axis, keepdims=keeps)
        yield one(f"{operator.lower()}_{axis}_{keeps}", operator, values(2, 5, 3), axis=axis, keepdims=keeps)
        yield one(f"{operator.lower()}_last_{axis}_{keeps}", operator, ties, axis=axis, keepdims=keeps, select_last_index=1)
        yield one(f"{operator.lower()}_whole_{axis}_{keeps}", operator, whole(ties, numpy.int32), axis=axis, keepdims=keeps)
        yield one(f"{operator.lower()}_o11_{axis}_{keeps}", operator, ties, axis=axis, keepdims=keeps, opset=11)
    yield one("argmax_plain", "ArgMax", ties)
    for largest, axis in itertools.product([0, 1], [-1, 0]):
        yield one(f"topk_{largest}_{axis}", "TopK", ties, whole([2]), outputs=2, largest=largest, axis=axis)
    data = values(3, 4)
    for shape, axis in [((2, 4), 0), ((3, 4), 0), ((2, 2), 0), ((3, 2), 1), ((2, 3), 1), ((1, 4), -2)]:
        indices = numpy.stack([RNG.permutation(2) for _ in range(6)]).reshape(-1)[: shape[0] * shape[1]].reshape(shape)
        for reduction in ["none", "add"]:
            told = {} if reduction == "none" else {"reduction": reduction}
            indices = numpy.argsort(values(*shape), axis=axis)
            yield one(f"scatter_{shape[0]}x{shape[1]}_{axis}_{reduction}", "ScatterElements", data, whole(indices),
                      values(*shape), opset=18, axis=axis, **told)
    yield one("scatter_nd", "ScatterND", values(4, 4), whole([[0], [2]]), values(2, 4))
    for axis in [0, 1, -1]:
        yield one(f"gather_{axis}", "Gather", values(3, 4, 5), whole([[0, 2], [-1, 1]]), axis=axis)
        yield one(f"gather_elements_{axis}", "GatherElements", values(3, 4), whole([[0, 1, 2, 1], [2, 0, 1, 0]][: 2]), axis=0)
    yield one("gather_nd", "GatherND", values(2, 3, 4), whole([[0, 1], [1, 2]]))
    yield one("nonzero", "NonZero", ties)
    boxes = numpy.array([[[0, 0, 1, 1], [0, 0, 1, 1.1], [0, 2, 1, 3]]], numpy.float32)
    scores = numpy.array([[[0.9, 0.8, 0.7], [0.6, 0.5, 0.4]]], numpy.float32)
    yield one("suppression", "NonMaxSuppression", boxes, scores, whole([3]), numpy.array([0.5], numpy.float32),
              numpy.array([0.3], numpy.float32))


def reductions():
    names = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"]
    for name, keeps in itertools.product(names, [0, 1]):
        data, operator = values(2, 3, 4, low=0.2) * (1 if "Log" in name else -1), "Reduce" + name
        for axes in [[0], [1, 2], [-1]]:
            yield one(f"reduce_{name}_o11_{keeps}_{axes}".lower(), operator, data, opset=11, keepdims=keeps, axes=axes)
            yield one(f"reduce_{name}_o18_{keeps}_{axes}".lower(), operator, data, whole(axes), opset=18, keepdims=keeps)
        for noop in [0, 1]:
            yield one(f"reduce_{name}_all_{keeps}_{noop}".lower(), operator, data, opset=18, keepdims=keeps,
                      noop_with_empty_axes=noop)
            yield one(f"reduce_{name}_empty_{keeps}_{noop}".lower(), operator, data, whole([]), opset=18, keepdims=keeps,
                      noop_with_empty_axes=noop)


def stretching():
    shapes = [((3, 4), (4,)), ((3, 4), (1, 1, 1)), ((4,), (1, 1)), ((3, 4), ()), ((1,), (1, 1, 1)), ((2, 3, 4), (3, 1)),
              ((), (1, 1)), ((2, 1, 4), (3, 1)), ((1, 3, 2, 2), (1, 3, 1, 1))]
    for operator, (left, right) in itertools.product(["Add", "Sub", "Mul", "Div", "Pow"], shapes):
        for opset in [7, 14]:
            named = f"{operator.lower()}_o{opset}_{'x'.join(map(str, left))}_by_{'x'.join(map(str, right))}"
            low = 0.2 if operator == "Pow" else 0.5
            yield one(named, operator, values(*left, low=low), values(*right, low=0.5), opset=opset)
    for operator, (left, right) in itertools.product(["Add", "Div", "Mul"], shapes):
        named = f"{operator.lower()}_whole_{'x'.join(map(str, left))}_by_{'x'.join(map(str, right))}"
        make = lambda shape: RNG.integers(1, 9, shape)
        yield one(named, operator, whole(make(left)), whole(make(right)))
    lefts = [(4,), (3, 4), (1, 3, 4), (2, 3, 4), (2, 2, 3, 4)]
    rights = [(4,), (4, 2), (2, 4, 3), (1, 4, 3), (2, 2, 4, 3)]
    for left, right in itertools.product(lefts, rights):
        if len(left) > 2 and len(right) > 2 and left[:-2][-1] not in (1, right[:-2][-1]) and right[:-2][-1] != 1:
            continue
        yield one(f"matmul_{'x'.join(map(str, left))}_by_{'x'.join(map(str, right))}", "MatMul", values(*left), values(*right))
    for flags in itertools.product([0, 1], repeat=2):
        a, b = values(*((4, 3) if flags[0] else (3, 4))), values(*((5, 4) if flags[1] else (4, 5)))
        yield one(f"gemm_{flags[0]}{flags[1]}", "Gemm", a, b, values(5), transA=flags[0], transB=flags[1], alpha=0.5, beta=2.0)
    for equation, shapes in [("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]), ("bqc,bchw->bqhw", [(1, 3, 4), (1, 4, 2, 2)])]:
        yield one(f"einsum_{equation[:3]}", "Einsum", *[values(*shape) for shape in shapes], equation=equation)


def conversions():
    floats = numpy.array([-2.5, -1, -0.3, 0, 0.3, 1, 2.5, 3], numpy.float32)
    for source in ["float32", "float16", "float64", "int32", "int64", "uint8", "int8", "bool"]:
        data = (numpy.abs(floats) if source == "uint8" else floats).astype(source)
        for to in [T.FLOAT, T.INT32, T.INT64, T.BOOL, T.FLOAT16, T.DOUBLE]:
            if to in (T.BOOL,):
                graph = Graph()
                truth = graph.add("Cast", graph.input(data), to=to)
                yield graph.case(f"cast_{source}_BOOL_float", graph.add("Cast", truth, to=T.FLOAT))
            yield one(f"cast_{source}_{T.DataType.Name(to)}", "Cast", data, to=to)
    graph = Graph()
    mask = graph.add("Cast", graph.input(whole([0, 3, 1, 2])), to=T.BOOL)
    yield graph.case("mask_of_counts", graph.add("Where", mask, values(4), np0()), graph.add("Cast", mask, to=T.INT64))
    yield one("sign", "Sign", floats)
    yield one("sign_whole", "Sign", whole([-3, 0, 7]))
    for name, data in [("round", floats), ("floor", floats), ("ceil", floats), ("not", floats > 0), ("isnan", floats)]:
        operator = {"isnan": "IsNaN"}.get(name, name.capitalize())
        yield one(name, operator, data)
    yield one("castlike_bool", "CastLike", floats, numpy.array([True]))
    graph = Graph()
    large = graph.constant(whole([1 << 40]))
    total = graph.add("Add", graph.input(values(1)), graph.add("Cast", large, to=T.FLOAT))
    yield graph.case("number_of_64_bits", total)
    for step, start, end in [(1, 1, 2**63 - 1), (-1, -1, -(2**63) + 1), (2, 0, 1 << 40)]:
        yield one(f"slice_to_the_end_{step}", "Slice", values(5, 4), whole([start]), whole([end]), whole([0]), whole([step]))
    yield one("clip_of_64_bits", "Clip", whole([3, -4]), numpy.array(0, numpy.int64), numpy.array(2**63 - 1, numpy.int64))
    graph = Graph()
    much = graph.add("Add", graph.add("Cast", graph.input(values(2)), to=T.DOUBLE), numpy.array(100_000_001.5))
    yield graph.case("double_of_many_digits", graph.add("Sub", much, numpy.array(100_000_000.0)))
    graph = Graph()
    scaled = graph.add("Mul", graph.add("Cast", graph.input(values(2)), to=T.DOUBLE), numpy.array(0.1))
    yield graph.case("double_as_a_factor", graph.add("Cast", scaled, to=T.FLOAT))


def np0():
    return numpy.zeros(1, numpy.float32)


def quantised():
    x, scale = values(1, 4, 3, 3), numpy.array(0.05, numpy.float32)
    for kind in ["uint8", "int8"]:
        zero = numpy.array(3, kind)
        graph = Graph()
        q = graph.add("QuantizeLinear", graph.input(x), scale, zero)
        yield graph.case(f"qdq_{kind}", graph.add("DequantizeLinear", q, scale, zero))
        scales, zeros = numpy.array([0.05, 0.1, 0.2, 0.4], numpy.float32), numpy.zeros(4, kind)
        for axis in [None, 1]:
            told = {} if axis is None else {"axis": axis}
            graph = Graph(13)
            q = graph.add("QuantizeLinear", graph.input(x), scales, zeros, **told)
            yield graph.case(f"qdq_{kind}_channels_{axis}", graph.add("DequantizeLinear", q, scales, zeros, **told))
        weights = RNG.integers(0, 9, (2, 4, 3, 3)).astype(kind)
        byte = RNG.integers(0, 255, (1, 4, 5, 5)).astype(numpy.uint8)
        for pads in [[0] * 4, [1] * 4]:
            graph = Graph()
            summed = graph.add("ConvInteger", graph.input(byte), weights, numpy.array(128, numpy.uint8), pads=pads)
            yield graph.case(f"convinteger_{kind}_{pads[0]}", graph.add("Cast", summed, to=T.FLOAT))
        yield one(f"matmulinteger_{kind}", "MatMulInteger", byte[0], weights[0, 0, :, :1].repeat(5, 1)[:3].repeat(2, 0)[:5])
    yield one("dynamic_quantisation", "DynamicQuantizeLinear", numpy.array([-1, 1, 0], numpy.float32), outputs=3)


def arranging():
    for order in [(0, 2, 3, 1), (0, 3, 1, 2), (1, 0, 2, 3)]:
        yield one(f"transpose_{order[1]}", "Transpose", values(*PICTURE), perm=order)
    for shape in [[0, 3, -1], [1, -1], [-1, 7], [0, 0, 56]]:
        yield one(f"reshape_{'_'.join(map(str, shape))}", "Reshape", values(*PICTURE), whole(shape))
    for axis in [0, 1, 2, 4, -1]:
        yield one(f"flatten_{axis}", "Flatten", values(*PICTURE), axis=axis)
    for mode in ["constant", "reflect", "edge"]:
        yield one(f"pad_{mode}", "Pad", values(*PICTURE), whole([0, 0, 1, 2, 0, 0, 2, 1]), mode=mode)
    for mode in ["DCR", "CRD"]:
        yield one(f"depthtospace_{mode}", "DepthToSpace", values(1, 8, 3, 2), blocksize=2, mode=mode)
    yield one("spacetodepth", "SpaceToDepth", values(1, 2, 4, 6), blocksize=2)
    yield one("split", "Split", values(1, 6, 2), whole([1, 2, 3]), outputs=3, axis=1)
    yield one("split_even", "Split", values(1, 6, 2), outputs=3, axis=1, opset=13)
    yield one("tile", "Tile", values(2, 3), whole([2, 2]))
    yield one("expand", "Expand", values(3, 1), whole([2, 3, 4]))
    for steps in [1, 2, -1]:
        yield one(f"slice_{steps}", "Slice", values(6, 5), whole([-1 if steps < 0 else 0]), whole([-7 if steps < 0 else 6]),
                  whole([0]), whole([steps]))
    for axes in [[0], [0, 2], [-1]]:
        yield one(f"unsqueeze_{axes[-1]}_{len(axes)}", "Unsqueeze", values(2, 3), whole(axes))
        yield one(f"unsqueeze_o11_{axes[-1]}_{len(axes)}", "Unsqueeze", values(2, 3), opset=11, axes=axes)
    yield one("squeeze", "Squeeze", values(1, 3, 1))
    yield one("onehot", "OneHot", whole([0, 2, 1]), whole([3]), numpy.array([0, 1], numpy.float32))
    yield one("gridsample", "GridSample", values(1, 2, 4, 4), values(1, 3, 3, 2, low=-1, high=1), opset=16, mode="bilinear")
    rois = numpy.array([[0, 0, 5, 5], [1, 1, 6, 4]], numpy.float32)
    yield one("roialign", "RoiAlign", values(*PICTURE), rois, whole([0, 0]), output_height=2, output_width=2)


def curves():
    plain = ["Relu", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "Erf", "Softplus", "Softsign", "HardSwish", "Elu", "Selu",
             "HardSigmoid", "LeakyRelu", "Mish", "Celu", "ThresholdedRelu", "Reciprocal", "Sin", "Cos", "Identity"]
    for operator in plain:
        yield one(f"curve_{operator.lower()}", operator, values(2, 3, 4), opset=18)
    for operator in ["Sqrt", "Log"]:
        yield one(f"curve_{operator.lower()}", operator, values(2, 3, low=0.1), opset=18)
    for kind in ["none", "tanh"]:
        yield one(f"gelu_{kind}", "Gelu", values(2, 3), opset=20, approximate=kind)
    yield one("prelu", "PRelu", values(*PICTURE), values(3, 1, 1))
    yield one("clip", "Clip", values(2, 3), numpy.array(0, numpy.float32), numpy.array(2, numpy.float32))
    yield one("clip_o6", "Clip", values(2, 3), opset=7, min=0.0, max=2.0)
    yield one("batchnorm", "BatchNormalization", values(*PICTURE), values(3), values(3), values(3), values(3, low=0.1))
    yield one("instancenorm", "InstanceNormalization", values(*PICTURE), values(3), values(3))
    for axis in [-1, 1]:
        size = PICTURE[axis:]
        yield one(f"layernorm_{axis}", "LayerNormalization", values(*PICTURE), values(*size), values(*size), axis=axis)
    yield one("globalaverage", "GlobalAveragePool", values(*PICTURE))
    yield one("dropout", "Dropout", values(2, 3), opset=13)
    yield one("lrn", "LRN", values(1, 6, 3, 3), size=3)
    yield one("lstm", "LSTM", values(4, 1, 3), values(1, 20, 3), values(1, 20, 5), outputs=3, hidden_size=5)
    yield one("lstm_lengths", "LSTM", values(4, 2, 3), values(1, 20, 3), values(1, 20, 5), values(1, 40),
              whole([4, 2], numpy.int32), outputs=3, hidden_size=5)


def blocks():
    """What exporters write for parts of networks: where an optimiser sees patterns, right or wrong."""
    for keeps in [0, 1]:
        graph = Graph(13)
        x = graph.input(values(2, 3, 4))
        mean = graph.add("ReduceMean", x, axes=[-1], keepdims=1)
        away = graph.add("Sub", x, mean)
        square = graph.add("Pow", away, np0() + 2)
        spread = graph.add("ReduceMean", square, axes=[-1], keepdims=keeps)
        if not keeps:
            spread = graph.add("Unsqueeze", spread, whole([-1]))
        root = graph.add("Sqrt", graph.add("Add", spread, np0() + 1e-5))
        yield graph.case(f"layernorm_written_out_{keeps}", graph.add("Mul", graph.add("Div", away, root), values(4)))
    for axis, name in [(1, "tiling"), (2, "interleaving")]:
        graph = Graph(13)
        x = graph.input(values(2, 3))
        wide = graph.add("Unsqueeze", x, whole([axis]))
        sizes = [2, 4, 3] if axis == 1 else [2, 3, 4]
        yield graph.case(name, graph.add("Reshape", graph.add("Expand", wide, whole(sizes)), whole([2, 12])))
    graph = Graph(13)
    x, scale = graph.input(values(2, 3)), graph.add("Div", numpy.array(1.0, numpy.float32), numpy.array(8.0, numpy.float32))
    yield graph.case("constants_divided", graph.add("Mul", x, scale))
    graph = Graph(13)
    x = graph.input(values(1, 2, 5, 4))
    root = graph.add("Sqrt", graph.add("Cast", graph.add("Gather", graph.add("Shape", x), whole(-1)), to=T.FLOAT))
    scores = graph.add("MatMul", graph.add("Div", x, root), graph.add("Transpose", x, perm=[0, 1, 3, 2]))
    yield graph.case("attention", graph.add("MatMul", graph.add("Softmax", scores, axis=-1), x))
    graph = Graph(13)
    x = graph.input(values(2, 6))
    half = graph.add("Mul", x, graph.add("Add", graph.add("Erf", graph.add("Div", x, np0() + 2**0.5)), np0() + 1))
    yield graph.case("gelu_written_out", graph.add("Mul", half, np0() + 0.5))
    for opset in [11, 13]:
        graph = Graph(opset)
        x = graph.add("Reshape", graph.input(values(1, 64, 6)), whole([1, 4, 16, 6]))
        share = graph.add("Softmax", graph.add("Transpose", x, perm=[0, 3, 1, 2]), axis=3)
        yield graph.case(f"distribution_of_distances_o{opset}", graph.add("MatMul", share, numpy.arange(16, dtype=numpy.float32)))
    graph = Graph(13)
    x = graph.add("Reshape", graph.input(values(1, 6, 4, 4)), whole([1, 2, 3, 4, 4]))
    yield graph.case("channel_shuffle", graph.add("Reshape", graph.add("Transpose", x, perm=[0, 2, 1, 3, 4]), whole([1, 6, 4, 4])))
    graph = Graph(13)
    x = graph.input(values(1, 3, 4, 4))
    parts = [graph.add("Slice", x, whole([a, b]), whole([2**63 - 1] * 2), whole([2, 3]), whole([2, 2])) for a in (0, 1) for b in (0, 1)]
    yield graph.case("focus", graph.add("Concat", *parts, axis=1))
    graph = Graph(13)
    x = graph.input(values(1, 4, 3, 3))
    yield graph.case("silu", graph.add("Mul", x, graph.add("Sigmoid", x)))
    graph = Graph(13)
    x = graph.input(values(1, 4, 6, 6))
    pooled = [graph.add("MaxPool", x, kernel_shape=[5, 5], pads=[2] * 4)]
    pooled += [graph.add("MaxPool", pooled[-1], kernel_shape=[5, 5], pads=[2] * 4)]
    yield graph.case("pyramid_pooling", graph.add("Concat", x, *pooled, axis=1))
    graph = Graph(13)
    x = graph.input(values(1, 2, 3, 3))
    sizes = graph.add("Shape", x)
    sides = graph.add("Mul", graph.add("Slice", sizes, whole([2]), whole([4])), whole([2]))
    target = graph.add("Concat", graph.add("Slice", sizes, whole([0]), whole([2])), sides, axis=0)
    yield graph.case("upsample_by_shape", graph.add("Resize", x, "", "", target, mode="nearest", nearest_mode="floor",
                                                     coordinate_transformation_mode="asymmetric"))
    rows = numpy.arange(1, 200, dtype=numpy.float32)
    for shape, by in [((), 41), ((1,), 41), ((199,), 41), ((199,), 7), ((199, 1), 3)]:
        for operator, told in [("Floor", {}), ("Ceil", {}), ("Cast", {"to": T.INT64})]:
            graph = Graph(13)
            x = graph.input(rows[:199].reshape(shape) if 199 in shape else numpy.full(shape, by, numpy.float32))
            quotient = graph.add("Div", x, numpy.full(() if len(shape) < 2 else (1, 1, 1), by, numpy.float32))
            yield graph.case(f"row_{operator.lower()}_{'x'.join(map(str, shape))}_by_{by}", graph.add(operator, quotient, **told))
    graph = Graph(13)
    norm = graph.add("ReduceL2", graph.input(values(2, 5)), axes=[1], keepdims=1)
    yield graph.case("unit_length", graph.add("Div", "input_0", graph.add("Clip", norm, numpy.array(1e-12, numpy.float32))))
    graph = Graph(13)
    steps = graph.add("Range", whole(0), graph.add("Gather", graph.add("Shape", graph.input(values(4, 3))), whole(0)), whole(1))
    yield graph.case("grid_of_shape", graph.add("Add", graph.add("Cast", steps, to=T.FLOAT), np0() + 0.5))


def of_integers():
    """What dynamically quantised models are made of, in sums that floats hold at once (up to 258 products) and in parts."""
    random = numpy.random.default_rng(1)
    byte = lambda *shape: random.integers(0, 256, shape).astype(numpy.uint8)
    signed = lambda *shape: random.integers(-128, 128, shape).astype(numpy.int8)
    zero = lambda value, kind=numpy.uint8: numpy.array(value, kind)
    around = {"pads": [1] * 4}
    convolutions = {
        "dilated": (byte(2, 3, 9, 8), signed(4, 3, 3, 3), zero(117), zero(0, numpy.int8),
                    {"pads": [2, 1, 0, 3], "dilations": [2, 1], "strides": [1, 2]}),
        "asymmetric": (byte(1, 3, 9, 8), byte(4, 3, 3, 3), zero(3), zero(131), around),
        "no_zero": (byte(1, 3, 9, 8), byte(4, 3, 3, 3), None, None, around),
        "groups": (byte(2, 4, 7, 7), signed(8, 1, 3, 3), zero(200), None, {"group": 4, "strides": [2, 2]}),
        "parts": (byte(1, 64, 6, 6), byte(4, 64, 3, 3), zero(0), zero(255), around),
        "largest": (numpy.full((1, 450, 4, 4), 255, numpy.uint8), numpy.full((2, 450, 3, 3), -128, numpy.int8), zero(0),
                    zero(127, numpy.int8), around),
        "too_large": (byte(1, 500, 4, 4), signed(2, 500, 3, 3), zero(0), None, around),
        "upper": (byte(1, 3, 7, 9), signed(2, 3, 4, 4), zero(9), None, {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
        "lower": (byte(1, 3, 7, 9), signed(2, 3, 4, 4), zero(9), None, {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
        "line": (byte(1, 3, 9), signed(2, 3, 4), zero(9), None, {}),
    }
    products = {
        "zeros_by_column": (byte(5, 7), signed(7, 3), zero(12), zero([1, -4, 9], numpy.int8)),
        "batch": (byte(2, 3, 5, 7), signed(7, 3), zero(1), None),
        "batches": (byte(2, 5, 7), byte(2, 7, 3), None, None),
        "parts": (byte(3, 2000), signed(2000, 4), zero(77), zero([0, 1, 2, 3], numpy.int8)),
    }
    for operator, cases in [("ConvInteger", convolutions), ("MatMulInteger", products)]:
        for name, (left, right, left_zero, right_zero, *told) in cases.items():
            graph = Graph()
            zeros = ["" if left_zero is None else left_zero, *([] if right_zero is None else [right_zero])]
            out = graph.add(operator, graph.input(left), right, *zeros, **(told[0] if told else {}))
            yield graph.case(f"{operator.lower()}_{name}", out)
    for name, scale, shift in [("even", 1, 0), ("above", 1, 4), ("small", 0.01, 0), ("zeros", 0, 0)]:
        picture = (random.uniform(-3, 3, (2, 3, 7)) * scale + shift).astype(numpy.float32)
        yield one(f"dynamic_quantisation_{name}", "DynamicQuantizeLinear", picture, outputs=3)
    # Halfway between two steps, where the last bit of a quotient decides.
    scales = {"single": (0.0137, None), "channels": (random.uniform(0.001, 0.2, 5), 1), "last": (random.uniform(0.001, 0.2, 3), -1)}
    for name, (scale, axis) in scales.items():
        scale = numpy.asarray(scale, numpy.float32)
        stretched = scale if axis != 1 else scale[:, None, None]
        picture = ((random.integers(-200, 200, (2, 5, 40, 3)) + 0.5).astype(numpy.float32) * stretched).astype(numpy.float32)
        told = {} if axis is None else {"axis": axis}
        yield one(f"quantised_ties_{name}", "QuantizeLinear", picture, scale, numpy.full(scale.shape, 7, numpy.int8), **told)


MAKERS = [windows, softmaxes, resizes, places, reductions, stretching, conversions, quantised, arranging, curves, blocks,
          of_integers]


def cases():
    """The cases, in an order that never changes."""
    for maker in MAKERS:
        for case in maker():
            if isinstance(case, str):
                sys.exit(f"ONNX Runtime does not say what has to come out of {case}")
            yield case
