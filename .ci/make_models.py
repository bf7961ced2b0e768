"""Writes the tiny ONNX models of tests/fixtures/models that misbehave on purpose.

unknown_outputs.onnx  one output of a layout that no decoder knows
nan_outputs.onnx      YOLOv8 layout with 1 class, every number NaN
two_inputs.onnx       takes two pictures
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path("tests/fixtures/models")
PICTURE = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 8, 8])


def write(name, inputs, shape, value):
    """A model that takes `inputs` and always answers `value` in `shape` (plus 0 times the mean of the picture)."""
    weights = numpy_helper.from_array(np.full(shape, value, dtype=np.float32), "answer")
    zero = numpy_helper.from_array(np.zeros([1], dtype=np.float32), "zero")
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["answer", "nothing"], ["output"]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, name, inputs, [output], [weights, zero])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="windtunnel")
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")


FOLDER.mkdir(parents=True, exist_ok=True)
write("unknown_outputs", [PICTURE], [1, 2, 3, 4, 5], 0.5)
write("nan_outputs", [PICTURE], [1, 5, 9], float("nan"))
write("two_inputs", [PICTURE, helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 3, 8, 8])], [1, 5, 9], 0.5)
