"""Writes the tiny classifiers of tests/fixtures/models (classify_*.onnx, random weights) and what onnxruntime makes of
drawn pictures with them: tests/fixtures/golden/classifiers.json.

Pictures are made ready by Pillow as each family's library does it. Scores are computed in doubles from the outputs.
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

MODELS = pathlib.Path("tests/fixtures/models")
SIDE = 28
NAMES = ["ant", "bee", "cat", "dog", "elk"]
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def model(name, classes, tail, layout="nchw", kind=TensorProto.FLOAT, open_size=False, metadata=None):
    """Two convolutions, their mean, and a row of `classes`; `tail` adds nodes and gives the outputs with their shapes."""
    random = np.random.default_rng(sum(map(ord, name)))
    weights = {
        "first": random.normal(0, 0.35, (6, 3, 5, 5)),
        "second": random.normal(0, 0.35, (8, 6, 3, 3)),
        "last": random.normal(0, 0.4, (8, classes)),
        "bias": random.normal(0, 0.2, classes),
    }
    constants = [numpy_helper.from_array(value.astype(np.float32), key) for key, value in weights.items()]
    side = "side" if open_size else SIDE
    shape = ["n", 3, side, side] if layout == "nchw" else ["n", side, side, 3]
    nodes, at = [], "images"
    if kind == TensorProto.UINT8:
        constants.append(numpy_helper.from_array(np.float32([1 / 127.5]), "step"))
        constants.append(numpy_helper.from_array(np.float32([1]), "middle"))
        nodes += [helper.make_node("Cast", [at], ["cast"], to=TensorProto.FLOAT),
                  helper.make_node("Mul", ["cast", "step"], ["scaled"]), helper.make_node("Sub", ["scaled", "middle"], ["float"])]
        at = "float"
    if layout == "nhwc":
        nodes.append(helper.make_node("Transpose", [at], ["planes"], perm=[0, 3, 1, 2]))
        at = "planes"
    nodes += [
        conv(at, "first", "a", 5), helper.make_node("Relu", ["a"], ["b"]),
        conv("b", "second", "c", 3), helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("GlobalAveragePool", ["d"], ["e"]), helper.make_node("Flatten", ["e"], ["f"]),
        helper.make_node("Gemm", ["f", "last", "bias"], ["row"]),
    ]
    added, more, outputs = tail(classes)
    outputs = [helper.make_tensor_value_info(key, TensorProto.FLOAT, ["n", *rest]) for key, rest in outputs.items()]
    graph = helper.make_graph(
        nodes + added, name, [helper.make_tensor_value_info("images", kind, shape)], outputs, constants + more)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="windtunnel")
    helper.set_model_props(made, metadata or {})
    onnx.checker.check_model(made)
    onnx.save(made, MODELS / f"{name}.onnx")


def conv(picture, weights, made, side):
    return helper.make_node(
        "Conv", [picture, weights], [made], kernel_shape=[side, side], strides=[2, 2], dilations=[1, 1], pads=[0, 0, 0, 0])


def logits(classes):
    return [helper.make_node("Identity", ["row"], ["output"])], [], {"output": [classes]}


def softmax(classes):
    return [helper.make_node("Softmax", ["row"], ["output0"], axis=-1)], [], {"output0": [classes]}


def sigmoid(classes):
    return [helper.make_node("Sigmoid", ["row"], ["scores"])], [], {"scores": [classes]}


def steps(classes):
    """A softmax in steps of 256, as networks of 8 bits end: with ties."""
    more = [numpy_helper.from_array(np.float32(1 / 16), "half"), numpy_helper.from_array(np.float32(1 / 256), "unit"),
            numpy_helper.from_array(np.uint8(0), "zero")]
    nodes = [helper.make_node("Mul", ["row", "half"], ["flat"]), helper.make_node("Softmax", ["flat"], ["shares"], axis=-1),
             helper.make_node("QuantizeLinear", ["shares", "unit", "zero"], ["bytes"]),
             helper.make_node("DequantizeLinear", ["bytes", "unit", "zero"], ["probs"])]
    return nodes, more, {"probs": [classes]}


def helped(classes):
    """Before it is flattened, with a helper of training beside it."""
    more = [numpy_helper.from_array(np.int64([0, classes, 1, 1]), "map"), numpy_helper.from_array(np.float32(-1), "minus")]
    nodes = [helper.make_node("Reshape", ["row", "map"], ["answer"]), helper.make_node("Mul", ["row", "minus"], ["aux_logits"])]
    return nodes, more, {"aux_logits": [classes], "answer": [classes, 1, 1]}


def drawn(width, height):
    """Soft and hard edges, the picture of `.ci/make_resizing.py` smoothed in one half."""
    x, y, c = np.meshgrid(np.arange(width), np.arange(height), np.arange(3), indexing="xy")
    rough = (x * x * 7 + y * 13 * x + c * 101 + (x ^ y) * 29) % 256
    smooth = (x * 3 + y * 5 + c * 40) % 256
    return Image.fromarray(np.where(x * 2 < width, rough, smooth).astype(np.uint8))


def cut(picture, short, filter):
    least, most = min(picture.size), max(picture.size)
    long = int(short * most / least)
    size = (short, long) if picture.width <= picture.height else (long, short)
    # Rows first: see `.ci/make_resizing.py`.
    picture = picture.resize((size[0], picture.height), filter).resize(size, filter)
    left, top = int(round((size[0] - SIDE) / 2.0)), int(round((size[1] - SIDE) / 2.0))
    return picture.crop((left, top, left + SIDE, top + SIDE))


def stretched(picture, filter):
    return picture.resize((SIDE, picture.height), filter).resize((SIDE, SIDE), filter)


BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
READY = {
    "torchvision": lambda picture: (np.asarray(cut(picture, 32, BILINEAR)) / 255 - MEAN) / STD,
    "timm": lambda picture: (np.asarray(cut(picture, 32, BICUBIC)) / 255 - MEAN) / STD,
    "ultralytics": lambda picture: np.asarray(cut(picture, SIDE, BILINEAR)) / 255,
    "tf_slim": lambda picture: np.asarray(cut(picture, 32, BILINEAR)) / 127.5 - 1,
    "hf_vit": lambda picture: (np.asarray(stretched(picture, BILINEAR)) / 255 - 0.5) / 0.5,
    "bytes": lambda picture: np.asarray(cut(picture, 32, BILINEAR)),
}


def of_logits(row):
    e = np.exp(row - row.max())
    return e / e.sum()


def of_two(row):
    second = 1 / (1 + np.exp(-row[0]))
    return np.array([1 - second, second])


def unchanged(row):
    return row


ULTRALYTICS = {"task": "classify", "imgsz": f"[{SIDE}, {SIDE}]", "names": str(dict(enumerate(NAMES)))}
CASES = [
    # name, how many outputs, the tail, family, output, probabilities, layout, what it takes, more
    ("logits", 5, logits, "torchvision", "output", of_logits, {}),
    ("softmax", 5, softmax, "ultralytics", "output0", unchanged, {"open_size": True, "metadata": ULTRALYTICS}),
    ("background", 6, logits, "tf_slim", "output", of_logits, {"layout": "nhwc"}),
    ("steps", 5, steps, "timm", "probs", unchanged, {}),
    ("helped", 5, helped, "hf_vit", "answer", of_logits, {}),
    ("sigmoid", 5, sigmoid, "timm", "scores", lambda row: row / row.sum(), {}),
    ("second", 1, logits, "torchvision", "output", of_two, {}),
    ("bytes", 5, logits, "bytes", "output", of_logits, {"layout": "nhwc", "kind": TensorProto.UINT8}),
]
SIZES = [(50, 40), (31, 64), (28, 28), (20, 90)]

lines = []
for name, outputs, tail, family, output, probabilities, more in CASES:
    model(f"classify_{name}", outputs, tail, **more)
    session = onnxruntime.InferenceSession(MODELS / f"classify_{name}.onnx", providers=["CPUExecutionProvider"])
    for size in SIZES:
        ready = READY[family](drawn(*size))
        ready = ready if more.get("layout") == "nhwc" else ready.transpose(2, 0, 1)
        ready = ready.astype(np.uint8 if more.get("kind") else np.float32)
        row = session.run([output], {"images": ready[None]})[0].reshape(-1).astype(np.float64)
        lines.append(json.dumps({"model": name, "size": size, "scores": [float(f"{p:.9f}") for p in probabilities(row)]}))
pathlib.Path("tests/fixtures/golden/classifiers.json").write_text("[\n " + ",\n ".join(lines) + "\n]\n")
