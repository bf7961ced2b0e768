"""Detectors of transformers: DETR and its kin, YOLOS, RT-DETR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._answers import Predict
from ._labels import named, real

# Scores below this are noise of hundreds of queries, of which COCO takes the best hundred anyway.
LEAST_SCORE = 0.001


def open_transformers(name: str, device: str) -> tuple[Predict, Sequence[str]]:
    """The model as a function, and its classes."""
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModelForObjectDetection

    processor = AutoImageProcessor.from_pretrained(name)
    model = AutoModelForObjectDetection.from_pretrained(name).eval().to(device)
    by_number = model.config.id2label
    names = [by_number.get(number, "N/A") for number in range(max(by_number) + 1)]

    def predict(picture: Any) -> Any:
        inputs = processor(images=Image.fromarray(picture), return_tensors="pt").to(device)
        with torch.inference_mode():
            outputs = model(**inputs)
        height, width = picture.shape[:2]
        found = processor.post_process_object_detection(outputs, threshold=LEAST_SCORE, target_sizes=[(height, width)])[0]
        return named(found, names)

    return predict, real(names)
