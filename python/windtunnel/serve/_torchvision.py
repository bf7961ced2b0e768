"""Detectors and classifiers of torchvision."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._labels import FILLERS, named, real
from ._opened import Opened
from ._pipe import CLASSIFY, DETECT


def open_torchvision(name: str, weights: str | None, labels: Sequence[str] | None, device: str) -> Opened:
    """The model as a function, and its classes."""
    from torchvision import models

    detectors, classifiers = models.list_models(module=models.detection), models.list_models(module=models)
    if name in detectors:
        return _detector(name, weights, labels, device)
    if name in classifiers:
        return _classifier(name, weights, labels, device)
    sys.exit(f"torchvision has no detector or classifier `{name}`, but the detectors {', '.join(detectors)} and the classifiers"
             f" {', '.join(classifiers)}")


def _detector(name: str, weights: str | None, labels: Sequence[str] | None, device: str) -> Opened:
    import torch
    from torchvision import models

    if weights is not None and Path(weights).is_file():
        names = [FILLERS[1], *_told(weights, labels, "without the background")]
        model = models.get_model(name, weights=None, weights_backbone=None, num_classes=len(names))
        _load(model, weights)
    else:
        chosen = models.get_model_weights(name)[weights or "DEFAULT"]
        names = chosen.meta["categories"]
        model = models.get_model(name, weights=chosen)
    model.eval().to(device)

    def predict(picture: Any) -> Any:
        # Its detectors normalise and resize by themselves; they want shares of 1.
        pixels = torch.from_numpy(picture).permute(2, 0, 1).float().div(255).to(device)
        with torch.inference_mode():
            return named(model([pixels])[0], names)

    return Opened(DETECT, predict, real(names))


def _classifier(name: str, weights: str | None, labels: Sequence[str] | None, device: str) -> Opened:
    import torch
    from PIL import Image
    from torchvision import models

    known = models.get_model_weights(name)
    if weights is not None and Path(weights).is_file():
        names = _told(weights, labels, "in the order of its outputs")
        model = models.get_model(name, weights=None, num_classes=len(names))
        _load(model, weights)
        # Own weights were most likely trained on from the default ones, with what these do to a picture.
        prepare = known["DEFAULT"].transforms()
    else:
        chosen = known[weights or "DEFAULT"]
        names, prepare = chosen.meta["categories"], chosen.transforms()
        model = models.get_model(name, weights=chosen)
    model.eval().to(device)

    def predict(picture: Any) -> Any:
        # Resized as a PIL image, not as a tensor: so are the figures in its tables.
        inputs = prepare(Image.fromarray(picture))[None].to(device)
        with torch.inference_mode():
            return model(inputs)[0].cpu().double().softmax(dim=0)

    return Opened(CLASSIFY, predict, names)


def _told(weights: str, labels: Sequence[str] | None, how: str) -> Sequence[str]:
    if labels is None:
        sys.exit(f"{weights} does not say what its classes are: name them by --labels, {how}")
    return labels


def _load(model: Any, weights: str) -> None:
    import torch

    model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
