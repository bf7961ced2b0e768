"""Models of transformers: detectors (DETR and its kin, YOLOS, RT-DETR) and classifiers (ViT, ResNet, Swin, ...)."""

from __future__ import annotations

import sys
from typing import Any

from ._labels import named, real
from ._opened import Opened
from ._pipe import CLASSIFY, DETECT

# Scores below this are noise of hundreds of queries, of which COCO takes the best hundred anyway.
LEAST_SCORE = 0.001


def open_transformers(name: str, device: str) -> Opened:
    """The model as a function, and its classes."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(name)
    by_number = config.id2label
    names = [by_number.get(number, "N/A") for number in range(max(by_number) + 1)]
    # Heads with a teacher have a longer name: DeiTForImageClassificationWithTeacher.
    if any("ForImageClassification" in head for head in config.architectures or ()):
        if config.problem_type == "multi_label_classification":
            sys.exit(f"{name} gives a picture several labels; windtunnel judges classifiers that choose one")
        return Opened(CLASSIFY, _classifier(name, device), names)
    return Opened(DETECT, _detector(name, names, device), real(names))


def _detector(name: str, names: list[str], device: str) -> Any:
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModelForObjectDetection

    processor = AutoImageProcessor.from_pretrained(name)
    model = AutoModelForObjectDetection.from_pretrained(name).eval().to(device)

    def predict(picture: Any) -> Any:
        inputs = processor(images=Image.fromarray(picture), return_tensors="pt").to(device)
        with torch.inference_mode():
            outputs = model(**inputs)
        height, width = picture.shape[:2]
        found = processor.post_process_object_detection(outputs, threshold=LEAST_SCORE, target_sizes=[(height, width)])[0]
        return named(found, names)

    return predict


def _classifier(name: str, device: str) -> Any:
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    processor = AutoImageProcessor.from_pretrained(name)
    model = AutoModelForImageClassification.from_pretrained(name).eval().to(device)

    def predict(picture: Any) -> Any:
        inputs = processor(images=Image.fromarray(picture), return_tensors="pt").to(device)
        with torch.inference_mode():
            return model(**inputs).logits[0].cpu().double().softmax(dim=0)

    return predict
