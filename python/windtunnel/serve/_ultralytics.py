"""Detectors of Ultralytics: YOLO of every generation, RT-DETR."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ._answers import Predict


def open_ultralytics(file: str, device: str, size: int | None) -> tuple[Predict, Sequence[str]]:
    """The model as a function, and its classes."""
    from ultralytics import YOLO

    model = YOLO(file)
    if model.task == "obb" or model.task == "classify":
        sys.exit(f"{file} is a model for the task `{model.task}`; windtunnel judges boxes")
    options: dict[str, Any] = {} if size is None else {"imgsz": size}
    names = [model.names[at] for at in range(len(model.names))]

    def predict(picture: Any) -> Any:
        # It takes arrays for OpenCV's, blue first. Thresholds are those of its `val`: COCO's figures want the boxes of low
        # scores, too.
        found = model.predict(picture[..., ::-1], conf=0.001, iou=0.7, max_det=300, device=device, verbose=False, **options)
        boxes = found[0].boxes
        return boxes.xyxy, [int(label) for label in boxes.cls.tolist()], boxes.conf

    return predict, names
