"""Writes the tiny ONNX models of tests/fixtures/models.

Those that misbehave on purpose:
unknown_outputs.onnx  one output of a layout that no decoder knows
nan_outputs.onnx      YOLOv8 layout with 1 class, every number NaN
two_inputs.onnx       takes two pictures
roi_align.onnx        has an operator that the embedded engine does not have; YOLOv8 layout with 1 class
suppression.onnx      has an operator that the embedded engine computes in a way of its own; end2end layout

One for each output layout (family_*.onnx), each of which answers with known boxes. Its input is 32x32. For a picture of
64x32 pixels, all of the colour (204, 102, 51), the scores are those written below; they are multiplied by what four
pixels of the input (inside, blue inside, first, last) hold, divided by what they hold if the picture was made ready as
the family does it (each time or the inverse, if that is below 1). So each way of placing, ordering and scaling has to
be right, and the graph has to run.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path("tests/fixtures/models")
PICTURE = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 8, 8])
OPSET = [helper.make_opsetid("", 13)]


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
    save(helper.make_graph(nodes, name, inputs, [output], [weights, zero]))


def save(graph, metadata=None):
    model = helper.make_model(graph, opset_imports=OPSET, ir_version=8, producer_name="windtunnel")
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{graph.name}.onnx")


SIDE = 32
COLOUR = np.array([204, 102, 51], dtype=np.float64)
GREY = np.full(3, 114.0)
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
# Inside the picture whether it lies at the top (rows 0 to 15), in the middle (8 to 23) or everywhere.
INSIDE = (12, 16)


class Way:
    """How a family makes a picture ready: placement letterbox, top_left or stretch, plane order, value of a pixel."""

    def __init__(self, placement="letterbox", order="rgb", value=lambda pixel: pixel / 255):
        self.placement, self.order, self.value = placement, order, value

    def expected(self):
        """Plane, row, column of the four pixels, and what each holds."""
        first = COLOUR if self.placement != "letterbox" else GREY
        last = COLOUR if self.placement == "stretch" else GREY
        planes = [0, 1, 2] if self.order == "rgb" else [2, 1, 0]
        pixels = [(0, *INSIDE, COLOUR), (2, *INSIDE, COLOUR), (0, 0, 0, first), (0, SIDE - 1, SIDE - 1, last)]
        return [(plane, row, column, float(self.value(colour)[planes][plane])) for plane, row, column, colour in pixels]


RGB = Way()
BGR_TOP = Way("top_left", "bgr", lambda pixel: pixel)
STRETCH = Way("stretch")
IMAGENET = Way("stretch", value=lambda pixel: (pixel / 255 - MEAN) / STD)
IMAGENET_TOP = Way("top_left", value=lambda pixel: (pixel / 255 - MEAN) / STD)
BYTES = Way("stretch", value=lambda pixel: pixel)


class Family:
    """A graph in the making."""

    def __init__(self, name, way, picture="images", layout="nchw", batch=1, names=None, metadata=None):
        self.name, self.nodes, self.constants, self.inputs, self.outputs = f"family_{name}", [], [], [], []
        self.metadata = {"names": str(names)} if names else {}
        self.metadata.update(metadata or {})
        shape = {"nchw": [batch, 3, SIDE, SIDE], "nhwc": [batch, SIDE, SIDE, 3], "chw": [3, SIDE, SIDE]}[layout]
        kind = TensorProto.UINT8 if way is BYTES else TensorProto.FLOAT
        self.inputs.append(helper.make_tensor_value_info(picture, kind, shape))
        self.ratio = self.trace(picture, layout, way)

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def node(self, operator, inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def trace(self, picture, layout, way):
        """The product of the four ratios, one number per picture: [batch, 1], or [1] without a batch axis."""
        value = self.node("Cast", [picture], to=TensorProto.FLOAT)
        value = self.node("Transpose", [value], perm=[0, 3, 1, 2]) if layout == "nhwc" else value
        front = [] if layout == "chw" else [0]
        flat = self.node("Reshape", [value, self.constant([*front, -1], np.int64)])
        axis = len(front)
        ratio = None
        for plane, row, column, expected in way.expected():
            at = plane * SIDE * SIDE + row * SIDE + column
            pixel = self.node("Gather", [flat, self.constant([at], np.int64)], axis=axis)
            part = self.node("Relu", [self.node("Div", [pixel, self.constant([expected])])])
            part = self.node("Min", [part, self.node("Reciprocal", [part])])  # a wrong one is below 1, as scores are
            ratio = part if ratio is None else self.node("Mul", [ratio, part])
        return ratio

    def rows(self, rows, at=None, count=None, scored=(), fill=0.0, columns_first=False, batched=True):
        """A tensor of `rows`, at places `at` of `count`, whose columns `scored` are multiplied by the ratio."""
        rows = np.asarray(rows, dtype=np.float32)
        table = np.full((count or len(rows), *rows.shape[1:]), fill, dtype=np.float32)
        table[list(at if at is not None else range(len(rows)))] = rows
        mask = np.zeros(table.shape[1:] or (1,), dtype=np.float32)
        mask[list(scored)] = 1.0
        if not table.shape[1:]:
            mask = np.float32(1.0 if scored else 0.0)
        # table * (1 + mask * (ratio - 1))
        less = self.node("Sub", [self.ratio, self.constant([1.0])])
        if batched:
            less = self.node("Reshape", [less, self.constant([-1] + [1] * table.ndim, np.int64)])
        factor = self.node("Add", [self.node("Mul", [less, self.constant(mask)]), self.constant([1.0])])
        answer = self.node("Mul", [factor, self.constant(table[None] if batched else table)])
        return self.node("Transpose", [answer], perm=[0, 2, 1]) if columns_first else answer

    def output(self, name, value, shape, kind=TensorProto.FLOAT):
        operator = "Identity" if kind == TensorProto.FLOAT else "Cast"
        attributes = {} if kind == TensorProto.FLOAT else {"to": kind}
        self.nodes.append(helper.make_node(operator, [value], [name], **attributes))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))
        return self

    def save(self):
        save(helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants), self.metadata)


# What every family finds, in the input: corners, class ("cat" 0 or "dog" 1), score. Sides are powers of two and places
# multiples of 2, so that no number of the answer is rounded.
BOXES = [((4, 12, 12, 20), 0, 0.75), ((16, 8, 32, 24), 1, 0.5)]
NAMES = {0: "cat", 1: "dog"}
CORNERS = np.array([corners for corners, _, _ in BOXES], dtype=np.float64)
CLASSES = [label for _, label, _ in BOXES]
SCORES = [score for _, _, score in BOXES]
CENTRES = np.hstack([(CORNERS[:, :2] + CORNERS[:, 2:]) / 2, CORNERS[:, 2:] - CORNERS[:, :2]])
ONE_HOT = np.array([[score * (label == column) for column in range(2)] for _, label, score in BOXES])
ONE_HOT_SURE = (ONE_HOT > 0).astype(float)
LOGIT = np.log(np.array(SCORES) / (1 - np.array(SCORES)))
CELLS = 16 + 4 + 1  # of strides 8, 16, 32


def families():
    column = np.array(SCORES)[:, None]
    classes = np.array(CLASSES, dtype=float)[:, None]
    f = Family("yolov8", RGB, names=NAMES, batch="batch", metadata={"task": "detect", "stride": "32"})
    f.output("output0", f.rows(np.hstack([CENTRES, ONE_HOT]), count=CELLS, scored=[4, 5], columns_first=True),
             ["batch", 6, CELLS]).save()
    f = Family("yolov5", RGB, names=NAMES)
    f.output("output0", f.rows(np.hstack([CENTRES, column, ONE_HOT_SURE]), at=[5, 40], count=3 * CELLS, scored=[4]),
             [1, 3 * CELLS, 7]).save()
    f = Family("end2end", RGB, names=NAMES)
    f.output("output0", f.rows(np.hstack([CORNERS, column, classes]), count=30, scored=[4]), [1, 30, 6]).save()
    # Cell 9 is column 1 of row 2 at stride 8, cell 20 the one of stride 32.
    cells = [(9, (8, 16), 8), (20, (0, 0), 32)]
    offsets = [[*(CENTRES[i, :2] - origin) / stride, *np.log(CENTRES[i, 2:] / stride)]
               for i, (_, origin, stride) in enumerate(cells)]
    f = Family("yolox", BGR_TOP, names=NAMES)
    f.output("output", f.rows(np.hstack([offsets, column, ONE_HOT_SURE]), at=[c[0] for c in cells], count=CELLS,
                              scored=[4]), [1, CELLS, 7]).save()
    f = Family("yolo_nas", RGB, names=NAMES)
    f.output("913", f.rows(CORNERS, count=CELLS), [1, CELLS, 4])
    f.output("904", f.rows(ONE_HOT, count=CELLS, scored=[0, 1]), [1, CELLS, 2]).save()
    f = Family("ultralytics_rtdetr", STRETCH, names=NAMES, metadata={"task": "detect"})
    f.output("output0", f.rows(np.hstack([CENTRES / SIDE, ONE_HOT]), count=30, scored=[4, 5], fill=0.0005),
             [1, 30, 6]).save()
    f = Family("rtdetr_end2end", STRETCH, names=NAMES, metadata={"task": "detect", "head": "RTDETRDecoder"})
    f.output("output0", f.rows(np.hstack([CENTRES / SIDE, column, classes]), count=30, scored=[4]), [1, 30, 6]).save()
    f = Family("rtdetr", STRETCH)
    # Boxes come in fractions and leave in pixels of the second input.
    f.inputs.append(helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, [1, 2]))
    size = f.node("Cast", ["orig_target_sizes"], to=TensorProto.FLOAT)
    size = f.node("Unsqueeze", [f.node("Concat", [size, size], axis=1), f.constant([1], np.int64)])
    f.output("labels", f.rows(np.array(CLASSES)), [1, 2], TensorProto.INT64)
    f.output("boxes", f.node("Mul", [f.rows(CORNERS / SIDE), size]), [1, 2, 4])
    f.output("scores", f.rows(np.array(SCORES), scored=[0]), [1, 2]).save()
    f = Family("rfdetr", IMAGENET, picture="input")
    logits = np.full((2, 3), -20.0)
    logits[range(2), CLASSES] = LOGIT
    f.output("dets", f.rows(CENTRES / SIDE), [1, 2, 4])
    f.output("labels", f.rows(logits, scored=[0, 1]), [1, 2, 3]).save()
    f = Family("detr", IMAGENET, picture="pixel_values")
    f.inputs.append(helper.make_tensor_value_info("pixel_mask", TensorProto.INT64, [1, 8, 8]))
    mask = f.node("ReduceMin", [f.node("Cast", ["pixel_mask"], to=TensorProto.FLOAT)], keepdims=0)
    f.ratio = f.node("Mul", [f.ratio, mask])
    soft = np.full((2, 3), -20.0)
    soft[:, 2] = 0.0  # "no object"
    soft[range(2), CLASSES] = LOGIT  # against the 0 of "no object" the softmax is a sigmoid
    f.output("logits", f.rows(soft, scored=[0, 1]), [1, 2, 3])
    f.output("pred_boxes", f.rows(CENTRES / SIDE), [1, 2, 4]).save()
    f = Family("detr_sigmoid", STRETCH, picture="pixel_values")
    f.output("logits", f.rows(logits[:, :2], scored=[0, 1]), [1, 2, 2])
    f.output("pred_boxes", f.rows(CENTRES / SIDE), [1, 2, 4]).save()
    f = Family("torchvision", STRETCH, picture="image", layout="chw")
    f.output("2713", f.rows(CORNERS, batched=False), [2, 4])
    f.output("2714", f.rows(np.array(SCORES), scored=[0], batched=False), [2])
    f.output("2715", f.rows(np.array(CLASSES) + 1, batched=False), [2], TensorProto.INT64).save()
    f = Family("tf_od", BYTES, picture="input_tensor:0", layout="nhwc")
    f.output("detection_boxes:0", f.rows(CORNERS[:, [1, 0, 3, 2]] / SIDE, count=4), [1, 4, 4])
    f.output("detection_classes:0", f.rows(np.array(CLASSES) + 1, count=4), [1, 4])
    # The rows after the second are no boxes, whatever they hold.
    f.output("detection_scores:0", f.rows(np.array(SCORES), count=4, fill=0.9, scored=[0]), [1, 4])
    f.output("num_detections:0", f.constant([2.0]), [1]).save()
    f = Family("mmdeploy", IMAGENET_TOP, picture="input")
    f.output("dets", f.rows(np.hstack([CORNERS, column]), count=5, scored=[4]), [1, 5, 5])
    f.output("labels", f.rows(np.array(CLASSES), count=5, fill=-1), [1, 5], TensorProto.INT64).save()
    f = Family("efficient_nms", RGB)
    f.output("num_dets", f.constant([[2]], np.int32), [1, 1], TensorProto.INT32)
    f.output("det_boxes", f.rows(CORNERS, count=4), [1, 4, 4])
    f.output("det_scores", f.rows(np.array(SCORES), count=4, fill=0.9, scored=[0]), [1, 4])
    f.output("det_classes", f.rows(np.array(CLASSES), count=4), [1, 4], TensorProto.INT32).save()
    f = Family("ppyoloe", STRETCH, picture="image")
    f.inputs.append(helper.make_tensor_value_info("scale_factor", TensorProto.FLOAT, [1, 2]))
    scale = f.node("Concat", [f.constant([[1.0, 1.0]]), "scale_factor", "scale_factor"], axis=1)
    table = f.rows(np.hstack([classes, column, CORNERS]), scored=[1])
    table = f.node("Div", [f.node("Reshape", [table, f.constant([2, 6], np.int64)]), scale])
    f.output("multiclass_nms3_0.tmp_0", table, [2, 6])
    f.output("multiclass_nms3_0.tmp_2", f.constant([2], np.int32), [1], TensorProto.INT32).save()
    f = Family("ssd", Way("stretch", value=lambda pixel: (pixel - 127) / 128), picture="input")
    table = f.rows(ONE_HOT, count=5, scored=[0, 1])
    taken = f.node("ReduceSum", [table, f.constant([2], np.int64)])
    background = f.node("Sub", [f.constant([1.0]), taken])
    f.output("scores", f.node("Concat", [background, table], axis=2), [1, 5, 3])
    f.output("boxes", f.rows(CORNERS / SIDE, count=5), [1, 5, 4]).save()
    fastestdet()


def fastestdet():
    """One grid of 4 x 4 cells, planes first: objectness 1 in the cells of the boxes' centres."""
    f = Family("fastestdet", Way("stretch", "bgr"), names=NAMES)
    grid = np.zeros((16, 7))
    for (cx, cy, width, height), score, label in zip(CENTRES, SCORES, CLASSES):
        column, row = int(cx // 8), int(cy // 8)
        shift = np.arctanh([cx / 8 - column, cy / 8 - row])
        sides = np.log(np.array([width, height]) / (SIDE - np.array([width, height])))
        grid[row * 4 + column] = [1.0, *shift, *sides, *(np.eye(2)[label] * score ** 2.5)]
    table = f.rows(grid, scored=[5, 6], columns_first=True)
    f.output("758", f.node("Reshape", [table, f.constant([1, 7, 4, 4], np.int64)]), [1, 7, 4, 4]).save()


def roi_align():
    """Three channels of 5 x 3 as one YOLOv8 output [1, 5, 9]."""
    constants = {"rois": np.array([[0, 0, 7, 7]], np.float32), "picture": np.array([0]), "shape": np.array([1, 5, 9])}
    nodes = [
        helper.make_node("RoiAlign", ["images", "rois", "picture"], ["crop"], output_height=5, output_width=3),
        helper.make_node("Reshape", ["crop", "shape"], ["output"]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 5, 9])
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    save(helper.make_graph(nodes, "roi_align", [PICTURE], [output], tensors))


def suppression():
    """Three boxes of one class, of which the second (IoU 0.64 with the first) goes, and the third (IoU 0.47) stays."""
    corners = [[0, 0, 5, 5], [0, 0, 5, 3.2], [1, 1, 6, 6]]
    rows = np.array([[*box, score, 0] for box, score in zip(corners, [0.9, 0.8, 0.7])], np.float32)
    constants = {"rows": rows[None], "boxes": rows[None, :, :4], "scores": rows[None, None, :, 4],
                 "most": np.array([9]), "iou": np.array([0.5], np.float32), "zero": np.zeros([1], np.float32),
                 "last": np.array(2), "six": np.array([1, -1, 6])}
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["scores", "nothing"], ["confidences"]),
        helper.make_node("NonMaxSuppression", ["boxes", "confidences", "most", "iou"], ["kept"]),
        helper.make_node("Gather", ["kept", "last"], ["places"], axis=1),
        helper.make_node("Gather", ["rows", "places"], ["chosen"], axis=1),
        helper.make_node("Reshape", ["chosen", "six"], ["output"]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, None, 6])
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    save(helper.make_graph(nodes, "suppression", [PICTURE], [output], tensors))


FOLDER.mkdir(parents=True, exist_ok=True)
write("unknown_outputs", [PICTURE], [1, 2, 3, 4, 5], 0.5)
roi_align()
suppression()
write("nan_outputs", [PICTURE], [1, 5, 9], float("nan"))
write("two_inputs", [PICTURE, helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 3, 8, 8])], [1, 5, 9], 0.5)
families()
