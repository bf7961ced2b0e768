"""Models of Ultralytics: detectors (YOLO of every generation, RT-DETR) and classifiers."""

from __future__ import annotations

import sys
from typing import Any

from ._opened import Opened
from ._pipe import CLASSIFY, DETECT

# Models for segments and poses have boxes, too.
WITH_BOXES = ("detect", "segment", "pose")


def open_ultralytics(file: str, device: str, size: int | None) -> Opened:
    """The model as a function, and its classes."""
    from ultralytics import YOLO

    model = YOLO(file)
    if model.task != CLASSIFY and model.task not in WITH_BOXES:
        sys.exit(f"{file} is a model for the task `{model.task}`; windtunnel judges boxes and classes")
    options: dict[str, Any] = {} if size is None else {"imgsz": size}
    names = [model.names[at] for at in range(len(model.names))]

    def objects(picture: Any) -> Any:
        # It takes arrays for OpenCV's, blue first. Thresholds are those of its `val`: COCO's figures want the boxes of low
        # scores, too.
        found = model.predict(picture[..., ::-1], conf=0.001, iou=0.7, max_det=300, device=device, verbose=False, **options)
        boxes = found[0].boxes
        return boxes.xyxy, [int(label) for label in boxes.cls.tolist()], boxes.conf

    def scores(picture: Any) -> Any:
        return model.predict(picture[..., ::-1], device=device, verbose=False, **options)[0].probs.data

    return Opened(CLASSIFY, scores, names) if model.task == CLASSIFY else Opened(DETECT, objects, names)
