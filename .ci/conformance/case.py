"""A case: a graph, what goes in, what has to come out; and the forms that it is run in."""
from dataclasses import dataclass

import numpy
import onnx
from onnx import TensorProto as T, helper, numpy_helper

# What windtunnel gives to a graph, and how `examples/conformance.rs` calls it.
FED = {T.FLOAT: "float", T.UINT8: "byte", T.INT32: "integer", T.INT64: "integer"}
# What it takes from one.
TAKEN = (T.FLOAT, T.DOUBLE, T.UINT8, T.INT32, T.INT64)


class NotApplicable(Exception):
    """Nothing that an engine here could be asked."""


@dataclass
class Case:
    name: str
    model: onnx.ModelProto
    inputs: dict
    expected: list


def element(value):
    return helper.np_dtype_to_tensor_dtype(value.dtype)


def constants(graph, inputs, names):
    """Gives inputs as constants."""
    kept = [value for value in graph.input if value.name not in names]
    del graph.input[:]
    graph.input.extend(kept)
    graph.initializer.extend(numpy_helper.from_array(numpy.asarray(inputs.pop(name)), name) for name in names)


def in_taken_types(graph, expected):
    """Converts outputs to types that windtunnel takes."""
    for output, value in zip(graph.output, expected):
        kind = output.type.tensor_type.elem_type or element(value)
        if kind in TAKEN:
            continue
        to = T.FLOAT if value.dtype.kind not in "biu" else T.INT32 if value.dtype.itemsize < 4 else T.INT64
        taken = f"{output.name}/taken"
        graph.node.append(helper.make_node("Cast", [output.name], [taken], to=to))
        output.CopyFrom(helper.make_tensor_value_info(taken, to, value.shape))


def in_a_branch(model):
    """Puts all nodes into both branches of an If."""
    graph = model.graph
    branch = onnx.GraphProto(name="branch", node=graph.node, output=graph.output)
    given = [value.name for value in graph.output]
    del graph.node[:]
    graph.initializer.append(numpy_helper.from_array(numpy.array(True), "always"))
    other = onnx.GraphProto()
    other.CopyFrom(branch)
    # Names are given once in a model.
    other.name = "other"
    for node in other.node:
        node.output[:] = [name and name + "/other" for name in node.output]
        made = {name for one in branch.node for name in one.output}
        node.input[:] = [name + "/other" if name in made else name for name in node.input]
    for value in other.output:
        value.name += "/other"
    inner = [f"{name}/inner" for name in given]
    for value, name in zip(branch.output, inner):
        branch.node.append(helper.make_node("Identity", [value.name], [name]))
        value.name = name
    outer = [f"{name}/outer" for name in given]
    for value, name in zip(graph.output, outer):
        value.name = name
    graph.node.append(helper.make_node("If", ["always"], outer, then_branch=branch, else_branch=other))


def form(case, name):
    """The model and its inputs in a form; None where that says nothing new."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    model.ir_version = max(model.ir_version, 4)
    inputs, graph = dict(case.inputs), model.graph
    in_taken_types(graph, case.expected)
    given = {value.name for value in graph.input}
    inputs = {key: value for key, value in inputs.items() if key in given}
    unfed = [key for key, value in inputs.items() if element(value) not in FED]
    if name == "constant":
        if len(unfed) == len(inputs):
            return None
        unfed = list(inputs)
    constants(graph, inputs, unfed)
    if name == "open":
        del graph.value_info[:]
        if not inputs:
            return None
        for at, value in enumerate(graph.input):
            for axis, size in enumerate(value.type.tensor_type.shape.dim):
                size.dim_param = f"size_{at}_{axis}"
        for value in graph.output:
            value.type.tensor_type.ClearField("shape")
    if name == "branch":
        if any(attribute.type == onnx.AttributeProto.GRAPH for node in graph.node for attribute in node.attribute):
            return None
        in_a_branch(model)
    return model, inputs


def compare(got, want):
    """`equal`, `near` (rounding of long sums), or what differs."""
    want = numpy.asarray(want)
    if got.shape != want.shape:
        return f"sizes {list(got.shape)} for {list(want.shape)}"
    if want.dtype.kind in "biu":
        differ = got != want.astype(numpy.float64).astype(numpy.float32).astype(numpy.float64)
        return "equal" if not differ.any() else f"{int(differ.sum())} of {want.size} differ"
    want = want.astype(numpy.float64)
    with numpy.errstate(all="ignore"):
        same = (got == want) | (numpy.isnan(got) & numpy.isnan(want))
        away = numpy.where(same, 0, numpy.abs(got - want))
        finite = numpy.abs(want[numpy.isfinite(want)])
        top = finite.max() if finite.size else 0
        # The tolerance of ONNX's own runner, and the rounding of long sums beside the largest value.
        is_equal = same | (away <= 1e-7 + 1e-3 * numpy.abs(want))
        if is_equal.all():
            return "equal"
        if (same | (away <= max(1e-5, 2e-6 * top) + 1e-3 * numpy.abs(want))).all():
            return "near"
    return f"{int((~is_equal).sum())} of {want.size} differ, by up to {numpy.nanmax(away):.3g}"
