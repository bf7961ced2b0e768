"""ONNX's own cases of single operators, made by the installed `onnx`: its wheel holds the makers, not the files."""
import importlib
import pkgutil

import numpy
import onnx
from onnx.backend.test.case import node

from case import Case, NotApplicable

# Graphs that train, and operators of trees and texts, are nothing that a vision model has.
FOREIGN = ("ai.onnx.ml", "ai.onnx.preview.training", "ai.onnx.training")


def cases():
    for module in pkgutil.walk_packages(node.__path__, node.__name__ + "."):
        try:
            importlib.import_module(module.name)
        except ImportError:
            pass  # cases of images need a package of their own
    seen = set()
    for one in sorted(node._NodeTestCases, key=lambda one: one.name):
        if one.name in seen or any(opset.domain in FOREIGN for opset in one.model.opset_import):
            continue
        seen.add(one.name)
        inputs, outputs = one.data_sets[0]
        try:
            names = [value.name for value in one.model.graph.input]
            yield Case(f"node/{one.name}", one.model, dict(zip(names, map(array, inputs))), [array(o) for o in outputs])
        except NotApplicable:
            pass


def array(value):
    """A tensor of numbers; lists, texts and what is left out are not held."""
    if isinstance(value, onnx.TensorProto):
        value = onnx.numpy_helper.to_array(value)
    if value is None or isinstance(value, (list, dict)):
        raise NotApplicable
    value = numpy.asarray(value)
    if value.dtype.kind in "OUSc":
        raise NotApplicable
    return value
