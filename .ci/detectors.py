"""The detectors of examples/models run by onnxruntime and OpenCV, each with its own preprocessing and decoding.

A detector is a function: (session, picture as OpenCV reads it) -> boxes as corners in pixels, scores per class.
"""
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

MODELS = Path(__file__).resolve().parent.parent / "examples/models"


def session(name):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(MODELS / f"{name}.onnx", options, providers=["CPUExecutionProvider"])


def infer(model, planes):
    tensor = np.ascontiguousarray(planes.transpose(2, 0, 1)[None], dtype=np.float32)
    return model.run(None, {model.get_inputs()[0].name: tensor})


def fitted(bgr, width, height, centred, whole=round):
    """The picture at its own aspect on grey 114, and how to move a box back: scale, left, top. `whole` makes a side of it a
    number of pixels."""
    scale = min(width / bgr.shape[1], height / bgr.shape[0])
    size = whole(bgr.shape[1] * scale), whole(bgr.shape[0] * scale)
    left, top = ((width - size[0]) // 2, (height - size[1]) // 2) if centred else (0, 0)
    canvas = np.full((height, width, 3), 114, np.uint8)
    canvas[top:top + size[1], left:left + size[0]] = cv2.resize(bgr, size, interpolation=cv2.INTER_LINEAR)
    return canvas, scale, left, top


def corners(cx, cy, w, h):
    return np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], 1)


def bccd(model, bgr):
    canvas, scale, left, top = fitted(bgr, 256, 192, centred=True)
    rows = infer(model, canvas[..., ::-1] / 255)[0][0].T
    boxes = (corners(*rows[:, :4].T) - [left, top, left, top]) / scale
    return boxes, rows[:, 4:]


def yolox_nano(model, bgr):
    canvas, scale, _, _ = fitted(bgr, 416, 416, centred=False, whole=int)
    rows = infer(model, canvas)[0][0]
    cells = np.concatenate([[(x, y, s) for y in range(416 // s) for x in range(416 // s)] for s in (8, 16, 32)])
    col, line, stride = cells.T
    centre_x, centre_y = (rows[:, 0] + col) * stride, (rows[:, 1] + line) * stride
    boxes = corners(centre_x, centre_y, np.exp(rows[:, 2]) * stride, np.exp(rows[:, 3]) * stride)
    return boxes / scale, rows[:, 4:5] * rows[:, 5:]


def fastestdet(model, bgr):
    height, width = bgr.shape[:2]
    rows = infer(model, cv2.resize(bgr, (352, 352), interpolation=cv2.INTER_LINEAR) / 255)[0][0].reshape(85, -1).T
    line, col = np.divmod(np.arange(22 * 22), 22)
    w, h = 1 / (1 + np.exp(-rows[:, 3:5].T))
    boxes = corners((col + np.tanh(rows[:, 1])) / 22, (line + np.tanh(rows[:, 2])) / 22, w, h)
    return boxes * [width, height, width, height], rows[:, :1] ** 0.6 * rows[:, 5:] ** 0.4


def ultraface(model, bgr):
    height, width = bgr.shape[:2]
    small = cv2.resize(bgr, (320, 240), interpolation=cv2.INTER_LINEAR)[..., ::-1]
    scores, boxes = infer(model, (small.astype(np.float32) - 127) / 128)
    return boxes[0] * [width, height, width, height], scores[0][:, 1:]


def detections(boxes, scores, size, confidence=0.01, iou=0.5, most=100):
    """Boxes x, y, width, height in pixels, class numbers and scores: best first, overlapping ones suppressed."""
    boxes = np.clip(boxes, 0, [*size, *size])
    label, score = scores.argmax(1), scores.max(1)
    order = np.argsort(-score, kind="stable")
    order = order[score[order] > confidence]
    kept = []
    for at in order:
        mates = boxes[[k for k in kept if label[k] == label[at]]].reshape(-1, 4)
        sides = np.minimum(mates[:, 2:], boxes[at, 2:]) - np.maximum(mates[:, :2], boxes[at, :2])
        shared = np.prod(np.maximum(sides, 0), 1)
        union = np.prod(mates[:, 2:] - mates[:, :2], 1) + np.prod(boxes[at, 2:] - boxes[at, :2]) - shared
        if not (shared > iou * union).any():
            kept.append(at)
        if len(kept) == most:
            break
    left_top, right_bottom = np.split(boxes[kept].reshape(-1, 4), 2, axis=1)
    return np.hstack([left_top, right_bottom - left_top]), label[kept], score[kept]
